//! The views as one TypeScript file.

use std::collections::BTreeMap;

use ts_rs::{Config, TS, TypeVisitor};

use super::{device, matter, upkeep, view};

const HEADER: &str = "// Written by `cargo xtask bindings` from the hub's views. Do not edit.\n";

struct Declared {
    config: Config,
    types: BTreeMap<String, String>,
}

impl TypeVisitor for Declared {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Numbers and texts have no file of their own; they need no declaration either.
        if T::output_path().is_none() {
            T::visit_dependencies(self);
            T::visit_generics(self);
            return;
        }
        let name = T::ident(&self.config);
        if !self.types.contains_key(&name) {
            let docs = T::docs().unwrap_or_default();
            let decl = format!("{docs}export {}\n", T::decl(&self.config));
            self.types.insert(name, decl);
            T::visit_dependencies(self);
            T::visit_generics(self);
        }
    }
}

/// Every view and every type it is made of, as the text of one TypeScript file.
pub fn bindings() -> String {
    let config = Config::new().with_large_int("number");
    let mut declared = Declared { config, types: BTreeMap::new() };
    declared.visit::<view::SignIn>();
    declared.visit::<view::SessionView>();
    declared.visit::<view::PutPerson>();
    declared.visit::<view::PeopleView>();
    declared.visit::<view::PutRun>();
    declared.visit::<view::PutRunAnswer>();
    declared.visit::<view::PatchJob>();
    declared.visit::<view::RunsView>();
    declared.visit::<view::RunPage>();
    declared.visit::<view::JobPage>();
    declared.visit::<matter::QueueView>();
    declared.visit::<matter::CloseMatter>();
    declared.visit::<view::FeedView>();
    declared.visit::<upkeep::BackupTaken>();
    declared.visit::<upkeep::GapsView>();
    declared.visit::<device::DevicesView>();
    declared.visit::<device::CloseIncident>();
    declared.visit::<view::Invite>();
    declared.visit::<view::InviteView>();
    declared.visit::<view::Problem>();
    let types: Vec<_> = declared.types.into_values().collect();
    format!("{HEADER}\n{}", types.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_that_is_named_is_declared_once() {
        let text = bindings();
        for name in ["JobPage", "FeedEntry", "ReadinessReason", "Role", "Window", "ProblemFault"] {
            let declared = text.matches(&format!("export type {name} =")).count();
            assert_eq!(declared, 1, "{name}");
        }
        assert!(!text.contains("import"), "one file, nothing to import");
        assert!(!text.contains("bigint"), "JSON has one kind of number");
    }
}

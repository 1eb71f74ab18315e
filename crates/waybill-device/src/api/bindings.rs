//! The TypeScript of everything a screen may ask for, written from the Rust types.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};

use ts_rs::{Config, TS, TypeVisitor};

use super::command::Nothing;
use super::view::{SetPlace, Topic};
use crate::problem::Problem;

/// A command's arguments and answer.
pub(crate) struct Pair {
    args: String,
    answer: String,
    visit: fn(&mut Declared),
}

impl Pair {
    pub(crate) fn of<A: TS + 'static, B: TS + 'static>() -> Self {
        let config = Config::default();
        let visit: fn(&mut Declared) = |declared| {
            declared.visit::<A>();
            declared.visit::<B>();
        };
        Self { args: A::name(&config), answer: B::name(&config), visit }
    }
}

/// The types met so far, each declared once.
#[derive(Default)]
pub(crate) struct Declared {
    seen: HashSet<TypeId>,
    lines: BTreeMap<String, String>,
}

impl TypeVisitor for Declared {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        // Only our own types have a file of their own; numbers and lists are written in place.
        if T::output_path().is_some() {
            let config = Config::default();
            self.lines.insert(T::ident(&config), format!("export {}", T::decl(&config)));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

/// The whole file.
pub fn render() -> String {
    let mut declared = Declared::default();
    declared.visit::<Problem>();
    declared.visit::<Topic>();
    declared.visit::<SetPlace>();
    declared.visit::<Nothing>();
    let mut table = String::new();
    super::each_command(|name, pair| {
        (pair.visit)(&mut declared);
        let Pair { args, answer, .. } = pair;
        table.extend(["  ", name, ": { args: ", &args, "; answer: ", &answer, " };\n"]);
    });
    let mut file =
        String::from("// Written from the Rust types by `cargo xtask bindings`. Do not edit.\n\n");
    for line in declared.lines.values() {
        file.push_str(line);
        file.push('\n');
    }
    file.push_str("\nexport interface Commands {\n");
    file.push_str(&table);
    file.push_str("}\n");
    file
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_type_that_is_named_is_declared() {
        let file = super::render();
        for name in ["JobView", "Problem", "ReadinessReason", "Strokes", "LatLon", "Retry", "Topic"]
        {
            assert!(file.contains(&format!("export type {name} ")), "{name} is missing:\n{file}");
        }
        assert!(file.contains("  move_job: { args: MoveJob; answer: RunView };"));
        assert!(!file.contains("bigint"), "JSON numbers are no bigints:\n{file}");
    }
}

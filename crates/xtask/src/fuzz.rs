//! Mutated inputs for everything that reads what others wrote: more of them, of one target, or one again.

use anyhow::{Context, Result, bail};

use crate::run::cargo;

/// Tries targets: `[TARGET] [--inputs N] [--seed S] [--replay FILE]`.
pub(crate) fn fuzz(args: &[String]) -> Result<()> {
    let mut line = vec!["test", "--package", "waybill-tests", "--locked", "--test", "fuzz", "--"];
    let (mut set, mut target) = (Vec::new(), None);
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let name = match arg.as_str() {
            "--inputs" => "WAYBILL_FUZZ_INPUTS",
            "--seed" => "WAYBILL_FUZZ_SEED",
            "--replay" => "WAYBILL_FUZZ_REPLAY",
            word if !word.starts_with("--") && target.is_none() => {
                target = Some(format!("targets::{word}"));
                continue;
            }
            other => bail!(
                "fuzz takes `[TARGET] [--inputs N] [--seed S] [--replay FILE]`, not `{other}`"
            ),
        };
        let value = args.next().with_context(|| format!("`{arg}` wants a value"))?;
        // Tests run in a folder of their own.
        let value = if arg == "--replay" {
            let file =
                std::fs::canonicalize(value).with_context(|| format!("there is no {value}"))?;
            file.to_string_lossy().into_owned()
        } else {
            value.clone()
        };
        set.push((name, value));
    }
    if target.is_none() && set.iter().any(|(name, _)| *name == "WAYBILL_FUZZ_REPLAY") {
        bail!("`--replay` wants the target that the file is for");
    }
    line.extend(target.as_deref().map_or(["targets::"].as_slice(), |_| &["--exact"]));
    line.extend(target.as_deref());
    line.push("--nocapture");
    let mut call = cargo(&line);
    for (name, value) in set {
        call = call.env(name, value);
    }
    call.run()
}

//! Measures what docs/figures.md promises.
//!
//! The figures of engine and hub come from a program of the testkit, optimised as what ships is, one JSON
//! object a line; the others are taken here.

mod weight;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::run::{cargo, root};
use crate::{need, sim};

/// Where a whole run of the tests leaves its time.
pub(crate) const CI_MINUTES: &str = "target/ci-minutes.json";

/// One measured figure. A goal is a limit from above or from below; without either it is only told.
#[derive(Debug, Serialize, Deserialize)]
struct Figure {
    name: String,
    value: f64,
    unit: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at_most: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at_least: Option<f64>,
    how: String,
}

impl Figure {
    fn goal(&self) -> String {
        match (self.at_most, self.at_least) {
            (Some(limit), _) => format!("<= {limit}"),
            (None, Some(limit)) => format!(">= {limit}"),
            (None, None) => "-".to_owned(),
        }
    }

    fn is_met(&self) -> Option<bool> {
        match (self.at_most, self.at_least) {
            (Some(limit), _) => Some(self.value <= limit),
            (None, Some(limit)) => Some(self.value >= limit),
            (None, None) => None,
        }
    }
}

/// A figure that this program takes itself.
type Own = (&'static str, fn() -> Result<Figure>);

const OWN: &[Own] = &[
    ("ui.field_gzip_bytes", || page("ui.field_gzip_bytes", "field", 120_000.0)),
    ("ui.office_gzip_bytes", || page("ui.office_gzip_bytes", "office", 200_000.0)),
    ("sim.ms_per_seed", sim_ms_per_seed),
    ("ci.minutes", ci_minutes),
];

/// Measures and prints all figures, or one.
pub(crate) fn figures(args: &[String]) -> Result<()> {
    let (mut as_json, mut only) = (false, None);
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--json" => as_json = true,
            "--only" => only = Some(args.next().context("`--only` wants a name")?.as_str()),
            other => bail!("figures takes `--json` and `--only NAME`, not `{other}`"),
        }
    }
    let figures = measure(only)?;
    if as_json {
        for figure in &figures {
            println!("{}", serde_json::to_string(figure)?);
        }
    } else {
        table(&figures);
    }
    let missed = figures.iter().filter(|figure| figure.is_met() == Some(false)).count();
    if missed > 0 {
        bail!("{missed} of {} figures missed their goal", figures.len());
    }
    Ok(())
}

fn measure(only: Option<&str>) -> Result<Vec<Figure>> {
    if let Some(name) = only
        && let Some((_, own)) = OWN.iter().find(|(own, _)| *own == name)
    {
        return Ok(vec![own()?]);
    }
    need::tracer()?;
    let mut line = vec!["run", "--quiet"];
    line.extend(sim::PROFILE);
    line.extend(["--package", "waybill-testkit", "--bin", "figures", "--"]);
    line.extend(only.iter().flat_map(|name| ["--only", name]));
    let said = cargo(&line).text()?;
    let mut figures = Vec::new();
    for line in said.lines().filter(|line| line.starts_with('{')) {
        figures.push(serde_json::from_str(line).with_context(|| format!("no figure: {line}"))?);
    }
    if only.is_none() {
        for (name, own) in OWN {
            match own() {
                Ok(figure) => figures.push(figure),
                Err(error) => eprintln!("{name} is not here: {error:#}"),
            }
        }
    }
    Ok(figures)
}

fn page(name: &str, app: &str, at_most: f64) -> Result<Figure> {
    #[expect(clippy::cast_precision_loss, reason = "a page is far below 2^52 bytes")]
    let value = weight::first_load(&root().join("ui/dist").join(app))? as f64;
    Ok(Figure {
        name: name.to_owned(),
        value,
        unit: "bytes".to_owned(),
        at_most: Some(at_most),
        at_least: None,
        how: "script and style that the first page loads, each gzip -9".to_owned(),
    })
}

fn sim_ms_per_seed() -> Result<Figure> {
    const SEEDS: &str = "0..20";
    Ok(Figure {
        name: "sim.ms_per_seed".to_owned(),
        value: sim::ms_per_seed(SEEDS)?,
        unit: "ms".to_owned(),
        at_most: Some(350.0),
        at_least: None,
        how: format!(
            "seeds {SEEDS} of the weather on one core, in the profile of `cargo xtask sim`"
        ),
    })
}

fn ci_minutes() -> Result<Figure> {
    let text = std::fs::read_to_string(root().join(CI_MINUTES))
        .context("no whole run is recorded: run `cargo xtask test` to its end first")?;
    let recorded: Value = serde_json::from_str(&text)?;
    let seconds = recorded["seconds"].as_f64().context("the record has no seconds")?;
    let kind = if recorded["clean"] == true { "from nothing" } else { "with a filled target/" };
    Ok(Figure {
        name: "ci.minutes".to_owned(),
        value: (seconds / 6.0).round() / 10.0,
        unit: "min".to_owned(),
        at_most: Some(40.0),
        at_least: None,
        how: format!("last whole `cargo xtask test`, {kind}, {} cores", recorded["cores"]),
    })
}

fn table(figures: &[Figure]) {
    let width = figures.iter().map(|figure| figure.name.len()).max().unwrap_or(0);
    println!("{:<width$}  {:>12} {:<8} {:>12}  met  how measured", "name", "value", "unit", "goal");
    for figure in figures {
        let met = match figure.is_met() {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "-",
        };
        let Figure { name, value, unit, how, .. } = figure;
        println!("{name:<width$}  {value:>12} {unit:<8} {:>12}  {met:<3}  {how}", figure.goal());
    }
}

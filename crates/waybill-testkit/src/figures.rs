//! Figures: what the product costs, measured as ratios and counts so that they mean something on a
//! machine that others use too. Each is explained in docs/figures.md.

mod capture;
mod cpu;
mod hub;
mod photo;
mod wire;

use serde::Serialize;

/// One measured figure.
#[derive(Debug, Serialize)]
pub struct Figure {
    pub name: &'static str,
    pub value: f64,
    pub unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    pub how: String,
}

type Measure = fn() -> anyhow::Result<Figure>;

/// Every figure that is measured here.
const FIGURES: &[(&str, Measure)] = &[
    ("capture.commit_ratio", capture::commit_ratio),
    ("capture.fsyncs", capture::fsyncs),
    ("run120.first_view_ms", capture::first_view_ms),
    ("hub.cpu_ms_per_device_50", hub::cpu_ms_per_device_50),
    ("hub.cpu_ms_per_device_200", hub::cpu_ms_per_device_200),
    ("photo.cpu_ratio", photo::cpu_ratio),
    ("wire.morning_down_bytes", wire::morning_down_bytes),
    ("wire.reconnect_up_bytes", wire::reconnect_up_bytes),
    ("wire.reconnect_down_bytes", wire::reconnect_down_bytes),
    ("wire.idle_bytes", wire::idle_bytes),
    ("wire.requests", wire::requests),
];

/// Measures all figures, or one.
pub fn measure(only: Option<&str>) -> anyhow::Result<Vec<Figure>> {
    let asked = FIGURES.iter().filter(|(name, _)| only.is_none_or(|only| only == *name));
    asked.map(|(_, measure)| measure()).collect()
}

/// Records one plain delivery; run under a tracer to count what it asks of the system.
pub fn deliver_in(dir: &std::path::Path, jobs: usize) -> anyhow::Result<()> {
    capture::deliver_in(dir, jobs)
}

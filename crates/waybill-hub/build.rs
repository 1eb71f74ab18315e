//! Says what the crate embeds, so that cargo notices when it changes.

fn main() {
    for embedded in ["../../migrations/hub", "../../ui/dist/office"] {
        println!("cargo::rerun-if-changed={embedded}");
    }
}

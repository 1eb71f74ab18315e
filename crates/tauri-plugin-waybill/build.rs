//! Tells Tauri's tools where the native halves of the bridge are.

/// A page may ask the bridge for nothing: the shell's own commands are the only door.
const COMMANDS: &[&str] = &[];

fn main() {
    tauri_plugin::Builder::new(COMMANDS)
        .android_path("../../android")
        .ios_path("../../ios")
        .build();
}

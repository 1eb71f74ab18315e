//! Prepares the shell: which commands a page may call, and which pages are inside.

fn main() {
    // The pages are compiled in; new ones must make a new shell.
    println!("cargo:rerun-if-changed=../ui/dist/field");
    let commands = tauri_build::AppManifest::new().commands(&["call", "take_shot"]);
    let attributes = tauri_build::Attributes::new().app_manifest(commands);
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:warning=could not prepare the shell: {error:#}");
        std::process::exit(1);
    }
}

//! The field app on a desktop.

// A release on Windows is an app, not something in a console.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() {
    waybill_lib::run();
}

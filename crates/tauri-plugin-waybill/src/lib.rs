//! tauri-plugin-waybill

//! One question of a page, handed to the engine as it is.

use serde_json::Value;
use tauri::State;
use waybill_device::problem::Problem;

use crate::engine::Engine;

#[tauri::command]
pub(crate) async fn call(
    engine: State<'_, Engine>,
    command: String,
    args: Value,
) -> Result<Value, Problem> {
    engine.phone()?.call(&command, args).await
}

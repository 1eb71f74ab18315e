//! A picture, put aside by the engine until a photo of a job names it.

use serde::Serialize;
use serde_json::Value;
use tauri::ipc::{InvokeBody, Request};
use tauri::{AppHandle, State};
use tauri_plugin_waybill::BridgeExt;
use waybill_device::problem::Problem;
use waybill_sync::code::Code;

use crate::engine::Engine;

/// The name by which `add_photo` finds the picture.
#[derive(Serialize)]
pub(crate) struct Shot {
    shot: String,
}

/// Takes the bytes of a picture from the page, or opens the phone's camera if the page has none.
#[tauri::command]
pub(crate) async fn take_shot(
    app: AppHandle,
    engine: State<'_, Engine>,
    request: Request<'_>,
) -> Result<Shot, Problem> {
    let bytes = match given(request.body()) {
        Some(bytes) => bytes,
        None => app
            .bridge()
            .take_shot()
            .await
            .map_err(|error| Problem::with(Code::PhotoUnreadable, error))?,
    };
    Ok(Shot { shot: engine.phone()?.put_shot(&bytes)? })
}

/// The bytes in a request. Android's web view cannot send bytes: there they come as a list of numbers.
fn given(body: &InvokeBody) -> Option<Vec<u8>> {
    match body {
        InvokeBody::Raw(bytes) => (!bytes.is_empty()).then(|| bytes.clone()),
        InvokeBody::Json(Value::Array(numbers)) => numbers
            .iter()
            .map(|number| number.as_u64().and_then(|number| u8::try_from(number).ok()))
            .collect(),
        InvokeBody::Json(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_arrive_in_both_ways_a_web_view_sends_them() {
        assert_eq!(given(&InvokeBody::Raw(vec![255, 216])), Some(vec![255, 216]));
        assert_eq!(given(&InvokeBody::Json(serde_json::json!([255, 216]))), Some(vec![255, 216]));
    }

    #[test]
    fn what_is_no_picture_is_not_made_into_one() {
        assert_eq!(given(&InvokeBody::Json(serde_json::json!([1, 256]))), None);
        assert_eq!(given(&InvokeBody::Json(Value::Null)), None);
        assert_eq!(given(&InvokeBody::Raw(Vec::new())), None);
    }
}

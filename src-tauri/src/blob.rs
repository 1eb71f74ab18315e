//! Pictures for the page, by the hash of their bytes: `pod://localhost/<hash>`.

use tauri::http::{Request, Response, StatusCode, header};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder};

use crate::engine::Engine;

/// Bytes that are named by their hash never change.
const FOR_EVER: &str = "private, max-age=31536000, immutable";

/// Answers one request for a blob.
#[expect(clippy::needless_pass_by_value, reason = "Tauri calls it with owned values")]
pub(crate) fn answer<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let app = context.app_handle().clone();
    let hash = request.uri().path().trim_start_matches('/').to_owned();
    tauri::async_runtime::spawn_blocking(move || {
        let found = app.state::<Engine>().phone().and_then(|phone| phone.blob(&hash));
        responder.respond(match found {
            Ok(Some((bytes, kind))) => response(StatusCode::OK, &kind, bytes),
            Ok(None) => response(StatusCode::NOT_FOUND, "text/plain", Vec::new()),
            Err(problem) => {
                tracing::warn!(code = problem.code, "A blob could not be read.");
                response(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", Vec::new())
            }
        });
    });
}

fn response(status: StatusCode, kind: &str, bytes: Vec<u8>) -> Response<Vec<u8>> {
    let is_found = status == StatusCode::OK;
    let built = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, kind)
        .header(header::CACHE_CONTROL, if is_found { FOR_EVER } else { "no-store" })
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(bytes);
    // Only a malformed header could fail, and `kind` is one of the engine's own words.
    built.unwrap_or_default()
}

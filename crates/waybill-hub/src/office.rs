//! The office's pages, built by the UI and carried inside the binary.

use axum::body::Body;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use waybill_sync::code::Code;

use crate::routes::problem;

#[derive(RustEmbed)]
#[folder = "../../ui/dist/office"]
#[allow_missing = true]
struct Pages;

/// Shown by a binary that was built without the pages.
const NO_PAGES: &str =
    "<!doctype html><title>Waybill</title><p>This hub was built without its pages.";

/// Serves a page or one of its parts. A path that looks like a page is the page itself.
pub(crate) async fn serve(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "v1" || path.starts_with("v1/") {
        return problem(Code::NotFound);
    }
    let is_page = !path.contains('.');
    let path = if is_page { "index.html" } else { path };
    match Pages::get(path) {
        Some(file) => {
            let headers = [(header::CONTENT_TYPE, mime(path)), (header::CACHE_CONTROL, keep(path))];
            (headers, Body::from(file.data.into_owned())).into_response()
        }
        None if is_page => {
            let headers =
                [(header::CONTENT_TYPE, mime("index.html")), (header::CACHE_CONTROL, "no-store")];
            (StatusCode::OK, headers, NO_PAGES).into_response()
        }
        None => problem(Code::NotFound),
    }
}

/// Parts have a hash in their name and never change; the page that names them may at any time.
fn keep(path: &str) -> &'static str {
    if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" }
}

fn mime(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "webmanifest" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

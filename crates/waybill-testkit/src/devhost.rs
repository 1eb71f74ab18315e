//! A phone behind HTTP: the real engine with a browser for a screen.
//!
//! It stands in for Tauri's IPC and for what a phone has and a desktop lacks: an airplane-mode switch,
//! a position that can be set, a camera that takes a file. It listens on this machine only.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, debug_handler};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::{Stream, StreamExt};
use waybill_device::api::view::SetPlace;
use waybill_device::blob_folder::SHOT_BYTES_MAX;
use waybill_device::host::Phone;
use waybill_device::problem::Problem;
use waybill_sync::code::Code;

/// One phone and its bench.
#[derive(Clone)]
struct Bench {
    phone: Phone,
    ui: Arc<PathBuf>,
    /// There while airplane mode is on: a phone that is killed does not leave it by that.
    airplane_mark: Arc<PathBuf>,
    place: Arc<Mutex<Option<SetPlace>>>,
}

/// The routes of a phone that lives in one folder and whose screens are built in another.
pub fn router(phone: Phone, dir: &std::path::Path, ui: PathBuf) -> Router {
    let airplane_mark = Arc::new(dir.join("bench.airplane"));
    phone.set_airplane(airplane_mark.exists());
    let bench = Bench { phone, ui: Arc::new(ui), airplane_mark, place: Arc::default() };
    Router::new()
        .route("/ipc/{command}", post(ipc))
        .route("/camera", post(camera))
        .route("/blob/{hash}", get(blob))
        .route("/events", get(events))
        .route("/bench/state", get(bench_state))
        .route("/bench/airplane", post(set_airplane))
        .route("/bench/place", post(set_place))
        .fallback(get(file))
        .layer(DefaultBodyLimit::max(SHOT_BYTES_MAX))
        .with_state(bench)
}

#[debug_handler]
async fn ipc(
    State(bench): State<Bench>,
    Path(command): Path<String>,
    Json(args): Json<Value>,
) -> Response {
    match bench.phone.call(&command, args).await {
        Ok(answer) => Json(answer).into_response(),
        Err(problem) => refuse(&problem),
    }
}

async fn camera(State(bench): State<Bench>, bytes: Bytes) -> Response {
    match bench.phone.put_shot(&bytes) {
        Ok(shot) => Json(json!({ "shot": shot })).into_response(),
        Err(problem) => refuse(&problem),
    }
}

async fn blob(State(bench): State<Bench>, Path(hash): Path<String>) -> Response {
    match bench.phone.blob(&hash) {
        Ok(Some((bytes, mime))) => ([(header::CONTENT_TYPE, mime)], bytes).into_response(),
        Ok(None) => refuse(&Code::BlobMissing.into()),
        Err(problem) => refuse(&problem),
    }
}

async fn events(State(bench): State<Bench>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let topics = BroadcastStream::new(bench.phone.changes()).filter_map(|topic| {
        // A screen that fell behind is told of the one thing that makes it read all again.
        let topic = topic.unwrap_or(waybill_device::api::view::Topic::Start);
        let word = serde_json::to_value(topic).ok()?;
        Some(Ok(Event::default().data(word.as_str()?)))
    });
    Sse::new(topics).keep_alive(KeepAlive::default())
}

#[derive(Serialize)]
struct BenchState {
    airplane: bool,
    place: Option<SetPlace>,
    person: Option<String>,
    device: Option<String>,
}

async fn bench_state(State(bench): State<Bench>) -> Response {
    let start = match bench.phone.call("start", json!({})).await {
        Ok(start) => start,
        Err(problem) => return refuse(&problem),
    };
    let word = |name: &str| start["crew"][name].as_str().map(ToOwned::to_owned);
    Json(BenchState {
        airplane: bench.phone.is_in_airplane(),
        place: *bench.place.lock().unwrap_or_else(PoisonError::into_inner),
        person: word("person_name"),
        device: word("device_name"),
    })
    .into_response()
}

#[derive(Deserialize)]
struct SetAirplane {
    on: bool,
}

async fn set_airplane(State(bench): State<Bench>, Json(set): Json<SetAirplane>) -> StatusCode {
    bench.phone.set_airplane(set.on);
    let mark = bench.airplane_mark.as_path();
    let kept = if set.on { std::fs::write(mark, b"") } else { std::fs::remove_file(mark) };
    match kept {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        _ => StatusCode::NO_CONTENT,
    }
}

async fn set_place(State(bench): State<Bench>, Json(place): Json<Option<SetPlace>>) -> Response {
    match bench.phone.set_place(place) {
        Ok(()) => {
            *bench.place.lock().unwrap_or_else(PoisonError::into_inner) = place;
            StatusCode::NO_CONTENT.into_response()
        }
        Err(problem) => refuse(&problem),
    }
}

/// A file of the built screens.
async fn file(State(bench): State<Bench>, uri: axum::http::Uri) -> Response {
    let name = match uri.path() {
        "/" => "index.html",
        "/bench" => "bench.html",
        path => path.trim_start_matches('/'),
    };
    let is_plain = name.split('/').all(|part| !part.is_empty() && !part.starts_with('.'));
    let path = bench.ui.join(name);
    match std::fs::read(&path) {
        Ok(bytes) if is_plain => ([(header::CONTENT_TYPE, mime_of(name))], bytes).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn mime_of(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        Some("json" | "webmanifest") => "application/json",
        Some("png") => "image/png",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}

fn refuse(problem: &Problem) -> Response {
    let status = Code::from_word(&problem.code).map_or(502, Code::http_status);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(problem)).into_response()
}

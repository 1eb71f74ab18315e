//! Uploads by tus 1.0: the core protocol and the creation extension.

use std::time::Duration;

use axum::Extension;
use axum::body::{Body, BodyDataStream};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;
use tokio_stream::StreamExt;
use waybill_core::id::{BlobHash, DeviceId};
use waybill_sync::code::Code;
use waybill_sync::limits::BLOB_BYTES_MAX;

use super::speech::{Answer, Named, Refused};
use crate::hub::Hub;

const VERSION: &str = "1.0.0";
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const MEDIA_TYPE: &str = "application/offset+octet-stream";
/// So much is put on the disk at once; a link that breaks loses no more than has not come in.
const CHUNK_BYTES: usize = 1024 * 1024;
/// A link that says nothing for so long is taken for broken.
const SILENCE_MAX: Duration = Duration::from_mins(1);

pub(super) async fn options() -> Response {
    let headers = [
        (RESUMABLE, VERSION.to_owned()),
        (HeaderName::from_static("tus-version"), VERSION.to_owned()),
        (HeaderName::from_static("tus-extension"), "creation".to_owned()),
        (HeaderName::from_static("tus-max-size"), BLOB_BYTES_MAX.to_string()),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

pub(super) async fn create(
    State(hub): State<Hub>,
    Extension(device): Extension<DeviceId>,
    headers: HeaderMap,
) -> Response {
    speak(&headers, async {
        let size = number(&headers, &LENGTH)?;
        let hash = named_hash(&headers).ok_or(Code::BodyMalformed)?;
        let begun = hub.run(move |hub| hub.begin_blob(device, hash, size)).await?;
        let headers =
            [(header::LOCATION, format!("/v1/blobs/{hash}")), (OFFSET, begun.offset.to_string())];
        Ok((StatusCode::CREATED, headers).into_response())
    })
    .await
}

pub(super) async fn progress(
    State(hub): State<Hub>,
    Extension(device): Extension<DeviceId>,
    Named(hash): Named<String>,
    headers: HeaderMap,
) -> Response {
    speak(&headers, async {
        let hash: BlobHash = hash.parse().map_err(|_| Code::BlobMissing)?;
        let found = hub.run(move |hub| hub.blob_progress(device, hash)).await?;
        let headers = [(OFFSET, found.offset.to_string()), (LENGTH, found.size.to_string())];
        Ok((StatusCode::OK, headers).into_response())
    })
    .await
}

pub(super) async fn append(
    State(hub): State<Hub>,
    Extension(device): Extension<DeviceId>,
    Named(hash): Named<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    speak(&headers, async {
        let is_ours = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == MEDIA_TYPE);
        let hash: BlobHash = hash.parse().map_err(|_| Code::BlobMissing)?;
        let offset = number(&headers, &OFFSET)?;
        if !is_ours {
            return Err(Code::BodyMalformed.into());
        }
        // A task of its own: when the link breaks, the request ends here and now, and what came in
        // before must still reach the disk.
        let receiving = tokio::spawn(receive(hub, device, hash, offset, body.into_data_stream()));
        let offset = receiving.await??;
        Ok((StatusCode::NO_CONTENT, [(OFFSET, offset.to_string())]).into_response())
    })
    .await
}

/// Puts a body on the disk piece by piece, up to where it ends or breaks off.
async fn receive(
    hub: Hub,
    device: DeviceId,
    hash: BlobHash,
    mut offset: u64,
    mut body: BodyDataStream,
) -> Result<u64, crate::error::HubError> {
    let mut is_open = true;
    let mut is_first = true;
    while is_open {
        let mut chunk = Vec::new();
        while is_open && chunk.len() < CHUNK_BYTES {
            match tokio::time::timeout(SILENCE_MAX, body.next()).await {
                Ok(Some(Ok(frame))) => chunk.extend_from_slice(&frame),
                Ok(None | Some(Err(_))) | Err(_) => is_open = false,
            }
        }
        if is_first || !chunk.is_empty() {
            offset = hub.run(move |hub| hub.append_blob(device, hash, offset, &chunk)).await?;
            is_first = false;
        }
    }
    Ok(offset)
}

/// Answers in the one version that both sides speak, or names it.
async fn speak(headers: &HeaderMap, answer: impl Future<Output = Answer<Response>>) -> Response {
    let speaks = headers.get(RESUMABLE).is_some_and(|version| version == VERSION);
    let answer = if speaks { answer.await } else { Err(Code::TusVersion.into()) };
    let mut response = answer.unwrap_or_else(Refused::into_response);
    let version = HeaderValue::from_static(VERSION);
    if !speaks {
        response.headers_mut().insert(HeaderName::from_static("tus-version"), version.clone());
    }
    response.headers_mut().insert(RESUMABLE, version);
    response
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, Code> {
    let text = headers.get(name).and_then(|value| value.to_str().ok());
    text.and_then(|text| text.parse().ok()).ok_or(Code::BodyMalformed)
}

/// The hash in `sha256 <base64 of its hex>`.
fn named_hash(headers: &HeaderMap) -> Option<BlobHash> {
    let pairs = headers.get(METADATA)?.to_str().ok()?;
    let value = pairs.split(',').find_map(|pair| pair.trim().strip_prefix("sha256 "))?;
    String::from_utf8(BASE64.decode(value.trim().as_bytes()).ok()?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests;

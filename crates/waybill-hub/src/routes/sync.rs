//! `POST /v1/sync`: a phone's whole conversation in one round trip.

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use waybill_core::id::DeviceId;
use waybill_sync::envelope::{ENCODING, MEDIA_TYPE};

use super::speech::{Answer, Payload};
use crate::hub::Hub;

type Packed = (StatusCode, [(HeaderName, &'static str); 2], Vec<u8>);

/// Answers 201 and nothing else counts as success: a network that wants a sign-in answers 200.
pub(super) async fn sync(
    State(hub): State<Hub>,
    Extension(device_id): Extension<DeviceId>,
    Payload(body): Payload,
) -> Answer<Packed> {
    let answer = hub.run(move |hub| hub.sync(device_id, &body)).await?;
    let headers = [(header::CONTENT_TYPE, MEDIA_TYPE), (header::CONTENT_ENCODING, ENCODING)];
    Ok((StatusCode::CREATED, headers, answer))
}

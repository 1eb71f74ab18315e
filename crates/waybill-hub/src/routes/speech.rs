//! How requests are read and answers are written: JSON in, JSON or a problem out.

use axum::Json;
use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use waybill_sync::code::{Code, Retry};

use super::guard::BodyMax;
use crate::api::view::Problem;
use crate::error::HubError;

/// What a handler answers.
pub(super) type Answer<T> = Result<T, Refused>;

/// An error on its way to the other side.
pub(super) struct Refused(pub(super) HubError);

impl<E: Into<HubError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let code = self.0.code();
        if code.http_status() >= 500 {
            tracing::error!(error = %self.0, %code, "A request failed.");
        }
        let (faults, feed) = match self.0 {
            HubError::Fields(faults) => (faults, None),
            HubError::FeedRestored(mark) => (Vec::new(), Some(mark)),
            _ => (Vec::new(), None),
        };
        let status =
            StatusCode::from_u16(code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let problem = Problem {
            kind: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            code: code.word().to_owned(),
            faults,
            feed,
        };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if code.retry() == Retry::Later && matches!(status.as_u16(), 429 | 503) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }
}

/// Answers with a problem.
pub(crate) fn problem(code: Code) -> Response {
    Refused(code.into()).into_response()
}

pub(super) async fn no_such_route() -> Response {
    problem(Code::NotFound)
}

pub(super) async fn no_such_method() -> Response {
    problem(Code::MethodNotAllowed)
}

/// The bytes of a body, no more than the route takes.
pub(super) struct Payload(pub(super) Bytes);

impl<S: Sync> FromRequest<S> for Payload {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &S) -> Answer<Self> {
        let max = request.extensions().get::<BodyMax>().map_or(0, |max| max.0);
        let told = request.headers().get(header::CONTENT_LENGTH);
        let told = told.and_then(|told| told.to_str().ok()?.parse::<usize>().ok());
        if told.is_some_and(|told| told > max) {
            return Err(Code::BodyTooLarge.into());
        }
        let read = to_bytes(request.into_body(), max).await;
        read.map(Self).map_err(|error| {
            let is_too_large = std::error::Error::source(&error)
                .is_some_and(|source| source.to_string().contains("length limit"));
            let code = if is_too_large { Code::BodyTooLarge } else { Code::BodyMalformed };
            code.into()
        })
    }
}

/// A body of JSON.
pub(super) struct Told<T>(pub(super) T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Told<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Answer<Self> {
        let Payload(bytes) = Payload::from_request(request, state).await?;
        let read = serde_json::from_slice(&bytes);
        Ok(Self(read.map_err(|_| Code::BodyMalformed)?))
    }
}

/// Ids in the path. What cannot be an id is not there.
pub(super) struct Named<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Named<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let read = Path::<T>::from_request_parts(parts, state).await;
        Ok(Self(read.map_err(|_| Code::NotFound)?.0))
    }
}

/// What is asked behind the question mark.
pub(super) struct Asked<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let read = Query::<T>::from_request_parts(parts, state).await;
        Ok(Self(read.map_err(|_| Code::BodyMalformed)?.0))
    }
}

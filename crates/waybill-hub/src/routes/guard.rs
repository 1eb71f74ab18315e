//! The one place where rights are checked, from the row of the table that was matched.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use waybill_sync::code::Code;

use super::Who;
use super::speech::Refused;
use crate::error::HubError;
use crate::hub::{Asker, Caller, Hub};

/// The cookie that carries a session.
pub(super) const COOKIE: &str = "waybill_session";

/// Only what we serve ourselves is loaded, and nobody puts us into a frame.
const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What one row of the table asks for.
#[derive(Clone)]
pub(super) struct Guard {
    pub(super) hub: Hub,
    pub(super) who: Who,
    /// The route only reads.
    pub(super) is_safe: bool,
    pub(super) body_bytes_max: usize,
    pub(super) patience: Duration,
}

/// How large a body the route takes.
#[derive(Clone, Copy)]
pub(super) struct BodyMax(pub(super) usize);

/// The token that the caller showed.
#[derive(Clone)]
pub(super) struct Token(pub(super) String);

/// Lets a request through, with who it is from, or refuses it.
pub(super) async fn check(
    State(guard): State<Guard>,
    mut request: Request,
    next: Next,
) -> Response {
    let admitted = admit(&guard, &mut request).await;
    if let Err(error) = admitted {
        return Refused(error).into_response();
    }
    request.extensions_mut().insert(BodyMax(guard.body_bytes_max));
    let answered = tokio::time::timeout(guard.patience, next.run(request)).await;
    answered.unwrap_or_else(|_| Refused(Code::StoreBusy.into()).into_response())
}

async fn admit(guard: &Guard, request: &mut Request) -> Result<(), HubError> {
    let headers = request.headers();
    let is_from_page = headers.contains_key(header::ORIGIN) || cookie(headers).is_some();
    let is_bearer = bearer(headers).is_some();
    if is_from_page && !guard.is_safe && !is_bearer && !is_same_origin(&guard.hub, request) {
        return Err(Code::OriginWrong.into());
    }
    if guard.who == Who::Public {
        return Ok(());
    }
    let token = bearer(headers).or_else(|| cookie(headers)).ok_or(Code::NotSignedIn)?.to_owned();
    let shown = token.clone();
    let caller = guard.hub.run(move |hub| hub.caller(&shown)).await?;
    let extensions = request.extensions_mut();
    match (caller.ok_or(Code::NotSignedIn)?, guard.who) {
        (Caller::Device(device), _) if device.is_revoked => return Err(Code::DeviceRevoked.into()),
        (Caller::Device(device), Who::Device) => {
            extensions.insert(device.id);
        }
        (Caller::Person(person), Who::Office(acts))
            if acts.iter().any(|act| person.role.may(*act)) =>
        {
            extensions.insert(Asker::Person(person));
        }
        (Caller::Person(person), Who::SignedIn) => {
            extensions.insert(Asker::Person(person));
        }
        _ => return Err(Code::NotAllowed.into()),
    }
    extensions.insert(Token(token));
    Ok(())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter();
    let mut pairs = cookies.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// Says whether a page of ours sent the request. A browser says so itself, and a page cannot lie.
fn is_same_origin(hub: &Hub, request: &Request) -> bool {
    let headers = request.headers();
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else {
        return text(header::HeaderName::from_static("sec-fetch-site")) == Some("same-origin");
    };
    let host = request.uri().authority().map(axum::http::uri::Authority::as_str);
    let host = host.or_else(|| text(header::HOST));
    let named = origin.split_once("://").map(|(_, host)| host);
    origin == &*hub.public_url || (named.is_some() && named == host)
}

/// Headers that every answer carries.
pub(super) async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let set = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in set {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

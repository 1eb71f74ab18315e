//! Signing in and out, and being told that something changed.

use std::convert::Infallible;

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::{Extension, Json};
use serde_json::{Value, json};
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::{Stream, StreamExt};

use super::guard::{COOKIE, Token};
use super::speech::{Answer, Told};
use crate::api::view::{SessionView, SignIn};
use crate::hub::{Asker, Hub};
use crate::people::SESSION_MS;
use waybill_sync::code::Code;

pub(super) async fn health() -> Json<Value> {
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

type WithCookie<T> = (StatusCode, [(HeaderName, String); 1], T);

pub(super) async fn sign_in(
    State(hub): State<Hub>,
    Told(sign_in): Told<SignIn>,
) -> Answer<WithCookie<Json<SessionView>>> {
    let _turn = hub.door.turnstile.acquire().await.map_err(|_| Code::StoreBusy)?;
    let session = hub.run(move |hub| hub.sign_in(&sign_in)).await?;
    let cookie = cookie(&hub, session.token.as_deref().unwrap_or_default(), SESSION_MS / 1_000);
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(session)))
}

pub(super) async fn read(
    State(hub): State<Hub>,
    Extension(asker): Extension<Asker>,
) -> Answer<Json<SessionView>> {
    let Asker::Person(person) = asker else {
        return Err(Code::NotSignedIn.into());
    };
    Ok(Json(SessionView { person, company: hub.company().to_owned(), token: None }))
}

pub(super) async fn sign_out(
    State(hub): State<Hub>,
    Extension(Token(token)): Extension<Token>,
) -> Answer<WithCookie<()>> {
    hub.run(move |hub| hub.sign_out(&token)).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie(&hub, "", 0))], ()))
}

/// Scripts cannot read it, other sites cannot make a browser send it.
fn cookie(hub: &Hub, token: &str, age_s: i64) -> String {
    let secure = if hub.public_url.starts_with("https://") { "; Secure" } else { "" };
    format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age_s}{secure}")
}

/// Says what to read again. A listener who fell behind is cut off; its browser connects again and
/// reads everything.
pub(super) async fn changes(
    State(hub): State<Hub>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let heard = BroadcastStream::new(hub.changes());
    let lines = heard.map_while(Result::ok).map(|topic| Ok(Event::default().data(topic.word())));
    Sse::new(lines).keep_alive(KeepAlive::default())
}

//! People, invitations and phones.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use waybill_core::id::PersonId;
use waybill_sync::code::Code;
use waybill_sync::enrol::{EnrolDevice, Enrolled};

use super::speech::{Answer, Named, Told};
use crate::api::device::{CloseIncident, DevicesView};
use crate::api::view::{Invite, InviteView, PeopleView, PersonView, PutPerson};
use crate::hub::{Asker, Hub};

pub(super) async fn people(State(hub): State<Hub>) -> Answer<Json<PeopleView>> {
    Ok(Json(hub.run(Hub::people).await?))
}

pub(super) async fn put_person(
    State(hub): State<Hub>,
    Extension(asker): Extension<Asker>,
    Named(person_id): Named<PersonId>,
    Told(put): Told<PutPerson>,
) -> Answer<Json<PersonView>> {
    Ok(Json(hub.run(move |hub| hub.put_person(&asker, &person_id, &put)).await?))
}

pub(super) async fn invite(
    State(hub): State<Hub>,
    Extension(asker): Extension<Asker>,
    Told(invite): Told<Invite>,
) -> Answer<(StatusCode, Json<InviteView>)> {
    let view = hub.run(move |hub| hub.invite(&asker, &invite)).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

pub(super) async fn list(State(hub): State<Hub>) -> Answer<Json<DevicesView>> {
    Ok(Json(hub.run(Hub::devices).await?))
}

pub(super) async fn revoke(
    State(hub): State<Hub>,
    Extension(asker): Extension<Asker>,
    Named(device_id): Named<String>,
) -> Answer<StatusCode> {
    let device_id = device_id.parse().map_err(|_| Code::NotFound)?;
    hub.run(move |hub| hub.revoke(&asker, device_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn close_incident(
    State(hub): State<Hub>,
    Extension(asker): Extension<Asker>,
    Named(device_id): Named<String>,
    Told(close): Told<CloseIncident>,
) -> Answer<StatusCode> {
    let device_id = device_id.parse().map_err(|_| Code::NotFound)?;
    hub.run(move |hub| hub.close_incident(&asker, device_id, &close)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn enrol(
    State(hub): State<Hub>,
    Told(request): Told<EnrolDevice>,
) -> Answer<(StatusCode, Json<Enrolled>)> {
    let enrolled = hub.run(move |hub| hub.enrol(&request)).await?;
    Ok((StatusCode::CREATED, Json(enrolled)))
}

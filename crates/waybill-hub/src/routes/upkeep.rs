//! Backups, and what is missing.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};

use super::speech::Answer;
use crate::api::upkeep::{BackupTaken, GapsView};
use crate::hub::{Asker, Hub};

pub(super) async fn backup(
    State(hub): State<Hub>,
    Extension(asker): Extension<Asker>,
) -> Answer<(StatusCode, Json<BackupTaken>)> {
    let taken = hub.run(move |hub| hub.backup(&asker)).await?;
    Ok((StatusCode::CREATED, Json(taken)))
}

pub(super) async fn gaps(State(hub): State<Hub>) -> Answer<Json<GapsView>> {
    Ok(Json(hub.run(Hub::gaps).await?))
}

//! What the office has to look at, and how it says that it has.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use waybill_core::id::RunId;

use super::speech::{Answer, Named, Told};
use crate::api::matter::{CloseMatter, QueueView};
use crate::hub::{Asker, Hub};

pub(super) async fn list(
    State(hub): State<Hub>,
    Extension(asker): Extension<Asker>,
) -> Answer<Json<QueueView>> {
    Ok(Json(hub.run(move |hub| hub.queue(&asker)).await?))
}

pub(super) async fn close_matter(
    State(hub): State<Hub>,
    Extension(asker): Extension<Asker>,
    Named(run_id): Named<RunId>,
    Told(close): Told<CloseMatter>,
) -> Answer<StatusCode> {
    hub.run(move |hub| hub.close_matter(&asker, &run_id, &close)).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! Runs, jobs, evidence and the feed.

use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::{Extension, Json};
use serde::Deserialize;
use waybill_core::id::{JobId, RunId};
use waybill_core::policy::Policy;
use waybill_sync::bundle::{EXTENSION, MEDIA_TYPE};
use waybill_sync::code::Code;

use super::speech::{Answer, Asked, Named, Told};
use crate::api::view::{FeedView, JobPage, PatchJob, PutRun, PutRunAnswer, RunPage, RunsView};
use crate::hub::{Asker, Hub};
use crate::pages::FEED_LIMIT_MAX;

#[derive(Deserialize)]
pub(super) struct OfDay {
    day: Option<String>,
}

pub(super) async fn list(
    State(hub): State<Hub>,
    Extension(asker): Extension<Asker>,
    Asked(of): Asked<OfDay>,
) -> Answer<Json<RunsView>> {
    Ok(Json(hub.run(move |hub| hub.runs(&asker, of.day.as_deref())).await?))
}

pub(super) async fn read(
    State(hub): State<Hub>,
    Extension(asker): Extension<Asker>,
    Named(run_id): Named<RunId>,
) -> Answer<Json<RunPage>> {
    Ok(Json(hub.run(move |hub| hub.run_page(&asker, &run_id)).await?))
}

pub(super) async fn put(
    State(hub): State<Hub>,
    Extension(asker): Extension<Asker>,
    Named(run_id): Named<RunId>,
    Told(run): Told<PutRun>,
) -> Answer<Json<PutRunAnswer>> {
    Ok(Json(hub.run(move |hub| hub.put_run(&asker, &run_id, &run)).await?))
}

pub(super) async fn read_job(
    State(hub): State<Hub>,
    Extension(asker): Extension<Asker>,
    Named((run_id, job_id)): Named<(RunId, JobId)>,
) -> Answer<Json<JobPage>> {
    Ok(Json(hub.run(move |hub| hub.job_page(&asker, &run_id, &job_id)).await?))
}

pub(super) async fn patch_job(
    State(hub): State<Hub>,
    Extension(asker): Extension<Asker>,
    Named((run_id, job_id)): Named<(RunId, JobId)>,
    Told(patch): Told<PatchJob>,
) -> Answer<Json<JobPage>> {
    Ok(Json(hub.run(move |hub| hub.patch_job(&asker, &run_id, &job_id, &patch)).await?))
}

/// Evidence never changes, so a browser may keep it, and runs nothing that may be in it.
pub(super) async fn blob(
    State(hub): State<Hub>,
    Extension(asker): Extension<Asker>,
    Named((run_id, job_id, hash)): Named<(RunId, JobId, String)>,
) -> Answer<([(HeaderName, String); 3], Vec<u8>)> {
    let hash = hash.parse().map_err(|_| Code::NotFound)?;
    let (mime, bytes) = hub.run(move |hub| hub.blob(&asker, &run_id, &job_id, hash)).await?;
    let headers = [
        (header::CONTENT_TYPE, mime),
        (header::CACHE_CONTROL, "private, max-age=86400, immutable".to_owned()),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    Ok((headers, bytes))
}

/// Everything about a job in one file to hand on.
pub(super) async fn bundle(
    State(hub): State<Hub>,
    Extension(asker): Extension<Asker>,
    Named((run_id, job_id)): Named<(RunId, JobId)>,
) -> Answer<([(HeaderName, String); 2], Vec<u8>)> {
    let name = format!("attachment; filename=\"{run_id}_{job_id}.{EXTENSION}\"");
    let bytes = hub.run(move |hub| hub.bundle(&asker, &run_id, &job_id)).await?;
    let headers =
        [(header::CONTENT_TYPE, MEDIA_TYPE.to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, bytes))
}

#[derive(Deserialize)]
pub(super) struct OfFeed {
    #[serde(default)]
    after: i64,
    #[serde(default = "feed_limit")]
    limit: u32,
    store_epoch: Option<u64>,
}

fn feed_limit() -> u32 {
    FEED_LIMIT_MAX / 10
}

pub(super) async fn feed(
    State(hub): State<Hub>,
    Extension(asker): Extension<Asker>,
    Asked(of): Asked<OfFeed>,
) -> Answer<Json<FeedView>> {
    Ok(Json(hub.run(move |hub| hub.feed_since(&asker, of.store_epoch, of.after, of.limit)).await?))
}

pub(super) async fn policy(State(hub): State<Hub>) -> Answer<Json<Policy>> {
    Ok(Json(hub.run(Hub::policy).await?))
}

pub(super) async fn put_policy(
    State(hub): State<Hub>,
    Extension(asker): Extension<Asker>,
    Told(policy): Told<Policy>,
) -> Answer<Json<Policy>> {
    Ok(Json(hub.run(move |hub| hub.put_policy(&asker, &policy)).await?))
}

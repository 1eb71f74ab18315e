//! The HTTP surface: one table that says for every route who may use it.
//!
//! Invariant: the router is built from the table and from nothing else, and rights are checked in
//! one place from the same table. A route that is not in the table does not exist; a right that is
//! not in the table is not given.

mod devices;
mod guard;
mod queue;
mod runs;
mod session;
mod speech;
mod sync;
mod tus;
mod upkeep;

use std::time::Duration;

use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};
use axum::{Router, middleware};
use waybill_core::role::Act;
use waybill_sync::limits::BODY_BYTES_MAX;

pub(crate) use speech::problem;

use crate::hub::Hub;
use crate::office;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Anybody.
    Public,
    /// Whoever is signed in at the office.
    SignedIn,
    /// Whoever is signed in and has one of these rights.
    Office(&'static [Act]),
    /// An enrolled phone.
    Device,
}

/// One row of the table.
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) who: Who,
    pub(crate) body_bytes_max: usize,
    pub(crate) patience: Duration,
    handler: MethodRouter<Hub>,
}

const SMALL: usize = 64 * 1024;
/// A run of the largest size with texts of ordinary length.
const RUN: usize = 4 * 1024 * 1024;
const SHORT: Duration = Duration::from_secs(30);
/// The largest sync body over the slowest link that is worth serving.
const SLOW_SYNC: Duration = Duration::from_mins(3);
/// An upload goes on as long as bytes keep coming; the uploads themselves look after that.
const UPLOAD: Duration = Duration::from_hours(2);

fn row<H, T>(method: Method, path: &'static str, who: Who, handler: H) -> Route
where
    H: Handler<T, Hub>,
    T: 'static,
{
    let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
    let handler = on(filter, handler);
    Route { method, path, who, body_bytes_max: SMALL, patience: SHORT, handler }
}

impl Route {
    fn limits(self, body_bytes_max: usize, patience: Duration) -> Self {
        Self { body_bytes_max, patience, ..self }
    }
}

/// The table.
pub(crate) fn table() -> Vec<Route> {
    use Act::{EditPlan, ManageAccess, ReadFeed, ReadRuns};
    use Who::{Device, Office, Public, SignedIn};
    let (get, put, post, patch) = (Method::GET, Method::PUT, Method::POST, Method::PATCH);
    let job = "/v1/runs/{run_id}/jobs/{job_id}";
    vec![
        row(get.clone(), "/health", Public, session::health),
        row(post.clone(), "/v1/session", Public, session::sign_in),
        row(get.clone(), "/v1/session", SignedIn, session::read),
        row(Method::DELETE, "/v1/session", SignedIn, session::sign_out),
        row(get.clone(), "/v1/changes", SignedIn, session::changes),
        row(get.clone(), "/v1/runs", Office(&[ReadRuns]), runs::list),
        row(get.clone(), "/v1/runs/{run_id}", Office(&[ReadRuns]), runs::read),
        row(put.clone(), "/v1/runs/{run_id}", Office(&[EditPlan]), runs::put).limits(RUN, SHORT),
        row(get.clone(), job, Office(&[ReadRuns]), runs::read_job),
        row(patch.clone(), job, Office(&[EditPlan]), runs::patch_job),
        row(
            get.clone(),
            "/v1/runs/{run_id}/jobs/{job_id}/blobs/{hash}",
            Office(&[ReadRuns]),
            runs::blob,
        ),
        row(
            get.clone(),
            "/v1/runs/{run_id}/jobs/{job_id}/bundle",
            Office(&[ReadRuns]),
            runs::bundle,
        ),
        row(get.clone(), "/v1/queue", Office(&[ReadRuns]), queue::list),
        // Whose matter it is the matter says: dispatch and finance have their own.
        row(
            post.clone(),
            "/v1/runs/{run_id}/matters/close",
            Office(&[ReadRuns]),
            queue::close_matter,
        ),
        row(get.clone(), "/v1/policy", Office(&[ReadRuns]), runs::policy),
        row(put.clone(), "/v1/policy", Office(&[ManageAccess]), runs::put_policy)
            .limits(RUN, SHORT),
        row(get.clone(), "/v1/feed", Office(&[ReadFeed]), runs::feed),
        row(get.clone(), "/v1/people", Office(&[ManageAccess, EditPlan]), devices::people),
        row(put, "/v1/people/{person_id}", Office(&[ManageAccess]), devices::put_person),
        row(post.clone(), "/v1/enrolments", Office(&[ManageAccess]), devices::invite),
        row(get.clone(), "/v1/devices", Office(&[ManageAccess]), devices::list),
        row(
            post.clone(),
            "/v1/devices/{device_id}/revoke",
            Office(&[ManageAccess]),
            devices::revoke,
        ),
        row(
            post.clone(),
            "/v1/devices/{device_id}/incidents/close",
            Office(&[ManageAccess]),
            devices::close_incident,
        ),
        row(get, "/v1/gaps", Office(&[ManageAccess]), upkeep::gaps),
        row(post.clone(), "/v1/backup", Office(&[ManageAccess]), upkeep::backup)
            .limits(SMALL, UPLOAD),
        row(post.clone(), "/v1/enrol", Public, devices::enrol),
        row(post.clone(), "/v1/sync", Device, sync::sync).limits(BODY_BYTES_MAX, SLOW_SYNC),
        row(Method::OPTIONS, "/v1/blobs", Public, tus::options),
        row(post, "/v1/blobs", Device, tus::create),
        row(Method::HEAD, "/v1/blobs/{hash}", Device, tus::progress),
        row(patch, "/v1/blobs/{hash}", Device, tus::append).limits(usize::MAX, UPLOAD),
    ]
}

/// Builds the router from the table.
pub(crate) fn router(hub: Hub) -> Router {
    let mut router = Router::new();
    for route in table() {
        let guard = guard::Guard {
            hub: hub.clone(),
            who: route.who,
            is_safe: route.method.is_safe(),
            body_bytes_max: route.body_bytes_max,
            patience: route.patience,
        };
        let handler =
            route.handler.route_layer(middleware::from_fn_with_state(guard, guard::check));
        router = router.route(route.path, handler);
    }
    router
        .fallback(axum::routing::get(office::serve).fallback(speech::no_such_route))
        .method_not_allowed_fallback(speech::no_such_method)
        .layer(middleware::map_response(guard::harden))
        .with_state(hub)
}

#[cfg(test)]
mod tests;

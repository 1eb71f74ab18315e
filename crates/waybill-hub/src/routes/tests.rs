use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use tower::ServiceExt;
use waybill_sync::limits::BODY_BYTES_MAX;

use super::table;
use crate::api::view::Problem;
use crate::hub::{Asker, Topic};
use crate::people::SESSION_MS;
use crate::testing::{PASSWORD, World, photo, run, run_id};

pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) fn code(&self) -> String {
        serde_json::from_slice::<Problem>(&self.body)
            .map(|problem| problem.code)
            .unwrap_or_default()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(super) async fn ask(
    router: &Router,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let is_stream = headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
    let body = if is_stream {
        Vec::new()
    } else {
        to_bytes(answer.into_body(), 1 << 24).await.unwrap().to_vec()
    };
    Reply { status, headers, body }
}

async fn sign_in(router: &Router, login: &str, password: &str) -> Reply {
    let body = serde_json::json!({ "login": login, "password": password }).to_string();
    ask(router, Method::POST, "/v1/session", &[], body).await
}

pub(super) async fn token(router: &Router, login: &str) -> String {
    let signed_in = sign_in(router, login, PASSWORD).await;
    assert_eq!(signed_in.status, StatusCode::CREATED);
    let view: crate::api::view::SessionView = serde_json::from_slice(&signed_in.body).unwrap();
    view.token.unwrap()
}

/// Who gets in where: written by hand, so that a slip in the table is found.
const RIGHTS: &[(&str, &str)] = &[
    ("GET /health", "anybody"),
    ("POST /v1/session", "anybody"),
    ("GET /v1/session", "dora lou disa fin ada"),
    ("DELETE /v1/session", "dora lou disa fin ada"),
    ("GET /v1/changes", "dora lou disa fin ada"),
    ("GET /v1/runs", "disa fin ada"),
    ("GET /v1/runs/{run_id}", "disa fin ada"),
    ("PUT /v1/runs/{run_id}", "disa ada"),
    ("GET /v1/runs/{run_id}/jobs/{job_id}", "disa fin ada"),
    ("PATCH /v1/runs/{run_id}/jobs/{job_id}", "disa ada"),
    ("GET /v1/runs/{run_id}/jobs/{job_id}/blobs/{hash}", "disa fin ada"),
    ("GET /v1/runs/{run_id}/jobs/{job_id}/bundle", "disa fin ada"),
    ("GET /v1/queue", "disa fin ada"),
    ("POST /v1/runs/{run_id}/matters/close", "disa fin ada"),
    ("GET /v1/policy", "disa fin ada"),
    ("PUT /v1/policy", "ada"),
    ("GET /v1/feed", "fin ada"),
    ("GET /v1/people", "disa ada"),
    ("PUT /v1/people/{person_id}", "ada"),
    ("POST /v1/enrolments", "ada"),
    ("GET /v1/devices", "ada"),
    ("POST /v1/devices/{device_id}/revoke", "ada"),
    ("POST /v1/devices/{device_id}/incidents/close", "ada"),
    ("GET /v1/gaps", "ada"),
    ("POST /v1/backup", "ada"),
    ("POST /v1/enrol", "anybody"),
    ("POST /v1/sync", "device"),
    ("OPTIONS /v1/blobs", "anybody"),
    ("POST /v1/blobs", "device"),
    ("HEAD /v1/blobs/{hash}", "device"),
    ("PATCH /v1/blobs/{hash}", "device"),
];

#[tokio::test]
async fn every_route_lets_in_whom_it_should_and_nobody_else() {
    let world = World::new();
    world.put_run(&run(&["J1"]));
    let router = world.hub.router();
    let expired = token(&router, "ada").await;
    world.pass(SESSION_MS);
    let (phone, lost) = (world.phone("dora", 5), world.phone("dan", 7));
    world.hub.revoke(&Asker::Console, lost.device).unwrap();

    let rows: Vec<_> = table().iter().map(|row| format!("{} {}", row.method, row.path)).collect();
    let written: Vec<_> = RIGHTS.iter().map(|(route, _)| (*route).to_owned()).collect();
    assert_eq!(rows, written, "every route has its row here");

    for (route, rights) in RIGHTS {
        let (method, path) = route.split_once(' ').unwrap();
        let path = path
            .replace("{run_id}", "R1")
            .replace("{job_id}", "J1")
            .replace("{person_id}", "nobody")
            .replace("{device_id}", &"0".repeat(32))
            .replace("{hash}", &"0".repeat(64));
        let mut callers = vec![("nobody", String::new(), 401), ("expired", expired.clone(), 401)];
        callers.push(("revoked", lost.token.clone(), 403));
        callers.push(("device", phone.token.clone(), 403));
        for login in ["dora", "lou", "disa", "fin", "ada"] {
            callers.push((login, token(&router, login).await, 403));
        }
        for (who, token, refused) in callers {
            let bearer = format!("Bearer {token}");
            let headers: &[_] =
                if token.is_empty() { &[] } else { &[("authorization", bearer.as_str())] };
            let reply = ask(&router, method.parse().unwrap(), &path, headers, "").await;
            let is_right = *rights == "anybody" || rights.split(' ').any(|each| each == who);
            let was_refused = matches!(reply.status.as_u16(), 401 | 403);
            if is_right {
                assert!(!was_refused, "{route} must let {who} in: {}", reply.status);
            } else {
                assert_eq!(reply.status.as_u16(), refused, "{route} must refuse {who}");
            }
        }
    }
}

#[tokio::test]
async fn another_depots_run_is_not_there() {
    let world = World::new();
    world.put_run(&run(&["J1"]));
    world.put_person("yuri", waybill_core::role::Role::Admin, &["york"]);
    let router = world.hub.router();
    let bearer = format!("Bearer {}", token(&router, "yuri").await);
    for path in ["/v1/runs/R1", "/v1/runs/R1/jobs/J1", "/v1/runs/R1/jobs/J1/bundle"] {
        let reply = ask(&router, Method::GET, path, &[("authorization", &bearer)], "").await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (404, "not_found"), "{path}");
    }
    let list =
        ask(&router, Method::GET, "/v1/runs?day=2026-11-20", &[("authorization", &bearer)], "")
            .await;
    let list: crate::api::view::RunsView = serde_json::from_slice(&list.body).unwrap();
    assert_eq!((list.runs.len(), list.days.len()), (0, 0));
    let put = serde_json::to_string(&run(&["J1"])).unwrap();
    let reply = ask(&router, Method::PUT, "/v1/runs/R1", &[("authorization", &bearer)], put).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND, "nor can it be overwritten");
}

#[tokio::test]
async fn guessing_a_password_ends_after_a_few_tries() {
    let world = World::new();
    let router = world.hub.router();
    for login in ["ada", "nobody-at-all"] {
        for _ in 0..5 {
            let reply = sign_in(&router, login, "wrong").await;
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (401, "sign_in_wrong"));
        }
        let reply = sign_in(&router, login, PASSWORD).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (429, "too_many_tries"));
    }
    assert_eq!(
        sign_in(&router, "fin", PASSWORD).await.status,
        StatusCode::CREATED,
        "others are not held up"
    );
    world.pass(60_000);
    assert_eq!(sign_in(&router, " ADA", PASSWORD).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_cookie_works_from_our_own_pages_only() {
    let world = World::new();
    let router = world.hub.router();
    let signed_in = sign_in(&router, "disa", PASSWORD).await;
    let cookie = signed_in.header("set-cookie").to_owned();
    assert!(cookie.contains("; HttpOnly; SameSite=Strict"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    let put = serde_json::to_string(&run(&["J1"])).unwrap();
    let cases: &[(&[(&str, &str)], u16)] = &[
        (&[("origin", "https://evil.example")], 403),
        (&[("origin", "null")], 403),
        (&[("sec-fetch-site", "cross-site")], 403),
        (&[], 403),
        (&[("origin", "http://127.0.0.1:4000")], 200),
        (&[("origin", "http://hub.test"), ("host", "hub.test")], 200),
        (&[("sec-fetch-site", "same-origin")], 200),
    ];
    for (headers, status) in cases {
        let headers = [&[("cookie", cookie)], *headers].concat();
        let reply = ask(&router, Method::PUT, "/v1/runs/R1", &headers, put.clone()).await;
        assert_eq!(reply.status.as_u16(), *status, "{headers:?} {}", reply.code());
    }
    let read = ask(&router, Method::GET, "/v1/session", &[("cookie", cookie)], "").await;
    assert_eq!(read.status, StatusCode::OK);
    let own = [("cookie", cookie), ("sec-fetch-site", "same-origin")];
    assert_eq!(ask(&router, Method::DELETE, "/v1/session", &own, "").await.status.as_u16(), 204);
    assert_eq!(ask(&router, Method::GET, "/v1/session", &own, "").await.status.as_u16(), 401);
    let foreign = [("origin", "https://evil.example")];
    let reply = ask(&router, Method::POST, "/v1/session", &foreign, "{}").await;
    assert_eq!(reply.code(), "origin_wrong", "nobody is signed in from elsewhere either");
}

#[tokio::test]
async fn every_answer_is_hardened_and_every_error_is_a_problem() {
    let world = World::new();
    let router = world.hub.router();
    for (method, path, status) in [
        (Method::GET, "/v1/nothing", 404),
        (Method::PUT, "/v1/feed", 405),
        (Method::POST, "/elsewhere", 404),
        (Method::GET, "/", 200),
        (Method::GET, "/runs/R1", 200),
        (Method::GET, "/../Cargo.toml", 404),
        (Method::GET, "/health", 200),
    ] {
        let reply = ask(&router, method.clone(), path, &[], "").await;
        assert_eq!(reply.status.as_u16(), status, "{method} {path}");
        assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"));
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        if status >= 400 {
            assert_eq!(reply.header("content-type"), "application/problem+json", "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_sync_is_created_and_a_body_that_is_too_large_is_not_read() {
    let world = World::new();
    world.put_run(&run(&["J1"]));
    let router = world.hub.router();
    let mut phone = world.phone("dora", 5);
    phone.record(&photo());
    let bearer = format!("Bearer {}", phone.token);
    let headers = [("authorization", bearer.as_str())];
    let up = waybill_sync::envelope::pack(&phone.up(vec![phone.tail(1)]));
    let reply = ask(&router, Method::POST, "/v1/sync", &headers, up).await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (201, "application/cbor"));
    let down = waybill_sync::envelope::open("answer", &reply.body).unwrap();
    assert_eq!(phone.receipt(&down).heads, [phone.head()]);
    for body in [Body::from(vec![0; BODY_BYTES_MAX + 1]), unsized_body(BODY_BYTES_MAX + 1)] {
        let reply = ask(&router, Method::POST, "/v1/sync", &headers, body).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (413, "body_too_large"));
    }
}

/// A body that does not say how long it is.
fn unsized_body(bytes: usize) -> Body {
    Body::from_stream(tokio_stream::iter([Ok::<_, std::io::Error>(vec![0; bytes])]))
}

#[tokio::test]
async fn an_invitation_is_good_once_and_for_a_short_time() {
    let world = World::new();
    let router = world.hub.router();
    let bearer = format!("Bearer {}", token(&router, "ada").await);
    let invite = serde_json::json!({ "person_id": "dora", "depot_id": "leeds" }).to_string();
    let reply =
        ask(&router, Method::POST, "/v1/enrolments", &[("authorization", &bearer)], invite).await;
    let invite: crate::api::view::InviteView = serde_json::from_slice(&reply.body).unwrap();
    assert!(invite.qr_svg.contains("<svg"));
    let link = waybill_sync::enrol::Link::from_text(&invite.link).unwrap();
    let enrol = |secret| {
        let request = waybill_sync::enrol::EnrolDevice::new(
            &crate::testing::key(secret),
            &link.code,
            "Van 7",
        );
        ask(&router, Method::POST, "/v1/enrol", &[], serde_json::to_string(&request).unwrap())
    };
    let first = enrol(5).await;
    assert_eq!(first.status.as_u16(), 201);
    let repeated: waybill_sync::enrol::Enrolled =
        serde_json::from_slice(&enrol(5).await.body).unwrap();
    let first: waybill_sync::enrol::Enrolled = serde_json::from_slice(&first.body).unwrap();
    assert_eq!(repeated.device_id, first.device_id, "a lost answer makes no second phone");
    assert_eq!(enrol(6).await.code(), "code_invalid");
    world.pass(15 * 60_000);
    assert_eq!(enrol(5).await.code(), "code_expired");
    assert_eq!(world.enrol("dan", 5).unwrap_err().code().word(), "already_enrolled");
}

#[tokio::test]
async fn whoever_listens_hears_what_to_read_again() {
    let world = World::new();
    let mut heard = world.hub.changes();
    world.put_run(&run(&["J1"]));
    assert_eq!(heard.recv().await, Ok(Topic::Runs));
    world.put_run(&run(&["J1"]));
    let mut phone = world.phone("dora", 5);
    phone.record(&photo());
    phone.sync(&world);
    let rest: Vec<_> = std::iter::from_fn(|| heard.try_recv().ok()).collect();
    assert_eq!(rest, [Topic::Devices, Topic::Runs, Topic::Devices], "saying it again is no news");
    assert_eq!(run_id().as_str(), "R1");
}

#[tokio::test]
async fn whose_rights_change_signs_in_again() {
    let world = World::new();
    let router = world.hub.router();
    let bearer = format!("Bearer {}", token(&router, "disa").await);
    world.put_person("disa", waybill_core::role::Role::Finance, &["leeds"]);
    let reply = ask(&router, Method::GET, "/v1/session", &[("authorization", &bearer)], "").await;
    assert_eq!(reply.status.as_u16(), 401);
}

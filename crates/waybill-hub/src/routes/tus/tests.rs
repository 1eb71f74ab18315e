use axum::Router;
use axum::body::Body;
use axum::http::Method;
use data_encoding::BASE64;
use waybill_core::journal::blob_hash;
use waybill_sync::limits::BLOB_BYTES_MAX;

use crate::routes::tests::{Reply, ask, token};
use crate::testing::{PHOTO, Phone, STROKES, World, photo, run, signed};

/// A body that breaks off.
fn broken_body(bytes: &[u8]) -> Body {
    let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    Body::from_stream(tokio_stream::iter([Ok(bytes.to_vec()), Err(broken)]))
}

/// A phone that has named a photo and a signature, and how it uploads.
struct Uploader {
    _world: World,
    router: Router,
    bearer: String,
}

fn uploader() -> Uploader {
    let world = World::new();
    world.put_run(&run(&["J1"]));
    let mut phone: Phone = world.phone("dora", 5);
    phone.record(&photo());
    phone.record(&signed());
    phone.sync(&world);
    Uploader {
        router: world.hub.router(),
        bearer: format!("Bearer {}", phone.token),
        _world: world,
    }
}

impl Uploader {
    async fn tus(
        &self,
        method: Method,
        path: &str,
        more: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Reply {
        let headers =
            [&[("authorization", self.bearer.as_str()), ("tus-resumable", "1.0.0")], more].concat();
        ask(&self.router, method, path, &headers, body).await
    }

    async fn create(&self, bytes: &[u8], size: u64) -> Reply {
        let metadata = format!(
            "kind cGhvdG8=,sha256 {}",
            BASE64.encode(blob_hash(bytes).to_string().as_bytes())
        );
        let headers = [("upload-length", size.to_string()), ("upload-metadata", metadata)];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        self.tus(Method::POST, "/v1/blobs", &headers, "").await
    }

    async fn patch(&self, path: &str, offset: usize, body: impl Into<Body>) -> Reply {
        let offset = offset.to_string();
        let headers = [
            ("upload-offset", offset.as_str()),
            ("content-type", "application/offset+octet-stream"),
        ];
        self.tus(Method::PATCH, path, &headers, body).await
    }
}

#[tokio::test]
async fn an_upload_goes_on_where_it_broke_off() {
    let phone = uploader();
    let size = PHOTO.len() as u64;
    let created = phone.create(PHOTO, size).await;
    let path = created.header("location").to_owned();
    assert_eq!((created.status.as_u16(), created.header("upload-offset")), (201, "0"));
    phone.patch(&path, 0, broken_body(&PHOTO[..4])).await;
    let found = phone.tus(Method::HEAD, &path, &[], "").await;
    assert_eq!(
        (found.header("upload-offset"), found.header("upload-length")),
        ("4", size.to_string().as_str())
    );
    assert_eq!(found.header("cache-control"), "no-store");
    let wrong = phone.patch(&path, 2, PHOTO[2..].to_vec()).await;
    assert_eq!((wrong.status.as_u16(), wrong.code().as_str()), (409, "blob_offset_wrong"));
    let resumed = phone.create(PHOTO, size).await;
    assert_eq!(resumed.header("upload-offset"), "4", "beginning again loses nothing");
    let done = phone.patch(&path, 4, PHOTO[4..].to_vec()).await;
    assert_eq!(
        (done.status.as_u16(), done.header("upload-offset")),
        (204, size.to_string().as_str())
    );
    let held = phone.create(PHOTO, size).await;
    assert_eq!(
        (held.status.as_u16(), held.header("upload-offset")),
        (201, size.to_string().as_str())
    );
    let again = phone.patch(&path, PHOTO.len(), "").await;
    assert_eq!(again.status.as_u16(), 204, "a last piece whose answer was lost");
}

#[tokio::test]
async fn an_upload_of_something_else_is_dropped_and_may_begin_again() {
    let phone = uploader();
    let path = phone.create(STROKES, 5).await.header("location").to_owned();
    let reply = phone.patch(&path, 0, "wrong").await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (422, "blob_hash_wrong"));
    assert_eq!(phone.tus(Method::HEAD, &path, &[], "").await.status.as_u16(), 404);
    phone.create(STROKES, STROKES.len() as u64).await;
    assert_eq!(phone.patch(&path, 0, STROKES).await.status.as_u16(), 204);
}

#[tokio::test]
async fn what_no_upload_may_be_is_refused() {
    let phone = uploader();
    let reply = phone.create(PHOTO, BLOB_BYTES_MAX + 1).await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (413, "blob_too_large"));
    let reply = phone.create(b"named by nobody", 1).await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (403, "not_allowed"));
    let path = phone.create(PHOTO, 3).await.header("location").to_owned();
    let reply = phone.patch(&path, 0, "more than three").await;
    assert_eq!(reply.code(), "blob_too_large");
    let other = [("authorization", phone.bearer.as_str()), ("tus-resumable", "0.2.2")];
    let reply = ask(&phone.router, Method::POST, "/v1/blobs", &other, "").await;
    assert_eq!((reply.status.as_u16(), reply.header("tus-version")), (412, "1.0.0"));
    let reply = ask(&phone.router, Method::OPTIONS, "/v1/blobs", &[], "").await;
    assert_eq!((reply.status.as_u16(), reply.header("tus-extension")), (204, "creation"));
}

#[tokio::test]
async fn evidence_is_shown_where_a_job_names_it() {
    let phone = uploader();
    let path = phone.create(PHOTO, PHOTO.len() as u64).await.header("location").to_owned();
    phone.patch(&path, 0, PHOTO).await;
    let bearer = format!("Bearer {}", token(&phone.router, "fin").await);
    let headers = [("authorization", bearer.as_str())];
    let path = format!("/v1/runs/R1/jobs/J1/blobs/{}", blob_hash(PHOTO));
    let shown = ask(&phone.router, Method::GET, &path, &headers, "").await;
    assert_eq!((shown.header("content-type"), shown.body.as_slice()), ("image/jpeg", PHOTO));
    assert!(shown.header("content-security-policy").contains("sandbox"));
    let path = format!("/v1/runs/R1/jobs/J1/blobs/{}", blob_hash(STROKES));
    assert_eq!(
        ask(&phone.router, Method::GET, &path, &headers, "").await.status.as_u16(),
        404,
        "not here yet"
    );
}

//! Headers and metadata of uploads, through the hub's router.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Request};
use data_encoding::BASE64;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;
use waybill_sync::envelope;
use waybill_sync::wire::SyncUp;
use waybill_testkit::clock::SeededDice;

use crate::harness::{Fate, Target};
use crate::mutate::{self, below, one};
use crate::stage::{Stage, folder};

/// The headers that an upload speaks with.
const NAMES: [&str; 6] = [
    "tus-resumable",
    "upload-length",
    "upload-metadata",
    "upload-offset",
    "content-type",
    "content-length",
];

/// A hub that wants two pieces of evidence.
pub(crate) struct Headers {
    runtime: Runtime,
    router: Router,
    _dir: TempDir,
    hashes: Vec<String>,
}

impl Headers {
    /// A sound request: method, path, headers, body; each on a line of its own, the body in the last.
    fn sound(&self, dice: &SeededDice) -> Vec<Vec<u8>> {
        let hash = one(dice, &self.hashes);
        let metadata = format!("kind cGhvdG8=,sha256 {}", BASE64.encode(hash.as_bytes()));
        let size = (40 + dice.below(20)).to_string();
        let offset = if dice.percent(70) { "0".to_owned() } else { dice.below(50).to_string() };
        let (method, path) = match dice.below(3) {
            0 => ("POST", "/v1/blobs".to_owned()),
            1 => ("HEAD", format!("/v1/blobs/{hash}")),
            _ => ("PATCH", format!("/v1/blobs/{hash}")),
        };
        let lines = [
            method,
            &path,
            "1.0.0",
            &size,
            &metadata,
            &offset,
            "application/offset+octet-stream",
            "",
            "some bytes of a photo",
        ];
        lines.iter().map(|line| line.as_bytes().to_vec()).collect()
    }
}

impl Target for Headers {
    const NAME: &'static str = "uploads";
    const LIFE: u64 = 20_000;

    fn new() -> Self {
        let (stage, dir) = (Stage::get(), folder());
        let hub = stage.hub(&dir.path().join("hub"));
        hub.sync(stage.device, &stage.ups[1]).unwrap();
        let up: SyncUp = envelope::open("sync", &stage.ups[1]).unwrap();
        let hashes = up.blobs.iter().map(ToString::to_string).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        Self { runtime, router: hub.router(), _dir: dir, hashes }
    }

    fn draw(&mut self, dice: &SeededDice) -> Vec<u8> {
        let mut lines = self.sound(dice);
        let others = lines.clone();
        for _ in 0..=dice.below(2) {
            let at = below(dice, lines.len());
            let line = &mut lines[at];
            // A name that is cut or doubled, a number beyond all numbers, a text that is none.
            match dice.below(4) {
                0 => *line = mutate::odd(dice).to_string().into_bytes(),
                1 => *line = mutate::odd(dice).cast_signed().to_string().into_bytes(),
                _ => mutate::bytes(dice, line, &others),
            }
            line.retain(|byte| *byte != b'\n');
        }
        lines.join(&b'\n')
    }

    fn take(&mut self, input: &[u8]) -> Fate {
        let mut lines = input.splitn(9, |byte| *byte == b'\n');
        let mut line = || lines.next().unwrap_or_default();
        let (method, path) = (line(), line());
        let Ok(method) = Method::from_bytes(method) else {
            return Ok("no request");
        };
        let path = String::from_utf8_lossy(path).into_owned();
        let token = format!("Bearer {}", Stage::get().enrolled.token);
        let mut request =
            Request::builder().method(method).uri(path).header("authorization", token);
        for name in NAMES {
            let value = line();
            if !value.is_empty()
                && let Ok(value) = HeaderValue::from_bytes(value)
            {
                request = request.header(HeaderName::from_static(name), value);
            }
        }
        let Ok(request) = request.body(Body::from(line().to_vec())) else {
            return Ok("no request");
        };
        let answered = self.runtime.block_on(self.router.clone().oneshot(request));
        let Ok(answer) = answered;
        match answer.status().as_u16() {
            200 | 204 => Ok("200"),
            201 => Ok("201"),
            400 => Ok("400"),
            401..500 => Ok("4xx"),
            status => Err(format!("the hub answered {status}")),
        }
    }
}

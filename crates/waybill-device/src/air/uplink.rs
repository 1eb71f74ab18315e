//! The requests a phone makes of its hub.

use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use waybill_core::id::BlobHash;
use waybill_sync::code::{Code, Retry};
use waybill_sync::enrol::{EnrolDevice, Enrolled};
use waybill_sync::envelope;
use waybill_sync::limits::BODY_BYTES_MAX;

use crate::problem::Problem;

/// How much of a photo goes in one request: small enough that a slow link makes progress.
const PIECE_BYTES: usize = 256 * 1024;
/// How much of an answer is read before it is taken for something else.
const ANSWER_BYTES_MAX: usize = 16 * BODY_BYTES_MAX;
/// The longest time for which a hub may ask to be left alone. Whatever it says, it is tried again then.
const WAIT_SECONDS_MAX: u64 = 15 * 60;
const TUS: &str = "1.0.0";

/// A way to one hub.
#[derive(Debug, Clone)]
pub struct Uplink {
    client: Client,
    hub_url: String,
    token: String,
}

impl Uplink {
    /// A way to a hub, for a phone that it knows.
    pub fn new(client: Client, hub_url: &str, token: &str) -> Self {
        Self { client, hub_url: hub_url.to_owned(), token: token.to_owned() }
    }

    /// Presents a phone to a hub.
    pub async fn enrol(
        client: &Client,
        hub_url: &str,
        request: &EnrolDevice,
    ) -> Result<Enrolled, Problem> {
        let sent = client.post(format!("{hub_url}/v1/enrol")).json(request).send().await;
        let answer = expect(sent, StatusCode::CREATED).await?;
        let bytes = read(answer).await?;
        serde_json::from_slice(&bytes).map_err(|error| Problem::with(Code::HubNotItself, error))
    }

    /// One round of the conversation.
    pub async fn sync(&self, body: Vec<u8>) -> Result<Vec<u8>, Problem> {
        let request = self
            .request(self.client.post(format!("{}/v1/sync", self.hub_url)))
            .header(CONTENT_TYPE, envelope::MEDIA_TYPE)
            .header(CONTENT_ENCODING, envelope::ENCODING)
            .body(body);
        let answer = expect(request.send().await, StatusCode::CREATED).await?;
        if !is_type(answer.headers(), envelope::MEDIA_TYPE) {
            return Err(Code::HubNotItself.into());
        }
        read(answer).await
    }

    /// Sends a piece of evidence, from where the hub has it on. True when the hub has all of it.
    ///
    /// One call sends one piece, so that facts recorded meanwhile can go first.
    pub async fn send_piece(&self, hash: BlobHash, bytes: &[u8]) -> Result<bool, Problem> {
        let offset = match self.offset(hash).await? {
            Some(offset) => offset,
            None => self.announce(hash, bytes.len()).await?,
        };
        let Some(rest) = bytes.get(offset..) else {
            return Err(Code::BlobOffsetWrong.into());
        };
        if rest.is_empty() {
            return Ok(true);
        }
        let piece = rest.get(..PIECE_BYTES).unwrap_or(rest);
        let request = self
            .request(self.client.patch(self.blob_url(hash)))
            .header("Tus-Resumable", TUS)
            .header("Upload-Offset", offset)
            .header(CONTENT_TYPE, "application/offset+octet-stream")
            .body(piece.to_vec());
        let answer = expect(request.send().await, StatusCode::NO_CONTENT).await?;
        Ok(header_number(answer.headers(), "Upload-Offset") == Some(bytes.len()))
    }

    async fn offset(&self, hash: BlobHash) -> Result<Option<usize>, Problem> {
        let request =
            self.request(self.client.head(self.blob_url(hash))).header("Tus-Resumable", TUS);
        let answer = request.send().await.map_err(unreachable)?;
        match answer.status() {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => {
                let offset = header_number(answer.headers(), "Upload-Offset");
                Ok(Some(offset.ok_or(Code::HubNotItself)?))
            }
            _ => Err(refusal(answer).await),
        }
    }

    async fn announce(&self, hash: BlobHash, length: usize) -> Result<usize, Problem> {
        let name = data_encoding::BASE64.encode(hash.to_string().as_bytes());
        let request = self
            .request(self.client.post(format!("{}/v1/blobs", self.hub_url)))
            .header("Tus-Resumable", TUS)
            .header("Upload-Length", length)
            .header("Upload-Metadata", format!("sha256 {name}"));
        let answer = expect(request.send().await, StatusCode::CREATED).await?;
        Ok(header_number(answer.headers(), "Upload-Offset").unwrap_or(0))
    }

    fn blob_url(&self, hash: BlobHash) -> String {
        format!("{}/v1/blobs/{hash}", self.hub_url)
    }

    fn request(&self, request: RequestBuilder) -> RequestBuilder {
        request.bearer_auth(&self.token)
    }
}

fn unreachable(error: reqwest::Error) -> Problem {
    // The address may hold a host's name, never a secret; the error says why in the words of the net.
    Problem::with(Code::HubUnreachable, error.without_url())
}

async fn expect(
    sent: Result<Response, reqwest::Error>,
    status: StatusCode,
) -> Result<Response, Problem> {
    let answer = sent.map_err(unreachable)?;
    if answer.status() == status { Ok(answer) } else { Err(refusal(answer).await) }
}

/// The part of a problem that counts.
#[derive(serde::Deserialize)]
struct Said {
    code: String,
}

/// What stands behind an answer that was not the expected one.
async fn refusal(answer: Response) -> Problem {
    let status = answer.status();
    let wait_s = asked_wait(status, answer.headers());
    if !is_type(answer.headers(), "application/problem+json") {
        let code = if status.is_server_error() { Code::HubFailed } else { Code::HubNotItself };
        return Problem { wait_s, ..Problem::with(code, status) };
    }
    let said: Option<Said> =
        read(answer).await.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let Some(Said { code }) = said else {
        return Code::HubNotItself.into();
    };
    // A code that this app does not know yet is shown as it is.
    let retry = Code::from_word(&code).map_or(Retry::Later, Code::retry);
    Problem { code, retry, detail: status.to_string(), order: None, wait_s }
}

/// How long the other side asks to be left alone for: seconds, or a moment by its own clock.
fn asked_wait(status: StatusCode, headers: &HeaderMap) -> Option<u64> {
    if !matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        return None;
    }
    let text = |name| headers.get(name)?.to_str().ok();
    let asked = text(RETRY_AFTER)?.trim();
    let seconds = asked.parse().ok().or_else(|| {
        let moment = |text| chrono::DateTime::parse_from_rfc2822(text).ok();
        // A phone's clock may be wrong by hours; theirs is wrong on both sides of the difference.
        let wait = moment(asked)?.signed_duration_since(moment(text(DATE)?)?);
        u64::try_from(wait.num_seconds()).ok()
    })?;
    Some(seconds.min(WAIT_SECONDS_MAX))
}

async fn read(mut answer: Response) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(unreachable)? {
        if bytes.len() + piece.len() > ANSWER_BYTES_MAX {
            return Err(Code::HubNotItself.into());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn is_type(headers: &HeaderMap, media_type: &str) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(';').next().is_some_and(|kind| kind.trim() == media_type))
}

fn header_number(headers: &HeaderMap, name: &str) -> Option<usize> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(status: u16, retry_after: &str, date: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry_after.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        asked_wait(StatusCode::from_u16(status).unwrap(), &headers)
    }

    #[test]
    fn a_hub_that_is_busy_says_when_to_come_again() {
        assert_eq!(wait(503, "120", None), Some(120));
        assert_eq!(wait(429, " 7 ", None), Some(7));
        let (then, now) = ("Fri, 20 Nov 2026 09:02:30 GMT", "Fri, 20 Nov 2026 09:00:00 GMT");
        assert_eq!(wait(503, then, Some(now)), Some(150));
        assert_eq!(wait(503, then, None), None, "by whose clock?");
    }

    #[test]
    fn no_hub_keeps_a_phone_silent_for_longer_than_a_while() {
        assert_eq!(wait(503, "86400", None), Some(WAIT_SECONDS_MAX));
        assert_eq!(wait(503, "soon", None), None);
        assert_eq!(wait(503, "-5", None), None);
        assert_eq!(wait(500, "120", None), None, "this one did not ask");
        let (past, now) = ("Fri, 20 Nov 2026 08:00:00 GMT", "Fri, 20 Nov 2026 09:00:00 GMT");
        assert_eq!(wait(503, past, Some(now)), None);
    }
}

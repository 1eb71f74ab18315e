//! The one factory of HTTP clients.
//!
//! The default verifier of `reqwest` asks the system for its roots and panics on Android, where
//! nobody has told it how. So the roots are always named: the public ones, and the company's own if
//! it has one.

use std::time::Duration;

use reqwest::{Certificate, Client};
use waybill_sync::code::Code;

use crate::problem::Problem;

/// How long to wait for a connection. A basement does not get better by waiting.
const CONNECT_SECONDS: u64 = 10;
/// How long one request may take in all, on a slow link.
const REQUEST_SECONDS: u64 = 60;

/// Makes a client.
pub fn make(company_roots: &[Vec<u8>]) -> Result<Client, Problem> {
    // A second call finds the provider installed, which is what was wanted.
    drop(rustls::crypto::ring::default_provider().install_default());
    let failed = |error| Problem::with(Code::HubUnreachable, error);
    let public = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(AsRef::as_ref);
    let own = company_roots.iter().map(Vec::as_slice);
    let roots: Result<Vec<_>, _> = public.chain(own).map(Certificate::from_der).collect();
    #[expect(clippy::disallowed_methods, reason = "this is the factory")]
    Client::builder()
        .tls_certs_only(roots.map_err(failed)?)
        // A redirect leads away from the hub; nothing of ours is sent there.
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(CONNECT_SECONDS))
        .timeout(Duration::from_secs(REQUEST_SECONDS))
        .user_agent(concat!("waybill/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(failed)
}

//! The way to the hub, which can be cut and mended.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A gate in front of the hub.
pub(crate) struct Gate {
    address: SocketAddr,
    is_open: watch::Sender<bool>,
}

impl Gate {
    /// Puts an open gate in front of an address such as `http://127.0.0.1:4711`.
    pub(crate) async fn before(hub_url: &str) -> Self {
        let hub = hub_url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let (is_open, watching) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((phone, _)) = listener.accept().await {
                if *watching.borrow() {
                    tokio::spawn(pass(phone, hub.clone(), watching.clone()));
                }
            }
        });
        Self { address, is_open }
    }

    /// Where the hub is, through the gate.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Cuts the way; what is under way is cut too.
    pub(crate) fn cut(&self) {
        self.is_open.send_replace(false);
    }

    /// Mends the way.
    pub(crate) fn mend(&self) {
        self.is_open.send_replace(true);
    }
}

async fn pass(mut phone: TcpStream, hub: String, mut watching: watch::Receiver<bool>) {
    let Ok(mut hub) = TcpStream::connect(hub).await else {
        return;
    };
    tokio::select! {
        _ = copy_bidirectional(&mut phone, &mut hub) => {}
        _ = watching.wait_for(|is_open| !is_open) => {}
    }
}

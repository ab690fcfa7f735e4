//! Takes connections from the system, and rests while it has none to give rather than spin.

use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// The rest after the first failure, and at most: descriptors come back when connections idle out.
const REST_MIN: Duration = Duration::from_millis(10);
const REST_MAX: Duration = Duration::from_secs(1);

/// Remembers how often it failed in a row.
pub(super) struct Accepting {
    rest: Duration,
}

impl Accepting {
    pub(super) fn new() -> Self {
        Self { rest: REST_MIN }
    }

    /// The next connection. Nothing is lost when it is dropped while it waits.
    pub(super) async fn next(&mut self, listener: &TcpListener) -> (TcpStream, SocketAddr) {
        loop {
            match listener.accept().await {
                Ok(accepted) => {
                    self.rest = REST_MIN;
                    return accepted;
                }
                Err(error) if is_of_the_peer(&error) => {}
                Err(error) => {
                    metrics::counter!("onsale_accept_failures_total").increment(1);
                    tracing::warn!(%error, rest = ?self.rest, "could not accept a connection");
                    tokio::time::sleep(self.rest).await;
                    self.rest = (self.rest * 2).min(REST_MAX);
                }
            }
        }
    }
}

/// Whoever knocked went away again (accept(2)): the next one may be taken at once.
fn is_of_the_peer(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused | ErrorKind::TimedOut
    )
}

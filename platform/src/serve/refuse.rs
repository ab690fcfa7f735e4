//! Tells whoever comes when all places are taken to come later, and closes politely: a connection that is closed with
//! unread bytes is reset, and its client may never see what was said (RFC 9112, 9.6).

use crate::random;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

/// How many are waited for at once until they have read it; the others are closed at once.
pub(super) const FAREWELLS_MAX: usize = 128;
const FAREWELL_MAX: Duration = Duration::from_millis(500);
/// Of what they send so much is read, and thrown away.
const READ_MAX: usize = 8 * 1024;
/// Around when they are to come again, in seconds.
const COMES_AGAIN_AFTER: Duration = Duration::from_secs(3);
const BODY: &str = r#"{"type":"/problems/unavailable","title":"Not available just now","status":503,"detail":"All connections are taken.","instance":"","code":"unavailable","traceId":""}"#;

/// Whoever refuses.
pub(super) struct Porter {
    farewells: Arc<Semaphore>,
    /// By TLS nothing can be said before a handshake, and that costs more than an answer.
    is_mute: bool,
}

impl Porter {
    pub(super) fn new(is_mute: bool) -> Self {
        Self { farewells: Arc::new(Semaphore::new(FAREWELLS_MAX)), is_mute }
    }

    /// Refuses one.
    pub(super) fn refuse(&self, mut stream: TcpStream) {
        if self.is_mute {
            return;
        }
        let seconds = random::jittered(COMES_AGAIN_AFTER).as_secs().max(1);
        let length = BODY.len();
        let answer = format!(
            "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: {seconds}\r\n\
             content-length: {length}\r\nconnection: close\r\n\r\n{BODY}"
        );
        let Ok(farewell) = self.farewells.clone().try_acquire_owned() else {
            let _gone = stream.try_write(answer.as_bytes());
            return;
        };
        tokio::spawn(async move {
            let last = async {
                stream.write_all(answer.as_bytes()).await?;
                stream.shutdown().await?;
                let mut unread = [0; 1024];
                let mut left = READ_MAX;
                while left > 0 {
                    match stream.read(&mut unread).await? {
                        0 => break,
                        read => left = left.saturating_sub(read),
                    }
                }
                Ok::<_, std::io::Error>(())
            };
            let _they_may_not_listen = tokio::time::timeout(FAREWELL_MAX, last).await;
            drop(farewell);
        });
    }
}

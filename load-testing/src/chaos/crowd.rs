//! A crowd that looks at the hall over and over, and reads slowly: what makes a process take memory.

use super::EVENTS;
use crate::client::request;
use futures::future::join_all;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const LOOKERS: usize = 96;
/// Each reads so much, then rests.
const BITE: usize = 16 * 1024;
const REST: Duration = Duration::from_millis(20);

/// Looks for so long. Whoever is refused tries again.
pub async fn look(address: SocketAddr, time: Duration) {
    let everybody = join_all((0..LOOKERS).map(|n| looker(address, EVENTS[n % EVENTS.len()])));
    let _they_never_end = tokio::time::timeout(time, everybody).await;
}

async fn looker(address: SocketAddr, event: &str) {
    let ask = request("GET", &format!("/api/events/{event}/seats"), None, None);
    let mut bite = vec![0; BITE];
    loop {
        tokio::time::sleep(REST).await;
        let Ok(mut stream) = TcpStream::connect(address).await else { continue };
        if stream.write_all(&ask).await.is_err() {
            continue;
        }
        while stream.read(&mut bite).await.is_ok_and(|read| read == BITE) {
            tokio::time::sleep(REST).await;
        }
    }
}

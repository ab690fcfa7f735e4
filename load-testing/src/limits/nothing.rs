//! A server by the same library as the house's that does nothing, in a process of its own.

use crate::cpu;
use crate::load::{self, Pace};
use crate::overload::asked_once;
use crate::server::{Process, free_address};
use anyhow::{Context, ensure};
use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

/// More requests than any machine answers in the time.
const REQUESTS: usize = 2_000_000;
/// Connections that warm the process up before its memory is looked at.
const WARM: usize = 200;

/// Answers everything with an empty object, until the process ends.
///
/// # Errors
/// When the address is taken.
pub async fn serve(listen: SocketAddr) -> anyhow::Result<()> {
    let answer = || async { ([(header::CONTENT_TYPE, "application/json")], "{}").into_response() };
    let listener = tokio::net::TcpListener::bind(listen).await.context("listen")?;
    axum::serve(listener, Router::new().fallback(answer)).await.context("serve")
}

/// That server, running.
pub struct Nothing {
    address: SocketAddr,
    process: Process,
}

/// What an open connection takes, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// Of the server's process.
    pub process: f64,
    /// Of the kernel, for both ends.
    pub kernel: f64,
}

impl Nothing {
    /// Starts it as a process of this program.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(program: &Path, home: &Path) -> anyhow::Result<Self> {
        let address = free_address()?;
        let listen = address.to_string();
        let mut process = Process::start("nothing", program, &["nothing", "--listen", &listen], home, &[])?;
        process.ready(address).await?;
        Ok(Self { address, process })
    }

    /// Requests a second, each connection sending its next one when it has its answer.
    ///
    /// # Errors
    /// When the load cannot run, or an answer is another one.
    pub async fn requests_per_second(&self, connections: usize, time: Duration) -> anyhow::Result<f64> {
        let request = crate::client::request("GET", "/", None, None);
        let outcome = load::repeat(self.address, &[request], REQUESTS, connections, Pace::ClosedFor(time)).await?;
        ensure!(outcome.others(200).is_empty(), "a server that does nothing answered {:?}", outcome.by_status);
        Ok(outcome.rate(200))
    }

    /// What each of so many connections takes that asked once and stay open.
    ///
    /// # Errors
    /// When not all can be open.
    pub async fn connection_bytes(&self, connections: usize) -> anyhow::Result<Held> {
        let _warm = asked_once(self.address, WARM).await?;
        let (process, kernel) = (self.bytes(), kernel_bytes()?);
        let held = asked_once(self.address, connections).await?;
        let each = |before: u64, after: u64| {
            crate::swarm::watch::float(after.saturating_sub(before))
                / crate::swarm::watch::float(u64::try_from(held.len()).unwrap_or(1).max(1))
        };
        Ok(Held { process: each(process, self.bytes()), kernel: each(kernel, kernel_bytes()?) })
    }

    fn bytes(&self) -> u64 {
        cpu::memory(&[("nothing", self.process.id())]).values().sum()
    }
}

/// Memory of all TCP sockets of this machine, in bytes (`mem` of `/proc/net/sockstat`, in pages of 4 KiB: proc(5)).
///
/// # Errors
/// When the kernel does not tell it.
pub fn kernel_bytes() -> anyhow::Result<u64> {
    let text = std::fs::read_to_string("/proc/net/sockstat").context("read the kernel's count of sockets")?;
    pages(&text).map(|pages| pages * 4_096).context("the kernel tells no memory of sockets")
}

fn pages(sockstat: &str) -> Option<u64> {
    let line = sockstat.lines().find_map(|line| line.strip_prefix("TCP: "))?;
    let mut words = line.split(' ').skip_while(|word| *word != "mem");
    words.nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_pages_are_read() {
        let text = "sockets: used 21\nTCP: inuse 2 orphan 0 tw 0 alloc 2 mem 139\nUDP: inuse 0 mem 7\n";
        assert_eq!(pages(text), Some(139));
        assert_eq!(pages("UDP: inuse 0 mem 7\n"), None);
    }
}

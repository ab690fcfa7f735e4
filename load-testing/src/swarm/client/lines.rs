//! Connections for calls: kept, and shared by all people of a process.

use crate::client::{Answer, Connection};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// Calls at once; whoever comes later waits, and its latency counts from when it was due.
const CALLS_MAX: usize = 3_000;
/// Below what the house leaves a connection idle for.
const IDLE_MAX: Duration = Duration::from_secs(20);

/// The connections.
pub struct Lines {
    address: SocketAddr,
    sources: Vec<IpAddr>,
    next: Cell<usize>,
    /// The last used is used first; the others come to rest.
    idle: RefCell<VecDeque<(Connection, Instant)>>,
    places: Semaphore,
}

impl Lines {
    /// None is open yet.
    #[must_use]
    pub fn new(address: SocketAddr, sources: Vec<IpAddr>) -> Self {
        Self { address, sources, next: Cell::new(0), idle: RefCell::default(), places: Semaphore::new(CALLS_MAX) }
    }

    /// Sends a request that may be sent twice, and reads its answer. What a kept connection loses is asked again over a
    /// new one, as browsers do.
    ///
    /// # Errors
    /// When there is no whole answer.
    pub async fn call(&self, request: &[u8]) -> io::Result<Answer> {
        let _place = self.places.acquire().await.map_err(|_| ErrorKind::BrokenPipe)?;
        let kept = self.kept();
        if let Some(mut connection) = kept {
            match connection.call(request).await {
                Ok(answer) => {
                    self.keep(connection);
                    return Ok(answer);
                }
                Err(error) if error.kind() == ErrorKind::TimedOut => return Err(error),
                Err(_) => {}
            }
        }
        let nth = self.next.get();
        self.next.set(nth.wrapping_add(1));
        let mut connection = Connection::new(self.address).from_source(self.sources[nth % self.sources.len()]);
        let answer = connection.call(request).await?;
        self.keep(connection);
        Ok(answer)
    }

    fn kept(&self) -> Option<Connection> {
        let (connection, since) = self.idle.borrow_mut().pop_back()?;
        (since.elapsed() < IDLE_MAX).then_some(connection)
    }

    fn keep(&self, connection: Connection) {
        if connection.is_open() {
            self.idle.borrow_mut().push_back((connection, Instant::now()));
        }
    }

    /// Closes those that rested for long.
    pub fn tidy(&self) {
        let mut idle = self.idle.borrow_mut();
        while idle.front().is_some_and(|(_, since)| since.elapsed() >= IDLE_MAX) {
            idle.pop_front();
        }
    }
}

/// The bytes of a request with these headers.
#[must_use]
pub fn ask(method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Vec<u8> {
    let mut text = String::with_capacity(1_024);
    for part in [method, " ", path, " HTTP/1.1\r\nhost: localhost\r\n"] {
        text.push_str(part);
    }
    for (name, value) in headers {
        for part in [name, ": ", value, "\r\n"] {
            text.push_str(part);
        }
    }
    match body {
        Some(body) => {
            text.push_str("content-type: application/json\r\ncontent-length: ");
            text.push_str(&body.len().to_string());
            text.push_str("\r\n\r\n");
            text.push_str(body);
        }
        None if method == "POST" => text.push_str("content-length: 0\r\n\r\n"),
        None => text.push_str("\r\n"),
    }
    text.into_bytes()
}

//! Connections that are kept for whoever comes next.

use crate::client::Connection;
use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::Instant;

/// Below the time after which the gateway closes idle ones.
const KEPT_MAX: Duration = Duration::from_secs(3);

/// Kept connections; so many may be in use.
pub(super) struct Pool {
    address: SocketAddr,
    kept: RefCell<Vec<(Connection, Instant)>>,
    in_use: Cell<usize>,
    most: usize,
}

impl Pool {
    pub(super) fn new(address: SocketAddr, most: usize) -> Self {
        Self { address, kept: RefCell::default(), in_use: Cell::new(0), most }
    }

    /// One that was used a moment ago, or a new one; nothing when too many are in use.
    pub(super) fn take(&self) -> Option<Connection> {
        if self.in_use.get() >= self.most {
            return None;
        }
        self.in_use.set(self.in_use.get() + 1);
        let last = self.kept.borrow_mut().pop();
        match last {
            Some((connection, since)) if since.elapsed() < KEPT_MAX => return Some(connection),
            // Those below have idled for longer.
            Some(_) => self.kept.borrow_mut().clear(),
            None => {}
        }
        Some(Connection::new(self.address))
    }

    pub(super) fn give_back(&self, connection: Connection) {
        self.in_use.set(self.in_use.get().saturating_sub(1));
        self.kept.borrow_mut().push((connection, Instant::now()));
    }
}

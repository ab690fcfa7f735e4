//! Ports of 127.0.0.1 that a folder's servers keep from start to start.

use crate::error::Attempt;
use crate::{EngineError, folder};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

/// Below the ports that systems give to outgoing connections: one of these could take a server's while it is away.
const FIRST: u16 = 20_000;
const LAST: u16 = 31_999;

/// Whose port is which, kept in the folder's file `ports`.
#[derive(Debug, Default)]
pub(crate) struct Ports {
    path: PathBuf,
    known: BTreeMap<String, u16>,
}

impl Ports {
    /// Those of a folder.
    pub(crate) fn of(home: &Path) -> Self {
        let path = home.join("ports");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let known = text.lines().filter_map(|line| {
            let (name, port) = line.split_once(' ')?;
            Some((name.to_owned(), port.parse().ok()?))
        });
        let known = known.collect();
        Self { path, known }
    }

    /// The port of that name, if it was ever given.
    pub(crate) fn get(&self, name: &str) -> Option<u16> {
        self.known.get(name).copied()
    }

    /// The port of that name: as before when it is free or its own server has it, else another one.
    pub(crate) fn take(&mut self, name: &str, is_own: bool) -> Result<u16, EngineError> {
        if let Some(port) = self.get(name).filter(|port| is_own || is_free(*port)) {
            return Ok(port);
        }
        // Each folder begins elsewhere: what another one has just taken may not be listened on yet.
        let spread = folder::hash(self.path.as_os_str().as_encoded_bytes()) % u64::from(LAST - FIRST);
        let spread = u16::try_from(spread).unwrap_or(0);
        let tried = (FIRST + spread..=LAST).chain(FIRST..FIRST + spread);
        let port = tried.into_iter().find(|port| !self.known.values().any(|known| known == port) && is_free(*port));
        let port = port
            .ok_or_else(|| std::io::Error::other("all are taken"))
            .attempt(|| format!("finding a port from {FIRST} to {LAST}"))?;
        self.known.insert(name.to_owned(), port);
        self.save()?;
        Ok(port)
    }

    fn save(&self) -> Result<(), EngineError> {
        let lines: String = self.known.iter().map(|(name, port)| format!("{name} {port}\n")).collect();
        std::fs::write(&self.path, lines).attempt(|| format!("writing {}", self.path.display()))
    }
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

//! What a client process is told of the run.

use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::Range;
use std::path::PathBuf;

/// Addresses of this machine that each client process calls from.
const SOURCES: u8 = 16;

/// What a client process is told of the run. Times are of the wall clock, in milliseconds since 1970.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Script {
    /// Where the gateways listen.
    pub address: SocketAddr,
    /// The event.
    pub event: String,
    /// The file of `onsale seed swarm`.
    pub people: PathBuf,
    /// All people.
    pub users: u32,
    /// All client processes.
    pub parts: u32,
    /// Where chance begins.
    pub seed: u64,
    /// People arrive from then on.
    pub begins_ms: i64,
    /// Within so many milliseconds.
    pub ramp_ms: u32,
    /// The line begins to move.
    pub opens_ms: i64,
    /// Everybody makes one call within so many milliseconds of it.
    pub burst_ms: u32,
    /// The median of the time between hold and paying, in seconds.
    pub typing_s: f64,
    /// Whether people have streams; else they ask again, as k6's do.
    pub streams: bool,
    /// Whether access tokens end too early to be used at the opening, so that each is refreshed on arrival.
    pub refresh: bool,
    /// Where the results go.
    pub results: PathBuf,
}

impl Script {
    /// The numbers of the people of a part, from 0.
    #[must_use]
    pub fn people_of(&self, part: u32) -> Range<u32> {
        let edge = |part: u32| u64::from(self.users) * u64::from(part) / u64::from(self.parts.max(1));
        let edge = |part: u32| u32::try_from(edge(part)).unwrap_or(u32::MAX);
        edge(part)..edge(part + 1)
    }

    /// The addresses that a part calls from: each has all ports for itself.
    #[must_use]
    pub fn sources(part: u32) -> Vec<IpAddr> {
        let [_, _, high, low] = part.to_be_bytes();
        (1..=SOURCES).map(|host| IpAddr::V4(Ipv4Addr::new(127, 16 | (high & 15), low, host))).collect()
    }

    /// The file of a part's results.
    #[must_use]
    pub fn results_of(&self, part: u32) -> PathBuf {
        self.results.join(format!("part-{part}.json"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_in_one_part() {
        let script = Script {
            address: SocketAddr::from(([127, 0, 0, 1], 1)),
            event: "E".to_owned(),
            people: PathBuf::new(),
            users: 100,
            parts: 7,
            seed: 1,
            begins_ms: 0,
            ramp_ms: 1,
            opens_ms: 1,
            burst_ms: 1,
            typing_s: 9.0,
            streams: true,
            refresh: false,
            results: PathBuf::new(),
        };
        let all: Vec<u32> = (0..7).flat_map(|part| script.people_of(part)).collect();
        assert_eq!(all, (0..100).collect::<Vec<_>>());
        assert_ne!(Script::sources(0), Script::sources(1));
    }
}

//! What the house reaches: holds, paid orders, joins, statuses, and the memory of those who watch and wait.

use super::findings::What;
use super::options::Options;
use crate::client::{Answer, headed_request, text_member};
use crate::load::{self, Outcome, Pace};
use crate::scenario::{self, EVENT_SEATS, Held, People};
use crate::server::Servers;
use crate::setup::{Admin, Hall, Sale, sign_up};
use crate::swarm::client::stream::Stream;
use crate::swarm::watch::float;
use anyhow::{Context, ensure};
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

/// More than any machine answers in the time.
const REQUESTS: usize = 1_000_000;
/// People who may join a line in a round.
const JOINS: usize = 60_000;
/// How long a gateway may take to learn of a line.
const KNOWN_MAX: Duration = Duration::from_secs(10);
/// Streams that warm the house up before its memory is looked at.
const WARM: usize = 100;
/// Streams open from each address of this machine.
const FROM_EACH: usize = 10_000;

/// Whom a round is measured with.
pub struct Season {
    hall: Hall,
    tokens: Vec<String>,
    events: Vec<String>,
    line: String,
}

impl Season {
    /// Makes a hall and people, and no event yet.
    ///
    /// # Errors
    /// When the house refuses something.
    pub async fn make(options: &Options, servers: &Servers, admin: &Admin) -> anyhow::Result<Self> {
        let hall = admin.create_hall(EVENT_SEATS).await?;
        let tokens = sign_up(servers.address, options.users, "limits-").await?;
        Ok(Self { hall, tokens, events: Vec::new(), line: String::new() })
    }

    /// Fresh events of a round: to buy, and one with a lobby.
    ///
    /// # Errors
    /// When the house refuses something.
    pub async fn next(&mut self, options: &Options, admin: &Admin, round: usize) -> anyhow::Result<()> {
        self.events.clear();
        // As many again for the part at 70 % of the peak.
        for number in 0..(options.holds * 4).div_ceil(self.hall.seats()) {
            let id = format!("LIMITS-{round}-{number}");
            admin.publish_event(&self.hall, &id).await?;
            self.events.push(id);
        }
        self.line = format!("LIMITS-{round}-LINE");
        admin.publish(&self.line, &Sale { hall: None, hold_seconds: 600, standing: Some(1_000) }).await?;
        let room = json!({"mode": "LOBBY", "opensAt": "2020-01-01T00:00:00Z", "startsAt": "2034-01-01T00:00:00Z"});
        admin.set_line(&self.line, &room).await
    }

    fn people(&self) -> People<'_> {
        People { tokens: &self.tokens, hall: &self.hall, events: &self.events }
    }

    /// Two-seat holds a second at the peak, and the holds.
    ///
    /// # Errors
    /// When the load cannot run, or an acknowledged hold is missing.
    pub async fn reserve(&self, options: &Options, servers: &Servers) -> anyhow::Result<(f64, Vec<Held>)> {
        let people = self.people();
        let (measured, held) = scenario::reserve(&bench(options), servers, &people).await?;
        let missing = scenario::check(servers, &people, scenario::HELD, held.len()).await?;
        ensure!(missing.is_none(), "{missing:?}");
        Ok((measured.rate, held))
    }

    /// Paid orders of those holds a second at the peak.
    ///
    /// # Errors
    /// When the load cannot run, or an acknowledged order is missing.
    pub async fn confirm(&self, options: &Options, servers: &Servers, held: Vec<Held>) -> anyhow::Result<f64> {
        let people = self.people();
        let (measured, confirmed) = scenario::confirm(&bench(options), servers, &people, held).await?;
        let missing = scenario::check(servers, &people, scenario::CONFIRMED, confirmed).await?;
        ensure!(missing.is_none(), "{missing:?}");
        Ok(measured.rate)
    }

    /// Joins of the line a second, and the tokens of those who joined.
    ///
    /// # Errors
    /// When the load cannot run, or an answer is wrong.
    pub async fn join(&self, address: SocketAddr, options: &Options) -> anyhow::Result<(f64, Vec<String>)> {
        known(address, &self.line).await?;
        let requests = (1..JOINS).map(|number| join(&self.line, number)).collect();
        let keep = |answer: &Answer| text_member(&answer.body, "queueToken");
        let pace = Pace::ClosedFor(Duration::from_secs(options.seconds));
        let outcome = load::run(address, requests, options.connections, pace, keep).await?;
        only_refused(&outcome, 201)?;
        Ok((outcome.rate(201), outcome.kept.into_iter().map(|(_, token)| token).collect()))
    }

    /// Statuses of the line a second.
    ///
    /// # Errors
    /// When the load cannot run, or an answer is wrong.
    pub async fn status(&self, address: SocketAddr, options: &Options, tokens: &[String]) -> anyhow::Result<f64> {
        let requests: Vec<_> = tokens.iter().map(|token| status(&self.line, token)).collect();
        let pace = Pace::ClosedFor(Duration::from_secs(options.seconds));
        let outcome = load::repeat(address, &requests, REQUESTS, options.connections, pace).await?;
        only_refused(&outcome, 200)?;
        Ok(outcome.rate(200))
    }

    /// Bytes of the house's memory for each of so many who watch the map, and then for each of as many who wait in line
    /// beside them. Only a house that did nothing before tells it: what was freed is used again.
    ///
    /// # Errors
    /// When not all can watch and wait.
    pub async fn memory(&self, servers: &Servers, held: usize) -> anyhow::Result<[(What, f64); 2]> {
        let event = self.events.first().context("an event was made")?;
        known(servers.address, &self.line).await?;
        let (watching, waiting) = (format!("/api/events/{event}/live"), format!("/api/queue/{}/live", self.line));
        let _warm = (streams(servers.address, &watching, WARM).await?, streams(servers.address, &waiting, WARM).await?);
        let (watcher, _watchers) = stream_bytes(servers, &watching, held).await?;
        let (waiter, _waiters) = stream_bytes(servers, &waiting, held).await?;
        Ok([(What::WatcherBytes, watcher), (What::WaiterBytes, waiter)])
    }
}

/// How `bench-reserve` would be told to measure the same.
fn bench(options: &Options) -> crate::options::Options {
    crate::options::Options {
        onsale: options.onsale.clone(),
        home: options.home.clone(),
        rounds: options.rounds,
        users: options.users,
        holds: options.holds,
        orders: options.orders,
        connections: options.connections,
        steady_seconds: 1,
        json: None,
        settings: options.settings.clone(),
    }
}

/// The request of somebody who joins by a device of their own.
#[must_use]
pub fn join(event: &str, number: usize) -> Vec<u8> {
    // 16 bytes in base64url.
    let cookie = format!("onsale_line={number:021}A");
    headed_request("POST", &format!("/api/queue/{event}/join"), &[("cookie", &cookie)], None)
}

/// The request of somebody in line who asks where they are.
#[must_use]
pub fn status(event: &str, token: &str) -> Vec<u8> {
    headed_request("GET", &format!("/api/queue/{event}/status"), &[("x-queue-token", token)], None)
}

/// Whether nothing but success and "come later" was answered: the latter does not count.
fn only_refused(outcome: &Outcome, wanted: u16) -> anyhow::Result<()> {
    let is_wrong = |status: &u16| !matches!(status, 429 | 503);
    ensure!(!outcome.others(wanted).keys().any(is_wrong), "what should be {wanted} was {:?}", outcome.by_status);
    Ok(())
}

/// Waits until the gateways know the line.
///
/// # Errors
/// When they do not within seconds.
pub async fn known(address: SocketAddr, event: &str) -> anyhow::Result<()> {
    let began = Instant::now();
    let mut connection = crate::client::Connection::new(address);
    let ask = crate::client::request("GET", &format!("/api/queue/{event}"), None, None);
    while connection.call(&ask).await?.status != 200 {
        ensure!(began.elapsed() < KNOWN_MAX, "the line of {event} is not known {KNOWN_MAX:?} after it was made");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// What each of so many more streams takes, and the streams.
async fn stream_bytes(servers: &Servers, path: &str, held: usize) -> anyhow::Result<(f64, Vec<Stream>)> {
    let before = servers.resident_bytes()?;
    let streams = streams(servers.address, path, held).await?;
    let grown = servers.resident_bytes()?.saturating_sub(before);
    Ok((float(grown) / float(u64::try_from(streams.len())?.max(1)), streams))
}

/// Opens so many streams, from addresses of this machine that have ports enough.
///
/// # Errors
/// When one is refused.
pub async fn streams(address: SocketAddr, path: &str, count: usize) -> anyhow::Result<Vec<Stream>> {
    let mut streams = Vec::with_capacity(count);
    for number in 0..count {
        let host = u8::try_from(1 + number / FROM_EACH).context("so many streams need more addresses")?;
        let source = IpAddr::V4(Ipv4Addr::new(127, 0, 1, host));
        let stream = Stream::open(address, source, path).await;
        streams.push(stream.map_err(|refused| anyhow::anyhow!("a stream of {path} was not opened: {refused:?}"))?);
    }
    Ok(streams)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_device_is_another_one() {
        let one = String::from_utf8(join("E", 1)).expect("text");
        assert!(one.contains("cookie: onsale_line=000000000000000000001A\r\n"), "{one}");
        assert_ne!(join("E", 1), join("E", 2));
        assert!(String::from_utf8(status("E", "t")).expect("text").contains("x-queue-token: t\r\n"));
    }
}

//! The run: rounds in which every measurement has its turn, so that a slow minute of the machine hits all alike.

use crate::baseline::postgres::Baseline;
use crate::baseline::redis;
use crate::client::{Answer, request, text_member};
use crate::cpu;
use crate::load::{self, Outcome, Pace};
use crate::options::Options;
use crate::report::{Measured, Round, Summary};
use crate::server::Servers;
use crate::setup::{Admin, Hall, sign_up};
use serde_json::json;
use sqlx::{Connection, PgConnection};
use std::io::Write;
use std::time::Duration;

/// Holds of the steady part, at most, as a share of the peak part's.
const STEADY_SHARE_MAX: usize = 1;
/// Seats of one event; booking has one counter row an event.
pub(crate) const EVENT_SEATS: usize = 20_800;
/// Between parts, so that what one left behind does not slow the next.
const REST: Duration = Duration::from_millis(500);

/// Runs everything on fresh data and stops it again.
///
/// # Errors
/// When something cannot be started or measured.
pub async fn run(options: &Options) -> anyhow::Result<Summary> {
    tell("starting PostgreSQL, Redis, the sandbox and the house on fresh data");
    let servers = Servers::start(&options.onsale, &options.home, &options.settings).await?;
    let outcome = measure(options, &servers).await;
    servers.stop();
    outcome
}

async fn measure(options: &Options, servers: &Servers) -> anyhow::Result<Summary> {
    let baseline = Baseline::create(servers.database_url(), &options.home).await?;
    let admin = Admin::create(servers.address, servers.database_url()).await?;
    let hall = admin.create_hall(EVENT_SEATS).await?;
    let mut rounds = Vec::new();
    let mut faults = Vec::new();
    for number in 1..=options.rounds {
        tell(&format!("round {number} of {}: making events and signing people in", options.rounds));
        let holds = options.holds * (1 + STEADY_SHARE_MAX);
        let mut events = Vec::new();
        for n in 0..(holds * 2).div_ceil(hall.seats()) {
            let id = format!("BENCH-{number}-{n}");
            admin.publish_event(&hall, &id).await?;
            events.push(id);
        }
        let tokens = sign_up(servers.address, options.users, &format!("bench-{number}-")).await?;
        let people = People { tokens: &tokens, hall: &hall, events: &events };
        rounds.push(round(options, servers, &baseline, &people, &mut faults).await?);
    }
    Ok(Summary::of(rounds, faults))
}

/// Who buys what.
pub struct People<'a> {
    /// Their tokens.
    pub tokens: &'a [String],
    /// Where all events are.
    pub hall: &'a Hall,
    /// The events' ids.
    pub events: &'a [String],
}

async fn round(
    options: &Options,
    servers: &Servers,
    baseline: &Baseline,
    people: &People<'_>,
    faults: &mut Vec<String>,
) -> anyhow::Result<Round> {
    let redis_locks = redis::locks_per_second(servers.redis_url(), 200_000).await?;
    let postgres_holds = baseline.holds_per_second(options.holds).await?;
    let postgres_steady_p99_ms = baseline.holds_p99_ms(postgres_holds * 0.7, options.steady_seconds).await?;
    tokio::time::sleep(REST).await;
    let (reserve, held) = reserve(options, servers, people).await?;
    faults.extend(check(servers, people, HELD, held.len()).await?);
    let postgres_orders = baseline.orders_per_second(options.orders).await?;
    tokio::time::sleep(REST).await;
    let (confirm, confirmed) = confirm(options, servers, people, held).await?;
    faults.extend(check(servers, people, CONFIRMED, confirmed).await?);
    tell(&format!(
        "holds {:.0} a second (PostgreSQL {postgres_holds:.0}), orders {:.0} (PostgreSQL {postgres_orders:.0})",
        reserve.rate, confirm.rate
    ));
    Ok(Round { redis_locks, postgres_holds, postgres_steady_p99_ms, postgres_orders, reserve, confirm })
}

/// A hold and the number of its owner.
pub(crate) type Held = (usize, String);

pub(crate) async fn reserve(
    options: &Options,
    servers: &Servers,
    people: &People<'_>,
) -> anyhow::Result<(Measured, Vec<Held>)> {
    let keep = |answer: &Answer| if answer.status == 201 { text_member(&answer.body, "reservationId") } else { None };
    let requests = |from: usize, count: usize| (from..from + count).map(|n| people.reserve(n)).collect();
    let before = servers.cpu();
    let peak = load::run(servers.address, requests(0, options.holds), options.connections, Pace::Closed, keep).await?;
    let used = cpu::used(&before, &servers.cpu());
    tokio::time::sleep(REST).await;
    let count = options.steady_operations(peak.rate(201), options.holds * STEADY_SHARE_MAX);
    let pace = Pace::Open(peak.rate(201) * 0.7);
    let steady = load::run(servers.address, requests(options.holds, count), options.connections, pace, keep).await?;
    let measured = Measured::of(&peak, &steady, 201, &used);
    let owner = |from: usize| move |(index, id): Held| ((from + index) % people.tokens.len(), id);
    let mut held: Vec<Held> = peak.kept.into_iter().map(owner(0)).collect();
    held.extend(steady.kept.into_iter().map(owner(options.holds)));
    Ok((measured, held))
}

pub(crate) async fn confirm(
    options: &Options,
    servers: &Servers,
    people: &People<'_>,
    held: Vec<Held>,
) -> anyhow::Result<(Measured, usize)> {
    let mut orders = held.iter().map(|(owner, id)| people.confirm(*owner, id));
    let nothing = |_: &Answer| None;
    let send =
        |requests: Vec<Vec<u8>>, pace: Pace| load::run(servers.address, requests, options.connections, pace, nothing);
    let before = servers.cpu();
    let peak = send(orders.by_ref().take(options.orders).collect(), Pace::Closed).await?;
    let used = cpu::used(&before, &servers.cpu());
    tokio::time::sleep(REST).await;
    let count = options.steady_operations(peak.rate(200), options.orders);
    let steady = send(orders.take(count).collect(), Pace::Open(peak.rate(200) * 0.7)).await?;
    let confirmed = |outcome: &Outcome| outcome.by_status.get(&200).copied().unwrap_or(0);
    let all = usize::try_from(confirmed(&peak) + confirmed(&steady))?;
    Ok((Measured::of(&peak, &steady, 200, &used), all))
}

impl People<'_> {
    /// The `n`th hold of the round: two seats that nobody else wants.
    #[must_use]
    pub fn reserve(&self, n: usize) -> Vec<u8> {
        let per_event = self.hall.seats() / 2;
        let (event, place) = (&self.events[n / per_event], 2 * (n % per_event));
        let seats = [place, place + 1].map(|seat| json!({"seatId": self.hall.seat_id(seat)}));
        let body = json!({"eventId": event, "seats": seats}).to_string();
        let token = &self.tokens[n % self.tokens.len()];
        request("POST", "/api/bookings/reserve", Some(token), Some(&body))
    }

    /// The request that pays for a hold.
    #[must_use]
    pub fn confirm(&self, owner: usize, reservation: &str) -> Vec<u8> {
        let body = json!({"reservationId": reservation, "paymentMethod": "CREDIT_CARD"}).to_string();
        request("POST", "/api/bookings/confirm", Some(&self.tokens[owner]), Some(&body))
    }
}

/// Holds that stand: two seats each.
pub(crate) const HELD: &str = "SELECT count(*) / 2 FROM booking.seats s
    JOIN booking.reservations r ON r.id = s.reservation_id JOIN booking.inventories i ON i.event_no = s.event_no
    WHERE s.state = 1 AND r.status = 'ACTIVE' AND i.event_id = ANY($1)";
/// Orders that stand: two tickets each.
pub(crate) const CONFIRMED: &str = "SELECT count(*) / 2 FROM booking.tickets t
    JOIN booking.orders o ON o.id = t.order_id JOIN booking.inventories i ON i.event_no = t.event_no
    WHERE t.status = 'VALID' AND o.status IN ('CONFIRMED', 'PROCESSING', 'COMPLETED') AND i.event_id = ANY($1)";

/// Where fewer are there than were acknowledged, that is told. More is no fault: an answer may be lost.
pub(crate) async fn check(
    servers: &Servers,
    people: &People<'_>,
    count: &'static str,
    acknowledged: usize,
) -> anyhow::Result<Option<String>> {
    let mut database = PgConnection::connect(servers.database_url()).await?;
    let there: i64 = sqlx::query_scalar(count).bind(people.events).fetch_one(&mut database).await?;
    let fewer = usize::try_from(there).is_ok_and(|there| there < acknowledged);
    Ok(fewer.then(|| format!("{acknowledged} were acknowledged, {there} are there: {count}")))
}

fn tell(text: &str) {
    let _nowhere_to_say = writeln!(std::io::stderr(), "{text}");
}

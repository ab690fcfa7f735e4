//! Many requests in parallel by one `Idempotency-Key`: one order, one charge, and the same answer for all.

use super::faults::Faults;
use super::people::{Person, describe, is_unknown, payment, seats_wanted};
use super::tell;
use crate::client::{Answer, text_member};
use crate::setup::Hall;
use futures::future::join_all;
use serde_json::Value;
use sqlx::{PgConnection, Row};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

const CONFIRM: &str = "/api/bookings/confirm";
/// Seats of a key's order.
const SEATS: usize = 2;
/// How long a client asks until it is told.
const TOLD_WITHIN: Duration = Duration::from_secs(90);
/// Before it is asked again; twice as long each time.
const PAUSE: Duration = Duration::from_millis(100);
/// The longest pause: twenty clients a key that ask faster are a load of their own.
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// How often it is told how far it is.
const TELL_EVERY: usize = 50;

/// One key's answer, as far as it must be the same for all: the status, the order, its tickets.
type Told = (u16, String, Vec<String>);

/// Where the keys' orders are made.
pub struct Keys<'a> {
    /// The event; nobody else buys there.
    pub event: &'a str,
    /// Its hall, of two seats a key at least.
    pub hall: &'a Hall,
    /// How many keys.
    pub keys: usize,
    /// How many requests by one key.
    pub parallel: usize,
}

/// What came of it.
#[derive(Default)]
struct Outcome {
    next: Cell<usize>,
    orders: RefCell<Vec<String>>,
    faults: RefCell<Faults>,
    /// Told that the first request by the key is still running.
    in_flight: Cell<usize>,
    /// Told that the outcome is not known yet.
    unknown: Cell<usize>,
}

/// Sends them, one key after the other for each person; gives the figures.
///
/// # Errors
/// When the database cannot be asked.
pub async fn run(
    people: &[Person],
    keys: &Keys<'_>,
    database: &mut PgConnection,
    faults: &mut Faults,
) -> anyhow::Result<String> {
    let (outcome, began) = (Outcome::default(), Instant::now());
    join_all(people.iter().map(|person| {
        let connections = (0..keys.parallel).map(|_| person.beside()).collect();
        work(connections, keys, &outcome)
    }))
    .await;
    faults.absorb(outcome.faults.take());
    let orders = outcome.orders.take();
    let charges = charges(database).await?;
    for order in &orders {
        let found = charges.get(order).copied().unwrap_or_default();
        faults.unless(found == 1, || format!("the order {order} of one key was charged {found} times"));
    }
    faults.unless(orders.len() == keys.keys, || format!("{} of {} keys have one order", orders.len(), keys.keys));
    let sum: i64 = charges.values().sum();
    faults.unless(usize::try_from(sum) == Ok(keys.keys), || format!("{sum} charges for {} keys", keys.keys));
    Ok(format!(
        "{} keys x {} in parallel in {:.0} s: {sum} charges, one a key, and one order in all answers; {} times in flight, \
         {} times not known yet",
        keys.keys,
        keys.parallel,
        began.elapsed().as_secs_f64(),
        outcome.in_flight.get(),
        outcome.unknown.get(),
    ))
}

async fn work(mut connections: Vec<Person>, keys: &Keys<'_>, outcome: &Outcome) {
    loop {
        let n = outcome.next.get();
        if n >= keys.keys {
            return;
        }
        outcome.next.set(n + 1);
        match one(&mut connections, keys, n, outcome).await {
            Ok(order) => outcome.orders.borrow_mut().push(order),
            Err(fault) => outcome.faults.borrow_mut().add(format!("key {n}: {fault}")),
        }
        if (n + 1).is_multiple_of(TELL_EVERY) {
            tell(&format!("key {} of {}", n + 1, keys.keys));
        }
    }
}

/// Holds, pays by one key many times over, and once more with another body; gives the order.
async fn one(connections: &mut [Person], keys: &Keys<'_>, n: usize, outcome: &Outcome) -> Result<String, String> {
    let seats: Vec<_> = (SEATS * n..SEATS * (n + 1)).map(|seat| keys.hall.seat_id(seat)).collect();
    let first = connections.first_mut().ok_or("there is no connection")?;
    let wanted = seats_wanted(keys.event, &seats);
    let hold = asks(first, "/api/bookings/reserve", &format!("hold-{n}"), &wanted).await;
    let reservation = hold.as_ref().ok().filter(|got| got.status == 201);
    let reservation = reservation.and_then(|got| text_member(&got.body, "reservationId"));
    let reservation = reservation.ok_or_else(|| format!("no hold: {}", describe(&hold)))?;
    let (key, body, unknown) = (format!("proof-{n}"), payment(&reservation, None), Cell::new(0));
    let answers = join_all(connections.iter_mut().map(|person| told(person, &key, &body, outcome, &unknown))).await;
    outcome.unknown.set(outcome.unknown.get() + unknown.get());
    let answers = answers.into_iter().collect::<Result<Vec<_>, _>>()?;
    let Some((_, order, _)) = answers.first() else { return Err("nobody asked".to_owned()) };
    if let Some(other) = answers.iter().find(|answer| Some(*answer) != answers.first()) {
        return Err(format!("one was told {:?}, another one {other:?}", answers.first()));
    }
    let other = payment(&reservation, Some("pm_card_visa"));
    let first = connections.first_mut().ok_or("there is no connection")?;
    let answer = asks(first, CONFIRM, &key, &other).await;
    match &answer {
        Ok(got) if got.status == 422 && text_member(&got.body, "code").as_deref() == Some("idempotency_key_reused") => {
        }
        _ => return Err(format!("another body by the same key: {}", describe(&answer))),
    }
    Ok(order.clone())
}

/// Asks by the key until there is a final answer.
async fn told(
    person: &mut Person,
    key: &str,
    body: &Value,
    outcome: &Outcome,
    unknown: &Cell<usize>,
) -> Result<Told, String> {
    let (began, mut pause) = (Instant::now(), PAUSE);
    let mut last: io::Result<Answer> = Err(io::ErrorKind::NotFound.into());
    while began.elapsed() < TOLD_WITHIN {
        last = person.call_by_key("POST", CONFIRM, Some(key), Some(body)).await;
        match &last {
            Ok(got) if got.status == 200 => {
                return read(got).ok_or_else(|| format!("an order without its tickets: {}", describe(&last)));
            }
            Ok(got) if got.status == 409 && text_member(&got.body, "code").as_deref() == Some("in_progress") => {
                outcome.in_flight.set(outcome.in_flight.get() + 1);
            }
            Ok(got) if got.status == 202 || is_unknown(got) => unknown.set(unknown.get() + 1),
            Err(_) => unknown.set(unknown.get() + 1),
            Ok(got) if got.status == 503 && got.retry_after.is_some() => {}
            Ok(_) => return Err(describe(&last)),
        }
        tokio::time::sleep(pause).await;
        pause = PAUSE_MAX.min(2 * pause);
    }
    Err(format!("not told within {TOLD_WITHIN:?}: {}", describe(&last)))
}

/// Asks by the key until there is an answer, whatever it says.
async fn asks(person: &mut Person, path: &str, key: &str, body: &Value) -> io::Result<Answer> {
    let (began, mut pause) = (Instant::now(), PAUSE);
    loop {
        let answer = person.call_by_key("POST", path, Some(key), Some(body)).await;
        let is_told = match &answer {
            Ok(got) if got.status == 409 => text_member(&got.body, "code").as_deref() != Some("in_progress"),
            Ok(got) => !matches!(got.status, 202 | 503 | 504),
            Err(_) => false,
        };
        if is_told || began.elapsed() > TOLD_WITHIN {
            return answer;
        }
        tokio::time::sleep(pause).await;
        pause = PAUSE_MAX.min(2 * pause);
    }
}

fn read(answer: &Answer) -> Option<Told> {
    let order: Value = serde_json::from_slice(&answer.body).ok()?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let tickets: Option<Vec<_>> = order["tickets"].as_array()?.iter().map(|ticket| text(&ticket["ticketId"])).collect();
    let tickets = tickets.filter(|tickets| tickets.len() == SEATS)?;
    Some((answer.status, text(&order["orderId"])?, tickets))
}

/// Charges by order, in the sandbox's ledger.
async fn charges(database: &mut PgConnection) -> anyhow::Result<BTreeMap<String, i64>> {
    let query = "SELECT metadata ->> 'order_id' AS id, count(*) AS charges FROM sandbox.intents
        WHERE amount_received > 0 GROUP BY 1";
    let rows = sqlx::query(query).fetch_all(database).await?;
    let read = |row: &sqlx::postgres::PgRow| -> Result<_, sqlx::Error> {
        Ok((row.try_get::<Option<String>, _>("id")?.unwrap_or_default(), row.try_get("charges")?))
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

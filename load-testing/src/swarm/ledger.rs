//! Who holds which ticket: what people were told against what the database says.

use super::figures::{Results, Served};
use super::stage::EVENT;
use crate::proof::audit;
use crate::proof::faults::Faults;
use anyhow::Context;
use onsale_core::api::events::PlanView;
use serde::Serialize;
use sqlx::types::Uuid;
use sqlx::{PgConnection, Row};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Differences of a kind that are told in words.
const EXAMPLES_MAX: usize = 5;

/// A ticket as the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The account's number in the crowd; nothing where it is not of the crowd.
    pub user: Option<u32>,
    /// The order.
    pub order: String,
    /// The ticket.
    pub ticket: String,
    /// The seat.
    pub seat: String,
}

/// What the comparison found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ledger {
    /// Tickets that people were told of.
    pub told: usize,
    /// Live tickets in the database.
    pub stored: usize,
    /// Live tickets beyond one a seat.
    pub oversold: usize,
    /// Tickets that were told and are not there, or are somebody else's.
    pub lost: usize,
    /// Seats that two people were told of.
    pub double: usize,
    /// Tickets that are there and that nobody was told of.
    pub untold: usize,
    /// Numbers in line that two people have.
    pub same_numbers: usize,
    /// The first of what differs, in words.
    pub examples: Vec<String>,
}

impl Ledger {
    /// Whether both sides tell the same.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.oversold + self.lost + self.double + self.untold + self.same_numbers == 0 && self.told == self.stored
    }

    fn add(&mut self, example: String) {
        if self.examples.len() < EXAMPLES_MAX {
            self.examples.push(example);
        }
    }
}

/// Compares what was told with what is stored.
#[must_use]
pub fn compare(results: &[Results], stored: &[Stored]) -> Ledger {
    let mut ledger = Ledger { stored: stored.len(), ..Ledger::default() };
    let by_ticket: HashMap<&str, &Stored> = stored.iter().map(|ticket| (ticket.ticket.as_str(), ticket)).collect();
    let seats: BTreeSet<&str> = stored.iter().map(|ticket| ticket.seat.as_str()).collect();
    ledger.oversold = stored.len() - seats.len();
    let (mut told_seats, mut told) = (HashMap::new(), BTreeSet::new());
    for served in results.iter().flat_map(|part| &part.served) {
        for (ticket, seat) in &served.tickets {
            ledger.told += 1;
            told.insert(ticket.as_str());
            if let Some(other) = told_seats.insert(seat.as_str(), served.user) {
                ledger.double += 1;
                ledger.add(format!("{seat} was sold to person {other} and to person {}", served.user));
            }
            if !by_ticket.get(ticket.as_str()).is_some_and(|stored| is_of(stored, served, seat)) {
                ledger.lost += 1;
                ledger
                    .add(format!("person {} was told of ticket {ticket} for {seat}, which is not theirs", served.user));
            }
        }
    }
    for ticket in stored.iter().filter(|ticket| !told.contains(ticket.ticket.as_str())) {
        ledger.untold += 1;
        ledger.add(format!("nobody was told of ticket {} for {} of {:?}", ticket.ticket, ticket.seat, ticket.user));
    }
    let mut owners = BTreeMap::new();
    for (user, number) in results.iter().flat_map(|part| &part.numbers) {
        if let Some(other) = owners.insert(*number, *user) {
            ledger.same_numbers += 1;
            ledger.add(format!("person {other} and person {user} have number {number}"));
        }
    }
    ledger
}

fn is_of(stored: &Stored, served: &Served, seat: &str) -> bool {
    stored.user == Some(served.user) && stored.order == served.order && stored.seat == seat
}

/// The live tickets of the event.
///
/// # Errors
/// When the database, the plan or the file of people cannot be read.
pub async fn stored(database: &mut PgConnection, plan: &PlanView, people: &Path) -> anyhow::Result<Vec<Stored>> {
    let users = users(people)?;
    let rows = plan.zones.iter().flat_map(|zone| &zone.rows);
    let seats: Vec<&str> = rows.flat_map(|row| &row.seats).map(|seat| seat.seat_id.as_str()).collect();
    let rows = sqlx::query(
        "SELECT o.account_id, o.id AS order_id, t.id, t.seat_no
         FROM booking.tickets t JOIN booking.orders o ON o.id = t.order_id JOIN booking.inventories i ON i.event_no = t.event_no
         WHERE i.event_id = $1 AND t.status <> 'CANCELLED'",
    )
    .bind(EVENT)
    .fetch_all(database)
    .await?;
    let ticket = |row: sqlx::postgres::PgRow| {
        let seat: i32 = row.try_get("seat_no")?;
        let seat =
            usize::try_from(seat).ok().and_then(|seat| seats.get(seat)).context("a ticket's seat is in the plan")?;
        Ok::<_, anyhow::Error>(Stored {
            user: users.get(&row.try_get::<Uuid, _>("account_id")?).copied(),
            order: row.try_get::<Uuid, _>("order_id")?.to_string(),
            ticket: row.try_get::<Uuid, _>("id")?.to_string(),
            seat: (*seat).to_owned(),
        })
    };
    rows.into_iter().map(ticket).collect()
}

fn users(people: &Path) -> anyhow::Result<HashMap<Uuid, u32>> {
    let file = std::fs::File::open(people).with_context(|| format!("open {}", people.display()))?;
    let mut users = HashMap::new();
    for (number, line) in (0..).zip(BufReader::new(file).lines()) {
        let line = line?;
        let account =
            line.split(' ').next().and_then(|word| word.parse().ok()).context("a line begins with an account")?;
        users.insert(account, number);
    }
    Ok(users)
}

/// Whether captured money is what the tickets are worth; what is not so, in words.
///
/// # Errors
/// When the database cannot be asked.
pub async fn money(database: &mut PgConnection) -> anyhow::Result<Vec<String>> {
    let mut faults = Faults::default();
    audit::sums(database, &mut faults).await?;
    Ok(faults.told().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(user: u32, ticket: &str, seat: &str) -> Stored {
        let (order, ticket, seat) = (format!("o{user}"), ticket.to_owned(), seat.to_owned());
        Stored { user: Some(user), order, ticket, seat }
    }

    fn told(user: u32, ticket: &str, seat: &str) -> Results {
        let tickets = vec![(ticket.to_owned(), seat.to_owned())];
        let served = Served { user, order: format!("o{user}"), tickets, at_ms: 0 };
        Results { served: vec![served], numbers: vec![(user, user)], ..Results::default() }
    }

    #[test]
    fn both_sides_are_equal_when_they_tell_the_same() {
        let ledger =
            compare(&[told(1, "t1", "A1"), told(2, "t2", "A2")], &[stored(2, "t2", "A2"), stored(1, "t1", "A1")]);
        assert!(ledger.is_equal(), "{ledger:?}");
    }

    #[test]
    fn every_kind_of_difference_is_found() {
        let equal = |told: &[Results], stored: &[Stored]| compare(told, stored).is_equal();
        assert!(!equal(&[told(1, "t1", "A1")], &[]), "lost");
        assert!(!equal(&[], &[stored(1, "t1", "A1")]), "untold");
        assert!(!equal(&[told(1, "t1", "A1")], &[stored(2, "t1", "A1")]), "somebody else's");
        let twice = [stored(1, "t1", "A1"), stored(2, "t2", "A1")];
        let ledger = compare(&[told(1, "t1", "A1"), told(2, "t2", "A1")], &twice);
        assert_eq!((ledger.oversold, ledger.double), (1, 1));
        let mut same = told(1, "t1", "A1");
        same.numbers.push((9, 1));
        assert_eq!(compare(&[same], &[stored(1, "t1", "A1")]).same_numbers, 1);
    }
}

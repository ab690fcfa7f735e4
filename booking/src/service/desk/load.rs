//! Reads what a batch touches, under lock, in the one order that all batches keep.

use crate::domain::command::Command;
use crate::domain::life::{Event, Time};
use crate::domain::rows::{EventNo, Rows, SeatKey, StockKey};
use crate::service::desk::Member;
use crate::store;
use onsale_core::{AdmissionId, ReservationId, UserId};
use onsale_platform::idempotency::Stored;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What a batch works on.
pub(super) struct Loaded {
    /// The rows.
    pub(super) rows: Rows,
    /// The answer that each member's key has already.
    pub(super) stored: Vec<Option<Stored>>,
    /// The admissions whose order was made.
    pub(super) spent: BTreeSet<AdmissionId>,
    /// PostgreSQL's time, once all locks were had.
    pub(super) now: Time,
}

/// Locks and reads. `again` when the same members may have been committed before.
pub(super) async fn load(conn: &mut PgConnection, members: &[Member], again: bool) -> Result<Loaded, sqlx::Error> {
    let limited = limited_accounts(members);
    advisory_locks(conn, members, &limited).await?;

    let reservations = store::reservations::lock(conn, &named_holds(members, again)).await?;
    let mut rows = Rows { reservations, again, ..Rows::default() };
    store::orders::lock_into(conn, &mut rows.reservations).await?;
    load_tickets(conn, members, &mut rows).await?;

    let mut seats: BTreeSet<SeatKey> = members.iter().flat_map(|member| new_seats(&member.command, &rows)).collect();
    let mut stocks: BTreeSet<StockKey> = members.iter().flat_map(|member| new_stocks(&member.command, &rows)).collect();
    for hold in rows.reservations.values() {
        seats.extend(hold.seats.iter().map(|held| (hold.event, held.seat)));
        stocks.extend(hold.draws.iter().map(|draw| (hold.event, draw.stock)));
    }
    rows.seats = store::seats::lock(conn, &seats).await?;
    rows.stock = store::stock::lock(conn, &stocks).await?;
    rows.used = store::reservations::used(conn, &limited).await?;

    let keys: Vec<_> = members.iter().filter_map(|member| Some(&member.idempotency.as_ref()?.key)).collect();
    let mut found = store::idempotency::find(conn, &keys).await?.into_iter();
    let stored =
        members.iter().map(|member| member.idempotency.as_ref().and_then(|_| found.next().flatten())).collect();
    let admissions: Vec<_> = members.iter().filter_map(|member| member.admission).collect();
    let spent = store::admissions::spent(conn, &admissions).await?;
    let now = sqlx::query_scalar!(r#"SELECT clock_timestamp() AS "now!""#).fetch_one(conn).await?;
    Ok(Loaded { rows, stored, spent, now })
}

/// The accounts whose number of tickets is limited, by event.
fn limited_accounts(members: &[Member]) -> BTreeSet<(EventNo, UserId)> {
    members
        .iter()
        .filter_map(|member| match &member.command {
            Command::Reserve(reserve) => reserve.account_max.map(|_| (reserve.event, reserve.account)),
            Command::Change(change) => change.account_max.map(|_| (change.event, change.account)),
            _ => None,
        })
        .collect()
}

/// In a statement of its own: a count in the statement that locks would see an older snapshot.
async fn advisory_locks(
    conn: &mut PgConnection,
    members: &[Member],
    limited: &BTreeSet<(EventNo, UserId)>,
) -> Result<(), sqlx::Error> {
    let accounts = limited.iter().map(|who| {
        let mut hasher = DefaultHasher::new();
        who.hash(&mut hasher);
        hasher.finish().cast_signed()
    });
    let keys = members.iter().filter_map(|member| Some(member.idempotency.as_ref()?.key.lock()));
    let locks: BTreeSet<i64> = accounts.chain(keys).collect();
    if locks.is_empty() {
        return Ok(());
    }
    let locks: Vec<i64> = locks.into_iter().collect();
    sqlx::query!("SELECT pg_advisory_xact_lock(lock) FROM unnest($1::bigint[]) AS lock", &locks)
        .fetch_all(conn)
        .await?;
    Ok(())
}

fn named_holds(members: &[Member], again: bool) -> BTreeSet<ReservationId> {
    members
        .iter()
        .filter_map(|member| match &member.command {
            Command::Reserve(reserve) => again.then_some(reserve.reservation),
            Command::Change(change) => Some(change.reservation),
            Command::BeginPayment(begin) => Some(begin.reservation),
            Command::Release { reservation, .. } | Command::Happened { reservation, .. } => Some(*reservation),
            Command::Cancel(cancel) => Some(cancel.reservation),
        })
        .collect()
}

fn new_seats(command: &Command, rows: &Rows) -> Vec<SeatKey> {
    match command {
        Command::Reserve(reserve) => reserve.seats.iter().map(|(seat, _)| (reserve.event, *seat)).collect(),
        Command::Change(change) => {
            let event = rows.reservations.get(&change.reservation).map_or(change.event, |row| row.event);
            change.seats.iter().map(|(seat, _)| (event, *seat)).collect()
        }
        _ => Vec::new(),
    }
}

fn new_stocks(command: &Command, rows: &Rows) -> Vec<StockKey> {
    match command {
        Command::Reserve(reserve) => reserve.draws.iter().map(|draw| (reserve.event, draw.stock)).collect(),
        Command::Change(change) => {
            let event = rows.reservations.get(&change.reservation).map_or(change.event, |row| row.event);
            change.draws.iter().map(|draw| (event, draw.stock)).collect()
        }
        _ => Vec::new(),
    }
}

/// The tickets of those orders whose command or answer needs them.
async fn load_tickets(conn: &mut PgConnection, members: &[Member], rows: &mut Rows) -> Result<(), sqlx::Error> {
    let orders: Vec<_> = members
        .iter()
        .filter_map(|member| match &member.command {
            Command::Cancel(cancel) => Some(cancel.reservation),
            Command::Happened {
                reservation,
                event:
                    Event::Captured { .. }
                    | Event::CaptureFailed { .. }
                    | Event::Refunded { .. }
                    | Event::RefundFailed { .. },
                ..
            } => Some(*reservation),
            _ => None,
        })
        .filter_map(|hold| rows.reservations.get(&hold)?.order.as_ref().map(|order| order.id))
        .collect();
    let mut tickets = store::tickets::of_orders(conn, &orders).await?;
    for hold in rows.reservations.values_mut() {
        if let Some(issued) = hold.order.as_ref().and_then(|order| tickets.remove(&order.id)) {
            hold.issued = issued;
        }
    }
    Ok(())
}

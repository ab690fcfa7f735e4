//! Takes scans of gates: keeps each once, judges all scans of the tickets they are of, and marks who came in.

use crate::domain::check_in::{Arrival, Book, ScanRow, Shown};
use crate::domain::inventory::Inventory;
use crate::domain::rows::EventNo;
use crate::service::desk::facts::{order_stands, ticket_fact};
use crate::service::list_sold_orders::ordered_seat;
use crate::service::report_sales;
use crate::state::State;
use crate::store;
use crate::store::inventories::Organised;
use crate::store::orders::OrderRow;
use crate::store::tickets::ShownTicket;
use chrono::TimeDelta;
use onsale_core::api::check_in::{
    CODE_CHARS_MAX, CheckInAnswers, CheckInBatch, GATE_CHARS_MAX, OtherEvent, SCANS_MAX, ScanAnswer, ScanSent,
    ScannedTicket,
};
use onsale_core::events::TicketsChanged;
use onsale_core::gate::{Told, code};
use onsale_core::{EventId, OrderId, RefusedReason, ScanOutcome, TicketId, TicketStatus};
use onsale_platform::ServiceRole;
use onsale_platform::identity::Caller;
use onsale_platform::outbox::{self, Metadata, NewEvent};
use onsale_platform::problem::Problem;
use onsale_platform::random;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A device's clock is wrong by less than this; a scan is of a time near ours, or it is none.
const CLOCK_OFF_MAX: TimeDelta = TimeDelta::days(3_650);

/// Tickets by id, each with the offer that its numbers are of.
pub(super) type Known = BTreeMap<TicketId, (ShownTicket, Arc<Inventory>)>;

/// Takes a batch. The answers are what the scans come to by now, in their order.
pub async fn take(
    state: &State,
    caller: &Caller,
    event: &EventId,
    batch: &CheckInBatch,
    why: &Metadata,
) -> Result<CheckInAnswers, Problem> {
    must_fit(batch)?;
    let organised = report_sales::organised(&mut *state.pool.acquire().await?, caller, event).await?;
    let key = state.ticket_key.verifying_key();
    let read: Vec<code::Shown> = batch.scans.iter().map(|scan| code::shown(&key, &scan.code)).collect();
    let tickets: BTreeSet<TicketId> = read.iter().filter_map(ticket_of).collect();
    let found = find(state, &tickets).await?;
    let mut arrivals = Vec::with_capacity(read.len());
    for (scan, read) in batch.scans.iter().zip(&read) {
        let shown = what_is(state, &organised, &found, read).await?;
        arrivals.push(arrival(scan, shown, caller)?);
    }
    let mut tx = state.pool.begin().await?;
    let book = keep(state, &mut tx, organised.event_no, &found, &arrivals, why).await?;
    tx.commit().await?;
    let mut answers = Vec::with_capacity(arrivals.len());
    for arrival in &arrivals {
        let Some(row) = book.rows.get(&arrival.id) else { continue };
        answers.push(answer(state, caller, row, &found).await?);
    }
    Ok(CheckInAnswers { now: state.clock.now(), answers })
}

/// 422 that names every field that is wrong.
fn must_fit(batch: &CheckInBatch) -> Result<(), Problem> {
    if batch.scans.is_empty() || batch.scans.len() > SCANS_MAX {
        return Err(Problem::invalid("scans", "out_of_range", format!("send 1 to {SCANS_MAX} scans")));
    }
    let mut wrong: Option<Problem> = None;
    let mut say = |field: String, code: &str, message: &str| {
        wrong = Some(match wrong.take() {
            None => Problem::invalid(&field, code, message),
            Some(problem) => problem.with_error(&field, code, message),
        });
    };
    for (place, scan) in batch.scans.iter().enumerate() {
        let field = |name: &str| format!("scans[{place}].{name}");
        if scan.gate.trim().is_empty() || scan.gate.chars().count() > GATE_CHARS_MAX {
            say(field("gate"), "out_of_range", "name the gate in 1 to 40 characters");
        }
        if scan.code.len() > CODE_CHARS_MAX {
            say(field("code"), "too_long", "no ticket is so long: cut it to 400 characters");
        }
        if scan.clock_offset_ms.unsigned_abs() > CLOCK_OFF_MAX.num_milliseconds().unsigned_abs() {
            say(field("clockOffsetMs"), "out_of_range", "set the device's clock");
        }
        if scan.decided == Some(ScanOutcome::Refused) && scan.decided_reason.is_none() {
            say(field("decidedReason"), "required", "say why the device refused it");
        }
    }
    wrong.map_or(Ok(()), Err)
}

fn ticket_of(shown: &code::Shown) -> Option<TicketId> {
    match shown {
        code::Shown::Code(claims) => Some(claims.ticket_id),
        code::Shown::Number(ticket) => Some(*ticket),
        code::Shown::Nothing => None,
    }
}

/// These tickets, with what their numbers mean.
pub(super) async fn find(state: &State, tickets: &BTreeSet<TicketId>) -> Result<Known, Problem> {
    let tickets: Vec<TicketId> = tickets.iter().copied().collect();
    let shown = store::tickets::shown(&mut *state.pool.acquire().await?, &tickets).await?;
    let mut known = Known::new();
    for ticket in shown {
        let inventory = state.inventories.version(ticket.event, ticket.offer_version).await?;
        known.insert(ticket.ticket.id, (ticket, inventory));
    }
    Ok(known)
}

/// What was shown, as the gate's event sees it.
async fn what_is(state: &State, gate: &Organised, found: &Known, read: &code::Shown) -> Result<Shown, Problem> {
    let nothing = Shown::Other { reason: RefusedReason::Unknown, event: None };
    let Some((ticket, inventory)) = ticket_of(read).and_then(|ticket| found.get(&ticket)) else { return Ok(nothing) };
    if ticket.event == gate.event_no {
        return Ok(Shown::Ticket(ticket.ticket.id));
    }
    // Somebody else's ticket by its number alone: whether there is one is nobody's business here.
    if matches!(read, code::Shown::Number(_)) && inventory.offer.organisation_id != gate.organisation {
        return Ok(nothing);
    }
    let here = state.inventories.latest(&gate.event).await?;
    let is_other_date = inventory.offer.organisation_id == gate.organisation
        && inventory.offer.name == here.offer.name
        && inventory.offer.venue.id == here.offer.venue.id;
    let reason = if is_other_date { RefusedReason::WrongDate } else { RefusedReason::WrongEvent };
    Ok(Shown::Other { reason, event: Some(inventory.offer.event_id.clone()) })
}

fn arrival(scan: &ScanSent, shown: Shown, caller: &Caller) -> Result<Arrival, Problem> {
    let decided = match scan.decided {
        None => None,
        Some(ScanOutcome::Refused) => scan.decided_reason.map(Told::Stop),
        Some(ScanOutcome::Admitted | ScanOutcome::Left) => Some(Told::Go),
    };
    let at = scan.at.checked_add_signed(TimeDelta::milliseconds(scan.clock_offset_ms));
    Ok(Arrival {
        id: scan.scan_id,
        shown,
        gate: scan.gate.trim().to_owned(),
        direction: scan.direction,
        at: at.ok_or_else(|| Problem::invalid("scans", "out_of_range", "set the device's clock"))?,
        clock_offset_ms: scan.clock_offset_ms,
        decided,
        actor: caller.user_id,
    })
}

/// Keeps what arrived. The orders of its tickets are locked, so that nobody cancels them and nobody else judges their
/// scans meanwhile.
async fn keep(
    state: &State,
    conn: &mut PgConnection,
    event: EventNo,
    found: &Known,
    arrivals: &[Arrival],
    why: &Metadata,
) -> Result<Book, Problem> {
    let tickets: Vec<TicketId> = arrivals.iter().filter_map(|arrival| arrival.shown.ticket()).collect();
    let orders: BTreeSet<OrderId> =
        tickets.iter().filter_map(|ticket| found.get(ticket)).map(|(ticket, _)| ticket.order).collect();
    let orders: Vec<OrderId> = orders.into_iter().collect();
    let locked = store::orders::lock(conn, &orders).await?;
    let issued = store::tickets::of_orders(conn, &orders).await?;
    let status: BTreeMap<TicketId, TicketStatus> =
        issued.values().flatten().map(|ticket| (ticket.id, ticket.status)).collect();
    let scans: Vec<_> = arrivals.iter().map(|arrival| arrival.id).collect();
    let mut book = Book {
        cancelled: status.iter().map(|(ticket, status)| (*ticket, *status == TicketStatus::Cancelled)).collect(),
        rows: store::check_ins::known(conn, event, &scans, &tickets).await?,
    };
    let changes = book.take(arrivals);
    let rows: Vec<&ScanRow> = changes.rows.iter().filter_map(|id| book.rows.get(id)).collect();
    store::check_ins::write(conn, event, &rows).await?;
    store::tickets::admit(conn, &changes.tickets).await?;
    let used: BTreeSet<TicketId> = changes
        .tickets
        .iter()
        .filter(|(ticket, merged)| merged.used && status.get(ticket) == Some(&TicketStatus::Valid))
        .map(|(ticket, _)| *ticket)
        .collect();
    tell(state, conn, &locked, found, &used, why).await?;
    Ok(book)
}

/// Tells of each order which of its tickets let somebody in for the first time.
async fn tell(
    state: &State,
    conn: &mut PgConnection,
    orders: &[OrderRow],
    found: &Known,
    used: &BTreeSet<TicketId>,
    why: &Metadata,
) -> Result<(), Problem> {
    let now = state.clock.now();
    let mut events = Vec::new();
    let mut counted = Vec::new();
    for order in orders {
        let tickets: Vec<_> = used
            .iter()
            .filter_map(|ticket| found.get(ticket))
            .filter(|(ticket, _)| ticket.order == order.life.id)
            .collect();
        let Some((first, inventory)) = tickets.first() else { continue };
        let told = TicketsChanged {
            order_id: order.life.id,
            event_id: inventory.offer.event_id.clone(),
            venue_id: inventory.offer.venue.id.clone(),
            user_id: first.account,
            tickets: tickets.iter().map(|(ticket, inventory)| ticket_fact(&ticket.ticket, inventory)).collect(),
            order: Some(order_stands(&order.life, inventory)),
        };
        let event = NewEvent {
            id: random::new_id(&state.clock),
            aggregate_type: "order",
            aggregate_id: order.life.id.to_string(),
            version: order.counts.version + 1,
            kind: "ticket-used",
            publish: None,
            data: serde_json::to_value(&told).map_err(Problem::internal)?,
            at: now,
        };
        events.push((event, why.clone()));
        counted.push(order.life.id);
    }
    store::orders::count_event(conn, &counted).await?;
    outbox::append(conn, ServiceRole::Booking, &events).await?;
    Ok(())
}

/// What a scan comes to, as clients read it.
pub(super) async fn answer(
    state: &State,
    caller: &Caller,
    row: &ScanRow,
    found: &Known,
) -> Result<ScanAnswer, Problem> {
    let judged = &row.judged;
    let ticket = row.shown.ticket().and_then(|ticket| found.get(&ticket));
    let other = match &row.shown {
        Shown::Other { event: Some(event), .. } => other_event(state, caller, event).await?,
        _ => None,
    };
    Ok(ScanAnswer {
        scan_id: judged.id,
        outcome: judged.outcome,
        reason: judged.reason,
        conflict: judged.conflict,
        entered_at: judged.entered.as_ref().map(|entered| entered.at),
        entered_gate: judged.entered.as_ref().map(|entered| entered.gate.clone()),
        ticket: ticket.map(|(ticket, inventory)| ScannedTicket {
            ticket_id: ticket.ticket.id,
            seat: ticket.ticket.seat.and_then(|seat| ordered_seat(inventory, seat)),
            name: inventory.ticket_type(ticket.ticket.kind).map(|kind| kind.name.clone()).unwrap_or_default(),
        }),
        other,
    })
}

/// What a ticket of another event is for, where the caller may know it.
async fn other_event(state: &State, caller: &Caller, event: &EventId) -> Result<Option<OtherEvent>, Problem> {
    let inventory = state.inventories.latest(event).await?;
    let offer = &inventory.offer;
    Ok(caller.reach().covers(offer.organisation_id).then(|| OtherEvent {
        name: offer.name.clone(),
        starts_at: offer.starts_at,
        time_zone: offer.venue.time_zone.clone(),
    }))
}

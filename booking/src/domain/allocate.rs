//! Applies a batch of commands to its rows, in order of arrival; each member wholly or not at all.
//!
//! Running sums over seats, accounts and stocks come by themselves: each member sees the rows as the
//! members before it left them, as in a state machine that is fed a log.

use super::command::{Accepted, BeginPayment, Cancel, Change, Command, Note, Rejected, Reserve, hold_end};
use super::life::{Effect, Event, Life, Places, Time, never, step};
use super::rows::{
    Draw, EventCounts, HeldSeat, Occupancy, OrderDetails, ReservationRow, Rows, SeatNo, SeatRow, TicketRow,
};
use onsale_core::{ReservationId, ReservationStatus, TicketId, TicketStatus, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// What a member came to.
pub type Outcome = Result<Accepted, Rejected>;

/// Applies one member. Where it is rejected, the rows are as they were.
pub fn apply(rows: &mut Rows, command: &Command, now: Time) -> Outcome {
    match command {
        Command::Reserve(reserve) => hold(rows, reserve, now),
        Command::Change(change) => change_hold(rows, change, now),
        Command::BeginPayment(begin) => begin_payment(rows, begin, now),
        Command::Release { reservation, account } => {
            owned(rows, *reservation, *account)?;
            advance(rows, *reservation, &Event::Release, &Issue::NOTHING, now)
        }
        Command::Happened { reservation, event, ticket_ids, ticket_prices, note } => {
            let issue = Issue { ids: ticket_ids, prices: ticket_prices };
            let accepted = advance(rows, *reservation, event, &issue, now)?;
            keep_note(rows, *reservation, event, note.as_ref());
            Ok(accepted)
        }
        Command::Cancel(cancel) => cancel_tickets(rows, cancel, now),
    }
}

/// The tickets that an event would issue.
struct Issue<'a> {
    ids: &'a [TicketId],
    prices: &'a [i64],
}

impl Issue<'_> {
    const NOTHING: Self = Self { ids: &[], prices: &[] };
}

fn owned(rows: &Rows, id: ReservationId, account: UserId) -> Result<&ReservationRow, Rejected> {
    rows.reservations.get(&id).filter(|row| row.account == account).ok_or(Rejected::NotFound)
}

fn nothing_new(id: ReservationId) -> Accepted {
    Accepted { reservation: id, facts: Vec::new(), outside: Vec::new(), changed: false }
}

fn hold(rows: &mut Rows, reserve: &Reserve, now: Time) -> Outcome {
    if rows.reservations.contains_key(&reserve.reservation) {
        // Sent again after a lost answer: it stands already.
        return Ok(nothing_new(reserve.reservation));
    }
    let wanted: Vec<SeatNo> = reserve.seats.iter().map(|(seat, _)| *seat).collect();
    seats_available(rows, reserve.event, &wanted, now)?;
    stock_suffices(rows, reserve.event, &reserve.draws, &[])?;
    let quantity = quantity(&reserve.seats, &reserve.tickets);
    within_limit(rows, (reserve.event, reserve.account), reserve.account_max, quantity)?;

    let ends_at = hold_end(now, reserve.hold_seconds);
    let seats = take_seats(rows, reserve.event, reserve.reservation, &reserve.seats, ends_at);
    for draw in &reserve.draws {
        rows.move_stock((reserve.event, draw.stock), i64::from(draw.quantity), 0);
    }
    let row = ReservationRow {
        id: reserve.reservation,
        event: reserve.event,
        account: reserve.account,
        offer_version: reserve.offer_version,
        seats,
        tickets: reserve.tickets.clone(),
        draws: reserve.draws.clone(),
        live: i32::try_from(quantity).unwrap_or(i32::MAX),
        cost: reserve.cost.clone(),
        life: Life { status: ReservationStatus::Active, hold_ends_at: ends_at, order: None },
        order: None,
        issued: Vec::new(),
        counts: EventCounts { version: 1, sequence: 1 },
        order_counts: EventCounts::default(),
    };
    rows.reservations.insert(reserve.reservation, row);
    rows.changed.inserted.insert(reserve.reservation);
    *rows.used.entry((reserve.event, reserve.account)).or_default() += quantity;
    Ok(Accepted { changed: true, ..nothing_new(reserve.reservation) })
}

fn quantity(seats: &[(SeatNo, i16)], tickets: &[super::rows::HeldTickets]) -> i64 {
    let seats = i64::try_from(seats.len()).unwrap_or(i64::MAX);
    seats + tickets.iter().map(|held| i64::from(held.quantity)).sum::<i64>()
}

fn seats_available(rows: &Rows, event: i32, wanted: &[SeatNo], now: Time) -> Result<(), Rejected> {
    let taken: Vec<SeatNo> = wanted
        .iter()
        .copied()
        .filter(|seat| !rows.seats.get(&(event, *seat)).is_some_and(|row| row.is_available(now)))
        .collect();
    if taken.is_empty() { Ok(()) } else { Err(Rejected::SeatsTaken(taken)) }
}

/// Whether the stocks have as much as `next` takes beyond what `before` took.
fn stock_suffices(rows: &Rows, event: i32, next: &[Draw], before: &[Draw]) -> Result<(), Rejected> {
    for (stock, more) in difference(next, before) {
        let available = rows.stock.get(&(event, stock)).map_or(0, super::rows::StockRow::available);
        if more > available {
            return Err(Rejected::StockExhausted { stock, available });
        }
    }
    Ok(())
}

/// By how much `next` takes more (or less) of each stock than `before`.
fn difference(next: &[Draw], before: &[Draw]) -> BTreeMap<i32, i64> {
    let mut by_stock = BTreeMap::new();
    for draw in next {
        *by_stock.entry(draw.stock).or_insert(0) += i64::from(draw.quantity);
    }
    for draw in before {
        *by_stock.entry(draw.stock).or_insert(0) -= i64::from(draw.quantity);
    }
    by_stock
}

fn within_limit(rows: &Rows, who: (i32, UserId), limit: Option<i64>, more: i64) -> Result<(), Rejected> {
    let Some(limit) = limit else { return Ok(()) };
    let used = rows.used.get(&who).copied().unwrap_or(0);
    if more > 0 && used + more > limit { Err(Rejected::LimitReached { limit, used }) } else { Ok(()) }
}

/// Gives the seats to the hold; each row's fence grows.
fn take_seats(
    rows: &mut Rows,
    event: i32,
    reservation: ReservationId,
    seats: &[(SeatNo, i16)],
    ends_at: Time,
) -> Vec<HeldSeat> {
    let mut held = Vec::with_capacity(seats.len());
    for (seat, kind) in seats {
        let key = (event, *seat);
        let Some(fence) = rows.seats.get(&key).map(|row| row.fence + 1) else { continue };
        rows.set_seat(key, SeatRow { state: Occupancy::Held, reservation: Some(reservation), fence, ends_at });
        held.push(HeldSeat { seat: *seat, kind: *kind, fence });
    }
    held
}

/// Frees those of the seats that still carry the hold and its fence; a stale holder changes nothing.
fn free_seats<'a>(rows: &mut Rows, event: i32, id: ReservationId, seats: impl IntoIterator<Item = &'a HeldSeat>) {
    for held in seats {
        let key = (event, held.seat);
        if let Some(row) = rows.seats.get(&key).filter(|row| row.belongs_to(id, held.fence)) {
            let next = SeatRow { state: Occupancy::Free, reservation: None, ..row.clone() };
            rows.set_seat(key, next);
        }
    }
}

fn change_hold(rows: &mut Rows, change: &Change, now: Time) -> Outcome {
    let row = owned(rows, change.reservation, change.account)?.clone();
    let (life, effects) = step(&row.life, &Event::Change, now).map_err(Rejected::Refused)?;
    if row.counts.version != change.from_version {
        // After a lost answer it meets its own new version.
        let stands = rows.again && row.counts.version == change.from_version + 1 && is_as_asked(&row, change);
        return if stands { Ok(nothing_new(row.id)) } else { Err(Rejected::VersionConflict) };
    }
    if !rows_ours(rows, &row) {
        return Err(Rejected::Refused(super::life::Refusal::HoldExpired));
    }
    let kept: BTreeSet<SeatNo> = change.seats.iter().map(|(seat, _)| *seat).collect();
    let had: BTreeSet<SeatNo> = row.seats.iter().map(|held| held.seat).collect();
    let added: Vec<(SeatNo, i16)> = change.seats.iter().copied().filter(|(seat, _)| !had.contains(seat)).collect();
    let wanted: Vec<SeatNo> = added.iter().map(|(seat, _)| *seat).collect();
    seats_available(rows, row.event, &wanted, now)?;
    stock_suffices(rows, row.event, &change.draws, &row.draws)?;
    let more = quantity(&change.seats, &change.tickets) - i64::from(row.quantity());
    within_limit(rows, (row.event, row.account), change.account_max, more)?;

    free_seats(rows, row.event, row.id, row.seats.iter().filter(|held| !kept.contains(&held.seat)));
    let mut seats = take_seats(rows, row.event, row.id, &added, life.hold_ends_at);
    let kinds: BTreeMap<SeatNo, i16> = change.seats.iter().copied().collect();
    seats.extend(
        row.seats.iter().filter_map(|held| kinds.get(&held.seat).map(|kind| HeldSeat { kind: *kind, ..held.clone() })),
    );
    seats.sort_by_key(|held| held.seat);
    for (stock, more) in difference(&change.draws, &row.draws) {
        rows.move_stock((row.event, stock), more, 0);
    }
    *rows.used.entry((row.event, row.account)).or_default() += more;
    let next = ReservationRow {
        seats,
        tickets: change.tickets.clone(),
        draws: change.draws.clone(),
        live: row.live + i32::try_from(more).unwrap_or(0),
        cost: change.cost.clone(),
        ..row
    };
    rows.reservations.insert(change.reservation, next);
    settle(rows, change.reservation, life, &effects, &Issue::NOTHING, now)
}

/// Whether the hold has and costs what the change asks for.
fn is_as_asked(row: &ReservationRow, change: &Change) -> bool {
    let seats = row.seats.iter().map(|held| (held.seat, held.kind));
    seats.eq(change.seats.iter().copied()) && row.tickets == change.tickets && row.cost == change.cost
}

/// Whether every seat row still carries the hold and its fence.
#[must_use]
pub fn rows_ours(rows: &Rows, row: &ReservationRow) -> bool {
    row.seats
        .iter()
        .all(|held| rows.seats.get(&(row.event, held.seat)).is_some_and(|seat| seat.belongs_to(row.id, held.fence)))
}

fn begin_payment(rows: &mut Rows, begin: &BeginPayment, now: Time) -> Outcome {
    let row = owned(rows, begin.reservation, begin.account)?;
    if let Some(expected) = begin.expected_total
        && row.life.status == ReservationStatus::Active
        && expected != row.cost.total
    {
        return Err(Rejected::PriceChanged(row.cost.total));
    }
    let begun_at = row.order.as_ref().map_or(now, |order| order.created_at);
    let event = Event::BeginPayment {
        order: begin.order,
        attempt: begin.attempt,
        amount: row.cost.total,
        window_ends_at: hold_end(now, begin.window_seconds),
        first_window_ends_at: hold_end(begun_at, begin.window_seconds),
        rows_ours: rows_ours(rows, row),
    };
    let (life, effects) = step(&row.life, &event, now).map_err(Rejected::Refused)?;
    if effects.is_empty() {
        return Ok(nothing_new(begin.reservation));
    }
    if row.counts.version != begin.from_version {
        return Err(Rejected::VersionConflict);
    }
    let is_new = row.order.is_none();
    let mut details = row.order.clone().unwrap_or_else(|| OrderDetails {
        id: begin.order,
        number: begin.order_number.clone(),
        method: String::new(),
        payment_token: None,
        return_url: None,
        asked_under: None,
        redirect_url: None,
        transfer: None,
        failure: None,
        attempts: Vec::new(),
        refunds_failed: 0,
        created_at: now,
    });
    details.method.clone_from(&begin.method);
    details.payment_token.clone_from(&begin.payment_token);
    details.return_url.clone_from(&begin.return_url);
    details.asked_under.clone_from(&begin.asked_under);
    (details.redirect_url, details.transfer) = (None, None);
    details.failure = None;
    details.attempts.push(begin.attempt);
    if let Some(row) = rows.reservations.get_mut(&begin.reservation) {
        row.order = Some(details);
    }
    if is_new {
        rows.changed.new_orders.insert(begin.reservation);
    }
    let issue = Issue { ids: &begin.ticket_ids, prices: &begin.ticket_prices };
    settle(rows, begin.reservation, life, &effects, &issue, now)
}

/// An event that the rule of its life decides alone.
fn advance(rows: &mut Rows, id: ReservationId, event: &Event, issue: &Issue<'_>, now: Time) -> Outcome {
    let row = rows.reservations.get(&id).ok_or(Rejected::NotFound)?;
    let event = match event {
        Event::Authorised { attempt, .. } => Event::Authorised { attempt: *attempt, rows_ours: rows_ours(rows, row) },
        Event::Captured { attempt, refund, .. } => {
            Event::Captured { attempt: *attempt, refund: *refund, places: places(rows, row, issue, now) }
        }
        other => other.clone(),
    };
    let (life, effects) = step(&row.life, &event, now).map_err(Rejected::Refused)?;
    settle(rows, id, life, &effects, issue, now)
}

/// How the hold's places stand, should money turn out to be there.
fn places(rows: &Rows, row: &ReservationRow, issue: &Issue<'_>, now: Time) -> Places {
    // A sale that was undone is not done again, and tickets that were made for what the hold was before a change are
    // none of what it is now. Nor does money for what it was then buy what has another price since.
    let fits = usize::try_from(row.quantity()) == Ok(issue.ids.len()) && issue.ids.len() == issue.prices.len();
    let is_enough = row.life.order.as_ref().is_some_and(|order| order.amount == row.cost.total);
    if !fits || !is_enough || !row.issued.is_empty() {
        return Places::Gone;
    }
    let seats: Vec<SeatNo> = row.seats.iter().map(|held| held.seat).collect();
    match row.life.status {
        ReservationStatus::Active if rows_ours(rows, row) => Places::Ours,
        ReservationStatus::Expired
            if seats_available(rows, row.event, &seats, now).is_ok()
                && stock_suffices(rows, row.event, &row.draws, &[]).is_ok() =>
        {
            Places::Free
        }
        _ => Places::Gone,
    }
}

fn cancel_tickets(rows: &mut Rows, cancel: &Cancel, now: Time) -> Outcome {
    let row = rows.reservations.get(&cancel.reservation).ok_or(Rejected::NotFound)?;
    let named: BTreeSet<TicketId> = cancel.tickets.iter().map(|(ticket, _)| *ticket).collect();
    let amount = cancel.tickets.iter().map(|(_, refund)| *refund).sum();
    let valid = row.issued.iter().filter(|ticket| ticket.status == TicketStatus::Valid);
    let whole = valid.clone().all(|ticket| named.contains(&ticket.id))
        && row.issued.iter().all(|ticket| ticket.status != TicketStatus::Used);
    let repeated = row.life.order.as_ref().is_some_and(|order| order.last_refund == Some(cancel.refund));
    let good = valid.filter(|ticket| named.contains(&ticket.id)).count() == named.len() && !named.is_empty();
    if !good && !repeated {
        return Err(Rejected::Refused(super::life::Refusal::NotCancellable));
    }
    let event = Event::Cancel { refund: cancel.refund, amount, whole };
    let (life, effects) = step(&row.life, &event, now).map_err(Rejected::Refused)?;
    if effects.contains(&Effect::CancelTickets) {
        void_tickets(rows, cancel.reservation, |ticket| named.contains(&ticket.id));
    }
    settle(rows, cancel.reservation, life, &effects, &Issue::NOTHING, now)
}

/// Cancels tickets and frees their places.
fn void_tickets(rows: &mut Rows, id: ReservationId, which: impl Fn(&TicketRow) -> bool) {
    let Some(mut row) = rows.reservations.remove(&id) else { return };
    for ticket in row.issued.iter_mut().filter(|ticket| ticket.status == TicketStatus::Valid && which(ticket)) {
        ticket.status = TicketStatus::Cancelled;
        rows.changed.cancelled.insert(ticket.id);
        free_seats(rows, row.event, id, row.seats.iter().filter(|held| Some(held.seat) == ticket.seat));
        for draw in row.draws.iter_mut().filter(|draw| draw.kind == Some(ticket.kind) && draw.quantity > 0) {
            draw.quantity -= 1;
            rows.move_stock((row.event, draw.stock), 0, -1);
        }
        row.live -= 1;
        *rows.used.entry((row.event, row.account)).or_default() -= 1;
    }
    rows.reservations.insert(id, row);
}

/// Does what a step demands of the rows, and counts its facts.
fn settle(rows: &mut Rows, id: ReservationId, life: Life, effects: &[Effect], issue: &Issue<'_>, now: Time) -> Outcome {
    let mut accepted = nothing_new(id);
    let before = rows.reservations.get(&id).map(|row| row.life.clone());
    for effect in effects {
        match effect {
            Effect::FreeRows => free_hold(rows, id, now),
            Effect::KeepRowsUntil(end) => keep_until(rows, id, *end),
            Effect::TakeRowsAgain => take_again(rows, id),
            Effect::SellRows => sell(rows, id, issue, now),
            // A sale that is undone loses all its tickets; a buyer's cancellation has named them before.
            Effect::CancelTickets => void_tickets(rows, id, |_| life.status != ReservationStatus::Confirmed),
            Effect::Tell(fact) => accepted.facts.push(*fact),
            outside => accepted.outside.push(outside.clone()),
        }
    }
    accepted.changed = !accepted.facts.is_empty() || before.as_ref() != Some(&life);
    let Some(row) = rows.reservations.get_mut(&id) else { return Err(Rejected::NotFound) };
    row.life = life;
    for fact in &accepted.facts {
        let counts = if fact.is_of_order() { &mut row.order_counts } else { &mut row.counts };
        counts.version += 1;
        counts.sequence += i64::from(fact.is_published());
    }
    if accepted.changed {
        // Most of what happens to an order leaves the hold's own row as it was.
        let is_of_hold = accepted.facts.iter().any(|fact| !fact.is_of_order())
            || effects.contains(&Effect::CancelTickets)
            || before.is_none_or(|before| before.is_deciding() != row.life.is_deciding());
        if is_of_hold && !rows.changed.inserted.contains(&id) {
            rows.changed.updated.insert(id);
        }
        if row.order.is_some() && !rows.changed.new_orders.contains(&id) {
            rows.changed.orders.insert(id);
        }
    }
    Ok(accepted)
}

fn free_hold(rows: &mut Rows, id: ReservationId, now: Time) {
    let Some(row) = rows.reservations.get(&id).cloned() else { return };
    free_seats(rows, row.event, id, &row.seats);
    for draw in &row.draws {
        rows.move_stock((row.event, draw.stock), -i64::from(draw.quantity), 0);
    }
    // An overdue hold was not counted as used: taken off all the same, it would allow its holder twice as many.
    if row.life.counts(now) {
        *rows.used.entry((row.event, row.account)).or_default() -= i64::from(row.quantity());
    }
}

fn keep_until(rows: &mut Rows, id: ReservationId, end: Time) {
    let Some(row) = rows.reservations.get(&id) else { return };
    let (event, seats) = (row.event, row.seats.clone());
    for held in &seats {
        let key = (event, held.seat);
        if let Some(seat) = rows.seats.get(&key).filter(|seat| seat.belongs_to(id, held.fence)) {
            let next = SeatRow { ends_at: end, ..seat.clone() };
            rows.set_seat(key, next);
        }
    }
}

/// The hold has its places again, each under a new fence; it is sold in the same step.
fn take_again(rows: &mut Rows, id: ReservationId) {
    let Some(mut row) = rows.reservations.remove(&id) else { return };
    let seats: Vec<(SeatNo, i16)> = row.seats.iter().map(|held| (held.seat, held.kind)).collect();
    row.seats = take_seats(rows, row.event, id, &seats, never());
    for draw in &row.draws {
        rows.move_stock((row.event, draw.stock), i64::from(draw.quantity), 0);
    }
    *rows.used.entry((row.event, row.account)).or_default() += i64::from(row.quantity());
    rows.reservations.insert(id, row);
}

fn sell(rows: &mut Rows, id: ReservationId, issue: &Issue<'_>, now: Time) {
    let Some(mut row) = rows.reservations.remove(&id) else { return };
    for held in &row.seats {
        let key = (row.event, held.seat);
        if let Some(seat) = rows.seats.get(&key).filter(|seat| seat.belongs_to(id, held.fence)) {
            let next = SeatRow { state: Occupancy::Sold, ends_at: now, ..seat.clone() };
            rows.set_seat(key, next);
        }
    }
    for draw in &row.draws {
        let quantity = i64::from(draw.quantity);
        rows.move_stock((row.event, draw.stock), -quantity, quantity);
    }
    debug_assert_eq!(usize::try_from(row.quantity()).ok(), Some(issue.ids.len().min(issue.prices.len())));
    let seats = row.seats.iter().map(|held| (Some(held.seat), held.kind));
    let standing = row.tickets.iter().flat_map(|held| (0..held.quantity).map(|_| (None, held.kind)));
    row.issued = seats
        .chain(standing)
        .zip(issue.ids.iter().zip(issue.prices))
        .map(|((seat, kind), (ticket, price))| TicketRow {
            id: *ticket,
            seat,
            kind,
            price: *price,
            status: TicketStatus::Valid,
        })
        .collect();
    rows.changed.issued.insert(id);
    rows.reservations.insert(id, row);
}

/// Keeps where the payer goes on, why it was declined, or how often a refund has failed.
fn keep_note(rows: &mut Rows, id: ReservationId, event: &Event, note: Option<&Note>) {
    let Some(order) = rows.reservations.get_mut(&id).and_then(|row| row.order.as_mut()) else { return };
    match event {
        Event::ActionRequired { .. } => {
            order.redirect_url = note.map(|note| note.text.clone());
            order.transfer = note.and_then(|note| note.transfer.clone());
        }
        Event::GiveUp => (order.redirect_url, order.transfer) = (None, None),
        Event::Declined { .. } | Event::CaptureFailed { .. } | Event::Voided { .. } => {
            (order.redirect_url, order.transfer) = (None, None);
            order.failure = note.map(|note| note.text.clone());
        }
        Event::RefundFailed { .. } => order.refunds_failed = order.refunds_failed.saturating_add(1),
        Event::Refunded { .. } => order.refunds_failed = 0,
        _ => {}
    }
}

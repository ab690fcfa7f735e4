//! Changes a hold: other seats, other tickets, a promo code. All or nothing; its end stays.

use crate::domain::command::{Change, Command};
use crate::domain::inventory::Inventory;
use crate::domain::redlock::Verdict;
use crate::domain::rows::{HeldTickets, ReservationRow, SeatNo};
use crate::error::{self, Reply};
use crate::service::choose::{self, Chosen, ITEMS_MAX};
use crate::service::desk::{Done, Member};
use crate::service::find::{self, Found};
use crate::service::lock_seats::LOCK_GOOD_FOR;
use crate::service::to_the_end;
use crate::state::State;
use onsale_core::api::booking::{ChangeReservation, Selection};
use onsale_core::{ReservationId, ReservationStatus, UserId};
use onsale_platform::outbox::Metadata;
use onsale_platform::problem::Problem;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Adds and removes.
pub async fn change(
    state: &State,
    account: UserId,
    id: ReservationId,
    request: &ChangeReservation,
    why: Metadata,
) -> Result<Done, Problem> {
    let Found { row, inventory } = find::hold(state, id, Some(account)).await?;
    if request.add.is_some() && row.life.status == ReservationStatus::Active {
        let on_sale = state.inventories.on_sale(&inventory.offer.event_id).await?;
        choose::must_be_on_sale(state, &on_sale)?;
    }
    let chosen = changed(&row, &inventory, request)?;
    if chosen.seats.is_empty() && chosen.tickets.is_empty() {
        let message = "this would leave nothing: release the reservation instead";
        return Err(Problem::invalid("remove", "nothing_left", message));
    }
    let promo_code = row.cost.promo_code.clone();
    replace(state, row, inventory, chosen, promo_code, why).await
}

/// Takes a promo code into the price.
pub async fn apply_promo_code(
    state: &State,
    account: UserId,
    id: ReservationId,
    code: &str,
    why: Metadata,
) -> Result<Done, Problem> {
    let Found { row, inventory } = find::hold(state, id, Some(account)).await?;
    let offered = inventory.promo_code(code, state.clock.now()).ok_or_else(|| {
        Problem::unprocessable("promo_code_invalid", "The promo code is not known, or not good at this time.")
            .with_error("code", "promo_code_invalid", "check the code")
    })?;
    let code = offered.code.clone();
    let chosen = standing(&row);
    replace(state, row, inventory, chosen, Some(code), why).await
}

/// Takes the promo code out of the price.
pub async fn remove_promo_code(
    state: &State,
    account: UserId,
    id: ReservationId,
    why: Metadata,
) -> Result<Done, Problem> {
    let Found { row, inventory } = find::hold(state, id, Some(account)).await?;
    let chosen = standing(&row);
    replace(state, row, inventory, chosen, None, why).await
}

fn standing(row: &ReservationRow) -> Chosen {
    Chosen { seats: row.seats.iter().map(|held| (held.seat, held.kind)).collect(), tickets: row.tickets.clone() }
}

/// What is held after the change.
fn changed(row: &ReservationRow, inventory: &Inventory, request: &ChangeReservation) -> Result<Chosen, Problem> {
    let mut seats: BTreeMap<SeatNo, i16> = row.seats.iter().map(|held| (held.seat, held.kind)).collect();
    let mut tickets: BTreeMap<i16, i32> = row.tickets.iter().map(|held| (held.kind, held.quantity)).collect();
    if let Some(Selection { seats: named, tickets: counted }) = &request.remove {
        if !named.is_empty() {
            for (seat, _) in choose::seats(inventory, "remove.seats", named)? {
                if seats.remove(&seat).is_none() {
                    return Err(Problem::invalid("remove.seats", "not_held", "name seats that the reservation holds"));
                }
            }
        }
        if !counted.is_empty() {
            for held in choose::tickets(inventory, "remove.tickets", counted)? {
                let left = tickets.get(&held.kind).copied().unwrap_or(0) - held.quantity;
                if left < 0 {
                    return Err(Problem::invalid("remove.tickets", "not_held", "remove no more than are held"));
                }
                tickets.insert(held.kind, left);
            }
        }
    }
    if let Some(Selection { seats: named, tickets: counted }) = &request.add {
        if !named.is_empty() {
            seats.extend(choose::seats(inventory, "add.seats", named)?);
        }
        if !counted.is_empty() {
            for held in choose::tickets(inventory, "add.tickets", counted)? {
                *tickets.entry(held.kind).or_default() += held.quantity;
            }
        }
    }
    let counted = tickets.values().map(|quantity| usize::try_from(*quantity).unwrap_or(usize::MAX));
    if request.add.is_some() && counted.fold(seats.len(), usize::saturating_add) > ITEMS_MAX {
        let message = format!("a reservation has at most {ITEMS_MAX} seats and tickets");
        return Err(Problem::invalid("add", "out_of_range", message));
    }
    let tickets = tickets.into_iter().filter(|(_, quantity)| *quantity > 0);
    Ok(Chosen {
        seats: seats.into_iter().collect(),
        tickets: tickets.map(|(kind, quantity)| HeldTickets { kind, quantity }).collect(),
    })
}

async fn replace(
    state: &State,
    row: ReservationRow,
    inventory: Arc<Inventory>,
    chosen: Chosen,
    promo_code: Option<String>,
    why: Metadata,
) -> Result<Done, Problem> {
    let (draws, cost) = chosen.bill(&inventory, promo_code.as_deref())?;
    let change = Change {
        reservation: row.id,
        event: row.event,
        account: row.account,
        from_version: row.counts.version,
        seats: chosen.seats,
        tickets: chosen.tickets,
        draws,
        cost,
        account_max: choose::account_max(state, &inventory),
    };
    let state = state.clone();
    to_the_end(async move { lock_and_commit(&state, &row, &inventory, change, why).await }).await
}

async fn lock_and_commit(
    state: &State,
    row: &ReservationRow,
    inventory: &Inventory,
    change: Change,
    why: Metadata,
) -> Result<Done, Problem> {
    if matches!(row.life.status, ReservationStatus::Released | ReservationStatus::Expired) {
        return Err(error::hold_expired());
    }
    let had: BTreeSet<SeatNo> = row.seats.iter().map(|held| held.seat).collect();
    let added: Vec<SeatNo> = change.seats.iter().map(|(seat, _)| *seat).filter(|seat| !had.contains(seat)).collect();
    let mut good_until = None;
    if !added.is_empty() {
        let attempt = state.locks.lock(row.event, &added, row.id).await;
        if let Verdict::Refused(places) = attempt.verdict {
            let names = places.iter().filter_map(|place| inventory.seat(*added.get(*place)?));
            return Err(error::seats_unavailable(&names.map(|seat| seat.seat_id.clone()).collect::<Vec<_>>()));
        }
        good_until = Some(attempt.asked_at + LOCK_GOOD_FOR);
    }
    let member = Member { good_until, ..Member::of(Command::Change(change), why) };
    match state.desk.submit(member).await {
        Ok(done) => Ok(done),
        Err(declined) => {
            state.locks.unlock(row.event, &added, row.id).await;
            match error::declined(declined, inventory)? {
                Reply::Fresh(done) => Ok(done),
                Reply::Replayed(_) => Err(Problem::internal("a change has no idempotency key")),
            }
        }
    }
}

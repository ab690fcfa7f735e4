//! Reserve: seats, general-admission tickets, or the best seats there are.

use crate::domain::best_available::best_available;
use crate::domain::command::{Command, Rejected, Reserve};
use crate::domain::inventory::Inventory;
use crate::domain::redlock::Verdict;
use crate::domain::rows::{SeatNo, TypeNo};
use crate::error::{self, Reply};
use crate::service::choose::{self, Chosen};
use crate::service::desk::{Declined, Done, Idempotent, Member};
use crate::service::idempotency::stored_answer;
use crate::service::lock_seats::LOCK_GOOD_FOR;
use crate::service::{expire_holds, to_the_end, view};
use crate::state::State;
use axum::http::StatusCode;
use onsale_core::api::booking::{BestAvailable, ReserveRequest};
use onsale_core::{AdmissionId, UserId};
use onsale_platform::idempotency::ScopedKey;
use onsale_platform::outbox::Metadata;
use onsale_platform::problem::Problem;
use onsale_platform::random;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// How often best available picks again after somebody was faster.
const PICKS_MAX: u32 = 3;
/// The most seats best available looks for.
const BEST_MAX: u32 = 20;

/// Who asks, why, and under which key.
#[derive(Clone)]
pub struct Asking {
    /// The account.
    pub account: UserId,
    /// Why, for the event store.
    pub why: Metadata,
    /// The idempotency key in its scope.
    pub key: Option<ScopedKey>,
    /// The waiting room's admission that it is asked under.
    pub admission: Option<AdmissionId>,
}

/// Holds what the request names, all or nothing. The answer is durable.
pub async fn reserve(state: &State, asking: Asking, request: ReserveRequest) -> Result<Reply<Done>, Problem> {
    let named = [request.seats.is_some(), request.tickets.is_some(), request.best_available.is_some()];
    if named.iter().filter(|named| **named).count() != 1 {
        let message = "send exactly one of seats, tickets and bestAvailable";
        return Err(Problem::invalid("seats", "exactly_one", message));
    }
    let inventory = state.inventories.on_sale(&request.event_id).await?;
    choose::must_be_on_sale(state, &inventory)?;
    let _running = state.in_flight.begin(asking.key.as_ref())?;
    let limit = choose::account_max(state, &inventory);
    if let Some(seats) = &request.seats {
        let seats = choose::seats(&inventory, "seats", seats)?;
        return hold(state, &asking, &inventory, Chosen { seats, tickets: Vec::new() }, limit).await;
    }
    if let Some(tickets) = &request.tickets {
        let tickets = choose::tickets(&inventory, "tickets", tickets)?;
        return hold(state, &asking, &inventory, Chosen { seats: Vec::new(), tickets }, limit).await;
    }
    match &request.best_available {
        Some(wish) => hold_best(state, &asking, &inventory, wish).await,
        None => Err(Problem::invalid("seats", "exactly_one", "name seats, tickets or bestAvailable")),
    }
}

/// Holds for an account on behalf of the counter, which an event's limit per person does not bind.
pub async fn reserve_at_counter(
    state: &State,
    asking: Asking,
    inventory: &Arc<Inventory>,
    chosen: Chosen,
) -> Result<Reply<Done>, Problem> {
    choose::must_be_on_sale(state, inventory)?;
    let _running = state.in_flight.begin(asking.key.as_ref())?;
    hold(state, &asking, inventory, chosen, None).await
}

/// Locks in Redis, then commits; whatever came to nothing leaves no key behind.
async fn hold(
    state: &State,
    asking: &Asking,
    inventory: &Arc<Inventory>,
    chosen: Chosen,
    account_max: Option<i64>,
) -> Result<Reply<Done>, Problem> {
    let bounds = (account_max, choose::hold_seconds(state, inventory));
    let reserve = chosen.reserve(inventory, random::new_id(&state.clock), asking.account, bounds)?;
    if reserve.seats.is_empty() {
        return commit_tickets(state, asking, inventory, reserve).await;
    }
    let (state, asking, inventory) = (state.clone(), asking.clone(), Arc::clone(inventory));
    to_the_end(async move { lock_and_commit(&state, &asking, &inventory, reserve).await }).await
}

async fn lock_and_commit(
    state: &State,
    asking: &Asking,
    inventory: &Arc<Inventory>,
    reserve: Reserve,
) -> Result<Reply<Done>, Problem> {
    let seats: Vec<SeatNo> = reserve.seats.iter().map(|(seat, _)| *seat).collect();
    let (event, reservation) = (reserve.event, reserve.reservation);
    let attempt = state.locks.lock(event, &seats, reservation).await;
    let _permit = match &attempt.verdict {
        Verdict::Locked => None,
        Verdict::Refused(places) => {
            metrics::counter!("onsale_lock_failures_total", "reason" => "redis").increment(1);
            let names = places.iter().filter_map(|place| inventory.seat(*seats.get(*place)?));
            let names: Vec<_> = names.map(|seat| seat.seat_id.clone()).collect();
            // A repetition meets its own hold here: it has its answer already.
            if let Some(stored) = stored_answer(state, asking.key.as_ref()).await? {
                return Ok(Reply::Replayed(stored));
            }
            return Err(error::seats_unavailable(&names));
        }
        Verdict::Undecided => match bulkhead(state) {
            Ok(permit) => Some(permit),
            Err(problem) => {
                // What the live masters granted would refuse the next one.
                state.locks.unlock(event, &seats, reservation).await;
                return Err(problem);
            }
        },
    };
    let mut member = member(asking, Command::Reserve(reserve));
    member.good_until = matches!(attempt.verdict, Verdict::Locked).then(|| attempt.asked_at + LOCK_GOOD_FOR);
    let declined = match state.desk.submit(member).await {
        Ok(done) => {
            metrics::counter!("onsale_holds_total").increment(1);
            return Ok(Reply::Fresh(done));
        }
        Err(declined) => declined,
    };
    state.locks.unlock(event, &seats, reservation).await;
    if let Declined::Rejected(why, holders) = &declined {
        let reason = if matches!(why, Rejected::SeatsTaken(_)) { "postgresql" } else { "rules" };
        metrics::counter!("onsale_lock_failures_total", "reason" => reason).increment(1);
        state.locks.mark(holders.clone());
    }
    error::declined(declined, inventory)
}

/// Without a majority of Redis, PostgreSQL decides alone, for so many at once as it bears.
fn bulkhead(state: &State) -> Result<tokio::sync::OwnedSemaphorePermit, Problem> {
    Arc::clone(&state.without_redis).try_acquire_owned().map_err(|_| {
        metrics::counter!("onsale_lock_failures_total", "reason" => "bulkhead").increment(1);
        Problem::unavailable("Too many people ask at this moment.", Duration::from_secs(1))
    })
}

/// General admission needs no lock in Redis. Where stock seems gone, overdue holds are ended first.
async fn commit_tickets(
    state: &State,
    asking: &Asking,
    inventory: &Arc<Inventory>,
    reserve: Reserve,
) -> Result<Reply<Done>, Problem> {
    let event = reserve.event;
    let member = member(asking, Command::Reserve(reserve));
    let mut answer = state.desk.submit(member.clone()).await;
    if matches!(&answer, Err(Declined::Rejected(Rejected::StockExhausted { .. }, _)))
        && expire_holds::of_event(state, event).await? > 0
    {
        answer = state.desk.submit(member).await;
    }
    match answer {
        Ok(done) => {
            metrics::counter!("onsale_holds_total").increment(1);
            Ok(Reply::Fresh(done))
        }
        Err(declined) => {
            metrics::counter!("onsale_lock_failures_total", "reason" => "rules").increment(1);
            error::declined(declined, inventory)
        }
    }
}

fn member(asking: &Asking, command: Command) -> Member {
    let idempotency = asking.key.clone().map(|key| Idempotent {
        key,
        respond: Arc::new(|row, inventory, now| {
            let body = serde_json::to_string(&view::reservation(row, inventory, now)).ok()?;
            Some((StatusCode::CREATED, body))
        }),
    });
    Member { idempotency, admission: asking.admission, ..Member::of(command, asking.why.clone()) }
}

/// Picks at random among the best blocks that memory shows, and again when somebody was faster.
async fn hold_best(
    state: &State,
    asking: &Asking,
    inventory: &Arc<Inventory>,
    wish: &BestAvailable,
) -> Result<Reply<Done>, Problem> {
    if !(1..=BEST_MAX).contains(&wish.quantity) {
        let message = format!("ask for 1 to {BEST_MAX} seats");
        return Err(Problem::invalid("bestAvailable.quantity", "out_of_range", message));
    }
    let mut lost: BTreeSet<u32> = BTreeSet::new();
    let mut last = None;
    for _ in 0..PICKS_MAX {
        let map = state.seat_maps.of(inventory.event_no).await?;
        let now = state.clock.now();
        let pick = u64::from_be_bytes(random::secret_bytes());
        let is_free = |seat: u32| !lost.contains(&seat) && map.is_free(seat, now);
        let Some(block) = best_available(&inventory.hall, is_free, wish, pick) else { break };
        let seats: Vec<(SeatNo, TypeNo)> = block
            .iter()
            .filter_map(|seat| {
                let seat = SeatNo::try_from(*seat).ok()?;
                Some((seat, inventory.type_for_seat(seat, None)?))
            })
            .collect();
        let limit = choose::account_max(state, inventory);
        match hold(state, asking, inventory, Chosen { seats, tickets: Vec::new() }, limit).await {
            Err(problem) if problem.code() == "seats_unavailable" => {
                lost.extend(block);
                last = Some(problem);
            }
            other => return other,
        }
    }
    Err(last.unwrap_or_else(|| {
        let detail = format!("There are no {} seats side by side like that.", wish.quantity);
        Problem::conflict("no_adjacent_seats", detail)
    }))
}

//! What other services ask.

use crate::domain::command::Command;
use crate::domain::life::Event;
use crate::service::desk::{Declined, Member};
use crate::service::lowest_price::lowest_prices;
use crate::service::{find, view};
use crate::state::State;
use crate::store;
use crate::store::admissions::Fate;
use crate::store::counters::Counter;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use onsale_core::api::booking::Order;
use onsale_core::api::internal::{Availabilities, EventAvailability, EventPulse, SpentAdmissions};
use onsale_core::{EventId, OrderId};
use onsale_platform::extract::{Json, Path};
use onsale_platform::identity::ServiceCaller;
use onsale_platform::outbox::Metadata;
use onsale_platform::problem::Problem;

/// How many admissions are asked about at once.
const SPENT_MAX: usize = 1_000;

/// How much is left of every event.
pub(super) async fn list_availability(
    Extract(state): Extract<State>,
    _caller: ServiceCaller,
) -> Result<Json<Availabilities>, Problem> {
    let counters = store::counters::all(&mut *state.pool.acquire().await?).await?;
    let lowest = lowest_prices(&state, &counters).await;
    let items = counters.into_iter().map(|(event_no, event_id, counter)| EventAvailability {
        event_id,
        capacity: counter.free + counter.held + counter.sold,
        available: counter.free,
        held: counter.held,
        sold: counter.sold,
        lowest: lowest.get(&event_no).copied(),
    });
    Ok(Json(Availabilities { items: items.collect() }))
}

/// What a waiting room has to know of its event.
pub(super) async fn show_pulse(
    Extract(state): Extract<State>,
    _caller: ServiceCaller,
    Path(event): Path<EventId>,
) -> Result<Json<EventPulse>, Problem> {
    let event_no = state.inventories.latest(&event).await?.event_no;
    let mut conn = state.pool.acquire().await?;
    let counter = store::counters::of_event(&mut conn, event_no).await?.ok_or_else(|| Problem::not_found("event"))?;
    let (holds, last_hold_ends_at) = store::reservations::under_way(&mut conn, event_no).await?;
    let Counter { free, held, sold, .. } = counter;
    Ok(Json(EventPulse { free, held, sold, holds, last_hold_ends_at }))
}

/// Of these admissions, those whose order was made, and those that hold seats.
pub(super) async fn list_spent_admissions(
    Extract(state): Extract<State>,
    _caller: ServiceCaller,
    Json(asked): Json<SpentAdmissions>,
) -> Result<Json<SpentAdmissions>, Problem> {
    if asked.admissions.len() > SPENT_MAX {
        return Err(Problem::invalid("admissions", "out_of_range", format!("ask for at most {SPENT_MAX}")));
    }
    let mut conn = state.pool.acquire().await?;
    let fates = store::admissions::fates(&mut conn, &asked.admissions).await?;
    let of = |is: fn(&Fate) -> bool| fates.iter().filter(|fate| is(fate)).map(|fate| fate.admission).collect();
    Ok(Json(SpentAdmissions { admissions: of(|fate| fate.spent), holding: Some(of(|fate| fate.holding)) }))
}

/// An order, for whoever writes to its owner.
pub(super) async fn get_order(
    Extract(state): Extract<State>,
    _caller: ServiceCaller,
    Path(id): Path<OrderId>,
) -> Result<Json<Order>, Problem> {
    let found = find::order(&state, id, None).await?;
    view::order(&found.row, &found.inventory, &state.ticket_key).map(Json).ok_or_else(|| Problem::not_found("order"))
}

/// Mail and documents of an order have gone out.
pub(super) async fn order_delivered(
    Extract(state): Extract<State>,
    _caller: ServiceCaller,
    Path(id): Path<OrderId>,
) -> Result<StatusCode, Problem> {
    let found = find::order(&state, id, None).await?;
    let command = Command::Happened {
        reservation: found.row.id,
        event: Event::Delivered,
        ticket_ids: Vec::new(),
        ticket_prices: Vec::new(),
        note: None,
    };
    match state.desk.submit(Member::of(command, Metadata::default())).await {
        Ok(_) | Err(Declined::Rejected(..) | Declined::Replayed(_)) => Ok(StatusCode::NO_CONTENT),
        Err(Declined::Failed(problem)) => Err(problem),
    }
}

//! What other services know.

use crate::domain::{EventFacts, OrderFacts};
use crate::state::State;
use onsale_core::api::booking::Order;
use onsale_core::api::events::EventDetail;
use onsale_core::{EventId, OrderId};
use onsale_platform::ServiceRole;
use onsale_platform::upstream::CallError;
use serde::de::DeserializeOwned;

/// An order and its event; nothing where there is no such order.
pub(crate) async fn order_facts(state: &State, id: OrderId) -> Result<Option<OrderFacts>, CallError> {
    let order: Option<Order> = ask(state, ServiceRole::Booking, &format!("/internal/orders/{id}")).await?;
    let Some(order) = order else { return Ok(None) };
    let event = event(state, &order.event_id).await.map(EventFacts::from);
    Ok(Some(OrderFacts { order, event }))
}

/// The event as buyers see it. A mail without the event's name is better than none: search may be away.
async fn event(state: &State, id: &EventId) -> Option<EventDetail> {
    match ask(state, ServiceRole::Search, &format!("/api/events/{id}")).await {
        Ok(event) => event,
        Err(error) => {
            tracing::warn!(event = %id, %error, "search was not heard: the event is named by its id");
            None
        }
    }
}

/// Asks another service; nothing where it says 404.
pub(crate) async fn ask<T: DeserializeOwned>(
    state: &State,
    role: ServiceRole,
    path: &str,
) -> Result<Option<T>, CallError> {
    match state.upstreams.to(role).get(path).await {
        Ok(answer) => Ok(Some(answer)),
        Err(CallError::Refused(problem)) if problem.status == 404 => Ok(None),
        Err(error) => Err(error),
    }
}

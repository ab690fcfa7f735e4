//! Follows what admin publishes and booking makes ready.

use crate::state::State;
use crate::store::events;
use onsale_core::EventId;
use onsale_core::api::offer::Offer;
use onsale_core::events::{InventoryReady, OfferPublished};
use onsale_platform::ServiceRole;
use onsale_platform::inbox::{ConsumeError, Delivery};
use onsale_platform::upstream::CallError;

/// A version of an event was published: describe it.
pub(crate) async fn describe(
    state: &State,
    delivery: &Delivery,
    published: &OfferPublished,
) -> Result<(), ConsumeError> {
    let offer = fetch(state, &published.event_id, published.version).await?;
    let mut transaction = state.pool.begin().await?;
    if delivery.is_first(&mut transaction).await? {
        events::describe(&mut transaction, &offer).await?;
    }
    transaction.commit().await?;
    state.changed.notify_one();
    Ok(())
}

/// booking has the inventory: list the event. It may be the first that is heard of it.
pub(crate) async fn list(state: &State, delivery: &Delivery, ready: &InventoryReady) -> Result<(), ConsumeError> {
    let known = events::version(&state.pool, &ready.event_id).await?;
    let offer = match known {
        Some(version) if version >= ready.version => None,
        _ => Some(fetch(state, &ready.event_id, ready.version).await?),
    };
    let mut transaction = state.pool.begin().await?;
    if delivery.is_first(&mut transaction).await? {
        if let Some(offer) = offer {
            events::describe(&mut transaction, &offer).await?;
        }
        events::list_event(&mut transaction, &ready.event_id, ready.capacity).await?;
    }
    transaction.commit().await?;
    state.changed.notify_one();
    Ok(())
}

/// An event was called off: it is found no more.
pub(crate) async fn cancel(state: &State, delivery: &Delivery, cancelled: &OfferPublished) -> Result<(), ConsumeError> {
    let mut transaction = state.pool.begin().await?;
    if delivery.is_first(&mut transaction).await? {
        events::cancel(&mut transaction, &cancelled.event_id).await?;
    }
    transaction.commit().await?;
    state.changed.notify_one();
    Ok(())
}

async fn fetch(state: &State, id: &EventId, version: i32) -> Result<Offer, ConsumeError> {
    let admin = state.upstreams.to(ServiceRole::Admin);
    admin.get(&format!("/internal/events/{id}/offers/{version}")).await.map_err(|error| match error {
        CallError::Refused(problem) if problem.status == 404 => {
            ConsumeError::Poison(format!("admin has no offer {version} of {id}"))
        }
        other => ConsumeError::Retry(format!("admin's offer {version} of {id}: {other}")),
    })
}

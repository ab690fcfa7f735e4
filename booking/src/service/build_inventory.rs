//! Builds the inventory of a published event: seats, stocks and counters from its offer.

use crate::domain::inventory::Inventory;
use crate::state::State;
use crate::store;
use onsale_core::EventId;
use onsale_core::api::offer::Offer;
use onsale_core::events::{InventoryReady, OfferPublished, Topic};
use onsale_platform::inbox::{ConsumeError, Delivery};
use onsale_platform::outbox::{self, Metadata, NewEvent};
use onsale_platform::upstream::CallError;
use onsale_platform::{ServiceRole, random};
use sqlx::PgConnection;

/// An event was published, changed or called off.
pub async fn handle(state: &State, delivery: &Delivery) -> Result<(), ConsumeError> {
    let published: OfferPublished = delivery
        .event
        .payload()
        .map_err(|error| ConsumeError::Poison(format!("the payload cannot be read: {error}")))?;
    let event_id = published.event_id.clone();
    if delivery.event.topic == Topic::EventCancelled {
        let mut tx = state.pool.begin().await?;
        if delivery.is_first(&mut tx).await? {
            store::inventories::cancel(&mut tx, &event_id).await?;
            store::called_off::note(&mut tx, &event_id).await?;
        }
        tx.commit().await?;
    } else {
        let offer = fetch(state, &published).await?;
        let mut tx = state.pool.begin().await?;
        if delivery.is_first(&mut tx).await? {
            put(&mut tx, state, offer, delivery).await?;
        }
        tx.commit().await?;
    }
    state.inventories.forget(&event_id).await;
    state.inventories.warm(&event_id).await;
    Ok(())
}

async fn fetch(state: &State, published: &OfferPublished) -> Result<Offer, ConsumeError> {
    let path = format!("/internal/events/{}/offers/{}", published.event_id, published.version);
    state.upstreams.to(ServiceRole::Admin).get(&path).await.map_err(|error| match error {
        CallError::Refused(problem) => ConsumeError::Poison(format!("admin refused the offer: {}", problem.detail)),
        error => ConsumeError::Retry(error.to_string()),
    })
}

/// Seats and stocks that stand already keep their state.
async fn put(conn: &mut PgConnection, state: &State, offer: Offer, delivery: &Delivery) -> Result<(), ConsumeError> {
    let (event_id, version) = (offer.event_id.clone(), offer.version);
    let event_no = store::inventories::put(conn, &offer).await?;
    let stocks = store::stock::of_event(conn, event_no).await?;
    let known = stocks.into_iter().map(|(name, (number, _))| (name, number)).collect();
    let inventory = Inventory::of(event_no, offer, &known);
    store::seats::create(conn, event_no, inventory.seat_count()).await?;
    store::stock::create(conn, event_no, inventory.stocks()).await?;
    store::counters::create(conn, event_no, inventory.capacity()).await?;
    let ready = InventoryReady { event_id: event_id.clone(), version, capacity: inventory.capacity() };
    announce(conn, state, &event_id, &ready, delivery).await?;
    Ok(())
}

async fn announce(
    conn: &mut PgConnection,
    state: &State,
    event_id: &EventId,
    ready: &InventoryReady,
    delivery: &Delivery,
) -> Result<(), sqlx::Error> {
    let event = NewEvent {
        id: random::new_id(&state.clock),
        aggregate_type: "inventory",
        aggregate_id: event_id.to_string(),
        version: ready.version,
        kind: Topic::InventoryReady.as_str(),
        publish: Some((Topic::InventoryReady, i64::from(ready.version))),
        data: serde_json::to_value(ready).unwrap_or_default(),
        at: state.clock.now(),
    };
    let why = Metadata {
        correlation_id: delivery.event.correlationid.clone(),
        causation_id: Some(delivery.event.id.to_string()),
        user_id: None,
        traceparent: delivery.event.traceparent.clone(),
    };
    outbox::append(conn, ServiceRole::Booking, &[(event, why)]).await
}

//! Listens to what becomes of events.

use crate::service::follow_offers;
use crate::state::State;
use onsale_core::events::{CloudEvent, Topic};
use onsale_platform::ServiceRole;
use onsale_platform::inbox::{ConsumeError, Consumer, Delivery};
use serde::de::DeserializeOwned;

pub(super) struct OffersConsumer {
    pub state: State,
}

fn payload<T: DeserializeOwned>(event: &CloudEvent) -> Result<T, ConsumeError> {
    event.payload().map_err(|error| ConsumeError::Poison(error.to_string()))
}

impl Consumer for OffersConsumer {
    const GROUP: &'static str = "search.offers";
    const TOPICS: &'static [Topic] =
        &[Topic::EventPublished, Topic::EventUpdated, Topic::EventCancelled, Topic::InventoryReady];
    const ROLE: ServiceRole = ServiceRole::Search;

    async fn handle(&self, delivery: Delivery) -> Result<(), ConsumeError> {
        match delivery.event.topic {
            Topic::EventPublished | Topic::EventUpdated => {
                follow_offers::describe(&self.state, &delivery, &payload(&delivery.event)?).await
            }
            Topic::EventCancelled => follow_offers::cancel(&self.state, &delivery, &payload(&delivery.event)?).await,
            Topic::InventoryReady => follow_offers::list(&self.state, &delivery, &payload(&delivery.event)?).await,
            _ => Ok(()),
        }
    }
}

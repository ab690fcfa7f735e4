//! Lists an event once booking has its inventory.

use crate::error::AdminError;
use crate::service::list_event::list_event;
use crate::state::State;
use onsale_core::events::{InventoryReady, Topic};
use onsale_platform::ServiceRole;
use onsale_platform::inbox::{ConsumeError, Consumer, Delivery};

pub(super) struct InventoryReadyConsumer {
    pub state: State,
}

impl Consumer for InventoryReadyConsumer {
    const GROUP: &'static str = "admin.publishing";
    const TOPICS: &'static [Topic] = &[Topic::InventoryReady];
    const ROLE: ServiceRole = ServiceRole::Admin;

    async fn handle(&self, delivery: Delivery) -> Result<(), ConsumeError> {
        let ready: InventoryReady =
            delivery.event.payload().map_err(|error| ConsumeError::Poison(error.to_string()))?;
        list_event(&self.state, &delivery, &ready).await.map_err(|error| match error {
            AdminError::Database(error) => ConsumeError::Database(error),
            other => ConsumeError::Poison(other.to_string()),
        })
    }
}

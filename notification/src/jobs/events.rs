//! Listens for what webhooks are to be told.

use crate::service::queue_events::{SENT_TOPICS, queue_event};
use crate::state::State;
use onsale_core::events::Topic;
use onsale_platform::ServiceRole;
use onsale_platform::inbox::{ConsumeError, Consumer, Delivery};

/// Queues each event for the webhooks that want it.
pub(super) struct Events {
    state: State,
}

impl Events {
    pub(super) fn new(state: State) -> Self {
        Self { state }
    }
}

impl Consumer for Events {
    const GROUP: &'static str = "notification.webhooks";
    const TOPICS: &'static [Topic] = SENT_TOPICS;
    const ROLE: ServiceRole = ServiceRole::Notification;
    /// A receiver may hear a moment later: in a rush the machine is the buyers'.
    const AT_ONCE: usize = 4;

    async fn handle(&self, delivery: Delivery) -> Result<(), ConsumeError> {
        queue_event(&self.state, &delivery).await
    }
}

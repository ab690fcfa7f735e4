//! Listens for what people are to be told.

use crate::service::compose_mail::compose_mail;
use crate::state::State;
use onsale_core::events::Topic;
use onsale_platform::ServiceRole;
use onsale_platform::inbox::{ConsumeError, Consumer, Delivery};

/// Writes a mail an event.
pub(super) struct Mails {
    state: State,
}

impl Mails {
    pub(super) fn new(state: State) -> Self {
        Self { state }
    }
}

impl Consumer for Mails {
    const GROUP: &'static str = "notification.mails";
    const TOPICS: &'static [Topic] = &[
        Topic::NotificationRequested,
        Topic::TicketConfirmed,
        Topic::TicketCancelled,
        Topic::PaymentInitiated,
        Topic::PaymentFailed,
        Topic::PaymentRefunded,
    ];
    const ROLE: ServiceRole = ServiceRole::Notification;
    /// A mail may come a minute later: in a rush the machine is the buyers'.
    const AT_ONCE: usize = 4;

    async fn handle(&self, delivery: Delivery) -> Result<(), ConsumeError> {
        compose_mail(&self.state, delivery).await
    }
}

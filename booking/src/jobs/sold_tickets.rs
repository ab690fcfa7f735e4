//! Keeps the projection of sold tickets up with the events.

use crate::service::project_tickets;
use crate::state::State;
use onsale_core::events::Topic;
use onsale_platform::ServiceRole;
use onsale_platform::inbox::{ConsumeError, Consumer, Delivery};

/// Puts each ticket that was sold or cancelled into the projection.
pub(super) struct SoldTickets {
    state: State,
}

impl SoldTickets {
    pub(super) fn new(state: State) -> Self {
        Self { state }
    }
}

impl Consumer for SoldTickets {
    const GROUP: &'static str = project_tickets::GROUP;
    const TOPICS: &'static [Topic] = &[Topic::TicketConfirmed, Topic::TicketCancelled];
    const ROLE: ServiceRole = ServiceRole::Booking;

    async fn handle(&self, delivery: Delivery) -> Result<(), ConsumeError> {
        project_tickets::handle(&self.state, &delivery).await
    }
}

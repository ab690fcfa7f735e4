//! Keeps the projection of sold tickets up with the events.

use crate::service::project_tickets::{self, Projection};
use crate::state::State;
use onsale_core::events::Topic;
use onsale_platform::ServiceRole;
use onsale_platform::inbox::{ConsumeError, Consumer, Delivery};

/// Puts each ticket that was sold or cancelled into the projection.
pub(super) struct SoldTickets {
    projection: Projection,
}

impl SoldTickets {
    pub(super) fn start(state: &State) -> Self {
        Self { projection: Projection::start(state.pool().clone(), &state.shutdown) }
    }
}

impl Consumer for SoldTickets {
    const GROUP: &'static str = project_tickets::GROUP;
    const TOPICS: &'static [Topic] = &[Topic::TicketConfirmed, Topic::TicketCancelled];
    const ROLE: ServiceRole = ServiceRole::Booking;
    /// Those in hand are written in one transaction.
    const AT_ONCE: usize = 64;

    async fn handle(&self, delivery: Delivery) -> Result<(), ConsumeError> {
        self.projection.handle(delivery).await
    }
}

//! Money that nobody waits for any more.

use crate::service::hear_payment;
use crate::state::State;
use onsale_core::events::{PaymentChanged, Topic};
use onsale_platform::ServiceRole;
use onsale_platform::inbox::{ConsumeError, Consumer, Delivery};

/// Brings late money to its order.
pub(super) struct LateMoney(pub(super) State);

impl Consumer for LateMoney {
    const GROUP: &'static str = "booking.late-money";
    const TOPICS: &'static [Topic] = &[Topic::PaymentCompleted];
    const ROLE: ServiceRole = ServiceRole::Booking;
    /// Nearly always there is nothing to do but to look, and who looks at the same time looks together.
    const AT_ONCE: usize = 64;

    async fn handle(&self, delivery: Delivery) -> Result<(), ConsumeError> {
        let paid: PaymentChanged = delivery
            .event
            .payload()
            .map_err(|error| ConsumeError::Poison(format!("the payload cannot be read: {error}")))?;
        hear_payment::completed(&self.0, &paid).await
    }
}

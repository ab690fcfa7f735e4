//! The use cases, each in a file named by its verb.

pub(crate) mod ask;
pub(crate) mod authorise;
pub(crate) mod capture;
pub(crate) mod receive_webhook;
pub(crate) mod refund;
pub(crate) mod settle;
pub(crate) mod turns;
pub(crate) mod void;

use crate::domain::payment::Payment;
use crate::error::ServiceError;
use crate::state::State;
use onsale_core::PaymentId;

/// One payment.
pub(crate) async fn find(state: &State, id: PaymentId) -> Result<Payment, ServiceError> {
    state.reads.find(id).await?.ok_or(ServiceError::Missing("payment"))
}

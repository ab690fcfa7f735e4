//! Notes that an invoice was paid.

use crate::domain::payment::{Change, Payment};
use crate::error::ServiceError;
use crate::state::State;
use onsale_core::PaymentId;
use onsale_platform::outbox::Metadata;

/// Moves what an invoice still asks for from what is owed to what is here; noted already, nothing happens.
pub(crate) async fn settle(state: &State, id: PaymentId, why: &Metadata) -> Result<Payment, ServiceError> {
    let _turn = state.turns.take(id).await;
    Ok(state.writer.change(id, Change::Settled, why).await?)
}

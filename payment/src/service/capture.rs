//! Takes the money that was reserved.

use super::ask;
use crate::domain::payment::{Change, Payment, Wanted};
use crate::error::ServiceError;
use crate::provider::{PaymentProvider, ProviderError};
use crate::state::State;
use onsale_core::PaymentId;
use onsale_core::api::internal::PaymentStatus;
use onsale_platform::outbox::Metadata;

/// Captures a payment; captured already, nothing happens. Where the provider does not answer, the
/// payment stays as it was and the reconciler goes on; asking again is safe.
pub(crate) async fn capture(state: &State, id: PaymentId, why: &Metadata) -> Result<Payment, ServiceError> {
    let _turn = state.turns.take(id).await;
    let mut payment = super::find(state, id).await?;
    if matches!(payment.status, PaymentStatus::Pending | PaymentStatus::RequiresAction) {
        payment = ask::about_payment(state, payment, why).await?;
    }
    match (payment.status, payment.wanted, payment.provider_ref.clone()) {
        (PaymentStatus::Captured | PaymentStatus::Pending, ..) => Ok(payment),
        (PaymentStatus::Authorised, Some(Wanted::Void), _) => Err(ServiceError::Conflict(payment.status)),
        (PaymentStatus::Authorised, _, None) if payment.is_receivable() => {
            Ok(state.writer.change(id, Change::Captured, why).await?)
        }
        (PaymentStatus::Authorised, _, Some(reference)) => {
            let answer = state.provider.capture(id, &reference).await;
            let is_unknown = matches!(answer, Err(ProviderError::Unknown(_)));
            let payment = ask::record_answer(state, payment, answer, why).await?;
            match payment.status {
                PaymentStatus::Authorised if is_unknown => {
                    Ok(state.writer.change(id, Change::Wants(Wanted::Capture), why).await?)
                }
                PaymentStatus::Captured => Ok(payment),
                status => Err(ServiceError::Conflict(status)),
            }
        }
        (status, ..) => Err(ServiceError::Conflict(status)),
    }
}

//! Gives up what was reserved, or the attempt to.

use super::{ask, authorise};
use crate::domain::payment::{Change, Payment, Wanted};
use crate::error::ServiceError;
use crate::provider::{PaymentProvider, ProviderError};
use crate::state::State;
use onsale_core::PaymentId;
use onsale_core::api::internal::{PaymentStatus, VoidPayment};
use onsale_platform::outbox::Metadata;

/// Voids a payment; voided or declined already, nothing happens. Where the provider does not
/// answer, the payment stays as it was and the reconciler goes on: what it then finds authorised
/// is cancelled. An attempt that was never heard of is kept as voided before its request comes.
pub(crate) async fn void(
    state: &State,
    id: PaymentId,
    request: VoidPayment,
    why: &Metadata,
) -> Result<Payment, ServiceError> {
    let _turn = state.turns.take(id).await;
    let mut payment = match (super::find(state, id).await, request.attempt) {
        (Err(ServiceError::Missing(_)), Some(attempt)) if attempt.payment_id == id => {
            authorise::keep_voided(state, attempt, why).await?
        }
        (found, _) => found?,
    };
    if payment.status == PaymentStatus::Pending {
        // Wanted first, so that it holds also when this process dies before it knows the outcome.
        payment = state.writer.change(id, Change::Wants(Wanted::Void), why).await?;
        payment = ask::about_payment(state, payment, why).await?;
    }
    match (payment.status, payment.provider_ref.clone()) {
        (PaymentStatus::Captured, _) => Err(ServiceError::Conflict(payment.status)),
        (PaymentStatus::Authorised, None) if payment.is_receivable() => {
            Ok(state.writer.change(id, Change::Voided, why).await?)
        }
        (PaymentStatus::Authorised | PaymentStatus::RequiresAction, Some(reference)) => {
            let answer = state.provider.cancel(id, &reference).await;
            let is_unknown = matches!(answer, Err(ProviderError::Unknown(_)));
            let payment = ask::record_answer(state, payment, answer, why).await?;
            match payment.status {
                PaymentStatus::Captured => Err(ServiceError::Conflict(payment.status)),
                _ if is_unknown => Ok(state.writer.change(id, Change::Wants(Wanted::Void), why).await?),
                _ => Ok(payment),
            }
        }
        _ => Ok(payment),
    }
}

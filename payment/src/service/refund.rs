//! Gives money back.

use super::ask;
use crate::domain::payment::Payment;
use crate::error::ServiceError;
use crate::state::State;
use crate::store::refunds::{Refund, RefundStatus};
use crate::writer::{Command, RefundOutcome};
use onsale_core::PaymentId;
use onsale_core::api::internal::RefundPayment;
use onsale_platform::outbox::Metadata;

/// Gives part or all of a captured payment back. The refund is durable, and its amount set aside,
/// before the provider is called. The same request again gives how it stands now.
pub(crate) async fn refund(
    state: &State,
    id: PaymentId,
    request: &RefundPayment,
    why: &Metadata,
) -> Result<(Payment, Refund), ServiceError> {
    let turn = state.turns.take(id).await;
    let payment = super::find(state, id).await?;
    check(&payment, request)?;
    let open = Command::OpenRefund {
        payment_id: id,
        refund_id: request.refund_id,
        amount_minor: request.amount.minor,
        why: why.clone(),
    };
    let entry = state.writer.submit(open).await?;
    let refund = entry.refund.ok_or(ServiceError::Missing("refund"))?;
    let is_settled = refund.status != RefundStatus::Pending;
    if is_settled || (turn.waited && !entry.is_new) {
        return answer(entry.payment, refund);
    }
    let settled = if entry.payment.is_receivable() {
        let outcome = RefundOutcome::Succeeded { reference: None };
        let settle = Command::SettleRefund { payment_id: id, refund_id: refund.id, outcome, why: why.clone() };
        Some(state.writer.submit(settle).await?)
    } else {
        ask::about_refund(state, &entry.payment, &refund, why).await?
    };
    match settled.map(|entry| (entry.payment, entry.refund)) {
        Some((payment, Some(refund))) => answer(payment, refund),
        _ => answer(entry.payment, refund),
    }
}

fn answer(payment: Payment, refund: Refund) -> Result<(Payment, Refund), ServiceError> {
    match refund.failure_code {
        Some(code) if refund.status == RefundStatus::Failed => Err(ServiceError::RefundFailed(code)),
        _ => Ok((payment, refund)),
    }
}

fn check(payment: &Payment, request: &RefundPayment) -> Result<(), ServiceError> {
    let invalid = |code, message: String| Err(ServiceError::Invalid { field: "amount", code, message });
    if request.amount.currency != payment.amount.currency {
        return invalid("currency", format!("the payment is in {}", payment.amount.currency));
    }
    if request.amount.minor <= 0 {
        return invalid("out_of_range", "give back more than nothing".to_owned());
    }
    Ok(())
}

//! Asks the provider how a payment or refund really stands, and writes it down.

use crate::domain::payment::{Change, Payment, Refusal, Wanted};
use crate::error::ServiceError;
use crate::provider::{
    Attempt, Intent, Outcome, PaymentProvider, ProviderError, ProviderRefund, ProviderRefundOutcome, RefundAttempt,
};
use crate::state::State;
use crate::store::refunds::{Refund, RefundStatus};
use crate::writer::{Command, RefundOutcome, WriteError, Written};
use onsale_core::Money;
use onsale_core::api::internal::PaymentStatus;
use onsale_platform::outbox::Metadata;

/// The attempt as the provider takes it.
pub(crate) fn attempt(payment: &Payment) -> Attempt<'_> {
    Attempt {
        id: payment.id,
        order_id: payment.order_id,
        method: payment.method,
        amount: payment.amount,
        token: payment.token.as_deref(),
        return_url: payment.return_url.as_deref(),
        description: &payment.description,
        created_at: payment.created_at,
    }
}

/// Asks about an open payment, by the provider's name for it or by our key, and goes on with what
/// was wanted of it. What the provider does not tell now stays open.
pub(crate) async fn about_payment(state: &State, payment: Payment, why: &Metadata) -> Result<Payment, ServiceError> {
    if payment.is_receivable() || !payment.is_open() {
        return Ok(payment);
    }
    let Some(intent) = look(state, &payment).await else { return Ok(payment) };
    let payment = match intent {
        Ok(intent) => record(state, payment, &intent, why).await?,
        Err(code) => {
            let declined = Change::Declined { reference: None, code };
            state.writer.change(payment.id, declined, why).await?
        }
    };
    match (payment.wanted, payment.provider_ref.as_deref()) {
        (Some(Wanted::Void), Some(reference)) if payment.is_open() => {
            let answer = state.provider.cancel(payment.id, reference).await;
            record_answer(state, payment, answer, why).await
        }
        (Some(Wanted::Capture), Some(reference)) if payment.is_open() => {
            let answer = state.provider.capture(payment.id, reference).await;
            record_answer(state, payment, answer, why).await
        }
        _ => Ok(payment),
    }
}

/// The newest look at the attempt: `Err` with its code when the provider refuses it for good,
/// nothing when it does not tell.
async fn look(state: &State, payment: &Payment) -> Option<Result<Intent, String>> {
    let reference = match &payment.provider_ref {
        Some(reference) => reference.clone(),
        None if !payment.is_key_known(state.clock.now()) => {
            tracing::error!(payment_id = %payment.id, "open for too long to be asked about by its key: look it up at the provider");
            return None;
        }
        None => match state.provider.authorise(&attempt(payment)).await {
            Ok(intent) => intent.reference,
            Err(ProviderError::Refused { code, .. }) => return Some(Err(code)),
            Err(ProviderError::Unknown(_)) => return None,
        },
    };
    // By the key it told how things stood at first; only a look at the object tells how they stand now.
    match state.provider.retrieve(&reference).await {
        Ok(intent) => Some(Ok(intent)),
        Err(error) => {
            tracing::info!(%error, payment_id = %payment.id, "the provider did not show a payment");
            None
        }
    }
}

/// Writes down an answer to capture or cancel; when it was refused, how things stand instead.
pub(crate) async fn record_answer(
    state: &State,
    payment: Payment,
    answer: Result<Intent, ProviderError>,
    why: &Metadata,
) -> Result<Payment, ServiceError> {
    match answer {
        Ok(intent) => record(state, payment, &intent, why).await,
        Err(ProviderError::Unknown(reason)) => {
            tracing::info!(reason, payment_id = %payment.id, "a payment's outcome is unknown for now");
            Ok(payment)
        }
        Err(ProviderError::Refused { code, message }) => {
            tracing::warn!(code, message, payment_id = %payment.id, "the provider refused a step");
            let Some(reference) = payment.provider_ref.clone() else { return Ok(payment) };
            match state.provider.retrieve(&reference).await {
                Ok(intent) => record(state, payment, &intent, why).await,
                Err(_) => Ok(payment),
            }
        }
    }
}

/// Writes down a look at the attempt.
pub(crate) async fn record(
    state: &State,
    payment: Payment,
    intent: &Intent,
    why: &Metadata,
) -> Result<Payment, ServiceError> {
    if intent.payment_id != Some(payment.id) || intent.amount != payment.amount {
        metrics::counter!("onsale_payment_mismatches_total").increment(1);
        tracing::error!(payment_id = %payment.id, reference = intent.reference, "the provider shows another payment");
        return Ok(payment);
    }
    if intent.outcome == Outcome::Captured && payment.provider_ref.as_ref() != Some(&intent.reference) {
        // Refunds need the name of the attempt itself, and a capture brings none.
        let reference = intent.reference.clone();
        let known = if payment.is_open() {
            Change::Authorised { reference: Some(reference) }
        } else {
            Change::Known { reference }
        };
        state.writer.change(payment.id, known, why).await?;
    }
    let had_ended = matches!(payment.status, PaymentStatus::Declined | PaymentStatus::Voided);
    match state.writer.change(payment.id, intent.change(), why).await {
        Ok(next) => {
            if had_ended && next.status == PaymentStatus::Captured {
                metrics::counter!("onsale_payment_late_captures_total").increment(1);
                let was = payment.status.as_str();
                tracing::warn!(payment_id = %next.id, was, "money came after the attempt had ended");
            }
            Ok(next)
        }
        Err(WriteError::Refused(refusal @ Refusal::Excluded(_))) => {
            metrics::counter!("onsale_payment_mismatches_total").increment(1);
            tracing::error!(payment_id = %payment.id, outcome = ?intent.outcome, %refusal, "the provider contradicts the record");
            if had_ended && intent.outcome == Outcome::Authorised {
                return unbind(state, payment, &intent.reference).await;
            }
            Ok(payment)
        }
        Err(error) => Err(error.into()),
    }
}

/// Gives up what the provider has reserved for an attempt that had ended.
async fn unbind(state: &State, payment: Payment, reference: &str) -> Result<Payment, ServiceError> {
    match state.provider.cancel(payment.id, reference).await {
        // Taken meanwhile: that is told by a call of its own.
        Ok(_) | Err(ProviderError::Refused { .. }) => Ok(payment),
        Err(ProviderError::Unknown(reason)) => Err(ServiceError::Away(reason)),
    }
}

/// Asks about a refund, by the provider's name for it or by our key.
pub(crate) async fn about_refund(
    state: &State,
    payment: &Payment,
    refund: &Refund,
    why: &Metadata,
) -> Result<Option<Written>, ServiceError> {
    if refund.status != RefundStatus::Pending {
        return Ok(None);
    }
    let answer = match (&refund.provider_ref, &payment.provider_ref) {
        (Some(reference), _) => state.provider.retrieve_refund(reference).await,
        (None, Some(reference)) => {
            let amount = Money::new(refund.amount_minor, payment.amount.currency);
            let attempt = RefundAttempt { id: refund.id, payment_id: payment.id, reference, amount };
            state.provider.refund(&attempt).await
        }
        (None, None) => Err(ProviderError::Refused { code: "no_reference".to_owned(), message: String::new() }),
    };
    let outcome = match answer {
        Ok(shown) => outcome(shown),
        Err(ProviderError::Refused { code, .. }) if refund.provider_ref.is_none() => RefundOutcome::Failed { code },
        Err(error) => {
            tracing::info!(%error, refund_id = %refund.id, "a refund's outcome is unknown for now");
            return Ok(None);
        }
    };
    let settle = Command::SettleRefund { payment_id: payment.id, refund_id: refund.id, outcome, why: why.clone() };
    Ok(Some(state.writer.submit(settle).await?))
}

/// What the provider shows of a refund, as the writer takes it.
pub(crate) fn outcome(shown: ProviderRefund) -> RefundOutcome {
    match shown.outcome {
        ProviderRefundOutcome::Pending => RefundOutcome::Pending { reference: shown.reference },
        ProviderRefundOutcome::Succeeded => RefundOutcome::Succeeded { reference: Some(shown.reference) },
        ProviderRefundOutcome::Failed { code } => RefundOutcome::Failed { code },
    }
}

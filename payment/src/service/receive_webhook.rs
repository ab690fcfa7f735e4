//! Hears what the provider calls about. A call only says where to look: the object itself is
//! fetched, so that neither its order nor its content is trusted.

use super::ask;
use crate::domain::payment::Payment;
use crate::domain::signature;
use crate::error::ServiceError;
use crate::provider::{PaymentProvider, ProviderError, stripe};
use crate::state::State;
use crate::writer::Command;
use onsale_core::PaymentId;
use onsale_core::api::booking::PaymentMethod;
use onsale_core::api::internal::PaymentStatus;
use onsale_platform::outbox::Metadata;
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Debug, Deserialize)]
struct Call {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Debug, Deserialize)]
struct Data {
    object: Object,
}

#[derive(Debug, Deserialize)]
struct Object {
    id: String,
    #[serde(default)]
    object: String,
    #[serde(default)]
    metadata: HashMap<String, String>,
}

/// Checks the signature, then looks at what the call is about. Calls about what is not ours are
/// taken and change nothing. An error makes the provider call again later.
pub(crate) async fn receive(state: &State, header: &str, body: &[u8], why: &Metadata) -> Result<(), ServiceError> {
    signature::verify(header, body, &state.config.webhook_secrets, state.clock.now())?;
    let call: Call = serde_json::from_slice(body).map_err(|error| ServiceError::Webhook(error.to_string()))?;
    let why = Metadata { causation_id: Some(call.id.chars().take(255).collect()), ..why.clone() };
    let object = call.data.object;
    let payment_id = object.metadata.get("payment_id").and_then(|id| id.parse::<PaymentId>().ok());
    let Some(payment_id) = payment_id.filter(|_| is_reference(&object.id)) else { return Ok(()) };
    let payment = match super::find(state, payment_id).await {
        Ok(payment) => payment,
        Err(ServiceError::Missing(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    match object.object.as_str() {
        // Behind the provider's page only the page's end decides: there another card may be tried.
        "payment_intent" if is_behind_page(state, &payment) => ask::about_payment(state, payment, &why).await.map(drop),
        "checkout.session" => ask::about_payment(state, payment, &why).await.map(drop),
        "payment_intent" if is_news(&payment, &call.kind) => look_at_payment(state, payment, &object.id, &why).await,
        "refund" => look_at_refund(state, payment, &object.id, &why).await,
        _ => Ok(()),
    }
}

fn is_behind_page(state: &State, payment: &Payment) -> bool {
    let is_paged =
        payment.token.is_none() && payment.method != PaymentMethod::BankTransfer && state.provider.has_hosted_page();
    is_paged && payment.is_open() && payment.provider_ref.as_deref().is_none_or(stripe::is_session)
}

/// Whether the call may tell more than is known; most only repeat the answer to our own call.
fn is_news(payment: &Payment, kind: &str) -> bool {
    match payment.status {
        PaymentStatus::Pending | PaymentStatus::RequiresAction => true,
        PaymentStatus::Authorised => kind != "payment_intent.amount_capturable_updated",
        PaymentStatus::Captured => kind != "payment_intent.succeeded" && !is_earlier(kind),
        PaymentStatus::Voided => kind != "payment_intent.canceled" && may_tell_of_money(kind),
        PaymentStatus::Declined => kind != "payment_intent.payment_failed" && may_tell_of_money(kind),
    }
}

fn is_earlier(kind: &str) -> bool {
    matches!(
        kind,
        "payment_intent.created" | "payment_intent.requires_action" | "payment_intent.amount_capturable_updated"
    )
}

/// What has ended is looked at again where money may be bound to it all the same.
fn may_tell_of_money(kind: &str) -> bool {
    !matches!(kind, "payment_intent.created" | "payment_intent.requires_action")
}

async fn look_at_payment(state: &State, payment: Payment, reference: &str, why: &Metadata) -> Result<(), ServiceError> {
    match state.provider.retrieve(reference).await {
        Ok(intent) => ask::record(state, payment, &intent, why).await.map(drop),
        Err(ProviderError::Unknown(reason)) => Err(ServiceError::Away(reason)),
        Err(ProviderError::Refused { code, .. }) => {
            tracing::warn!(code, payment_id = %payment.id, "a webhook names what the provider does not show");
            Ok(())
        }
    }
}

async fn look_at_refund(state: &State, payment: Payment, reference: &str, why: &Metadata) -> Result<(), ServiceError> {
    let shown = match state.provider.retrieve_refund(reference).await {
        Ok(shown) => shown,
        Err(ProviderError::Unknown(reason)) => return Err(ServiceError::Away(reason)),
        Err(ProviderError::Refused { .. }) => return Ok(()),
    };
    let Some(refund_id) = shown.refund_id.filter(|_| shown.payment_id == Some(payment.id)) else { return Ok(()) };
    let settle =
        Command::SettleRefund { payment_id: payment.id, refund_id, outcome: ask::outcome(shown), why: why.clone() };
    match state.writer.submit(settle).await {
        // A refund of another installation that shares the account.
        Ok(_) | Err(crate::writer::WriteError::Missing) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The provider's ids go into a path, so nothing else may.
fn is_reference(id: &str) -> bool {
    (1..=255).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

//! Reserves money for an order.

use super::ask;
use crate::domain::card;
use crate::domain::ledger::Split;
use crate::domain::payment::{self, Change, Payment};
use crate::error::ServiceError;
use crate::provider::{PaymentProvider, ProviderError};
use crate::state::State;
use crate::writer::Command;
use chrono::TimeDelta;
use onsale_core::api::booking::PaymentMethod;
use onsale_core::api::internal::{AuthorisePayment, PaymentStatus};
use onsale_platform::outbox::Metadata;

/// Minor units; the most that fits the provider's amounts of any currency.
const AMOUNT_MAX: i64 = 999_999_999_999;
const TOKEN_MAX: usize = 255;
const URL_MAX: usize = 2_000;
/// In characters.
const DESCRIPTION_MAX: usize = 500;
/// The reconciler leaves the first call this much more than its time, in seconds.
const CALL_GRACE_S: i64 = 2;

/// Authorises a payment. The attempt is durable before the provider is called. The same request
/// again gives how it stands now; an attempt whose outcome is unknown is asked about by its key.
pub(crate) async fn authorise(
    state: &State,
    request: AuthorisePayment,
    why: &Metadata,
) -> Result<Payment, ServiceError> {
    check(&request, state.provider.has_hosted_page())?;
    let split = split(&request)?;
    let turn = state.turns.take(request.payment_id).await;
    let asked = new_payment(state, request, split);
    let then = asked.is_receivable().then_some(Change::Authorised { reference: None });
    let open = Command::Open { payment: Box::new(asked.clone()), then, why: why.clone() };
    let entry = state.writer.submit(open).await?;
    let payment = entry.payment;
    if !entry.is_new && !is_same(&payment, &asked) {
        return Err(ServiceError::PaymentReused);
    }
    if payment.status != PaymentStatus::Pending {
        return Ok(payment);
    }
    if !entry.is_new {
        // Who waited has just seen another ask in vain.
        return if turn.waited { Ok(payment) } else { ask::about_payment(state, payment, why).await };
    }
    match state.provider.authorise(&ask::attempt(&payment)).await {
        Ok(intent) => ask::record(state, payment, &intent, why).await,
        Err(ProviderError::Refused { code, message }) => {
            tracing::info!(code, message, payment_id = %payment.id, "the provider refused a payment");
            let declined = Change::Declined { reference: None, code };
            Ok(state.writer.change(payment.id, declined, why).await?)
        }
        Err(ProviderError::Unknown(reason)) => {
            tracing::info!(reason, payment_id = %payment.id, "a payment's outcome is unknown for now");
            Ok(payment)
        }
    }
}

/// Keeps an attempt as voided that was never asked for: its request, should it come, finds it so. Gives the payment as
/// it stands, which another request may have begun meanwhile.
pub(super) async fn keep_voided(
    state: &State,
    request: AuthorisePayment,
    why: &Metadata,
) -> Result<Payment, ServiceError> {
    // No money comes of it: it has nothing to split, and nothing that the provider would refuse.
    let payment = Box::new(new_payment(state, request, Split::default()));
    let open = Command::Open { payment, then: Some(Change::Voided), why: why.clone() };
    Ok(state.writer.submit(open).await?.payment)
}

fn check(request: &AuthorisePayment, has_hosted_page: bool) -> Result<(), ServiceError> {
    let invalid = |field, code, message: &str| Err(ServiceError::Invalid { field, code, message: message.to_owned() });
    if !(1..=AMOUNT_MAX).contains(&request.amount.minor) {
        return invalid(
            "amount",
            "out_of_range",
            "the amount is more than nothing and at most 12 digits of minor units",
        );
    }
    let is_transfer = request.method == PaymentMethod::BankTransfer;
    match &request.token {
        Some(_) if is_transfer => return invalid("token", "invalid", "a bank transfer takes no token: leave it out"),
        Some(token) if !is_token(token) => {
            return invalid("token", "invalid", "send the provider's token such as pm_…, never a card number");
        }
        None if has_hosted_page
            && request.return_url.is_none()
            && !is_transfer
            && !payment::is_receivable(request.method) =>
        {
            let remedy = "the payer goes to the provider's page: say where it leads back to, or send a token pm_…";
            return invalid("returnUrl", "required", remedy);
        }
        _ => {}
    }
    match &request.return_url {
        Some(url) if !is_return_url(url) => {
            invalid("returnUrl", "invalid", "send an address that begins with http:// or https://")
        }
        _ => Ok(()),
    }
}

fn split(request: &AuthorisePayment) -> Result<Split, ServiceError> {
    let message = "the lines sum to the amount, in its currency; or send none";
    let refusal = ServiceError::Invalid { field: "lines", code: "invalid", message: message.to_owned() };
    Split::of(request.amount, &request.lines).ok_or(refusal)
}

/// Stripe's ids: a prefix, an underscore, letters and digits.
fn is_token(token: &str) -> bool {
    token.len() <= TOKEN_MAX
        && token.split_once('_').is_some_and(|(prefix, rest)| {
            !rest.is_empty() && !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_lowercase())
        })
        && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !card::contains_number(token)
}

fn is_return_url(text: &str) -> bool {
    text.len() <= URL_MAX
        && !card::contains_number(text)
        && url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn new_payment(state: &State, request: AuthorisePayment, split: Split) -> Payment {
    let now = state.clock.now();
    let call_max = TimeDelta::from_std(state.config.stripe.call_max).unwrap_or_default();
    let is_receivable = payment::is_receivable(request.method);
    let readable: String =
        request.description.chars().map(|c| if c.is_control() { ' ' } else { c }).take(DESCRIPTION_MAX).collect();
    Payment {
        id: request.payment_id,
        order_id: request.order_id,
        user_id: request.user_id,
        method: request.method,
        amount: request.amount,
        split,
        token: request.token.filter(|_| !is_receivable),
        return_url: request.return_url.filter(|_| !is_receivable),
        description: card::masked(&readable),
        status: PaymentStatus::Pending,
        wanted: None,
        provider_ref: None,
        redirect_url: None,
        transfer: None,
        decline_code: None,
        refunding_minor: 0,
        refunded_minor: 0,
        settled: false,
        version: 0,
        sequence: 0,
        created_at: now,
        updated_at: now,
        check_at: (!is_receivable).then(|| now + call_max + TimeDelta::seconds(CALL_GRACE_S)),
    }
}

/// Whether it is the same request again.
fn is_same(known: &Payment, asked: &Payment) -> bool {
    known.order_id == asked.order_id
        && known.user_id == asked.user_id
        && known.method == asked.method
        && known.amount == asked.amount
        && known.token == asked.token
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_the_providers_and_never_card_numbers() {
        for token in ["pm_card_visa", "pm_1MtwBwLkdIwHu7ix28a3tqPa", "tok_visa"] {
            assert!(is_token(token), "{token}");
        }
        for token in ["", "pm_", "_x", "4242424242424242", "pm_4242424242424242", "pm_x; drop", "visa", "PM_x"] {
            assert!(!is_token(token), "{token}");
        }
    }

    #[test]
    fn return_addresses_are_http() {
        assert!(is_return_url("https://tickets.example/orders/0193f0c4-1111-7222-8333-444455556666"));
        for url in ["javascript:alert(1)", "/orders/1", "https://x.example/?pan=4242424242424242"] {
            assert!(!is_return_url(url), "{url}");
        }
    }
}

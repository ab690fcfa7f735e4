//! Every call that is made of Stripe, in front of stripe-mock: it refuses what Stripe's own description of its API
//! does not know, and answers in its forms. `scripts/stripe-mock` runs these; its objects keep no state, so what comes
//! of a payment is looked at in front of the sandbox.

use super::{Stripe, StripeConfig};
use crate::provider::{Attempt, Intent, PaymentProvider, ProviderError, ProviderRefundOutcome, RefundAttempt};
use chrono::DateTime;
use onsale_core::api::booking::PaymentMethod;
use onsale_core::{Money, OrderId, PaymentId};
use std::time::Duration;
use uuid::Uuid;

fn stripe(hosted_page: bool) -> Stripe {
    let _another_test_was_first = rustls::crypto::ring::default_provider().install_default();
    let base_url = std::env::var("STRIPE_MOCK_URL").expect("STRIPE_MOCK_URL says where stripe-mock is");
    let secret_key = "sk_test_123".into();
    let config = StripeConfig {
        base_url,
        secret_key,
        call_max: Duration::from_secs(10),
        calls_max: 4,
        hosted_page,
        transfer_country: "ES".to_owned(),
    };
    Stripe::new(config).expect("a client")
}

fn attempt(token: Option<&'static str>) -> Attempt<'static> {
    Attempt {
        id: PaymentId(Uuid::from_u128(1)),
        order_id: OrderId(Uuid::from_u128(2)),
        method: PaymentMethod::CreditCard,
        amount: Money::new(11_800, "EUR".parse().expect("a currency")),
        token,
        return_url: Some("https://tickets.example/orders/2"),
        description: "Marea Alta",
        created_at: DateTime::UNIX_EPOCH,
    }
}

/// Not refused, and read.
fn read(answer: Result<Intent, ProviderError>) -> Intent {
    answer.expect("the request is one that the API knows, and the answer can be read")
}

#[tokio::test]
#[ignore = "needs stripe-mock: scripts/stripe-mock"]
async fn each_call_about_an_attempt_is_known_to_the_api() {
    let stripe = stripe(false);
    let attempt = attempt(Some("pm_card_visa"));
    let made = read(stripe.authorise(&attempt).await);
    assert!(made.reference.starts_with("pi_"), "{made:?}");
    let shown = read(stripe.retrieve(&made.reference).await);
    assert_eq!(shown.reference, made.reference);
    assert_eq!(read(stripe.capture(attempt.id, &made.reference).await).reference, made.reference);
    assert_eq!(read(stripe.cancel(attempt.id, &made.reference).await).reference, made.reference);
}

#[tokio::test]
#[ignore = "needs stripe-mock: scripts/stripe-mock"]
async fn each_call_about_a_session_is_known_to_the_api() {
    let stripe = stripe(true);
    let attempt = attempt(None);
    let reference = "cs_test_1";
    let answers = [
        stripe.authorise(&attempt).await,
        stripe.retrieve(reference).await,
        stripe.cancel(attempt.id, reference).await,
    ];
    for answer in answers {
        // The mock's session is over no amount: so far it was read, and what it tells is not believed.
        assert_eq!(answer, Err(ProviderError::Unknown("a session over None".to_owned())));
    }
}

#[tokio::test]
#[ignore = "needs stripe-mock: scripts/stripe-mock"]
async fn each_call_about_a_refund_is_known_to_the_api() {
    let stripe = stripe(false);
    let refund = RefundAttempt {
        id: Uuid::from_u128(3),
        payment_id: PaymentId(Uuid::from_u128(1)),
        reference: "pi_1",
        amount: Money::new(500, "EUR".parse().expect("a currency")),
    };
    let made = stripe.refund(&refund).await.expect("known and read");
    assert!(!matches!(made.outcome, ProviderRefundOutcome::Failed { .. }), "{made:?}");
    let shown = stripe.retrieve_refund(&made.reference).await.expect("known and read");
    assert_eq!(shown.reference, made.reference);
}

#[tokio::test]
#[ignore = "needs stripe-mock: scripts/stripe-mock"]
async fn the_providers_books_can_be_read() {
    let stripe = stripe(false);
    let page = stripe.books_after(None).await.expect("known and read");
    let first = page.first().expect("the mock has one");
    assert!(stripe.books_of(&first.reference).await.expect("known and read").is_some());
    stripe.books_after(Some(&first.reference)).await.expect("known and read");
}

#[tokio::test]
#[ignore = "needs stripe-mock: scripts/stripe-mock"]
async fn what_the_api_does_not_know_is_refused() {
    let stripe = stripe(false);
    let answer = stripe.post::<serde_json::Value>("test", "/v1/payment_intents", "key", &[("amuont", "1")]).await;
    assert!(matches!(answer, Err(super::Failure::Refused(_))), "else these tests show nothing");
}

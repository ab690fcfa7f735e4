//! Checkout Sessions: the provider's own page, where the payer gives the card, so that it never reaches us
//! (PCI SAQ A; <https://docs.stripe.com/api/checkout/sessions>).

use super::wire;
use super::{Failure, Stripe};
use crate::provider::{Attempt, Intent, Outcome, ProviderError};
use chrono::TimeDelta;
use onsale_core::PaymentId;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

/// Longer than any payment window: the page's end is our word, this is behind it. Stripe takes 30 minutes at least.
const OPEN_FOR: TimeDelta = TimeDelta::hours(1);

/// Whether a reference names a session rather than an attempt.
pub(crate) fn is_session(reference: &str) -> bool {
    reference.starts_with("cs_")
}

#[derive(Debug, Deserialize)]
struct Session {
    id: String,
    /// Never absent where the session is for a payment; what else there is has neither of the three.
    status: Option<String>,
    amount_total: Option<i64>,
    currency: Option<String>,
    url: Option<String>,
    #[serde(default)]
    metadata: HashMap<String, String>,
    /// Its name, or all of it where it was to be expanded.
    payment_intent: Option<Value>,
}

impl Session {
    /// The attempt as the session shows it: the attempt itself once the payer is done.
    fn read(self) -> Result<Intent, ProviderError> {
        let outcome = match (self.status.as_deref(), self.payment_intent, self.url) {
            (Some("complete"), Some(intent @ Value::Object(_)), _) => {
                let intent: wire::Intent = serde_json::from_value(intent)
                    .map_err(|error| ProviderError::Unknown(format!("unreadable attempt: {error}")))?;
                return intent.read();
            }
            (Some("expired"), ..) => Outcome::Cancelled,
            (Some("open"), _, Some(redirect_url)) => Outcome::ActionRequired { redirect_url, transfer: None },
            _ => Outcome::Open,
        };
        let amount = self.amount_total.zip(self.currency.as_deref());
        let amount = amount
            .and_then(|(minor, currency)| wire::money(minor, currency))
            .ok_or_else(|| ProviderError::Unknown(format!("a session over {amount:?}")))?;
        let payment_id = self.metadata.get("payment_id").and_then(|id| id.parse::<PaymentId>().ok());
        Ok(Intent { reference: self.id, payment_id, amount, outcome })
    }
}

impl Stripe {
    /// Opens the page for an attempt, under its id.
    pub(super) async fn open_session(&self, attempt: &Attempt<'_>) -> Result<Intent, ProviderError> {
        let (amount, currency) = wire::amount(attempt.amount);
        let (key, order) = (attempt.id.to_string(), attempt.order_id.to_string());
        let expires_at = (attempt.created_at + OPEN_FOR).timestamp().to_string();
        let mut form = vec![
            ("mode", "payment"),
            ("payment_method_types[]", "card"),
            ("line_items[0][quantity]", "1"),
            ("line_items[0][price_data][currency]", currency.as_str()),
            ("line_items[0][price_data][unit_amount]", amount.as_str()),
            ("line_items[0][price_data][product_data][name]", attempt.description),
            ("payment_intent_data[capture_method]", "manual"),
            ("payment_intent_data[description]", attempt.description),
            ("payment_intent_data[metadata][payment_id]", key.as_str()),
            ("payment_intent_data[metadata][order_id]", order.as_str()),
            ("metadata[payment_id]", key.as_str()),
            ("metadata[order_id]", order.as_str()),
            ("client_reference_id", order.as_str()),
            ("expires_at", expires_at.as_str()),
        ];
        form.extend(attempt.return_url.map(|url| ("success_url", url)));
        form.extend(attempt.return_url.map(|url| ("cancel_url", url)));
        self.post::<Session>("open_session", "/v1/checkout/sessions", &key, &form).await?.read()
    }

    /// Looks at a session, and through it at its attempt.
    pub(super) async fn retrieve_session(&self, reference: &str) -> Result<Intent, ProviderError> {
        let path = format!("/v1/checkout/sessions/{reference}?expand%5B%5D=payment_intent");
        self.get::<Session>("retrieve_session", &path).await?.read()
    }

    /// Closes the page. Only when the provider says that it has expired, no money can come; when the payer was
    /// faster, the attempt behind it is cancelled instead.
    pub(super) async fn expire_session(&self, id: PaymentId, reference: &str) -> Result<Intent, ProviderError> {
        let path = format!("/v1/checkout/sessions/{reference}/expire");
        match self.post::<Session>("expire_session", &path, &format!("{id}-expire"), &[]).await {
            Ok(session) => session.read(),
            Err(Failure::Refused(_)) => {
                let shown = self.retrieve_session(reference).await?;
                match shown.outcome {
                    Outcome::Authorised => self.cancel_intent(id, &shown.reference).await,
                    _ => Ok(shown),
                }
            }
            Err(failure) => Err(failure.into()),
        }
    }
}

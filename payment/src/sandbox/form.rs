//! Form bodies as Stripe takes them: `amount=100&metadata[order_id]=…`.

use super::book::{CaptureMethod, NewIntent, NewRefund};
use super::cards::{Card, TRANSFER};
use super::objects::Refusal;
use super::sessions::NewSession;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// Stripe's bounds (<https://docs.stripe.com/api/metadata>).
const METADATA_MAX: usize = 50;
const METADATA_KEY_MAX: usize = 40;
const METADATA_VALUE_MAX: usize = 500;
/// In bytes.
const TEXT_MAX: usize = 1_000;
const AMOUNT_MAX: i64 = 999_999_999_999;
/// How long a hosted checkout may be open (<https://docs.stripe.com/api/checkout/sessions/create>).
const SESSION_MIN: TimeDelta = TimeDelta::minutes(30);
const SESSION_MAX: TimeDelta = TimeDelta::hours(24);

/// A body's fields.
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    pub(super) fn parse(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    fn text(&self, name: &'static str) -> Result<Option<String>, Refusal> {
        match self.0.get(name) {
            Some(text) if text.len() > TEXT_MAX || text.contains('\0') => Err(Refusal::invalid(name)),
            text => Ok(text.filter(|text| !text.is_empty()).cloned()),
        }
    }

    fn required(&self, name: &'static str) -> Result<String, Refusal> {
        self.text(name)?.ok_or_else(|| Refusal::missing(name))
    }

    fn amount(&self, name: &'static str) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        match text.parse() {
            Ok(amount) if (1..=AMOUNT_MAX).contains(&amount) => Ok(Some(amount)),
            _ => Err(Refusal::invalid(name)),
        }
    }

    fn metadata(&self) -> Result<BTreeMap<String, String>, Refusal> {
        self.metadata_of("metadata[")
    }

    fn metadata_of(&self, prefix: &str) -> Result<BTreeMap<String, String>, Refusal> {
        let named = |key: &str| Some(key.strip_prefix(prefix)?.strip_suffix(']')?.to_owned());
        let metadata: BTreeMap<_, _> =
            self.0.iter().filter_map(|(key, value)| Some((named(key)?, value.clone()))).collect();
        let fits = |key: &str, value: &str| {
            key.len() <= METADATA_KEY_MAX && value.len() <= METADATA_VALUE_MAX && !value.contains('\0')
        };
        if metadata.len() > METADATA_MAX || !metadata.iter().all(|(key, value)| fits(key, value)) {
            return Err(Refusal::invalid("metadata"));
        }
        Ok(metadata)
    }

    /// A new attempt, and what its card does.
    pub(super) fn new_intent(&self) -> Result<(NewIntent, Card), Refusal> {
        if self.text("confirm")?.as_deref() != Some("true") {
            return Err(Refusal::missing("confirm"));
        }
        let (token, card) = match self.text("payment_method_data[type]")?.as_deref() {
            Some(TRANSFER) => {
                self.required("customer")?;
                (TRANSFER.to_owned(), Card::Transfers)
            }
            Some(_) => return Err(Refusal::invalid("payment_method_data[type]")),
            None => {
                let token = self.text("payment_method")?.unwrap_or_else(|| "pm_card_visa".to_owned());
                let card = Card::of_token(&token).ok_or_else(|| Refusal::no_such("PaymentMethod", &token))?;
                (token, card)
            }
        };
        let currency = self.currency("currency")?;
        let intent = NewIntent {
            amount: self.amount("amount")?.ok_or_else(|| Refusal::missing("amount"))?,
            currency,
            capture_method: self.capture_method("capture_method")?,
            payment_method: token,
            return_url: self.text("return_url")?,
            description: self.text("description")?,
            metadata: self.metadata()?,
            card,
        };
        Ok((intent, card))
    }

    /// A new hosted checkout of one line.
    pub(super) fn new_session(&self, now: DateTime<Utc>) -> Result<NewSession, Refusal> {
        if self.text("mode")?.as_deref() != Some("payment") {
            return Err(Refusal::missing("mode"));
        }
        if self.text("line_items[0][quantity]")?.as_deref() != Some("1") {
            return Err(Refusal::invalid("line_items[0][quantity]"));
        }
        let amount = "line_items[0][price_data][unit_amount]";
        Ok(NewSession {
            amount: self.amount(amount)?.ok_or_else(|| Refusal::missing(amount))?,
            currency: self.currency("line_items[0][price_data][currency]")?,
            capture_method: self.capture_method("payment_intent_data[capture_method]")?,
            description: self.text("payment_intent_data[description]")?,
            success_url: self.required("success_url")?,
            cancel_url: self.text("cancel_url")?,
            metadata: self.metadata()?,
            intent_metadata: self.metadata_of("payment_intent_data[metadata][")?,
            expires_at: self.expires_at(now)?,
        })
    }

    /// Between 30 minutes and 24 hours from now, as Stripe takes it; 24 hours when nobody says.
    fn expires_at(&self, now: DateTime<Utc>) -> Result<DateTime<Utc>, Refusal> {
        let Some(text) = self.text("expires_at")? else { return Ok(now + SESSION_MAX) };
        let at = text.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        at.filter(|at| (now + SESSION_MIN..=now + SESSION_MAX).contains(at))
            .ok_or_else(|| Refusal::invalid("expires_at"))
    }

    fn currency(&self, name: &'static str) -> Result<String, Refusal> {
        let currency = self.required(name)?.to_ascii_lowercase();
        let is_code = currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_lowercase());
        if is_code { Ok(currency) } else { Err(Refusal::invalid(name)) }
    }

    fn capture_method(&self, name: &'static str) -> Result<CaptureMethod, Refusal> {
        match self.text(name)?.as_deref() {
            Some("manual") => Ok(CaptureMethod::Manual),
            None | Some("automatic" | "automatic_async") => Ok(CaptureMethod::Automatic),
            Some(_) => Err(Refusal::invalid(name)),
        }
    }

    /// How much of an attempt is taken; all of it when nobody says.
    pub(super) fn amount_to_capture(&self) -> Result<Option<i64>, Refusal> {
        self.amount("amount_to_capture")
    }

    /// A new refund.
    pub(super) fn new_refund(&self) -> Result<NewRefund, Refusal> {
        Ok(NewRefund {
            intent_id: self.required("payment_intent")?,
            amount: self.amount("amount")?,
            metadata: self.metadata()?,
        })
    }
}

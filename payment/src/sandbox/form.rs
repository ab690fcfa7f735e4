//! Form bodies as Stripe takes them: `amount=100&metadata[order_id]=…`.

use super::book::{CaptureMethod, NewIntent, NewRefund};
use super::cards::Card;
use super::objects::Refusal;
use std::collections::BTreeMap;

/// Stripe's bounds (<https://docs.stripe.com/api/metadata>).
const METADATA_MAX: usize = 50;
const METADATA_KEY_MAX: usize = 40;
const METADATA_VALUE_MAX: usize = 500;
/// In bytes.
const TEXT_MAX: usize = 1_000;
const AMOUNT_MAX: i64 = 999_999_999_999;

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
        let named = |key: &str| Some(key.strip_prefix("metadata[")?.strip_suffix(']')?.to_owned());
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
        let token = self.text("payment_method")?.unwrap_or_else(|| "pm_card_visa".to_owned());
        let card = Card::of_token(&token).ok_or_else(|| Refusal::no_such("PaymentMethod", &token))?;
        let currency = self.required("currency")?.to_ascii_lowercase();
        if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_lowercase()) {
            return Err(Refusal::invalid("currency"));
        }
        let intent = NewIntent {
            amount: self.amount("amount")?.ok_or_else(|| Refusal::missing("amount"))?,
            currency,
            capture_method: match self.text("capture_method")?.as_deref() {
                Some("manual") => CaptureMethod::Manual,
                None | Some("automatic" | "automatic_async") => CaptureMethod::Automatic,
                Some(_) => return Err(Refusal::invalid("capture_method")),
            },
            payment_method: token,
            return_url: self.text("return_url")?,
            description: self.text("description")?,
            metadata: self.metadata()?,
            card,
        };
        Ok((intent, card))
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

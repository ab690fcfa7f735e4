//! Stripe's objects, as far as they are read here.

use crate::provider::{self, Outcome, ProviderBooks, ProviderError, ProviderRefund, ProviderRefundOutcome};
use onsale_core::api::booking::TransferInstructions;
use onsale_core::{Currency, Money, PaymentId};
use serde::Deserialize;
use std::collections::HashMap;
use uuid::Uuid;

/// Without decimals by ISO 4217, but written with two in the API
/// (<https://docs.stripe.com/currencies#special-cases>).
const WRITTEN_WITH_TWO_DIGITS: &[&str] = &["ISK", "UGX"];

/// The amount and the currency as the API takes them.
pub(super) fn amount(money: Money) -> (String, String) {
    let code = money.currency.code();
    let minor = money.minor * written_factor(code);
    (minor.to_string(), code.to_ascii_lowercase())
}

/// An amount as the API writes it; nothing where the currency is unknown.
pub(crate) fn money(amount: i64, currency: &str) -> Option<Money> {
    let code = currency.to_ascii_uppercase();
    let currency: Currency = code.parse().ok()?;
    Some(Money::new(amount / written_factor(&code), currency))
}

fn written_factor(code: &str) -> i64 {
    if WRITTEN_WITH_TWO_DIGITS.contains(&code) { 100 } else { 1 }
}

#[derive(Debug, Deserialize)]
pub(super) struct Intent {
    id: String,
    amount: i64,
    currency: String,
    status: String,
    #[serde(default)]
    metadata: HashMap<String, String>,
    next_action: Option<NextAction>,
    last_payment_error: Option<LastError>,
}

#[derive(Debug, Deserialize)]
struct NextAction {
    redirect_to_url: Option<RedirectToUrl>,
    display_bank_transfer_instructions: Option<BankTransfer>,
}

#[derive(Debug, Deserialize)]
struct BankTransfer {
    hosted_instructions_url: String,
    #[serde(default)]
    reference: String,
    #[serde(default)]
    financial_addresses: Vec<FinancialAddress>,
}

#[derive(Debug, Deserialize)]
struct FinancialAddress {
    iban: Option<Iban>,
}

#[derive(Debug, Deserialize)]
struct Iban {
    account_holder_name: String,
    bic: String,
    iban: String,
}

impl NextAction {
    fn read(self) -> Outcome {
        if let Some(redirect) = self.redirect_to_url {
            return Outcome::ActionRequired { redirect_url: redirect.url, transfer: None };
        }
        let Some(told) = self.display_bank_transfer_instructions else { return Outcome::Open };
        let account = told.financial_addresses.into_iter().find_map(|address| address.iban);
        let transfer = account.map(|account| TransferInstructions {
            account_holder: account.account_holder_name,
            iban: account.iban,
            bic: account.bic,
            reference: told.reference,
        });
        Outcome::ActionRequired { redirect_url: told.hosted_instructions_url, transfer }
    }
}

#[derive(Debug, Deserialize)]
struct RedirectToUrl {
    url: String,
}

#[derive(Debug, Deserialize)]
struct LastError {
    code: Option<String>,
    decline_code: Option<String>,
}

impl Intent {
    pub(super) fn read(self) -> Result<provider::Intent, ProviderError> {
        let amount = money(self.amount, &self.currency)
            .ok_or_else(|| ProviderError::Unknown(format!("an attempt in {:?}", self.currency)))?;
        let outcome = match self.status.as_str() {
            "requires_capture" => Outcome::Authorised,
            "succeeded" => Outcome::Captured,
            "canceled" => Outcome::Cancelled,
            "requires_payment_method" => Outcome::Declined {
                code: self
                    .last_payment_error
                    .and_then(|error| specific(error.decline_code, error.code))
                    .unwrap_or_else(|| "card_declined".to_owned()),
            },
            "requires_action" => self.next_action.map_or(Outcome::Open, NextAction::read),
            _ => Outcome::Open,
        };
        let payment_id = self.metadata.get("payment_id").and_then(|id| id.parse::<PaymentId>().ok());
        Ok(provider::Intent { reference: self.id, payment_id, amount, outcome })
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
}

/// An attempt with its charge, as its books are kept there.
#[derive(Debug, Deserialize)]
pub(super) struct Books {
    id: String,
    currency: String,
    #[serde(default)]
    amount_received: i64,
    #[serde(default)]
    metadata: HashMap<String, String>,
    latest_charge: Option<Charge>,
}

#[derive(Debug, Deserialize)]
struct Charge {
    #[serde(default)]
    amount_refunded: i64,
}

impl Books {
    pub(super) fn read(self) -> Result<ProviderBooks, ProviderError> {
        let refunded = self.latest_charge.map_or(0, |charge| charge.amount_refunded);
        let read = |amount| {
            money(amount, &self.currency)
                .ok_or_else(|| ProviderError::Unknown(format!("an attempt in {:?}", self.currency)))
        };
        Ok(ProviderBooks {
            captured: read(self.amount_received)?,
            refunded_minor: read(refunded)?.minor,
            payment_id: self.metadata.get("payment_id").and_then(|id| id.parse::<PaymentId>().ok()),
            reference: self.id,
        })
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    id: String,
    status: Option<String>,
    failure_reason: Option<String>,
    #[serde(default)]
    metadata: HashMap<String, String>,
}

impl Refund {
    pub(super) fn read(self) -> ProviderRefund {
        let outcome = match self.status.as_deref() {
            Some("succeeded") => ProviderRefundOutcome::Succeeded,
            Some(status @ ("failed" | "canceled")) => {
                ProviderRefundOutcome::Failed { code: self.failure_reason.unwrap_or_else(|| status.to_owned()) }
            }
            _ => ProviderRefundOutcome::Pending,
        };
        ProviderRefund {
            reference: self.id,
            refund_id: self.metadata.get("refund_id").and_then(|id| id.parse::<Uuid>().ok()),
            payment_id: self.metadata.get("payment_id").and_then(|id| id.parse::<PaymentId>().ok()),
            outcome,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct ErrorBody {
    pub(super) error: Error,
}

#[derive(Debug, Deserialize)]
pub(super) struct Error {
    #[serde(rename = "type")]
    kind: String,
    code: Option<String>,
    decline_code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) payment_intent: Option<Intent>,
}

impl Error {
    /// The most telling word that the provider gives.
    pub(super) fn word(&self) -> String {
        specific(self.decline_code.clone(), self.code.clone()).unwrap_or_else(|| self.kind.clone())
    }
}

/// `generic_decline` tells less than the code beside it.
fn specific(decline_code: Option<String>, code: Option<String>) -> Option<String> {
    decline_code.filter(|decline| decline != "generic_decline").or(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_the_api_takes_them() {
        for (minor, code, expected) in
            [(12_000, "EUR", "12000"), (7_800, "JPY", "7800"), (500, "ISK", "50000"), (1_500, "KWD", "1500")]
        {
            let sum = Money::new(minor, code.parse().expect("a currency"));
            let (written, currency) = amount(sum);
            assert_eq!(written, expected);
            assert_eq!(money(written.parse().expect("a number"), &currency), Some(sum));
        }
    }

    #[test]
    fn an_unknown_status_leaves_the_outcome_open() {
        let text = r#"{"id":"pi_1","amount":1,"currency":"eur","status":"some_new_status"}"#;
        let intent: Intent = serde_json::from_str(text).expect("readable");
        assert_eq!(intent.read().expect("readable").outcome, Outcome::Open);
    }
}

//! Stripe's objects and errors, as JSON (<https://docs.stripe.com/api>).

use super::book::{Answer, Intent, Refund, Status};
use super::cards::{Decline, TRANSFER};
use super::sessions::{Session, SessionStatus};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// An attempt.
pub(super) fn intent(intent: &Intent, public_url: &str) -> Value {
    let id = &intent.id;
    let is_transfer = intent.payment_method.as_deref() == Some(TRANSFER);
    let next_action = (intent.status == Status::RequiresAction).then(|| {
        if is_transfer {
            return transfer_instructions(intent, public_url);
        }
        json!({
            "type": "redirect_to_url",
            "redirect_to_url": {
                "url": format!("{public_url}/sandbox/pay/{id}"),
                "return_url": intent.return_url,
            },
        })
    });
    let capturable = if intent.status == Status::RequiresCapture { intent.amount } else { 0 };
    let has_charge = matches!(intent.status, Status::RequiresCapture | Status::Succeeded);
    json!({
        "id": id,
        "object": "payment_intent",
        "amount": intent.amount,
        "amount_capturable": capturable,
        "amount_received": intent.amount_received,
        "capture_method": intent.capture_method.as_str(),
        "client_secret": null,
        "confirmation_method": "automatic",
        "created": intent.created_at.timestamp(),
        "currency": intent.currency,
        "description": intent.description,
        "last_payment_error": intent.last_error.as_deref().map(|word| card_error(Decline::of_word(word))),
        "latest_charge": has_charge.then(|| id.replacen("pi_", "ch_", 1)),
        "livemode": false,
        "metadata": intent.metadata,
        "next_action": next_action,
        "payment_method": intent.payment_method,
        "payment_method_types": [if is_transfer { TRANSFER } else { "card" }],
        "status": intent.status.as_str(),
    })
}

/// Where the money of a transfer goes, and under which words.
fn transfer_instructions(intent: &Intent, public_url: &str) -> Value {
    json!({
        "type": "display_bank_transfer_instructions",
        "display_bank_transfer_instructions": {
            "amount_remaining": intent.amount,
            "currency": intent.currency,
            "financial_addresses": [{
                "type": "iban",
                "iban": {
                    "account_holder_name": "Payment sandbox",
                    "bic": "SANDDEFFXXX",
                    "country": "DE",
                    "iban": "DE00123456789012345678",
                },
                "supported_networks": ["sepa"],
            }],
            "hosted_instructions_url": format!("{public_url}/sandbox/transfer/{}", intent.id),
            "reference": reference(intent),
            "type": "eu_bank_transfer",
        },
    })
}

/// The words on a transfer: the end of the attempt's name, which differs most from one to the next.
pub(super) fn reference(intent: &Intent) -> String {
    let end = intent.id.len().saturating_sub(10);
    intent.id.get(end..).unwrap_or(&intent.id).to_ascii_uppercase()
}

/// An attempt with its charge, as it is shown where `latest_charge` is to be expanded.
pub(super) fn intent_with_charge(shown: &Intent, public_url: &str) -> Value {
    let mut object = intent(shown, public_url);
    if object["latest_charge"].is_string() {
        object["latest_charge"] = json!({
            "id": object["latest_charge"],
            "object": "charge",
            "amount": shown.amount,
            "amount_captured": shown.amount_received,
            "amount_refunded": shown.amount_refunded,
            "currency": shown.currency,
            "payment_intent": shown.id,
        });
    }
    object
}

/// A hosted checkout; its attempt is named once the payer has approved.
pub(super) fn session(session: &Session, intent: &Intent, now: DateTime<Utc>, public_url: &str) -> Value {
    let status = session.status_at(now);
    let id = &session.id;
    json!({
        "id": id,
        "object": "checkout.session",
        "amount_subtotal": intent.amount,
        "amount_total": intent.amount,
        "cancel_url": session.cancel_url,
        "created": session.created_at.timestamp(),
        "currency": intent.currency,
        "expires_at": session.expires_at.timestamp(),
        "livemode": false,
        "metadata": session.metadata,
        "mode": "payment",
        "payment_intent": (status == SessionStatus::Complete).then_some(&intent.id),
        "payment_method_types": ["card"],
        // Reserved only: Stripe says unpaid until the capture.
        "payment_status": if intent.status == Status::Succeeded { "paid" } else { "unpaid" },
        "status": status.as_str(),
        "success_url": session.success_url,
        "url": (status == SessionStatus::Open).then(|| format!("{public_url}/sandbox/checkout/{id}")),
    })
}

/// A refund.
pub(super) fn refund(refund: &Refund, currency: &str) -> Value {
    json!({
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount,
        "created": refund.created_at.timestamp(),
        "currency": currency,
        "metadata": refund.metadata,
        "payment_intent": refund.intent_id,
        "status": "succeeded",
    })
}

fn card_error(decline: Decline) -> Value {
    json!({
        "type": "card_error",
        "code": decline.code,
        "decline_code": decline.decline_code,
        "message": decline.message,
    })
}

/// An error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    status: u16,
    body: Value,
}

impl Refusal {
    fn new(status: u16, kind: &str, code: Option<&str>, param: Option<&str>, message: &str) -> Self {
        Self { status, body: json!({ "error": { "type": kind, "code": code, "param": param, "message": message } }) }
    }

    fn request(code: &str, param: Option<&str>, message: &str) -> Self {
        Self::new(400, "invalid_request_error", Some(code), param, message)
    }

    pub(super) fn missing(param: &str) -> Self {
        Self::request("parameter_missing", Some(param), &format!("Missing required param: {param}."))
    }

    pub(super) fn invalid(param: &str) -> Self {
        Self::request("parameter_invalid", Some(param), &format!("Invalid {param}: out of range or of another form."))
    }

    /// What does not exist is not repeated: it may be a card number that a client sent by mistake.
    pub(super) fn no_such(what: &str, id: &str) -> Self {
        let status = if what == "PaymentMethod" { 400 } else { 404 };
        let length = id.len();
        let message = format!("No such {what} ({length} characters).");
        Self::new(status, "invalid_request_error", Some("resource_missing"), None, &message)
    }

    pub(super) fn unexpected_state(verb: &str, status: Status) -> Self {
        let message = format!("This PaymentIntent could not be {verb} because it has a status of {}.", status.as_str());
        Self::request("payment_intent_unexpected_state", None, &message)
    }

    pub(super) fn session_not_open(status: SessionStatus) -> Self {
        let message = format!("Only Checkout Sessions that are open can do this; this one is {}.", status.as_str());
        Self::new(400, "invalid_request_error", None, None, &message)
    }

    pub(super) fn nothing_left() -> Self {
        Self::request("charge_already_refunded", None, "Nothing is left to refund.")
    }

    pub(super) fn declined(decline: Decline, intent: Value) -> Self {
        let mut error = card_error(decline);
        error["payment_intent"] = intent;
        Self { status: 402, body: json!({ "error": error }) }
    }

    pub(super) fn key_reused() -> Self {
        let message = "Keys for idempotent requests can only be used with the parameters they were first used with.";
        Self::new(400, "idempotency_error", None, None, message)
    }

    pub(super) fn key_in_use() -> Self {
        let message = "There is another request in progress with this idempotency key.";
        Self::new(409, "idempotency_error", Some("idempotency_key_in_use"), None, message)
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(401, "invalid_request_error", None, None, "Invalid API key provided.")
    }

    pub(super) fn unavailable() -> Self {
        Self::new(503, "api_error", None, None, "The sandbox's ledger cannot be written just now.")
    }

    pub(super) fn broken() -> Self {
        Self::new(500, "api_error", None, None, "Something went wrong on purpose, and nothing happened.")
    }

    pub(super) fn answer(&self) -> Answer {
        Answer { status: self.status, body: self.body.to_string(), replayed: false }
    }
}

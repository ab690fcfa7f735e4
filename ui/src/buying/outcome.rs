//! What came of a press on Pay.

use super::stage::{Stage, stage_of_order};
use crate::api::Failure;
use onsale_core::api::booking::Order;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The order says where it stands.
    Now(Stage),
    /// The bank said no; the hold stays.
    Declined(String),
    /// It costs something else; nothing was charged.
    PriceChanged,
    /// The hold, or its state, is another than the page shows: look again.
    LookAgain,
    /// Nobody knows yet: ask again under the same key.
    Unknown,
    /// The session ended before it was asked; nothing was charged.
    SignedOut,
    /// It cannot be paid so, and nothing was charged.
    Refused,
}

impl Outcome {
    /// Whether the attempt is over, so that the next press is another one with a key of its own.
    #[must_use]
    pub fn ends_attempt(&self) -> bool {
        !matches!(self, Self::Unknown | Self::SignedOut)
    }
}

/// Reads it from the answer.
#[must_use]
pub fn outcome(answer: &Result<Order, Failure>) -> Outcome {
    let failure = match answer {
        Ok(order) => return Outcome::Now(stage_of_order(order)),
        Err(failure) => failure,
    };
    match (failure, failure.code()) {
        (Failure::SignedOut, _) => Outcome::SignedOut,
        // It may have been paid.
        (Failure::Lost | Failure::Unreadable, _) => Outcome::Unknown,
        (Failure::Problem { body, .. }, Some("payment_declined")) => {
            let reason = body.members.get("declineCode").and_then(serde_json::Value::as_str);
            Outcome::Declined(reason.unwrap_or("card_declined").to_owned())
        }
        (_, Some("price_changed")) => Outcome::PriceChanged,
        (_, Some("hold_expired" | "not_found" | "state_conflict" | "payment_in_progress")) => Outcome::LookAgain,
        // Another body under the key: this page's memory of the attempt is wrong, the server's is right.
        (_, Some("idempotency_key_reused")) => Outcome::LookAgain,
        (Failure::Problem { body, .. }, _) if body.status >= 500 || failure.is_worth_asking_again() => Outcome::Unknown,
        _ => Outcome::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::super::stage::tests::sold;
    use super::*;
    use onsale_core::OrderStatus;
    use onsale_core::api::problem::ProblemBody;

    fn problem(status: u16, code: &str) -> Result<Order, Failure> {
        let mut members = serde_json::Map::new();
        if status == 402 {
            members.insert("declineCode".to_owned(), "insufficient_funds".into());
        }
        let body = ProblemBody {
            kind: String::new(),
            title: String::new(),
            status,
            detail: String::new(),
            instance: String::new(),
            code: code.to_owned(),
            trace_id: String::new(),
            errors: Vec::new(),
            members,
        };
        Err(Failure::Problem { body: Box::new(body), retry_after: None })
    }

    #[test]
    fn what_is_not_known_keeps_its_key() {
        for unknown in [
            Err(Failure::Lost),
            Err(Failure::Unreadable),
            problem(503, "unavailable"),
            problem(500, "internal"),
            problem(409, "in_progress"),
        ] {
            let outcome = outcome(&unknown);
            assert_eq!(outcome, Outcome::Unknown);
            assert!(!outcome.ends_attempt());
        }
        assert!(!outcome(&Err(Failure::SignedOut)).ends_attempt());
    }

    #[test]
    fn what_is_known_ends_the_attempt() {
        let declined = Outcome::Declined("insufficient_funds".to_owned());
        for (answer, expected) in [
            (problem(402, "payment_declined"), declined),
            (problem(409, "price_changed"), Outcome::PriceChanged),
            (problem(410, "hold_expired"), Outcome::LookAgain),
            (problem(422, "invalid"), Outcome::Refused),
            (problem(429, "rate_limited"), Outcome::Refused),
        ] {
            let outcome = outcome(&answer);
            assert_eq!(outcome, expected);
            assert!(outcome.ends_attempt());
        }
        let paid = sold(OrderStatus::Confirmed);
        assert_eq!(outcome(&Ok(paid.clone())), Outcome::Now(Stage::Sold(Some(paid.order_id))));
    }
}

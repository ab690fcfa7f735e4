//! The life of a payment: `apply(payment, change, at) -> (payment, events)`.
//!
//! What the provider shows is always the newest truth, but two looks at it may arrive in the wrong
//! order; so a change never leads back to an earlier state, and the same look twice changes nothing.
//! Only money moves what has ended: what was declined or voided, and is taken all the same, is late money.

use super::ledger::Split;
use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::api::booking::{PaymentMethod, TransferInstructions};
use onsale_core::api::internal::{PaymentState, PaymentStatus};
use onsale_core::events::{PaymentChanged, Topic};
use onsale_core::{Money, OrderId, PaymentId, UserId};
use serde_json::{Value, json};
use uuid::Uuid;

/// How long after its first question a payment is asked about again; then twice as long each time,
/// up to [`CHECK_EVERY_MAX_S`] (RELIABILITY.md §3, "webhook lost").
const CHECK_FIRST_S: i64 = 2;
const CHECK_EVERY_MAX_S: i64 = 30;
/// A transfer takes days, in which thousands may be open: its webhook is waited for, and this is behind it.
const CHECK_TRANSFER_MAX_S: i64 = 300;
/// The provider forgets keys after 24 h (Stripe, "Idempotent requests"): after this, asking again by
/// the key could charge a second time.
const KEY_KNOWN_FOR: TimeDelta = TimeDelta::hours(23);

/// One attempt to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Payment {
    pub(crate) id: PaymentId,
    pub(crate) order_id: OrderId,
    pub(crate) user_id: UserId,
    pub(crate) method: PaymentMethod,
    pub(crate) amount: Money,
    /// What the amount is made of.
    pub(crate) split: Split,
    pub(crate) token: Option<String>,
    pub(crate) return_url: Option<String>,
    pub(crate) description: String,
    pub(crate) status: PaymentStatus,
    pub(crate) wanted: Option<Wanted>,
    pub(crate) provider_ref: Option<String>,
    pub(crate) redirect_url: Option<String>,
    /// What to write on a bank transfer.
    pub(crate) transfer: Option<TransferInstructions>,
    pub(crate) decline_code: Option<String>,
    pub(crate) refunding_minor: i64,
    pub(crate) refunded_minor: i64,
    /// An invoice was paid; other methods bring their money with the capture.
    pub(crate) settled: bool,
    pub(crate) version: i32,
    pub(crate) sequence: i64,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) check_at: Option<DateTime<Utc>>,
}

/// What was asked for while the provider did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Capture,
    Void,
}

impl Wanted {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Capture => "CAPTURE",
            Self::Void => "VOID",
        }
    }

    pub(crate) fn from_name(text: &str) -> Option<Self> {
        [Self::Capture, Self::Void].into_iter().find(|wanted| wanted.as_str() == text)
    }
}

/// What was learnt or asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// The provider knows the attempt under this name; its outcome is open.
    Known { reference: String },
    /// The payer has to act on the provider's page.
    ActionRequired { reference: String, redirect_url: String, transfer: Option<TransferInstructions> },
    /// The money is reserved. Receivables have no reference.
    Authorised { reference: Option<String> },
    /// The money is taken.
    Captured,
    /// The provider said no.
    Declined { reference: Option<String>, code: String },
    /// An invoice was paid.
    Settled,
    /// The authorisation is gone.
    Voided,
    /// The outcome of this call is not known.
    Wants(Wanted),
    /// Part of the amount is on its way back.
    RefundOpened { amount_minor: i64 },
    /// It arrived.
    RefundSucceeded { refund_id: Uuid, amount_minor: i64 },
    /// It did not; it can be given back by another refund.
    RefundFailed { refund_id: Uuid, amount_minor: i64, code: String },
}

/// Why a change cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Only what was captured is given back.
    #[error("the payment is {}, not CAPTURED", .0.as_str())]
    NotCaptured(PaymentStatus),
    /// Only an invoice whose tickets are sold is owed.
    #[error("the payment is {} and no invoice that is owed", .0.as_str())]
    NotOwed(PaymentStatus),
    /// More than is left.
    #[error("only {0} minor units are left to give back")]
    MoreThanLeft(i64),
    /// The provider shows what our own record excludes.
    #[error("the payment is {}, which excludes this", .0.as_str())]
    Excluded(PaymentStatus),
}

/// Something that happened to a payment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Happened {
    pub(crate) kind: &'static str,
    pub(crate) topic: Option<Topic>,
    pub(crate) data: Value,
}

/// The reason in the event of a payment that was given up, not declined.
pub(crate) const VOIDED: &str = "voided";

/// The kinds of events: first those that go to the bus, under their topic's name.
pub(crate) mod kind {
    use onsale_core::events::Topic;

    pub(crate) const CAPTURED: &str = Topic::PaymentCompleted.as_str();
    pub(crate) const FAILED: &str = Topic::PaymentFailed.as_str();
    pub(crate) const KNOWN: &str = "payment-known";
    pub(crate) const ACTION_REQUIRED: &str = "payment-action-required";
    pub(crate) const AUTHORISED: &str = "payment-authorised";
    pub(crate) const CAPTURE_WANTED: &str = "payment-capture-wanted";
    pub(crate) const VOID_WANTED: &str = "payment-void-wanted";
    pub(crate) const SETTLED: &str = "payment-settled";
    pub(crate) const REFUND_OPENED: &str = "payment-refund-opened";
    pub(crate) const REFUND_FAILED: &str = "payment-refund-failed";
}

impl Payment {
    /// A new attempt and its first event.
    pub(crate) fn opened(mut self) -> (Self, Happened) {
        let happened = self.published(Topic::PaymentInitiated, self.amount, None, None);
        self.count(&happened);
        (self, happened)
    }

    /// Whether the payment goes through the provider; the others are receivables of our own.
    pub(crate) fn is_receivable(&self) -> bool {
        is_receivable(self.method)
    }

    /// Whether asking by the key again is safe: the provider still knows the key.
    pub(crate) fn is_key_known(&self, now: DateTime<Utc>) -> bool {
        now < self.created_at + KEY_KNOWN_FOR
    }

    /// What the callers see.
    pub(crate) fn state(&self) -> PaymentState {
        let redirect = (self.status == PaymentStatus::RequiresAction).then(|| self.redirect_url.clone()).flatten();
        PaymentState {
            payment_id: self.id,
            order_id: self.order_id,
            status: self.status,
            amount: self.amount,
            refunded: Money::new(self.refunded_minor, self.amount.currency),
            redirect_url: redirect,
            transfer: self.transfer.clone().filter(|_| self.status == PaymentStatus::RequiresAction),
            decline_code: self.decline_code.clone(),
            method: self.method,
            created_at: self.created_at,
        }
    }

    /// The payment after the change, with what happened; nothing when nothing changes.
    pub(crate) fn apply(&self, change: &Change, at: DateTime<Utc>) -> Result<Option<(Self, Happened)>, Refusal> {
        let mut next = self.clone();
        next.updated_at = at;
        let Some(happened) = next.step(change)? else { return Ok(None) };
        next.count(&happened);
        next.check_at = next.is_open().then(|| next.next_check(at));
        Ok(Some((next, happened)))
    }

    /// Whether the provider has to be asked.
    pub(crate) fn is_open(&self) -> bool {
        self.wanted.is_some() || matches!(self.status, PaymentStatus::Pending | PaymentStatus::RequiresAction)
    }

    /// When to ask next: after as long as it has been open, between 2 and 30 s; of a transfer 5 minutes.
    pub(crate) fn next_check(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let open_for_s = (at - self.created_at).num_seconds();
        let every_max_s =
            if self.method == PaymentMethod::BankTransfer { CHECK_TRANSFER_MAX_S } else { CHECK_EVERY_MAX_S };
        at + TimeDelta::seconds(open_for_s.clamp(CHECK_FIRST_S, every_max_s))
    }

    fn step(&mut self, change: &Change) -> Result<Option<Happened>, Refusal> {
        use PaymentStatus::{Authorised, Captured, Declined, Pending, RequiresAction, Voided};
        match (change, self.status) {
            (Change::Known { reference }, Pending) if self.provider_ref.is_none() => {
                self.provider_ref = Some(reference.clone());
                Ok(Some(stored(kind::KNOWN, json!({ "reference": reference }))))
            }
            // The name that late money has: a refund needs it.
            (Change::Known { reference }, Declined | Voided) if self.provider_ref.as_ref() != Some(reference) => {
                self.provider_ref = Some(reference.clone());
                Ok(Some(stored(kind::KNOWN, json!({ "reference": reference }))))
            }
            (Change::ActionRequired { reference, redirect_url, transfer }, Pending) => {
                self.status = RequiresAction;
                self.provider_ref = Some(reference.clone());
                self.redirect_url = Some(redirect_url.clone());
                self.transfer.clone_from(transfer);
                let data = json!({ "reference": reference, "redirectUrl": redirect_url });
                Ok(Some(stored(kind::ACTION_REQUIRED, data)))
            }
            (Change::Authorised { reference }, Pending | RequiresAction) => {
                self.status = Authorised;
                self.keep_reference(reference.as_deref());
                self.redirect_url = None;
                Ok(Some(stored(kind::AUTHORISED, json!({ "reference": self.provider_ref }))))
            }
            (Change::Captured, Pending | RequiresAction | Authorised | Declined | Voided) => {
                self.status = Captured;
                self.wanted = None;
                self.redirect_url = None;
                Ok(Some(self.published(Topic::PaymentCompleted, self.amount, None, None)))
            }
            (Change::Declined { reference, code }, Pending | RequiresAction) => {
                self.status = Declined;
                self.wanted = None;
                self.keep_reference(reference.as_deref());
                self.redirect_url = None;
                self.decline_code = Some(code.clone());
                Ok(Some(self.published(Topic::PaymentFailed, self.amount, None, Some(code))))
            }
            (Change::Voided, Pending | RequiresAction | Authorised) => {
                self.status = Voided;
                self.wanted = None;
                self.redirect_url = None;
                Ok(Some(self.published(Topic::PaymentFailed, self.amount, None, Some(VOIDED))))
            }
            (Change::Settled, _) => self.settle(),
            (Change::Wants(wanted), _) => self.want(*wanted),
            (Change::RefundOpened { .. } | Change::RefundSucceeded { .. } | Change::RefundFailed { .. }, _) => {
                self.refund(change)
            }
            // Money is reserved where our record says that there is none, or gone where it says that it was taken.
            (Change::Authorised { .. }, Declined | Voided) | (Change::Voided, Captured) => {
                Err(Refusal::Excluded(self.status))
            }
            _ => Ok(None),
        }
    }

    fn want(&mut self, wanted: Wanted) -> Result<Option<Happened>, Refusal> {
        if self.wanted == Some(wanted) {
            return Ok(None);
        }
        let kind = match (wanted, self.status) {
            (Wanted::Capture, PaymentStatus::Authorised) => kind::CAPTURE_WANTED,
            (Wanted::Void, PaymentStatus::Pending | PaymentStatus::RequiresAction | PaymentStatus::Authorised) => {
                kind::VOID_WANTED
            }
            _ => return Ok(None),
        };
        self.wanted = Some(wanted);
        Ok(Some(stored(kind, json!({}))))
    }

    fn settle(&mut self) -> Result<Option<Happened>, Refusal> {
        if self.method != PaymentMethod::Invoice || self.status != PaymentStatus::Captured {
            return Err(Refusal::NotOwed(self.status));
        }
        let paid = self.amount.minor - self.refunded_minor;
        if self.settled || paid == 0 {
            return Ok(None);
        }
        self.settled = true;
        Ok(Some(stored(kind::SETTLED, json!({ "amountMinor": paid }))))
    }

    fn refund(&mut self, change: &Change) -> Result<Option<Happened>, Refusal> {
        if self.status != PaymentStatus::Captured {
            return Err(Refusal::NotCaptured(self.status));
        }
        match change {
            Change::RefundOpened { amount_minor } => {
                let left = self.amount.minor - self.refunding_minor - self.refunded_minor;
                if *amount_minor > left {
                    return Err(Refusal::MoreThanLeft(left));
                }
                self.refunding_minor += amount_minor;
                Ok(Some(stored(kind::REFUND_OPENED, json!({ "amountMinor": amount_minor }))))
            }
            Change::RefundSucceeded { refund_id, amount_minor } => {
                self.refunding_minor -= amount_minor;
                self.refunded_minor += amount_minor;
                let amount = Money::new(*amount_minor, self.amount.currency);
                Ok(Some(self.published(Topic::PaymentRefunded, amount, Some(*refund_id), None)))
            }
            Change::RefundFailed { refund_id, amount_minor, code } => {
                self.refunding_minor -= amount_minor;
                let data = json!({ "refundId": refund_id, "amountMinor": amount_minor, "reason": code });
                Ok(Some(stored(kind::REFUND_FAILED, data)))
            }
            _ => Ok(None),
        }
    }

    fn keep_reference(&mut self, reference: Option<&str>) {
        if let Some(reference) = reference {
            self.provider_ref = Some(reference.to_owned());
        }
    }

    fn count(&mut self, happened: &Happened) {
        self.version += 1;
        self.sequence += i64::from(happened.topic.is_some());
    }

    fn published(&self, topic: Topic, amount: Money, refund_id: Option<Uuid>, reason: Option<&str>) -> Happened {
        let payload = PaymentChanged {
            payment_id: self.id,
            order_id: self.order_id,
            method: self.method,
            amount,
            refund_id,
            reason: reason.map(str::to_owned),
        };
        let data = serde_json::to_value(payload).unwrap_or_default();
        Happened { kind: topic.as_str(), topic: Some(topic), data }
    }
}

/// Whether the method is a receivable of our own, without a provider.
pub(crate) fn is_receivable(method: PaymentMethod) -> bool {
    matches!(method, PaymentMethod::Invoice | PaymentMethod::Cash)
}

fn stored(kind: &'static str, data: Value) -> Happened {
    Happened { kind, topic: None, data }
}

#[cfg(test)]
pub(super) mod tests;

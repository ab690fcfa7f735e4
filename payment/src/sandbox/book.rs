//! The rules: what a call does to the attempts, refunds and keys that it concerns. Pure.

use super::cards::{Card, Decline, NOT_APPROVED, TRANSFER};
use super::objects::{self, Refusal};
use super::sessions::{NewSession, Session};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// An attempt to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Intent {
    pub(super) id: String,
    pub(super) currency: String,
    pub(super) amount: i64,
    pub(super) amount_received: i64,
    pub(super) amount_refunded: i64,
    pub(super) capture_method: CaptureMethod,
    pub(super) status: Status,
    pub(super) payment_method: Option<String>,
    pub(super) return_url: Option<String>,
    pub(super) description: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) last_error: Option<String>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

/// Where an attempt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    RequiresPaymentMethod,
    RequiresAction,
    RequiresCapture,
    Succeeded,
    Canceled,
}

impl Status {
    const ALL: [Self; 5] =
        [Self::RequiresPaymentMethod, Self::RequiresAction, Self::RequiresCapture, Self::Succeeded, Self::Canceled];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresAction => "requires_action",
            Self::RequiresCapture => "requires_capture",
            Self::Succeeded => "succeeded",
            Self::Canceled => "canceled",
        }
    }

    pub(super) fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// When the money is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CaptureMethod {
    Manual,
    Automatic,
}

impl CaptureMethod {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Automatic => "automatic",
        }
    }

    pub(super) fn from_name(text: &str) -> Option<Self> {
        [Self::Manual, Self::Automatic].into_iter().find(|method| method.as_str() == text)
    }
}

/// Money given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) intent_id: String,
    pub(super) amount: i64,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) created_at: DateTime<Utc>,
}

/// An attempt about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewIntent {
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) capture_method: CaptureMethod,
    pub(super) payment_method: String,
    pub(super) return_url: Option<String>,
    pub(super) description: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) card: Card,
}

/// A refund about to be made; of all that is left when no amount is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewRefund {
    pub(super) intent_id: String,
    pub(super) amount: Option<i64>,
    pub(super) metadata: BTreeMap<String, String>,
}

/// What a call does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    Create {
        id: String,
        new: NewIntent,
    },
    Capture {
        id: String,
        amount: Option<i64>,
    },
    Cancel {
        id: String,
    },
    Refund {
        id: String,
        new: NewRefund,
    },
    /// The payer pressed Approve, or Decline, on the hosted page.
    Decide {
        id: String,
        approved: bool,
    },
    /// The payer's bank sends the money of a transfer.
    Transfer {
        id: String,
    },
    OpenSession {
        id: String,
        intent_id: String,
        new: NewSession,
    },
    ExpireSession {
        id: String,
    },
    /// The payer pressed Approve, or Decline, on a checkout's page.
    DecideSession {
        id: String,
        approved: bool,
    },
}

impl Act {
    /// The attempt that has to be there.
    pub(super) fn intent_id(&self) -> Option<&str> {
        match self {
            Self::Create { .. }
            | Self::OpenSession { .. }
            | Self::ExpireSession { .. }
            | Self::DecideSession { .. } => None,
            Self::Capture { id, .. } | Self::Cancel { id } | Self::Decide { id, .. } | Self::Transfer { id } => {
                Some(id)
            }
            Self::Refund { new, .. } => Some(&new.intent_id),
        }
    }

    /// The checkout that has to be there.
    pub(super) fn session_id(&self) -> Option<&str> {
        match self {
            Self::ExpireSession { id } | Self::DecideSession { id, .. } => Some(id),
            _ => None,
        }
    }
}

/// A call with its idempotency key.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) key: Option<String>,
    /// SHA-256 of the address and the body.
    pub(super) fingerprint: [u8; 32],
    pub(super) act: Act,
}

/// An answer, as it is kept under its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
    pub(super) replayed: bool,
}

/// A key and its first answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeptAnswer {
    pub(super) fingerprint: [u8; 32],
    pub(super) answer: Answer,
}

/// What happened, to be told by webhook: the kind and the object's JSON.
pub(super) type Event = (&'static str, serde_json::Value);

/// The part of the ledger that a batch of calls concerns.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) now: DateTime<Utc>,
    /// Where payers reach the hosted page.
    pub(super) public_url: String,
    pub(super) intents: HashMap<String, Intent>,
    pub(super) keys: HashMap<String, KeptAnswer>,
    /// Attempts that this batch made or changed.
    pub(super) changed: BTreeSet<String>,
    pub(super) sessions: HashMap<String, Session>,
    /// Checkouts that this batch made or changed.
    pub(super) changed_sessions: BTreeSet<String>,
    pub(super) new_refunds: Vec<Refund>,
    pub(super) new_keys: Vec<String>,
    pub(super) events: Vec<Event>,
}

impl Book {
    pub(super) fn new(now: DateTime<Utc>, public_url: &str) -> Self {
        Self {
            now,
            public_url: public_url.to_owned(),
            intents: HashMap::new(),
            keys: HashMap::new(),
            changed: BTreeSet::new(),
            sessions: HashMap::new(),
            changed_sessions: BTreeSet::new(),
            new_refunds: Vec::new(),
            new_keys: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Carries out a call, or gives its first answer again.
    pub(super) fn answer(&mut self, call: &Call) -> Answer {
        if let Some(kept) = call.key.as_ref().and_then(|key| self.keys.get(key)) {
            if kept.fingerprint != call.fingerprint {
                return Refusal::key_reused().answer();
            }
            return Answer { replayed: true, ..kept.answer.clone() };
        }
        let answer = match self.carry_out(&call.act) {
            Ok(body) => Answer { status: 200, body: body.to_string(), replayed: false },
            Err(refusal) => refusal.answer(),
        };
        if let Some(key) = &call.key {
            let kept = KeptAnswer { fingerprint: call.fingerprint, answer: answer.clone() };
            self.keys.insert(key.clone(), kept);
            self.new_keys.push(key.clone());
        }
        answer
    }

    fn carry_out(&mut self, act: &Act) -> Result<serde_json::Value, Refusal> {
        match act {
            Act::Create { id, new } => self.create(id, new),
            Act::Capture { id, amount } => self.capture(id, *amount),
            Act::Cancel { id } => self.cancel(id),
            Act::Refund { id, new } => self.refund(id, new),
            Act::Decide { id, approved } => self.decide(id, *approved),
            Act::Transfer { id } => self.transfer(id),
            Act::OpenSession { id, intent_id, new } => Ok(self.open_session(id, intent_id, new)),
            Act::ExpireSession { id } => self.expire_session(id),
            Act::DecideSession { id, approved } => self.decide_session(id, *approved),
        }
    }

    fn create(&mut self, id: &str, new: &NewIntent) -> Result<serde_json::Value, Refusal> {
        let mut intent = Intent {
            id: id.to_owned(),
            currency: new.currency.clone(),
            amount: new.amount,
            amount_received: 0,
            amount_refunded: 0,
            capture_method: new.capture_method,
            status: Status::RequiresAction,
            payment_method: Some(new.payment_method.clone()),
            return_url: new.return_url.clone(),
            description: new.description.clone(),
            metadata: new.metadata.clone(),
            last_error: None,
            created_at: self.now,
            updated_at: self.now,
        };
        match new.card {
            Card::Redirects | Card::Transfers => Ok(self.keep(intent, "payment_intent.requires_action")),
            Card::Declines(decline) => {
                decline_intent(&mut intent, decline);
                let shown = self.keep(intent, "payment_intent.payment_failed");
                Err(Refusal::declined(decline, shown))
            }
            Card::Succeeds | Card::Slow | Card::SlowAnswer => {
                let kind = approve(&mut intent);
                Ok(self.keep(intent, kind))
            }
        }
    }

    fn capture(&mut self, id: &str, amount: Option<i64>) -> Result<serde_json::Value, Refusal> {
        let mut intent = self.find(id)?;
        if intent.status != Status::RequiresCapture {
            return Err(Refusal::unexpected_state("captured", intent.status));
        }
        let amount = amount.unwrap_or(intent.amount);
        if amount > intent.amount {
            return Err(Refusal::invalid("amount_to_capture"));
        }
        intent.status = Status::Succeeded;
        intent.amount_received = amount;
        Ok(self.keep(intent, "payment_intent.succeeded"))
    }

    fn cancel(&mut self, id: &str) -> Result<serde_json::Value, Refusal> {
        let mut intent = self.find(id)?;
        if matches!(intent.status, Status::Succeeded | Status::Canceled) {
            return Err(Refusal::unexpected_state("canceled", intent.status));
        }
        intent.status = Status::Canceled;
        Ok(self.keep(intent, "payment_intent.canceled"))
    }

    fn refund(&mut self, id: &str, new: &NewRefund) -> Result<serde_json::Value, Refusal> {
        let mut intent = self.find(&new.intent_id)?;
        let left = intent.amount_received - intent.amount_refunded;
        let amount = new.amount.unwrap_or(left);
        if left == 0 {
            return Err(Refusal::nothing_left());
        }
        if amount > left {
            return Err(Refusal::invalid("amount"));
        }
        intent.amount_refunded += amount;
        let refund = Refund {
            id: id.to_owned(),
            intent_id: intent.id.clone(),
            amount,
            metadata: new.metadata.clone(),
            created_at: self.now,
        };
        let shown = objects::refund(&refund, &intent.currency);
        intent.updated_at = self.now;
        self.changed.insert(intent.id.clone());
        self.intents.insert(intent.id.clone(), intent);
        self.new_refunds.push(refund);
        self.events.push(("refund.created", shown.clone()));
        Ok(shown)
    }

    fn decide(&mut self, id: &str, approved: bool) -> Result<serde_json::Value, Refusal> {
        let mut intent = self.find(id)?;
        if intent.status != Status::RequiresAction {
            return Err(Refusal::unexpected_state("confirmed", intent.status));
        }
        let kind = if approved {
            approve(&mut intent)
        } else {
            decline_intent(&mut intent, NOT_APPROVED);
            "payment_intent.payment_failed"
        };
        Ok(self.keep(intent, kind))
    }

    /// The money of a transfer arrives, in time or not. Stripe keeps what comes after the end in the customer's balance;
    /// here it is taken all the same, which is the harder case for whoever asks.
    fn transfer(&mut self, id: &str) -> Result<serde_json::Value, Refusal> {
        let mut intent = self.find(id)?;
        let is_transfer = intent.payment_method.as_deref() == Some(TRANSFER);
        if !is_transfer || !matches!(intent.status, Status::RequiresAction | Status::Canceled) {
            return Err(Refusal::unexpected_state("funded", intent.status));
        }
        intent.status = Status::Succeeded;
        intent.amount_received = intent.amount;
        Ok(self.keep(intent, "payment_intent.succeeded"))
    }

    fn find(&self, id: &str) -> Result<Intent, Refusal> {
        self.intents.get(id).cloned().ok_or_else(|| Refusal::no_such("payment_intent", id))
    }

    pub(super) fn keep(&mut self, mut intent: Intent, kind: &'static str) -> serde_json::Value {
        intent.updated_at = self.now;
        let shown = objects::intent(&intent, &self.public_url);
        self.events.push((kind, shown.clone()));
        self.changed.insert(intent.id.clone());
        self.intents.insert(intent.id.clone(), intent);
        shown
    }
}

pub(super) fn approve(intent: &mut Intent) -> &'static str {
    match intent.capture_method {
        CaptureMethod::Manual => {
            intent.status = Status::RequiresCapture;
            "payment_intent.amount_capturable_updated"
        }
        CaptureMethod::Automatic => {
            intent.status = Status::Succeeded;
            intent.amount_received = intent.amount;
            "payment_intent.succeeded"
        }
    }
}

fn decline_intent(intent: &mut Intent, decline: Decline) {
    intent.status = Status::RequiresPaymentMethod;
    intent.last_error = Some(decline.word().to_owned());
}

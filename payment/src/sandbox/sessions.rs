//! Hosted checkouts: what a call or the payer does to them. Pure.

use super::book::{Book, CaptureMethod, Intent, Status};
use super::cards::NOT_APPROVED;
use super::objects::{self, Refusal};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::BTreeMap;

/// A hosted checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Session {
    pub(super) id: String,
    /// Its attempt, made with it.
    pub(super) intent_id: String,
    pub(super) status: SessionStatus,
    pub(super) success_url: String,
    pub(super) cancel_url: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) created_at: DateTime<Utc>,
}

/// Where a checkout is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SessionStatus {
    Open,
    Complete,
    Expired,
}

impl SessionStatus {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete => "complete",
            Self::Expired => "expired",
        }
    }

    pub(super) fn from_name(text: &str) -> Option<Self> {
        [Self::Open, Self::Complete, Self::Expired].into_iter().find(|status| status.as_str() == text)
    }
}

impl Session {
    /// Time closes it, too.
    pub(super) fn status_at(&self, now: DateTime<Utc>) -> SessionStatus {
        match self.status {
            SessionStatus::Open if self.expires_at <= now => SessionStatus::Expired,
            status => status,
        }
    }
}

/// A checkout about to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewSession {
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) capture_method: CaptureMethod,
    pub(super) description: Option<String>,
    pub(super) success_url: String,
    pub(super) cancel_url: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) intent_metadata: BTreeMap<String, String>,
    pub(super) expires_at: DateTime<Utc>,
}

impl Book {
    pub(super) fn open_session(&mut self, id: &str, intent_id: &str, new: &NewSession) -> Value {
        let intent = Intent {
            id: intent_id.to_owned(),
            currency: new.currency.clone(),
            amount: new.amount,
            amount_received: 0,
            amount_refunded: 0,
            capture_method: new.capture_method,
            status: Status::RequiresPaymentMethod,
            payment_method: None,
            return_url: Some(new.success_url.clone()),
            description: new.description.clone(),
            metadata: new.intent_metadata.clone(),
            last_error: None,
            created_at: self.now,
            updated_at: self.now,
        };
        let session = Session {
            id: id.to_owned(),
            intent_id: intent_id.to_owned(),
            status: SessionStatus::Open,
            success_url: new.success_url.clone(),
            cancel_url: new.cancel_url.clone(),
            metadata: new.metadata.clone(),
            expires_at: new.expires_at,
            created_at: self.now,
        };
        let shown = objects::session(&session, &intent, self.now, &self.public_url);
        self.changed.insert(intent.id.clone());
        self.intents.insert(intent.id.clone(), intent);
        self.keep_session(session);
        shown
    }

    pub(super) fn expire_session(&mut self, id: &str) -> Result<Value, Refusal> {
        let (mut session, mut intent) = self.find_session(id)?;
        if session.status_at(self.now) != SessionStatus::Open {
            return Err(Refusal::session_not_open(session.status_at(self.now)));
        }
        session.status = SessionStatus::Expired;
        intent.status = Status::Canceled;
        let shown = objects::session(&session, &intent, self.now, &self.public_url);
        self.keep(intent, "payment_intent.canceled");
        self.keep_session(session);
        self.events.push(("checkout.session.expired", shown.clone()));
        Ok(shown)
    }

    /// The payer pressed Approve, which ends the checkout, or Decline, after which another card may be tried.
    pub(super) fn decide_session(&mut self, id: &str, approved: bool) -> Result<Value, Refusal> {
        let (mut session, mut intent) = self.find_session(id)?;
        if session.status_at(self.now) != SessionStatus::Open {
            return Err(Refusal::session_not_open(session.status_at(self.now)));
        }
        if !approved {
            intent.last_error = Some(NOT_APPROVED.word().to_owned());
            return Ok(self.keep(intent, "payment_intent.payment_failed"));
        }
        session.status = SessionStatus::Complete;
        intent.last_error = None;
        let kind = super::book::approve(&mut intent);
        let shown = objects::session(&session, &intent, self.now, &self.public_url);
        self.keep(intent, kind);
        self.keep_session(session);
        self.events.push(("checkout.session.completed", shown.clone()));
        Ok(shown)
    }

    fn find_session(&self, id: &str) -> Result<(Session, Intent), Refusal> {
        let session = self.sessions.get(id).ok_or_else(|| Refusal::no_such("checkout.session", id))?;
        let intent = self.intents.get(&session.intent_id);
        let intent = intent.ok_or_else(|| Refusal::no_such("payment_intent", &session.intent_id))?;
        Ok((session.clone(), intent.clone()))
    }

    fn keep_session(&mut self, session: Session) {
        self.changed_sessions.insert(session.id.clone());
        self.sessions.insert(session.id.clone(), session);
    }
}

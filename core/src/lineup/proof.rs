//! The document with which anybody checks the line, and the checks.
//!
//! What has not been published yet cannot be checked yet: such a check is `open`, not failed.

mod checks;
mod missed;

use super::bytes::{EntryId, Hash};
use crate::ids::EventId;
use chrono::{DateTime, Utc};
pub use missed::{Awaited, Fault, Missed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is published of an event's line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LineProof {
    /// The event.
    pub event_id: EventId,
    /// When the lobby ends and the places are given.
    pub starts_at: DateTime<Utc>,
    /// Whether those who are there at the start get their places by a shuffle; else all have the order of joining.
    pub shuffled: bool,
    /// SHA-256 of the secret, published when the room was set up.
    pub commitment: Hash,
    /// The public key, Ed25519, that receipts are signed by.
    pub receipt_key: Hash,
    /// The chain's heads as they were published, every 10 s while people joined.
    pub heads: Vec<PublishedHead>,
    /// The list of the lobby, once it is frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<FrozenList>,
    /// What decided the places, once it is revealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revealed: Option<Revealed>,
    /// One's own entry, where one asked with a queue token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mine: Option<Mine>,
    /// All entries in the order of joining, where they are known: `GET …/proof/entries`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entries: Option<Vec<EntryId>>,
}

/// The chain at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublishedHead {
    /// How many had joined.
    pub count: u32,
    /// The chain's head then.
    pub head: Hash,
    /// When it was published.
    pub at: DateTime<Utc>,
}

/// The list of those who were there at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FrozenList {
    /// How many.
    pub count: u32,
    /// The chain's head after the last of them.
    pub head: Hash,
    /// The Merkle root of their entries.
    pub root: Hash,
    /// When it was published.
    pub at: DateTime<Utc>,
}

/// What decided the places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Revealed {
    /// The secret.
    pub secret: Hash,
    /// When it was revealed.
    pub at: DateTime<Utc>,
    /// Randomness from outside, drawn after the list was published. Without it whoever knew the secret could have
    /// steered the places by a last entry of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drand: Option<DrandRound>,
}

/// A round of drand, a public source of randomness (docs.drand.love).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DrandRound {
    /// The chain that it is of, in hex.
    pub chain: String,
    /// When the chain's first round was, in seconds since 1970.
    pub genesis: i64,
    /// The seconds between its rounds.
    pub period: i64,
    /// The round.
    pub round: i64,
    /// Its randomness: SHA-256 of its signature.
    pub randomness: Hash,
    /// The network's signature of the round, in hex.
    pub signature: String,
}

impl DrandRound {
    /// When the round was drawn; nothing where that is no time.
    #[must_use]
    pub fn drawn_at(&self) -> Option<DateTime<Utc>> {
        let since = self.round.checked_sub(1)?.checked_mul(self.period)?;
        DateTime::from_timestamp(self.genesis.checked_add(since)?, 0)
    }

    /// The round before it, as far as its time goes.
    fn before(&self) -> Self {
        Self { round: self.round.saturating_sub(1), ..self.clone() }
    }
}

/// What somebody got when joining.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// The entry: random, and nobody's name.
    pub entry: EntryId,
    /// The how manieth it is, from 1.
    pub position: u32,
    /// The chain's head with it.
    pub chain_head: Hash,
    /// When it joined.
    pub joined_at: DateTime<Utc>,
    /// Ed25519 of [`Receipt::signed_text`], in base64url: the seller cannot deny it.
    pub signature: String,
}

impl Receipt {
    /// What is signed.
    #[must_use]
    pub fn signed_text(&self, event: &EventId) -> String {
        let at = self.joined_at.timestamp_micros();
        format!("onsale receipt 1\n{event}\n{}\n{}\n{}\n{at}", self.position, self.entry, self.chain_head)
    }
}

/// One's own entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Mine {
    /// What was given at joining.
    pub receipt: Receipt,
    /// The way from the entry to the list's root; absent for who joined after the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inclusion: Option<Vec<Hash>>,
    /// The place, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It holds.
    Ok,
    /// It does not: the line was tampered with, or the document is not what was published.
    Failed,
    /// What it needs is not published yet, or not in the document.
    Open,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Check {
    /// Its stable name.
    pub name: &'static str,
    /// How it came out.
    pub verdict: Verdict,
    /// The same for people.
    pub sentence: String,
    /// Why it did not come out well, for who says it in another language.
    #[serde(skip)]
    pub why: Option<Missed>,
}

impl Check {
    /// A check that holds.
    #[must_use]
    pub fn held(name: &'static str, sentence: String) -> Self {
        Self { name, verdict: Verdict::Ok, sentence, why: None }
    }

    /// A check that does not, or could not be made.
    #[must_use]
    pub fn missed(name: &'static str, why: Missed) -> Self {
        Self { name, verdict: why.verdict(), sentence: why.to_string(), why: Some(why) }
    }
}

/// Makes all checks, in the order in which things were published.
#[must_use]
pub fn verify(proof: &LineProof) -> Vec<Check> {
    checks::all(proof)
}

/// Whether nothing failed.
#[must_use]
pub fn holds(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.verdict != Verdict::Failed)
}

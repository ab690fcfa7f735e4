//! The waiting room: joining, one's place, what everybody sees, and the organiser's control.

use crate::ids::EventId;
use crate::lineup::proof::Receipt;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /api/queue/{eventId}/join`; the body may be left out where no challenge is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JoinQueue {
    /// The challenge of a refusal `challenge_required`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
    /// What solves it: SHA-256 of `challenge ‖ ":" ‖ nonce` begins with as many zero bits as it asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
}

/// Where somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueueState {
    /// The start is to come: who is here then gets a place by the shuffle.
    Lobby,
    /// In line.
    Waiting,
    /// It is their turn.
    Admitted,
    /// They were called and did not come, or their time to choose is over. Joining again is for the end of the line.
    Lapsed,
    /// They left, or their order is made.
    Left,
    /// Nothing is free and nothing is held any more.
    SoldOut,
    /// The organiser closed the line.
    Closed,
}

/// The answer of joining.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JoinedQueue {
    /// Sent as `X-Queue-Token` from now on.
    pub queue_token: String,
    /// Signed, to be kept.
    pub receipt: Receipt,
    /// The place in line, once it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// Where they are.
    pub state: QueueState,
}

/// `GET /api/queue/{eventId}/status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueStatus {
    /// Where they are.
    pub state: QueueState,
    /// Their place in line, once it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// The position of their receipt: `…/live?position=` tells at once when they are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// Whoever has a number up to it may come in.
    pub now_serving: u32,
    /// People in line before them, without those who left; in the lobby everybody who joined.
    pub ahead: u32,
    /// How long they will probably wait; absent while nobody can say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<WaitRange>,
    /// When the line begins to move.
    pub starts_at: DateTime<Utc>,
    /// Whether the organiser stopped the line for now.
    pub paused: bool,
    /// What the organiser says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Nothing is free, but held seats may come back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all_held: Option<AllHeld>,
    /// Whether it is their turn and they have to sign in for it, with the account that was admitted.
    pub sign_in_needed: bool,
    /// Their leave to choose seats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admission: Option<QueueAdmission>,
    /// When to ask again.
    pub ask_again_seconds: u32,
    /// The same for whoever hears the line's events meanwhile, and so is told when their number is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask_again_hearing_seconds: Option<u32>,
}

/// How long somebody will probably wait: 9 of 10 do not wait less or longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitRange {
    /// At least.
    pub from_seconds: u32,
    /// At most; never more than twice the least.
    pub to_seconds: u32,
}

/// All seats are held or sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AllHeld {
    /// How many may come back.
    pub seats: i64,
    /// When the last of the holds ends, those that are being paid left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

/// Leave to choose seats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueAdmission {
    /// Sent as `X-Admission` with reserve. It is this account's only.
    pub token: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// `GET /api/queue/{eventId}`, and each message of `…/live`: what is the same for everybody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueView {
    /// Which line the event has.
    pub mode: QueueMode,
    /// When people begin to join.
    pub opens_at: DateTime<Utc>,
    /// When the lobby ends and the line begins to move.
    pub starts_at: DateTime<Utc>,
    /// Whether the places are given.
    pub started: bool,
    /// How many joined so far.
    pub joined: u32,
    /// Whoever has a number up to it may come in.
    pub now_serving: u32,
    /// People who are called in a minute, by what was last measured.
    pub per_minute: u32,
    /// Whether the organiser stopped the line for now.
    pub paused: bool,
    /// Whether the organiser closed the line.
    pub closed: bool,
    /// Whether all is sold.
    pub sold_out: bool,
    /// What the organiser says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Nothing is free, but held seats may come back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all_held: Option<AllHeld>,
}

/// Which line an event has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum QueueMode {
    /// None: reserve asks for no admission.
    Off,
    /// First come, first served.
    Line,
    /// Who is there at the start gets a place by a shuffle; who comes later, first come, first served.
    Lobby,
}

impl QueueMode {
    /// The name on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::Line => "LINE",
            Self::Lobby => "LOBBY",
        }
    }

    /// The mode of that name, if there is one.
    #[must_use]
    pub fn from_name(text: &str) -> Option<Self> {
        [Self::Off, Self::Line, Self::Lobby].into_iter().find(|mode| mode.as_str() == text)
    }
}

/// `PUT /api/admin/events/{eventId}/queue`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, garde::Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PutQueueRoom {
    /// Which line. It cannot become a lobby, or cease to be one, once the start is past.
    #[garde(skip)]
    pub mode: QueueMode,
    /// From when on people join.
    #[garde(skip)]
    pub opens_at: DateTime<Utc>,
    /// When the lobby ends and the line begins to move. It stays as it was once it is past.
    #[garde(skip)]
    pub starts_at: DateTime<Utc>,
    /// How long whoever is let in may choose, in seconds: 60–3600; 600 when absent.
    #[garde(inner(range(min = 60, max = 3600)))]
    #[serde(default)]
    pub admission_seconds: Option<i32>,
    /// Zero bits of the challenge at joining, 0–24; none when absent. 18 takes a telephone about a second.
    #[garde(inner(range(max = 24)))]
    #[serde(default)]
    pub challenge_bits: Option<u8>,
    /// People let in a second instead of what is measured; never more than the seats feed.
    #[garde(inner(range(min = 0.01, max = 10_000.0)))]
    #[serde(default)]
    pub fixed_rate: Option<f64>,
    /// What everybody in line reads.
    #[garde(inner(length(chars, max = 500)))]
    #[serde(default)]
    pub message: Option<String>,
}

/// An event's line as its organiser sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueRoom {
    /// The event.
    pub event_id: EventId,
    /// What everybody sees.
    #[serde(flatten)]
    pub view: QueueView,
    /// How long whoever is let in may choose, in seconds.
    pub admission_seconds: i32,
    /// Zero bits of the challenge at joining.
    pub challenge_bits: u8,
    /// People let in a second, where somebody fixed it.
    pub fixed_rate: Option<f64>,
    /// People who are let in by hand and not called yet.
    pub admit_more: u32,
    /// People in line who were not called and did not leave.
    pub waiting: u32,
    /// SHA-256 of the secret of the shuffle.
    pub commitment: crate::lineup::Hash,
}

/// `POST …/queue/pause`, `…/resume` and `…/close`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, garde::Validate, ToSchema)]
pub struct QueueAct {
    /// What everybody in line reads from now on; what they read before goes when it is absent.
    #[garde(inner(length(chars, max = 500)))]
    #[serde(default)]
    pub message: Option<String>,
}

/// `POST …/queue/admit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, garde::Validate, ToSchema)]
pub struct AdmitQueue {
    /// So many people, at once, whatever is measured.
    #[garde(range(min = 1, max = 10_000))]
    pub count: u32,
}

/// `GET …/queue/history`: what was measured, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QueueHistory {
    /// One every few seconds.
    pub items: Vec<QueuePulse>,
}

/// What was measured at a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueuePulse {
    /// When.
    pub at: DateTime<Utc>,
    /// How many had joined.
    pub joined: i32,
    /// How many had been called.
    pub served: i32,
    /// People in line who were not called and did not leave.
    pub waiting: i32,
    /// People who were choosing.
    pub shoppers: i32,
    /// People called a second.
    pub rate: f64,
    /// Places neither held nor sold; absent, as the next two, where booking did not answer.
    pub free: Option<i64>,
    /// Places held.
    pub held: Option<i64>,
    /// Places sold.
    pub sold: Option<i64>,
    /// When the last of the holds ends, those that are being paid left out.
    pub holds_end_at: Option<DateTime<Utc>>,
    /// 95 of 100 calls of reserve were answered within it.
    pub latency_ms: Option<i32>,
    /// The share of calls of reserve that failed.
    pub failed: Option<f64>,
}

/// `GET …/queue/signals`: hints, not proofs; families share devices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QueueSignals {
    /// Devices on which several accounts were signed in, most accounts first; 100 at most.
    pub items: Vec<SharedDevice>,
}

/// A device on which several accounts were signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SharedDevice {
    /// Tells devices of this event apart, and nothing else.
    pub device: String,
    /// The accounts; 20 at most are named.
    pub accounts: Vec<crate::ids::UserId>,
    /// How many there are.
    pub account_count: i64,
    /// The first and the last time that one was seen.
    pub first_at: DateTime<Utc>,
    /// See `firstAt`.
    pub last_at: DateTime<Utc>,
}

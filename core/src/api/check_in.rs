//! Check-in: scans of gates and what they come to, the list for devices without a network, and the counts.

use crate::api::sales::OrderedSeat;
use crate::ids::{EventId, TicketId};
use crate::status::{RefusedReason, ScanDirection, ScanOutcome};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// How many scans are sent at once at most: a hundred of the longest fit into a body of 64 KiB.
pub const SCANS_MAX: usize = 100;
/// How many characters a gate's name has at most.
pub const GATE_CHARS_MAX: usize = 40;
/// How long a code is at most; what is longer is cut by whoever sends it, since no ticket is.
pub const CODE_CHARS_MAX: usize = 400;

/// The body of `POST /api/admin/events/{eventId}/check-ins`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckInBatch {
    /// The scans, 1–100, in any order.
    pub scans: Vec<ScanSent>,
}

/// A scan, as its device has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScanSent {
    /// Made by the device. The same scan sent again counts once.
    pub scan_id: Uuid,
    /// The text of the ticket's code; or the ticket's number, where the code cannot be read.
    #[schema(max_length = 400)]
    pub code: String,
    /// What the gate is called.
    #[schema(min_length = 1, max_length = 40)]
    pub gate: String,
    /// When, by the device's clock.
    pub at: DateTime<Utc>,
    /// By how much the service's clock was ahead of the device's when they last met, in milliseconds.
    #[serde(default)]
    pub clock_offset_ms: i64,
    /// Which way.
    pub direction: ScanDirection,
    /// What the device decided by itself, without a network. Absent where the service is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<ScanOutcome>,
    /// Why it refused, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_reason: Option<RefusedReason>,
}

/// The answer of `POST /api/admin/events/{eventId}/check-ins`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckInAnswers {
    /// The service's time.
    pub now: DateTime<Utc>,
    /// One a scan, in their order.
    pub answers: Vec<ScanAnswer>,
}

/// The ticket that was scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScannedTicket {
    /// The ticket.
    pub ticket_id: TicketId,
    /// Its seat; absent for general admission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<OrderedSeat>,
    /// What the ticket type is called.
    pub name: String,
}

/// What a ticket of another event or date is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OtherEvent {
    /// The event's name.
    pub name: String,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// In which time zone.
    pub time_zone: String,
}

/// What a scan comes to, as far as scans are known by now: another device may send an earlier one later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScanAnswer {
    /// The scan.
    pub scan_id: Uuid,
    /// What it comes to.
    pub outcome: ScanOutcome,
    /// Why it is refused, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<RefusedReason>,
    /// Whether somebody was let in whom the rule refuses.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub conflict: bool,
    /// Of `already_in`: since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered_at: Option<DateTime<Utc>>,
    /// Of `already_in`: by which gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered_gate: Option<String>,
    /// The ticket, where it is one of this event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<ScannedTicket>,
    /// Of `wrong_event` and `wrong_date`: what it is for, where that is your organisation's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<OtherEvent>,
}

/// The answer of `GET /api/admin/events/{eventId}/check-ins/list`: a page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GateList {
    /// The event.
    pub event_id: EventId,
    /// Its name.
    pub name: String,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// In which time zone.
    pub time_zone: String,
    /// The service's time.
    pub now: DateTime<Utc>,
    /// The page, signed: Base64url, as docs/check-in.md says.
    pub list: String,
    /// What to ask for next with `after`; later it gives what changed since.
    pub next_cursor: String,
    /// Whether more follows at once.
    pub more: bool,
}

/// The answer of `GET /api/admin/events/{eventId}/check-ins`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckIns {
    /// The service's time.
    pub now: DateTime<Utc>,
    /// Tickets that let somebody in, or may.
    pub tickets: i64,
    /// Those that let somebody in.
    pub used: i64,
    /// Those whose holder is in now.
    pub inside: i64,
    /// One item a gate, by name.
    pub gates: Vec<GateCount>,
    /// People who were let in though the rule refuses them, the latest first, 100 at most.
    pub conflicts: Vec<ScanSeen>,
    /// The last scans, the latest first, 20 at most.
    pub last: Vec<ScanSeen>,
}

/// What came through a gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GateCount {
    /// What it is called.
    pub gate: String,
    /// Came in.
    pub admitted: i64,
    /// Went out.
    pub left: i64,
    /// Were refused; conflicts are not among them.
    pub refused: i64,
    /// Were let in though the rule refuses them.
    pub conflicts: i64,
    /// The last scan.
    pub last_at: DateTime<Utc>,
}

/// A scan, as the organiser sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScanSeen {
    /// When, by the device's clock put right.
    pub at: DateTime<Utc>,
    /// Where.
    pub gate: String,
    /// Which way.
    pub direction: ScanDirection,
    /// Whether the device decided without a network.
    pub offline: bool,
    /// What it came to.
    #[serde(flatten)]
    pub answer: ScanAnswer,
}

//! What a device at the gate says by itself, from its list and its own scans.

use super::code::{self, Shown, TicketClaims};
use super::list::{ListPage, Standing};
use crate::ids::{EventId, TicketId};
use crate::status::{RefusedReason, ScanDirection, ScanOutcome};
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::VerifyingKey;
use std::collections::HashMap;

/// A ticket that was issued so long before the list was made is on it, if it is good: clocks differ, and what was paid
/// a moment ago may not be listed yet.
const LISTED_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// What a device knows.
#[derive(Debug, Clone)]
pub struct Known {
    event: EventId,
    tickets: HashMap<TicketId, Standing>,
    next: String,
    made_at: Option<DateTime<Utc>>,
    whole: bool,
}

/// What a device decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What is told.
    pub outcome: ScanOutcome,
    /// Why not, where it is refused.
    pub reason: Option<RefusedReason>,
    /// The entry that stands in its way.
    pub entered: Option<(DateTime<Utc>, String)>,
    /// The ticket, where it is one.
    pub ticket: Option<TicketId>,
    /// What its code says of the place.
    pub place: Option<String>,
}

impl Known {
    /// Nothing yet.
    #[must_use]
    pub fn new(event: EventId) -> Self {
        Self { event, tickets: HashMap::new(), next: String::new(), made_at: None, whole: false }
    }

    /// The event.
    #[must_use]
    pub fn event(&self) -> &EventId {
        &self.event
    }

    /// What the next page goes on from.
    #[must_use]
    pub fn next(&self) -> &str {
        &self.next
    }

    /// When the last page was made.
    #[must_use]
    pub fn made_at(&self) -> Option<DateTime<Utc>> {
        self.made_at
    }

    /// Whether the list came to its end, so that a device may decide by it.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// How many tickets are on it that let somebody in.
    #[must_use]
    pub fn good(&self) -> usize {
        self.tickets.values().filter(|standing| **standing != Standing::Cancelled).count()
    }

    /// Takes a page that was verified.
    pub fn take(&mut self, page: ListPage) {
        self.tickets.extend(page.entries.into_iter().map(|entry| (entry.ticket, entry.standing)));
        self.next = page.next;
        self.made_at = Some(page.made_at);
        self.whole = !page.more;
    }

    /// Decides about what was shown, and remembers it.
    pub fn decide(
        &mut self,
        key: &VerifyingKey,
        text: &str,
        direction: ScanDirection,
        at: DateTime<Utc>,
        gate: &str,
    ) -> Decision {
        let shown = code::shown(key, text);
        let (ticket, claims) = match shown {
            Shown::Code(claims) => (claims.ticket_id, Some(claims)),
            Shown::Number(ticket) => (ticket, None),
            Shown::Nothing => return Decision::refused(RefusedReason::Unknown, None, None),
        };
        let place = claims.as_ref().map(|claims| claims.place.clone());
        if claims.as_ref().is_some_and(|claims| claims.event_id != self.event) {
            return Decision::refused(RefusedReason::WrongEvent, Some(ticket), place);
        }
        let standing = match self.tickets.get(&ticket) {
            Some(standing) => standing.clone(),
            None if claims.as_ref().is_some_and(|claims| self.may_be_new(claims)) => Standing::Outside,
            None => return Decision::refused(RefusedReason::Unknown, Some(ticket), place),
        };
        let decision = standing_decides(standing, direction, ticket, place);
        self.note(&decision, at, gate);
        decision
    }

    /// Remembers what was decided here or by the service, until the list says it.
    pub fn note(&mut self, decision: &Decision, at: DateTime<Utc>, gate: &str) {
        let Some(ticket) = decision.ticket else { return };
        match decision.outcome {
            ScanOutcome::Admitted => {
                self.tickets.insert(ticket, Standing::Inside { at, gate: gate.to_owned() });
            }
            ScanOutcome::Left if self.tickets.get(&ticket) != Some(&Standing::Cancelled) => {
                self.tickets.insert(ticket, Standing::Outside);
            }
            ScanOutcome::Left | ScanOutcome::Refused => {}
        }
    }

    /// Signed here, and issued so lately that the list cannot have it.
    fn may_be_new(&self, claims: &TicketClaims) -> bool {
        self.made_at.is_some_and(|made_at| claims.issued_at > made_at - LISTED_WITHIN)
    }
}

fn standing_decides(standing: Standing, direction: ScanDirection, ticket: TicketId, place: Option<String>) -> Decision {
    let go = |outcome, place| Decision { outcome, reason: None, entered: None, ticket: Some(ticket), place };
    match (direction, standing) {
        (ScanDirection::Exit, _) => go(ScanOutcome::Left, place),
        (ScanDirection::Entry, Standing::Outside) => go(ScanOutcome::Admitted, place),
        (ScanDirection::Entry, Standing::Cancelled) => Decision::refused(RefusedReason::Cancelled, Some(ticket), place),
        (ScanDirection::Entry, Standing::Inside { at, gate }) => {
            Decision { entered: Some((at, gate)), ..Decision::refused(RefusedReason::AlreadyIn, Some(ticket), place) }
        }
    }
}

impl Decision {
    fn refused(reason: RefusedReason, ticket: Option<TicketId>, place: Option<String>) -> Self {
        Self { outcome: ScanOutcome::Refused, reason: Some(reason), entered: None, ticket, place }
    }
}

//! Nobody reserves seats of an event with a waiting room but by an admission.

use crate::error;
use crate::state::State;
use onsale_core::{AdmissionId, EventId, UserId};
use onsale_platform::problem::Problem;
use std::time::Duration;

/// Somebody who may reserve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    admission: AdmissionId,
    event: EventId,
}

impl State {
    /// Whether any event may have a waiting room: else nobody need look at what a reserve asks for.
    #[must_use]
    pub fn is_any_on(&self) -> bool {
        !self.memory.is_known() || !self.memory.on().is_empty()
    }

    /// Whether this account may reserve seats of this event, by the admission it shows: nothing where the event has no
    /// waiting room; 403 `not_admitted`; 503 while it was never read which events have one.
    pub fn check_admission(
        &self,
        event: &EventId,
        account: Option<UserId>,
        shown: Option<&str>,
    ) -> Result<Option<Admitted>, Problem> {
        if !self.memory.is_known() {
            return Err(error::rooms_unknown());
        }
        if self.memory.line(event).is_none_or(|line| !line.room.is_on()) {
            return Ok(None);
        }
        let claims = account.zip(shown).and_then(|(account, token)| {
            // What is not good for them is no admission.
            self.admissions.verify(token, account, event, self.clock.now())
        });
        let claims = claims.ok_or_else(error::not_admitted)?;
        self.notes.beat(claims.jti, event, false);
        Ok(Some(Admitted { admission: claims.jti, event: event.clone() }))
    }

    /// Tells how a reserve went: what it took, whether the back end failed, and whether seats are held by it.
    pub fn reserved(&self, who: &Admitted, took: Duration, failed: bool, held: bool) {
        self.notes.reserve(took, failed);
        self.notes.beat(who.admission, &who.event, held);
    }
}

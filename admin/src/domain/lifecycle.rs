//! `DRAFT → PUBLISHING → PUBLISHED`, and `CANCELLED` from each of them.

use onsale_core::api::events::EventStatus;

/// What publishing does to an event in this state; nothing when it is not possible now.
#[must_use]
pub fn published_from(status: EventStatus) -> Option<Publication> {
    match status {
        EventStatus::Draft => Some(Publication::First),
        EventStatus::Published => Some(Publication::Again),
        EventStatus::Publishing | EventStatus::Cancelled => None,
    }
}

/// How an event is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publication {
    /// For the first time: booking has to build the inventory before it is listed.
    First,
    /// Changed texts, prices or rules: it stays listed.
    Again,
}

impl Publication {
    /// The state right after it.
    #[must_use]
    pub fn status(self) -> EventStatus {
        match self {
            Self::First => EventStatus::Publishing,
            Self::Again => EventStatus::Published,
        }
    }
}

/// Whether the draft may be changed in this state.
#[must_use]
pub fn is_editable(status: EventStatus) -> bool {
    matches!(status, EventStatus::Draft | EventStatus::Published)
}

/// Whether `inventory-ready` for version `ready` lists an event that waits for `expected`.
#[must_use]
pub fn is_listed_by(status: EventStatus, expected: i32, ready: i32) -> bool {
    status == EventStatus::Publishing && expected == ready
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_version_that_is_waited_for_lists_an_event() {
        assert!(is_listed_by(EventStatus::Publishing, 1, 1));
        assert!(!is_listed_by(EventStatus::Publishing, 2, 1));
        assert!(!is_listed_by(EventStatus::Cancelled, 1, 1));
    }

    #[test]
    fn what_is_cancelled_stays_so() {
        assert_eq!(published_from(EventStatus::Cancelled), None);
        assert!(!is_editable(EventStatus::Cancelled));
        assert_eq!(published_from(EventStatus::Draft), Some(Publication::First));
    }
}

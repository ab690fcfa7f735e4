//! Who comes first when not all can: people who are inside already, then those who want to come in, then those who
//! look. (Prioritized load shedding: Netflix 2020; Zhou et al., Overload Control for Scaling WeChat Microservices,
//! 2018.)

use axum::http::Method;
use std::time::Duration;

/// How urgent a request is; the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Priority {
    /// Of somebody who holds, pays or gives back, or whose money moves: it frees what others wait for.
    Inside,
    /// A reserve, or what it needs: an account.
    Reserve,
    /// All else.
    Look,
}

impl Priority {
    pub(crate) const ALL: [Self; 3] = [Self::Inside, Self::Reserve, Self::Look];

    /// That of a request.
    pub(crate) fn of(method: &Method, path: &str) -> Self {
        let is_safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        match path {
            "/api/bookings/reserve" => Self::Reserve,
            // Looking at what one holds or ordered is how one learns what became of one's money.
            _ if path.starts_with("/api/bookings/") || path.starts_with("/api/payments/") => Self::Inside,
            "/api/auth/refresh" | "/api/auth/logout" => Self::Inside,
            _ if path.starts_with("/api/auth/") && !is_safe => Self::Reserve,
            _ => Self::Look,
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Reserve => "reserve",
            Self::Look => "look",
        }
    }

    /// What an answer that took so long says of how the role does, in the measure of a reserve. Looks count twice, so
    /// that they yield before reserves suffer, also where all share a processor. Paying waits for a bank, which says
    /// nothing of the role.
    pub(super) fn tells(self, took: Duration) -> Option<Duration> {
        match self {
            Self::Inside => None,
            Self::Reserve => Some(took),
            Self::Look => Some(took * 2),
        }
    }
}

/// Whether a request is one that goes through the gates to search or booking. Who waits, watches, signs in or manages is
/// not shed before.
pub(super) fn meets_the_door(path: &str) -> bool {
    match path.strip_prefix("/api/") {
        Some("events" | "bookings/reserve") => true,
        Some(rest) => (rest.starts_with("events/") && !rest.ends_with("/live")) || rest.starts_with("search/"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paying_comes_before_reserving_and_that_before_looking() {
        for (method, path, priority) in [
            (Method::POST, "/api/bookings/confirm", Priority::Inside),
            (Method::POST, "/api/bookings/0190/cancel", Priority::Inside),
            (Method::DELETE, "/api/bookings/reservations/0190", Priority::Inside),
            (Method::POST, "/api/payments/webhooks/stripe", Priority::Inside),
            (Method::POST, "/api/auth/refresh", Priority::Inside),
            (Method::POST, "/api/bookings/reserve", Priority::Reserve),
            (Method::POST, "/api/auth/login", Priority::Reserve),
            (Method::GET, "/api/auth/me", Priority::Look),
            (Method::GET, "/api/events/EVT001/seats", Priority::Look),
            (Method::GET, "/api/bookings", Priority::Look),
        ] {
            assert_eq!(Priority::of(&method, path), priority, "{method} {path}");
        }
    }

    #[test]
    fn only_what_goes_through_the_gates_meets_the_door() {
        for path in ["/api/events", "/api/events/EVT001", "/api/search/events", "/api/bookings/reserve"] {
            assert!(meets_the_door(path), "{path}");
        }
        for path in
            ["/", "/events/EVT001", "/api/events/EVT001/live", "/api/bookings/confirm", "/api/queue/EVT001/status"]
        {
            assert!(!meets_the_door(path), "{path}");
        }
    }
}

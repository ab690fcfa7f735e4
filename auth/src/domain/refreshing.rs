//! What a refresh token that arrives means (RFC 9700, 4.14: rotation and the detection of reuse).

use chrono::{DateTime, TimeDelta, Utc};

/// A used token gives its successor once more for so long: its reply may have been lost.
pub(crate) const RETRY_MAX: TimeDelta = TimeDelta::seconds(10);

/// What is known of a token and its session.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Presented {
    /// When the token ends.
    pub(crate) expires_at: DateTime<Utc>,
    /// When it was used for the first time.
    pub(crate) used_at: Option<DateTime<Utc>>,
    /// Whether the token that followed it was used.
    pub(crate) successor_used: bool,
    /// When its session ends at the latest.
    pub(crate) session_expires_at: DateTime<Utc>,
    /// Whether the session was ended.
    pub(crate) session_ended: bool,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Give the successor for the first time.
    Rotate,
    /// Give the same successor again.
    Repeat,
    /// Somebody has a token that was another's: end the session.
    Reused,
    /// Its time is over, or its session's.
    Ended,
}

/// Decides on a token.
pub(crate) fn decide(token: Presented, now: DateTime<Utc>) -> Decision {
    if token.session_ended || now >= token.session_expires_at {
        return Decision::Ended;
    }
    match token.used_at {
        None if now >= token.expires_at => Decision::Ended,
        None => Decision::Rotate,
        Some(used_at) if now - used_at <= RETRY_MAX && !token.successor_used => Decision::Repeat,
        Some(_) => Decision::Reused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("in range")
    }

    fn fresh() -> Presented {
        Presented {
            expires_at: at(1_000),
            used_at: None,
            successor_used: false,
            session_expires_at: at(2_000),
            session_ended: false,
        }
    }

    #[test]
    fn a_token_rotates_once_and_repeats_for_ten_seconds() {
        assert_eq!(decide(fresh(), at(1)), Decision::Rotate);
        let used = Presented { used_at: Some(at(100)), ..fresh() };
        assert_eq!(decide(used, at(110)), Decision::Repeat);
        assert_eq!(decide(used, at(111)), Decision::Reused);
        assert_eq!(decide(Presented { successor_used: true, ..used }, at(101)), Decision::Reused);
    }

    #[test]
    fn what_ended_stays_ended() {
        assert_eq!(decide(fresh(), at(1_000)), Decision::Ended);
        assert_eq!(decide(Presented { session_ended: true, ..fresh() }, at(1)), Decision::Ended);
        let ended = Presented { used_at: Some(at(1)), session_expires_at: at(5), ..fresh() };
        assert_eq!(decide(ended, at(5)), Decision::Ended);
    }
}

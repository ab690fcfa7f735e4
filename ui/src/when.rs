//! When a reader wants to go out.

use chrono::{DateTime, Datelike, Days, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A span of days from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// From Friday to Sunday: the one that is, or the next.
    Weekend,
    /// Seven days.
    Week,
    /// Thirty days.
    Month,
}

impl When {
    /// All of them, the nearest first.
    pub const ALL: [Self; 3] = [Self::Weekend, Self::Week, Self::Month];

    /// Its word in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Weekend => "weekend",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The span of that word.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|when| when.name() == name)
    }

    /// The first moment, where it is not now, and the last. They are the same for a whole day, so that an answer can
    /// be kept; the edges leave room for the venues' clocks around the world.
    #[must_use]
    pub fn span(self, now: DateTime<Utc>) -> (Option<DateTime<Utc>>, DateTime<Utc>) {
        let today = now.date_naive().and_time(NaiveTime::MIN).and_utc();
        let after = |days: u64| today.checked_add_days(Days::new(days)).unwrap_or(DateTime::<Utc>::MAX_UTC);
        match self {
            Self::Weekend => {
                let day = u64::from(now.weekday().num_days_from_monday());
                let friday = (day < 4).then(|| after(4 - day) + TimeDelta::hours(8));
                (friday, after(7 - day) + TimeDelta::hours(6))
            }
            Self::Week => (None, after(8)),
            Self::Month => (None, after(31)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_the_same_all_day() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).expect("a time").to_utc();
        let thursday = at("2027-02-04T09:00:00Z");
        let weekend = (Some(at("2027-02-05T08:00:00Z")), at("2027-02-08T06:00:00Z"));
        assert_eq!(When::Weekend.span(thursday), weekend);
        assert_eq!(When::Weekend.span(at("2027-02-04T23:59:00Z")), weekend);
        assert_eq!(When::Weekend.span(at("2027-02-06T12:00:00Z")), (None, weekend.1));
        assert_eq!(When::Weekend.span(at("2027-02-08T12:00:00Z")).1, at("2027-02-15T06:00:00Z"));
        assert_eq!(When::Week.span(thursday), (None, at("2027-02-12T00:00:00Z")));
        assert_eq!(When::Month.span(thursday), (None, at("2027-03-07T00:00:00Z")));
        assert_eq!(When::of_name("month"), Some(When::Month));
        assert_eq!(When::of_name("once"), None);
    }
}

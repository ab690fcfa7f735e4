//! A month of a calendar.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Utc};

/// The years that calendars are shown of.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2200;
/// So many hours clocks are ahead of UTC at most, or behind it, anywhere.
const AROUND: TimeDelta = TimeDelta::hours(14);

/// A month, by its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month(NaiveDate);

impl Month {
    /// The month of a day; nothing far from now.
    #[must_use]
    pub fn of(day: NaiveDate) -> Option<Self> {
        Some(day).filter(|day| YEARS.contains(&day.year())).and_then(|day| day.with_day(1)).map(Self)
    }

    /// The month of that name in addresses: `2027-03`.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        NaiveDate::parse_from_str(&format!("{name}-01"), "%Y-%m-%d").ok().and_then(Self::of)
    }

    /// Its name in addresses.
    #[must_use]
    pub fn name(self) -> String {
        self.0.format("%Y-%m").to_string()
    }

    /// The one before it.
    #[must_use]
    pub fn before(self) -> Option<Self> {
        self.0.checked_sub_months(Months::new(1)).and_then(Self::of)
    }

    /// The one after it.
    #[must_use]
    pub fn after(self) -> Option<Self> {
        self.0.checked_add_months(Months::new(1)).and_then(Self::of)
    }

    /// Its first day.
    #[must_use]
    pub fn first(self) -> NaiveDate {
        self.0
    }

    /// From when until when it is this month somewhere.
    #[must_use]
    pub fn span(self) -> (DateTime<Utc>, DateTime<Utc>) {
        let begins = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
        let end = self.0.checked_add_months(Months::new(1)).unwrap_or(self.0);
        (begins(self.0) - AROUND, begins(end) + AROUND)
    }

    /// Its weeks, from Monday on; days of other months are left out.
    #[must_use]
    pub fn weeks(self) -> Vec<[Option<NaiveDate>; 7]> {
        let lead = u64::from(self.0.weekday().num_days_from_monday());
        let monday = self.0.checked_sub_days(Days::new(lead)).unwrap_or(self.0);
        let week = |week: u64| {
            std::array::from_fn(|place| {
                let day = monday.checked_add_days(Days::new(week * 7 + place as u64));
                day.filter(|day| day.month() == self.0.month())
            })
        };
        (0..6).map(week).filter(|days: &[Option<NaiveDate>; 7]| days.iter().any(Option::is_some)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_its_days_in_weeks_from_monday_on() {
        let march = Month::of_name("2027-03").expect("a month");
        let weeks = march.weeks();
        assert_eq!(weeks.len(), 5);
        assert_eq!(weeks.iter().flatten().flatten().count(), 31);
        // The first is a Monday.
        assert_eq!(weeks[0][0], Some(march.first()));
        let may = Month::of_name("2027-05").expect("a month");
        assert_eq!(may.weeks().len(), 6, "the first is a Saturday, the last a Monday");
        assert_eq!(may.weeks()[0].iter().flatten().count(), 2);
    }

    #[test]
    fn months_follow_each_other_and_nonsense_is_none() {
        let december = Month::of_name("2026-12").expect("a month");
        assert_eq!(december.after().map(Month::name).as_deref(), Some("2027-01"));
        assert_eq!(december.before().map(Month::name).as_deref(), Some("2026-11"));
        for name in ["", "2027-13", "soon", "9999-01", "2027-3-1"] {
            assert_eq!(Month::of_name(name), None, "{name}");
        }
        let (from, to) = december.span();
        assert_eq!((from.to_rfc3339().as_str(), (to - from).num_hours()), ("2026-11-30T10:00:00+00:00", 31 * 24 + 28));
    }
}

//! Money, numbers, dates and times as readers of a language write them.

use crate::language::Language;
use crate::words::{MONTHS, WEEKDAYS};
use crate::zone;
use chrono::{DateTime, Datelike, FixedOffset, NaiveDateTime, TimeDelta, Timelike, Utc};
use onsale_core::{Language as Spoken, Money};

/// €92.00 and 92,00 €; COP 96,000 and COP 96.000; ¥7,800.
pub fn money(language: Language, money: Money) -> String {
    Spoken::from(language).money(money)
}

/// A count with its thousands apart.
pub fn count(language: Language, count: i64) -> String {
    Spoken::from(language).count(count)
}

/// Time left, as a clock shows it: `9:58`, `1:00:05`. Nothing is left after the end.
pub fn clock(left: TimeDelta) -> String {
    let seconds = left.num_seconds().max(0);
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// A moment at a place.
#[derive(Debug, Clone)]
pub struct Moment {
    language: Language,
    utc: DateTime<Utc>,
    at: NaiveDateTime,
    zone: String,
}

impl Moment {
    /// A moment by the clocks of an IANA time zone; UTC's when nobody knows it.
    pub fn at(language: Language, at: DateTime<Utc>, time_zone: &str) -> Self {
        Self { language, utc: at, at: zone::local(at, time_zone), zone: time_zone.to_owned() }
    }

    /// `Sat`, `sáb`.
    pub fn weekday(&self) -> &'static str {
        let day = self.at.weekday().num_days_from_monday() as usize;
        WEEKDAYS[self.place()][day]
    }

    /// `20`.
    pub fn day(&self) -> String {
        self.at.day().to_string()
    }

    /// `Mar`, `mar`.
    pub fn month(&self) -> &'static str {
        let (end, _) = self.month_full().char_indices().nth(3).unwrap_or((3, ' '));
        &self.month_full()[..end]
    }

    fn month_full(&self) -> &'static str {
        MONTHS[self.place()][self.at.month0() as usize]
    }

    /// `2027`.
    pub fn year(&self) -> String {
        self.at.year().to_string()
    }

    /// `21:00`.
    pub fn time(&self) -> String {
        format!("{:02}:{:02}", self.at.hour(), self.at.minute())
    }

    /// `21:00:07`.
    pub fn time_with_seconds(&self) -> String {
        format!("{}:{:02}", self.time(), self.at.second())
    }

    /// `Sat 20 March 2027`, `sáb 20 de marzo de 2027`.
    pub fn date(&self) -> String {
        let (weekday, day, month, year) = (self.weekday(), self.at.day(), self.month_full(), self.at.year());
        match self.language {
            Language::En => format!("{weekday} {day} {month} {year}"),
            Language::Es => format!("{weekday} {day} de {month} de {year}"),
        }
    }

    /// `Sat 20 March 2027, 21:00`.
    pub fn date_and_time(&self) -> String {
        format!("{}, {}", self.date(), self.time())
    }

    /// For machines.
    pub fn machine(&self) -> String {
        let ahead = (self.at - self.utc.naive_utc()).num_seconds();
        let offset = i32::try_from(ahead).ok().and_then(FixedOffset::east_opt);
        offset.map_or_else(|| self.utc.to_rfc3339(), |offset| self.utc.with_timezone(&offset).to_rfc3339())
    }

    /// Whether it is the same day there as the other moment.
    pub fn is_day_of(&self, other: DateTime<Utc>) -> bool {
        self.at.date() == zone::local(other, &self.zone).date()
    }

    fn place(&self) -> usize {
        match self.language {
            Language::En => 0,
            Language::Es => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_place() {
        let at = DateTime::parse_from_rfc3339("2027-03-21T02:30:00Z").expect("a time").to_utc();
        let bogota = Moment::at(Language::Es, at, "America/Bogota");
        assert_eq!(bogota.date_and_time(), "sáb 20 de marzo de 2027, 21:30");
        assert_eq!((bogota.weekday(), bogota.day().as_str(), bogota.month()), ("sáb", "20", "mar"));
        assert_eq!(bogota.machine(), "2027-03-20T21:30:00-05:00");
        assert!(bogota.is_day_of(at - TimeDelta::hours(20)) && !bogota.is_day_of(at + TimeDelta::hours(3)));
        assert_eq!(Moment::at(Language::En, at, "Nowhere/None").date_and_time(), "Sun 21 March 2027, 02:30");
    }

    #[test]
    fn time_left_is_a_clock() {
        assert_eq!(clock(TimeDelta::seconds(598)), "9:58");
        assert_eq!(clock(TimeDelta::seconds(3_605)), "1:00:05");
        assert_eq!(clock(TimeDelta::seconds(-3)), "0:00");
    }
}

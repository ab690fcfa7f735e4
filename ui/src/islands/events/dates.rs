//! The days of a series: a rule fills the list, the list is what is sent.

use super::read;
use chrono::{DateTime, TimeDelta, Utc};

/// The most dates that are made at once, as the API has it.
pub(super) const DATES_MAX: usize = 100;

/// So many dates after the first one, each so many days after the one before, at the same hour by the clocks there.
pub(super) fn by_rule(first: DateTime<Utc>, every_days: u32, times: u32, zone: &str) -> Vec<DateTime<Utc>> {
    let first = crate::zone::local(first, zone);
    let times = times.min(u32::try_from(DATES_MAX).unwrap_or(u32::MAX));
    (1..=i64::from(times)).map(|n| crate::zone::utc(first + TimeDelta::days(n * i64::from(every_days)), zone)).collect()
}

/// The dates that were typed, a line each; the first line that is none.
pub(super) fn typed(text: &str, zone: &str) -> Result<Vec<DateTime<Utc>>, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| read::moment(line, zone).ok_or_else(|| line.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_keep_their_hour_also_when_clocks_change() {
        let first = DateTime::parse_from_rfc3339("2027-03-20T20:00:00Z").expect("a time").to_utc();
        let dates = by_rule(first, 7, 2, "Europe/Madrid");
        let texts: Vec<String> = dates.iter().map(DateTime::to_rfc3339).collect();
        assert_eq!(texts, ["2027-03-27T20:00:00+00:00", "2027-04-03T19:00:00+00:00"]);
        assert_eq!(by_rule(first, 1, 500, "UTC").len(), DATES_MAX);
    }

    #[test]
    fn a_line_that_is_no_date_is_named() {
        let good = "2027-03-27 21:00\n\n 2027-04-03 21:00 \n";
        assert_eq!(typed(good, "Europe/Madrid").map(|dates| dates.len()), Ok(2));
        assert_eq!(typed("2027-03-27 21:00\nsoon", "UTC"), Err("soon".to_owned()));
    }
}

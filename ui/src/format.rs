//! Money, numbers, dates and times as readers of a language write them.

use crate::language::Language;
use crate::words::{MONTHS, WEEKDAYS};
use chrono::{DateTime, Datelike, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use onsale_core::Money;

/// €92.00 and 92,00 €; COP 96,000 and COP 96.000; ¥7,800.
pub(crate) fn money(language: Language, money: Money) -> String {
    let decimal = money.decimal();
    let (sign, decimal) = decimal.strip_prefix('-').map_or(("", decimal.as_str()), |rest| ("−", rest));
    let (major, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    let code = money.currency.code();
    // Centavos are not in use.
    let fraction = if code == "COP" && fraction.bytes().all(|digit| digit == b'0') { "" } else { fraction };
    let mut amount = grouped(language, major);
    if !fraction.is_empty() {
        amount.push(match language {
            Language::En => '.',
            Language::Es => ',',
        });
        amount.push_str(fraction);
    }
    let symbol = match code {
        "EUR" => "€",
        "GBP" => "£",
        "JPY" => "¥",
        "USD" if language == Language::En => "$",
        "USD" => "US$",
        _ => return format!("{sign}{code}\u{a0}{amount}"),
    };
    match language {
        Language::En => format!("{sign}{symbol}{amount}"),
        Language::Es => format!("{sign}{amount}\u{a0}{symbol}"),
    }
}

/// A count with its thousands apart.
pub(crate) fn count(language: Language, count: i64) -> String {
    grouped(language, &count.max(0).to_string())
}

/// Spanish leaves four digits together.
fn grouped(language: Language, digits: &str) -> String {
    let (separator, from) = match language {
        Language::En => (',', 4),
        Language::Es => ('.', 5),
    };
    if digits.len() < from {
        return digits.to_owned();
    }
    let mut text = String::with_capacity(digits.len() + 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// A moment at a place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    language: Language,
    at: DateTime<Tz>,
}

impl Moment {
    /// A moment by the clocks of an IANA time zone; UTC's when nobody knows it.
    pub(crate) fn at(language: Language, at: DateTime<Utc>, time_zone: &str) -> Self {
        let zone: Tz = time_zone.parse().unwrap_or(Tz::UTC);
        Self { language, at: zone.from_utc_datetime(&at.naive_utc()) }
    }

    /// `Sat`, `sáb`.
    pub(crate) fn weekday(&self) -> &'static str {
        let day = self.at.weekday().num_days_from_monday() as usize;
        WEEKDAYS[self.place()][day]
    }

    /// `20`.
    pub(crate) fn day(&self) -> String {
        self.at.day().to_string()
    }

    /// `Mar`, `mar`.
    pub(crate) fn month(&self) -> &'static str {
        let (end, _) = self.month_full().char_indices().nth(3).unwrap_or((3, ' '));
        &self.month_full()[..end]
    }

    fn month_full(&self) -> &'static str {
        MONTHS[self.place()][self.at.month0() as usize]
    }

    /// `21:00`.
    pub(crate) fn time(&self) -> String {
        format!("{:02}:{:02}", self.at.hour(), self.at.minute())
    }

    /// `Sat 20 March 2027`, `sáb 20 de marzo de 2027`.
    pub(crate) fn date(&self) -> String {
        let (weekday, day, month, year) = (self.weekday(), self.at.day(), self.month_full(), self.at.year());
        match self.language {
            Language::En => format!("{weekday} {day} {month} {year}"),
            Language::Es => format!("{weekday} {day} de {month} de {year}"),
        }
    }

    /// `Sat 20 March 2027, 21:00`.
    pub(crate) fn date_and_time(&self) -> String {
        format!("{}, {}", self.date(), self.time())
    }

    /// For machines.
    pub(crate) fn machine(&self) -> String {
        self.at.to_rfc3339()
    }

    /// Whether it is the same day there as the other moment.
    pub(crate) fn is_day_of(&self, other: DateTime<Utc>) -> bool {
        self.at.date_naive() == other.with_timezone(&self.at.timezone()).date_naive()
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

    fn shown(language: Language, amount: &str, code: &str) -> String {
        let currency = code.parse().expect("a currency");
        money(language, Money::parse(amount, currency).expect("an amount"))
    }

    #[test]
    fn money_is_written_as_readers_write_it() {
        assert_eq!(shown(Language::En, "92", "EUR"), "€92.00");
        assert_eq!(shown(Language::Es, "92", "EUR"), "92,00\u{a0}€");
        assert_eq!(shown(Language::En, "96000", "COP"), "COP\u{a0}96,000");
        assert_eq!(shown(Language::Es, "1240000", "COP"), "COP\u{a0}1.240.000");
        assert_eq!(shown(Language::En, "7800", "JPY"), "¥7,800");
        assert_eq!(shown(Language::Es, "7800", "JPY"), "7800\u{a0}¥");
        assert_eq!(shown(Language::En, "-3.5", "USD"), "−$3.50");
        assert_eq!(count(Language::Es, 3412), "3412");
        assert_eq!(count(Language::En, 3412), "3,412");
    }

    #[test]
    fn times_are_those_of_the_place() {
        let at = DateTime::parse_from_rfc3339("2027-03-21T02:30:00Z").expect("a time").to_utc();
        let bogota = Moment::at(Language::Es, at, "America/Bogota");
        assert_eq!(bogota.date_and_time(), "sáb 20 de marzo de 2027, 21:30");
        assert_eq!((bogota.weekday(), bogota.day().as_str(), bogota.month()), ("sáb", "20", "mar"));
        assert_eq!(Moment::at(Language::En, at, "Nowhere/None").date_and_time(), "Sun 21 March 2027, 02:30");
    }
}

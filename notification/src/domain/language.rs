//! The languages that mails are written in, and how their readers write money and moments.

use chrono::{DateTime, Datelike, Timelike, Utc};
use chrono_tz::Tz;
use onsale_core::Money;
use serde::{Deserialize, Serialize};

/// A language of mails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// English; also when the account's language is not known.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
}

impl Language {
    /// From a language tag such as `es-CO`; English for what there are no texts in.
    #[must_use]
    pub fn of_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("es") { Self::Spanish } else { Self::English }
    }

    /// The language tag.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// The text in this language.
    #[must_use]
    pub(crate) fn pick<'a>(self, english: &'a str, spanish: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::Spanish => spanish,
        }
    }

    /// The day at a place: `Thursday 31 December 2026`, `jueves 31 de diciembre de 2026`.
    #[must_use]
    pub(crate) fn day(self, at: DateTime<Utc>, zone: Tz) -> String {
        let at = at.with_timezone(&zone);
        let weekday = usize::try_from(at.weekday().num_days_from_monday()).unwrap_or_default();
        let month = usize::try_from(at.month0()).unwrap_or_default();
        let (day, year) = (at.day(), at.year());
        match self {
            Self::English => format!("{} {day} {} {year}", WEEKDAYS[weekday].0, MONTHS[month].0),
            Self::Spanish => format!("{} {day} de {} de {year}", WEEKDAYS[weekday].1, MONTHS[month].1),
        }
    }

    /// The day and the hour at a place: `Thursday 31 December 2026, 20:00`.
    #[must_use]
    pub(crate) fn moment(self, at: DateTime<Utc>, zone: Tz) -> String {
        let local = at.with_timezone(&zone);
        format!("{}, {:02}:{:02}", self.day(at, zone), local.hour(), local.minute())
    }

    /// The same, saying whose clocks are meant: `Thursday 31 December 2026, 20:00 (Madrid time)`.
    #[must_use]
    pub(crate) fn moment_there(self, at: DateTime<Utc>, zone: Tz) -> String {
        let moment = self.moment(at, zone);
        let city = zone.name().rsplit('/').next().unwrap_or_default().replace('_', " ");
        match self {
            _ if zone == Tz::UTC => format!("{moment} (UTC)"),
            Self::English => format!("{moment} ({city} time)"),
            Self::Spanish => format!("{moment} (hora de {city})"),
        }
    }

    /// €92.00 and 92,00 €; COP 96,000 and COP 96.000; ¥7,800. Spaces inside do not break.
    #[must_use]
    pub(crate) fn money(self, money: Money) -> String {
        let decimal = money.decimal();
        let (sign, decimal) = decimal.strip_prefix('-').map_or(("", decimal.as_str()), |rest| ("−", rest));
        let (major, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
        let code = money.currency.code();
        let mut amount = self.grouped(major);
        // Centavos are not in use.
        if !(fraction.is_empty() || code == "COP" && fraction.bytes().all(|digit| digit == b'0')) {
            amount = format!("{amount}{}{fraction}", self.pick(".", ","));
        }
        let symbol = match code {
            "EUR" => "€",
            "GBP" => "£",
            "JPY" => "¥",
            "USD" => self.pick("$", "US$"),
            _ => return format!("{sign}{code}\u{a0}{amount}"),
        };
        match self {
            Self::English => format!("{sign}{symbol}{amount}"),
            Self::Spanish => format!("{sign}{amount}\u{a0}{symbol}"),
        }
    }

    /// Thousands apart; Spanish leaves four digits together.
    fn grouped(self, digits: &str) -> String {
        let (separator, from) = match self {
            Self::English => (',', 4),
            Self::Spanish => ('.', 5),
        };
        let mut text = String::with_capacity(digits.len() + 3);
        for (place, digit) in digits.chars().enumerate() {
            if digits.len() >= from && place > 0 && (digits.len() - place).is_multiple_of(3) {
                text.push(separator);
            }
            text.push(digit);
        }
        text
    }
}

const WEEKDAYS: [(&str, &str); 7] = [
    ("Monday", "lunes"),
    ("Tuesday", "martes"),
    ("Wednesday", "miércoles"),
    ("Thursday", "jueves"),
    ("Friday", "viernes"),
    ("Saturday", "sábado"),
    ("Sunday", "domingo"),
];

const MONTHS: [(&str, &str); 12] = [
    ("January", "enero"),
    ("February", "febrero"),
    ("March", "marzo"),
    ("April", "abril"),
    ("May", "mayo"),
    ("June", "junio"),
    ("July", "julio"),
    ("August", "agosto"),
    ("September", "septiembre"),
    ("October", "octubre"),
    ("November", "noviembre"),
    ("December", "diciembre"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_by_their_language() {
        for (tag, language) in [("es-CO", Language::Spanish), ("ES", Language::Spanish), ("de", Language::English)] {
            assert_eq!(Language::of_tag(tag), language, "{tag}");
        }
    }

    #[test]
    fn moments_are_those_of_the_place() {
        let at = DateTime::from_timestamp(1_798_743_600, 0).expect("a moment");
        assert_eq!(Language::English.moment(at, Tz::UTC), "Thursday 31 December 2026, 19:00");
        assert_eq!(Language::Spanish.moment(at, Tz::Pacific__Auckland), "viernes 1 de enero de 2027, 08:00");
    }

    #[test]
    fn money_is_written_as_readers_write_it() {
        let shown = |language: Language, amount: &str, code: &str| {
            let currency = code.parse().expect("a currency");
            language.money(Money::parse(amount, currency).expect("an amount"))
        };
        assert_eq!(shown(Language::English, "92", "EUR"), "€92.00");
        assert_eq!(shown(Language::Spanish, "1292", "EUR"), "1292,00\u{a0}€");
        assert_eq!(shown(Language::Spanish, "1240000", "COP"), "COP\u{a0}1.240.000");
        assert_eq!(shown(Language::English, "-7800", "JPY"), "−¥7,800");
    }
}

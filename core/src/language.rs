//! The languages that people are written to and shown pages in, and how their readers write numbers and money.

use crate::money::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Parts of an `Accept-Language` that are looked at.
const ACCEPTED_MAX: usize = 16;

/// A language that Onsale speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum Language {
    /// English; also where nobody knows better.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
}

impl Language {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::English, Self::Spanish];

    /// The language of a tag such as `es-CO` (RFC 5646), where we speak it.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.iter().copied().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The best one of an `Accept-Language` that we speak (RFC 9110, 12.5.4).
    #[must_use]
    pub fn accepted(header: &str) -> Option<Self> {
        let mut best = (0.0, None);
        for part in header.split(',').take(ACCEPTED_MAX) {
            let (tag, parameters) = part.split_once(';').unwrap_or((part, ""));
            let quality = match parameters.trim().strip_prefix("q=") {
                Some(quality) => quality.parse().unwrap_or(0.0),
                None => 1.0,
            };
            if let Some(language) = Self::of_tag(tag)
                && quality > best.0
            {
                best = (quality, Some(language));
            }
        }
        best.1
    }

    /// The language's tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// The text in this language.
    #[must_use]
    pub const fn pick<'a>(self, english: &'a str, spanish: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::Spanish => spanish,
        }
    }

    /// €92.00 and 92,00 €; COP 96,000 and COP 96.000; ¥7,800. Spaces inside do not break.
    #[must_use]
    pub fn money(self, money: Money) -> String {
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

    /// A count with its thousands apart; nothing below zero.
    #[must_use]
    pub fn count(self, count: i64) -> String {
        self.grouped(&count.max(0).to_string())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_by_their_language() {
        for (tag, language) in [("es-CO", Some(Language::Spanish)), ("EN_us", Some(Language::English)), ("de", None)] {
            assert_eq!(Language::of_tag(tag), language, "{tag}");
        }
    }

    #[test]
    fn the_best_accepted_language_is_taken() {
        for (header, language) in [
            ("es-CO,es;q=0.9,en;q=0.8", Some(Language::Spanish)),
            ("de,en;q=0.5,es;q=0.7", Some(Language::Spanish)),
            ("es;q=0.1, en-GB;q=0.7", Some(Language::English)),
            ("es;q=0", None),
            ("de", None),
            ("", None),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
    }

    fn shown(language: Language, amount: &str, code: &str) -> String {
        let currency = code.parse().expect("a currency");
        language.money(Money::parse(amount, currency).expect("an amount"))
    }

    #[test]
    fn money_is_written_as_readers_write_it() {
        assert_eq!(shown(Language::English, "92", "EUR"), "€92.00");
        assert_eq!(shown(Language::Spanish, "92", "EUR"), "92,00\u{a0}€");
        assert_eq!(shown(Language::Spanish, "1292", "EUR"), "1292,00\u{a0}€");
        assert_eq!(shown(Language::English, "96000", "COP"), "COP\u{a0}96,000");
        assert_eq!(shown(Language::Spanish, "1240000", "COP"), "COP\u{a0}1.240.000");
        assert_eq!(shown(Language::English, "7800", "JPY"), "¥7,800");
        assert_eq!(shown(Language::Spanish, "7800", "JPY"), "7800\u{a0}¥");
        assert_eq!(shown(Language::English, "-3.5", "USD"), "−$3.50");
        assert_eq!(Language::Spanish.count(3412), "3412");
        assert_eq!(Language::English.count(3412), "3,412");
    }
}

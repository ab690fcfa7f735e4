//! The languages that mails are written in.

use chrono::{DateTime, Datelike, Timelike, Utc};

/// A language of mails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English; also when the account's language is not known.
    #[default]
    English,
    /// Spanish.
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
    pub(super) fn pick<'a>(self, english: &'a str, spanish: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::Spanish => spanish,
        }
    }

    /// A moment as people write it, in UTC.
    #[must_use]
    pub(super) fn moment(self, at: DateTime<Utc>) -> String {
        let month = usize::try_from(at.month0()).unwrap_or_default();
        let (day, year, hour, minute) = (at.day(), at.year(), at.hour(), at.minute());
        match self {
            Self::English => format!("{day} {} {year}, {hour:02}:{minute:02} UTC", MONTHS_ENGLISH[month]),
            Self::Spanish => format!("{day} de {} de {year}, {hour:02}:{minute:02} UTC", MONTHS_SPANISH[month]),
        }
    }
}

const MONTHS_ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const MONTHS_SPANISH: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
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
    fn moments_are_written_out() {
        let at = DateTime::from_timestamp(1_798_743_600, 0).expect("a moment");
        assert_eq!(Language::English.moment(at), "31 December 2026, 19:00 UTC");
        assert_eq!(Language::Spanish.moment(at), "31 de diciembre de 2026, 19:00 UTC");
    }
}

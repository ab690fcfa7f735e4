//! Moments as readers of a language write them.

use chrono::{DateTime, Datelike, Timelike, Utc};
use chrono_tz::Tz;
use onsale_core::Language;

/// The day at a place: `Thursday 31 December 2026`, `jueves 31 de diciembre de 2026`.
#[must_use]
pub(crate) fn day(language: Language, at: DateTime<Utc>, zone: Tz) -> String {
    let at = at.with_timezone(&zone);
    let weekday = usize::try_from(at.weekday().num_days_from_monday()).unwrap_or_default();
    let month = usize::try_from(at.month0()).unwrap_or_default();
    let (day, year) = (at.day(), at.year());
    match language {
        Language::English => format!("{} {day} {} {year}", WEEKDAYS[weekday].0, MONTHS[month].0),
        Language::Spanish => format!("{} {day} de {} de {year}", WEEKDAYS[weekday].1, MONTHS[month].1),
    }
}

/// The day and the hour at a place: `Thursday 31 December 2026, 20:00`.
#[must_use]
pub(crate) fn moment(language: Language, at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    format!("{}, {:02}:{:02}", day(language, at, zone), local.hour(), local.minute())
}

/// The same, saying whose clocks are meant: `Thursday 31 December 2026, 20:00 (Madrid time)`.
#[must_use]
pub(crate) fn moment_there(language: Language, at: DateTime<Utc>, zone: Tz) -> String {
    let moment = moment(language, at, zone);
    let city = city(zone);
    match language {
        _ if zone == Tz::UTC => format!("{moment} (UTC)"),
        Language::English => format!("{moment} ({city} time)"),
        Language::Spanish => format!("{moment} (hora de {city})"),
    }
}

/// What people call a zone: its city, which the database of zones writes without accents.
fn city(zone: Tz) -> String {
    let city = zone.name().rsplit('/').next().unwrap_or_default().replace('_', " ");
    let accented = ACCENTED.iter().find(|(plain, _)| *plain == city);
    accented.map_or(city, |(_, accented)| (*accented).to_owned())
}

/// Cities of zones whose names bear accents.
const ACCENTED: [(&str, &str); 8] = [
    ("Asuncion", "Asunción"),
    ("Bogota", "Bogotá"),
    ("Cancun", "Cancún"),
    ("Cordoba", "Córdoba"),
    ("Merida", "Mérida"),
    ("Panama", "Panamá"),
    ("Sao Paulo", "São Paulo"),
    ("Mexico City", "México"),
];

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
    fn moments_are_those_of_the_place() {
        let at = DateTime::from_timestamp(1_798_743_600, 0).expect("a moment");
        assert_eq!(moment(Language::English, at, Tz::UTC), "Thursday 31 December 2026, 19:00");
        assert_eq!(moment(Language::Spanish, at, Tz::Pacific__Auckland), "viernes 1 de enero de 2027, 08:00");
        let there = moment_there(Language::Spanish, at, Tz::America__Bogota);
        assert_eq!(there, "jueves 31 de diciembre de 2026, 14:00 (hora de Bogotá)");
    }
}

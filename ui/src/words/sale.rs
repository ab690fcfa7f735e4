//! Holding and paying: the sentences of the design's table, word for word.

use crate::language::Language;

impl Language {
    /// The time to pay is over.
    pub fn expired(self, seats: bool) -> &'static str {
        match (self, seats) {
            (Self::En, true) => "Your time ran out. Your seats are back on sale; you were not charged.",
            (Self::En, false) => "Your time ran out. Your tickets are back on sale; you were not charged.",
            (Self::Es, true) => "Se acabó el tiempo. Tus asientos vuelven a la venta; no se te ha cobrado.",
            (Self::Es, false) => "Se acabó el tiempo. Tus entradas vuelven a la venta; no se te ha cobrado.",
        }
    }

    /// Nobody knows yet whether it is paid.
    pub fn bank_decides(self, seats: bool) -> &'static str {
        match (self, seats) {
            (Self::En, true) => "The bank is still deciding. Your seats stay kept; we write to you.",
            (Self::En, false) => "The bank is still deciding. Your tickets stay kept; we write to you.",
            (Self::Es, true) => "El banco aún decide. Tus asientos siguen guardados; te escribimos.",
            (Self::Es, false) => "El banco aún decide. Tus entradas siguen guardadas; te escribimos.",
        }
    }

    /// `Your seats are kept for 10 minutes.`
    pub fn held(self, minutes: i64) -> String {
        match (self, minutes) {
            (Self::En, 1) => "Your seats are kept for 1 minute.".to_owned(),
            (Self::En, _) => format!("Your seats are kept for {minutes} minutes."),
            (Self::Es, 1) => "Guardamos tus asientos 1 minuto.".to_owned(),
            (Self::Es, _) => format!("Guardamos tus asientos {minutes} minutos."),
        }
    }

    /// `2 minutes left to pay for your seats.`
    pub fn left_to_pay(self, minutes: i64, seats: bool) -> String {
        let what = match (self, seats) {
            (Self::En, true) => "your seats",
            (Self::En, false) => "your tickets",
            (Self::Es, true) => "tus asientos",
            (Self::Es, false) => "tus entradas",
        };
        match (self, minutes) {
            (Self::En, 1) => format!("1 minute left to pay for {what}."),
            (Self::En, _) => format!("{minutes} minutes left to pay for {what}."),
            (Self::Es, 1) => format!("Queda 1 minuto para pagar {what}."),
            (Self::Es, _) => format!("Quedan {minutes} minutos para pagar {what}."),
        }
    }

    /// `Somebody was faster for H 5. Nothing is held.` and, where there are some, the free ones at the same price.
    pub fn taken(self, seats: &[String], free: &[String]) -> String {
        let (seats, one, count) = (self.list(seats), free.len() == 1, free.len());
        let free = self.list(free);
        let first = match self {
            Self::En => format!("Somebody was faster for {seats}. Nothing is held."),
            Self::Es => format!("Alguien se adelantó en {seats}. No hay nada reservado."),
        };
        match (self, count) {
            (_, 0) => first,
            (Self::En, _) => format!("{first} {free} {} free, same price.", if one { "is" } else { "are" }),
            (Self::Es, _) => {
                format!("{first} {free} {} al mismo precio.", if one { "está libre" } else { "están libres" })
            }
        }
    }

    /// `Your bank said no. You have not been charged. Your seats are still yours for 6:12.`
    pub fn declined(self, left: &str) -> String {
        match self {
            Self::En => {
                format!("Your bank said no. You have not been charged. Your seats are still yours for {left}.")
            }
            Self::Es => {
                format!("Tu banco lo ha rechazado. No se te ha cobrado. Tus asientos siguen siendo tuyos {left}.")
            }
        }
    }

    /// `H 7 and H 8`, `H 7, H 8 y H 9`.
    pub fn list(self, items: &[String]) -> String {
        let and = match self {
            Self::En => "and",
            Self::Es => "y",
        };
        match items {
            [] => String::new(),
            [one] => one.clone(),
            [all @ .., last] => format!("{} {and} {last}", all.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_designs_sentences_stand_word_for_word() {
        let (en, es) = (Language::En, Language::Es);
        let seats = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(en.held(10), "Your seats are kept for 10 minutes.");
        assert_eq!(es.held(10), "Guardamos tus asientos 10 minutos.");
        assert_eq!(en.left_to_pay(2, true), "2 minutes left to pay for your seats.");
        assert_eq!(es.left_to_pay(2, true), "Quedan 2 minutos para pagar tus asientos.");
        assert_eq!(es.left_to_pay(1, true), "Queda 1 minuto para pagar tus asientos.");
        let (gone, free) = (seats(&["H 5"]), seats(&["H 7", "H 8"]));
        assert_eq!(
            en.taken(&gone, &free),
            "Somebody was faster for H 5. Nothing is held. H 7 and H 8 are free, same price."
        );
        assert_eq!(
            es.taken(&gone, &free),
            "Alguien se adelantó en H 5. No hay nada reservado. H 7 y H 8 están libres al mismo precio."
        );
        assert_eq!(en.taken(&gone, &[]), "Somebody was faster for H 5. Nothing is held.");
        assert_eq!(
            en.declined("6:12"),
            "Your bank said no. You have not been charged. Your seats are still yours for 6:12."
        );
        assert_eq!(es.list(&seats(&["A", "B", "C"])), "A, B y C");
    }

    #[test]
    fn where_there_are_no_seats_tickets_are_spoken_of() {
        for language in [Language::En, Language::Es] {
            for text in [language.expired(false), language.bank_decides(false), &language.left_to_pay(2, false)] {
                assert!(!text.contains("seats") && !text.contains("asientos"), "{text}");
            }
        }
    }
}

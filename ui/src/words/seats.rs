//! Choosing seats.

use super::{plural, words};
use crate::language::Language;

words! {
    stage: "STAGE", "ESCENARIO";
    seat_word: "Seat", "Asiento";
    step_free: "step-free", "sin escalones";
    restricted_view: "restricted view", "visibilidad reducida";
    zoom_in: "Zoom in", "Acercar";
    zoom_out: "Zoom out", "Alejar";
    whole_house: "Show the whole house", "Ver toda la sala";
    seat_map: "Seat map", "Plano de asientos";
    free_live: "free, live", "libres, en directo";
    free_not_live: "free, moments ago", "libres, hace un momento";
    key: "What the shapes mean", "Qué significan las formas";
    key_free: "free", "libre";
    key_held: "on hold", "reservado";
    key_sold: "sold", "vendido";
    key_yours: "yours", "tuyo";
    find_and_pay: "Find and pay", "Buscar y pagar";
    price_of_a_seat: "Price of a seat", "Precio de un asiento";
    fees_and_taxes_in: "fees and taxes in", "gastos e impuestos incluidos";
    prices_filter: "Prices, fees included. Press to show only these.", "Precios, gastos incluidos. Pulsa para ver solo estos.";
    find_them: "Let us find them", "Los buscamos por ti";
    find_or_list: "Find them for me, or choose from a list", "Buscarlos por mí o elegir de una lista";
    best_together: "Best seats together", "Los mejores, juntos";
    finding: "Finding…", "Buscando…";
    one_fewer: "One fewer", "Uno menos";
    one_more: "One more", "Uno más";
    how_many: "How many", "Cuántos";
    step_free_only: "Step-free seats only", "Solo asientos sin escalones";
    from_a_list: "Choose from a list", "Elegir de una lista";
    section: "Section", "Sector";
    row_word: "Row", "Fila";
    show_row: "Show", "Ver";
    free_in_row: "Free seats in this row", "Asientos libres en esta fila";
    none_in_row: "No free seat in this row.", "No hay asientos libres en esta fila.";
    choosing_needs_script: "Choosing and paying need JavaScript. The list shows what is free now.", "Para elegir y pagar hace falta JavaScript. La lista muestra lo que está libre ahora.";
    your_seats: "Your seats", "Tus asientos";
    not_kept_yet: "not kept yet", "aún sin guardar";
    kept_for_you: "kept for you", "guardados para ti";
    tap_or_find: "Tap a seat, or let us find them.", "Toca un asiento o deja que los busquemos.";
    kept_for: "Your seats are kept for", "Guardamos tus asientos";
    holding: "Holding…", "Guardando…";
    choose_a_seat: "Choose a seat", "Elige un asiento";
    give_all_back: "Give all back", "Devolver todo";
    giving_back: "Giving back…", "Devolviendo…";
    given_all_back: "All given back. Nothing is held.", "Todo devuelto. No hay nada reservado.";
    someone_decides: "someone is deciding", "alguien lo está decidiendo";
    someone_decides_now: "Someone is deciding about this seat. It may come back.", "Alguien está decidiendo sobre este asiento. Puede volver.";
    seat_gone: "This seat is not for sale any more.", "Este asiento ya no está a la venta.";
    yours: "yours", "tuyo";
    chosen_word: "chosen", "elegido";
    not_together: "There are no such seats together. Try fewer seats, or another price.", "No hay asientos así juntos. Prueba con menos asientos o con otro precio.";
    no_equal: "No equal seats are free just now. Choose others on the map.", "Ahora no hay asientos iguales libres. Elige otros en el plano.";
    link_gone: "Some seats of this link are not in this house.", "Algunos asientos de este enlace no existen en esta sala.";
    plan_changed: "The organiser has changed the plan. Load the page again to see it.", "El organizador ha cambiado el plano. Vuelve a cargar la página para verlo.";
    map_failed: "The map did not come. Check your connection and try again.", "El plano no ha llegado. Comprueba tu conexión y prueba otra vez.";
    map_coming: "The map is on its way…", "El plano está de camino…";
    standing_places: "Standing", "De pie";
    general_text: "No numbered seats: who comes first stands in front.", "Sin asientos numerados: quien llega antes se pone delante.";
}

impl Language {
    /// `Stalls centre, row H, seat 5`.
    pub fn seat_at(self, zone: &str, row: &str, seat: &str) -> String {
        match self {
            Self::En => format!("{zone}, row {row}, seat {seat}"),
            Self::Es => format!("{zone}, fila {row}, asiento {seat}"),
        }
    }

    /// `Row H`.
    pub fn row_named(self, row: &str) -> String {
        format!("{} {row}", self.row_word())
    }

    /// What the map is, and how it is used with a keyboard.
    pub fn map_label(self, venue: &str) -> String {
        match self {
            Self::En => format!(
                "Seat map of {venue}. Arrow keys move from seat to seat, Enter chooses, plus and minus zoom. Every seat is also in the list."
            ),
            Self::Es => format!(
                "Plano de asientos de {venue}. Las flechas van de asiento en asiento, Intro elige, más y menos acercan y alejan. Todos los asientos están también en la lista."
            ),
        }
    }

    /// `24 left`.
    pub fn left_of(self, count: &str) -> String {
        match self {
            Self::En => format!("{count} left"),
            Self::Es => format!("quedan {count}"),
        }
    }

    /// `Hold 2 seats`, `Hold 2 more seats`.
    pub fn hold(self, count: i64, more: bool) -> String {
        match (self, more) {
            (Self::En, false) => format!("Hold {count} {}", plural(count, "seat", "seats")),
            (Self::En, true) => format!("Hold {count} more {}", plural(count, "seat", "seats")),
            (Self::Es, false) => format!("Guardar {count} {}", plural(count, "asiento", "asientos")),
            (Self::Es, true) => format!("Guardar {count} más"),
        }
    }

    /// `Hold 2 tickets`.
    pub fn hold_tickets(self, count: i64) -> String {
        match self {
            Self::En => format!("Hold {count} {}", plural(count, "ticket", "tickets")),
            Self::Es => format!("Guardar {count} {}", plural(count, "entrada", "entradas")),
        }
    }

    /// `Pay €236.00`.
    pub fn pay(self, amount: &str) -> String {
        match self {
            Self::En => format!("Pay {amount}"),
            Self::Es => format!("Pagar {amount}"),
        }
    }

    /// `Give back Stalls, row H, seat 5, €118.00`.
    pub fn give_back(self, seat: &str, price: &str) -> String {
        match self {
            Self::En => format!("Give back {seat}, {price}"),
            Self::Es => format!("Devolver {seat}, {price}"),
        }
    }

    /// `Chosen: Stalls, row H, seat 5, €118.00.`
    pub fn chosen(self, seat: &str, price: &str) -> String {
        match self {
            Self::En => format!("Chosen: {seat}, {price}."),
            Self::Es => format!("Elegido: {seat}, {price}."),
        }
    }

    /// `Given back: Stalls, row H, seat 5.`
    pub fn given_back(self, seat: &str) -> String {
        match self {
            Self::En => format!("Given back: {seat}."),
            Self::Es => format!("Devuelto: {seat}."),
        }
    }

    /// `Six seats is the most for one order.`
    pub fn the_most(self, count: u32) -> String {
        match (self, count) {
            (Self::En, 1) => "One seat is the most for one person.".to_owned(),
            (Self::En, _) => format!("{count} seats is the most for one person."),
            (Self::Es, 1) => "Un asiento es el máximo por persona.".to_owned(),
            (Self::Es, _) => format!("{count} asientos es el máximo por persona."),
        }
    }

    /// `H 5 was taken while you were choosing.` and, where there are some, the free ones at the same price.
    pub fn taken_meanwhile(self, seats: &[String], free: &[String]) -> String {
        let (one, free_one) = (seats.len() == 1, free.len() == 1);
        let (seats, count, free) = (self.list(seats), free.len(), self.list(free));
        let first = match (self, one) {
            (Self::En, true) => format!("{seats} was taken while you were choosing."),
            (Self::En, false) => format!("{seats} were taken while you were choosing."),
            (Self::Es, true) => format!("Alguien se ha llevado {seats} mientras elegías."),
            (Self::Es, false) => format!("Se han llevado {seats} mientras elegías."),
        };
        match (self, count) {
            (_, 0) => format!("{first} {}", self.no_equal()),
            (Self::En, _) => format!("{first} {free} {} free, same price.", if free_one { "is" } else { "are" }),
            (Self::Es, _) => {
                format!("{first} {free} {} al mismo precio.", if free_one { "está libre" } else { "están libres" })
            }
        }
    }

    /// `Somebody was faster for H 9. Your other seats stay kept.`
    pub fn taken_beside(self, seats: &[String], free: &[String]) -> String {
        let (seats, one, count) = (self.list(seats), free.len() == 1, free.len());
        let free = self.list(free);
        let first = match self {
            Self::En => format!("Somebody was faster for {seats}. What was kept for you stays kept."),
            Self::Es => format!("Alguien se adelantó en {seats}. Lo que ya guardamos para ti sigue guardado."),
        };
        match (self, count) {
            (_, 0) => first,
            (Self::En, _) => format!("{first} {free} {} free, same price.", if one { "is" } else { "are" }),
            (Self::Es, _) => {
                format!("{first} {free} {} al mismo precio.", if one { "está libre" } else { "están libres" })
            }
        }
    }

    /// `Hold H 7 and H 8`.
    pub fn hold_these(self, seats: &[String]) -> String {
        match self {
            Self::En => format!("Hold {}", self.list(seats)),
            Self::Es => format!("Guardar {}", self.list(seats)),
        }
    }

    /// `Choose H 7 and H 8`.
    pub fn choose_these(self, seats: &[String]) -> String {
        match self {
            Self::En => format!("Choose {}", self.list(seats)),
            Self::Es => format!("Elegir {}", self.list(seats)),
        }
    }

    /// `H 5 and H 6: Your seats are kept for 10 minutes.`
    pub fn held_these(self, seats: &[String], minutes: i64) -> String {
        format!("{}: {}", self.list(seats), self.held(minutes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn counts_and_names_are_said_in_both_languages() {
        assert_eq!(Language::En.hold(1, false), "Hold 1 seat");
        assert_eq!(Language::En.hold(2, true), "Hold 2 more seats");
        assert_eq!(Language::Es.hold(2, false), "Guardar 2 asientos");
        assert_eq!(Language::Es.seat_at("Platea", "H", "5"), "Platea, fila H, asiento 5");
        assert_eq!(
            Language::En.taken_meanwhile(&seats(&["H 5"]), &seats(&["H 7", "H 8"])),
            "H 5 was taken while you were choosing. H 7 and H 8 are free, same price."
        );
        assert!(Language::Es.taken_meanwhile(&seats(&["H 5"]), &[]).ends_with("Elige otros en el plano."));
        assert_eq!(Language::En.hold_these(&seats(&["H 7", "H 8"])), "Hold H 7 and H 8");
    }
}

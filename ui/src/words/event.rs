//! An event's page.

use super::words;
use crate::language::Language;

words! {
    prices: "What it costs", "Cuánto cuesta";
    prices_table: "Table of prices", "Tabla de precios";
    ticket: "Ticket", "Entrada";
    category: "Price", "Precio";
    fees: "Fees", "Gastos";
    you_pay: "You pay", "Pagas";
    nothing_added: "Nothing is added later.", "No se añade nada después.";
    fees_in: "all fees in", "gastos incluidos";
    good_to_know: "Good to know", "Conviene saber";
    seating: "Seating", "Asientos";
    reserved: "Numbered seats, chosen on the plan.", "Asientos numerados, se eligen en el plano.";
    general: "General admission, no numbered seats.", "Entrada general, sin asientos numerados.";
    returns: "Returns", "Devoluciones";
    no_returns: "Tickets cannot be given back.", "Las entradas no se pueden devolver.";
    with_fees: "Fees are refunded too.", "Los gastos también se devuelven.";
    without_fees: "Fees are kept.", "Los gastos no se devuelven.";
    limit: "Limit", "Límite";
    place: "Getting there", "Cómo llegar";
    directions: "Directions", "Cómo ir";
    in_your_calendar: "Your calendar", "Tu calendario";
    calendar_file: "Add the date", "Añadir la fecha";
    map: "Show on a map", "Ver en un mapa";
    tickets: "Tickets", "Entradas";
    on_sale_now: "On sale now", "A la venta";
    sale_over: "The sale is over", "La venta ha terminado";
    choose_seats: "Choose seats", "Elegir asientos";
    choose_tickets: "Choose tickets", "Elegir entradas";
    opens_in: "The sale opens in", "La venta abre en";
    held_may_return: "All tickets are held just now. Some may come back within minutes.", "Ahora está todo reservado. Pueden volver entradas en unos minutos.";
    sold_out_more: "Every ticket is sold. Those that are given back appear here.", "Se han vendido todas las entradas. Las que se devuelvan aparecen aquí.";
    cancelled_more: "The event is cancelled. Whoever has a ticket gets their money back without asking.", "El evento se ha cancelado. Quien tenga entrada recibe su dinero sin pedirlo.";
    until_opening: "Come back then; being early gives no advantage.", "Vuelve entonces; llegar antes no da ventaja.";
}

impl Language {
    /// `Six tickets a person.`
    pub fn per_person(self, count: u32) -> String {
        match (self, count) {
            (Self::En, 1) => "One ticket a person.".to_owned(),
            (Self::En, count) => format!("{count} tickets a person."),
            (Self::Es, 1) => "Una entrada por persona.".to_owned(),
            (Self::Es, count) => format!("{count} entradas por persona."),
        }
    }

    /// `Until 24 hours before the beginning.`
    pub fn returns_until(self, hours: u32) -> String {
        match self {
            Self::En => format!("Tickets can be given back until {hours} hours before the beginning."),
            Self::Es => format!("Se pueden devolver hasta {hours} horas antes del comienzo."),
        }
    }

    /// `Your tickets are kept for 10 minutes while you pay.`
    pub fn kept_while_paying(self, minutes: u32) -> String {
        match (self, minutes) {
            (Self::En, 1) => "Your tickets are kept for one minute while you pay.".to_owned(),
            (Self::En, _) => format!("Your tickets are kept for {minutes} minutes while you pay."),
            (Self::Es, 1) => "Guardamos tus entradas un minuto mientras pagas.".to_owned(),
            (Self::Es, _) => format!("Guardamos tus entradas {minutes} minutos mientras pagas."),
        }
    }

    /// `12 days` and the like: what is left until a sale opens, when it is more than a day.
    pub fn days(self, count: i64) -> String {
        match (self, count) {
            (Self::En, 1) => "1 day".to_owned(),
            (Self::En, _) => format!("{count} days"),
            (Self::Es, 1) => "1 día".to_owned(),
            (Self::Es, _) => format!("{count} días"),
        }
    }
}

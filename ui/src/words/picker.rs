//! Choosing tickets where there are no numbered seats.

use super::words;
use crate::language::Language;

words! {
    quantity_of: "How many", "Cuántas";
    step_down: "One fewer", "Una menos";
    step_up: "One more", "Una más";
    reserve: "Go on to pay", "Continuar al pago";
    kind_sold_out: "Sold out", "Agotadas";
    choose_how_many: "Choose how many tickets you want.", "Elige cuántas entradas quieres.";
    in_all: "In all", "En total";
    waiting_room_on: "This sale lets people in one after another. Join the line on the event’s page first.", "En esta venta se entra por turnos. Ponte primero en la cola en la página del evento.";
}

impl Language {
    /// `Only 3 can be had now. Nothing is held.`
    pub fn fewer_left(self, available: i64) -> String {
        match (self, available) {
            (Self::En, ..=0) => "Somebody was faster: these are gone. Nothing is held.".to_owned(),
            (Self::En, 1) => "Somebody was faster: 1 is left. Nothing is held.".to_owned(),
            (Self::En, _) => format!("Somebody was faster: {available} are left. Nothing is held."),
            (Self::Es, ..=0) => "Alguien se adelantó: ya no quedan. No hay nada reservado.".to_owned(),
            (Self::Es, 1) => "Alguien se adelantó: queda 1. No hay nada reservado.".to_owned(),
            (Self::Es, _) => format!("Alguien se adelantó: quedan {available}. No hay nada reservado."),
        }
    }

    /// `38 left`.
    pub fn count_left(self, count: i64) -> String {
        match (self, count) {
            (Self::En, _) => format!("{count} left"),
            (Self::Es, 1) => "Queda 1".to_owned(),
            (Self::Es, _) => format!("Quedan {count}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_as_it_is() {
        assert_eq!(Language::En.fewer_left(1), "Somebody was faster: 1 is left. Nothing is held.");
        assert_eq!(Language::Es.fewer_left(0), "Alguien se adelantó: ya no quedan. No hay nada reservado.");
        assert_eq!(Language::Es.count_left(1), "Queda 1");
    }
}

//! What an order is, in words.

use crate::language::Language;
use onsale_core::api::sales::{OrderedSeat, OrderedTickets, SoldOrder};

/// An order's state in a word, with its badge's class.
pub(super) fn state(language: Language, order: &SoldOrder) -> (&'static str, &'static str) {
    language.order_state(order.status, order.refunded.is_some())
}

/// `Stalls H 5, 6 · Row 12 · 3 × Standing`: seats by zone and row, then general admission.
pub(super) fn places(language: Language, seats: &[OrderedSeat], tickets: &[OrderedTickets]) -> String {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for seat in seats {
        let row = crate::seats::row_name(language, &seat.row);
        let name = format!("{} {row}", seat.zone);
        match groups.last_mut() {
            Some((known, columns)) if *known == name => columns.push(&seat.column),
            _ => groups.push((name, vec![&seat.column])),
        }
    }
    let seats = groups.into_iter().map(|(name, columns)| {
        let between = if name.ends_with(|letter: char| letter.is_ascii_digit()) { " · " } else { " " };
        format!("{name}{between}{}", columns.join(", "))
    });
    let tickets = tickets.iter().map(|held| format!("{} × {}", held.quantity, held.name));
    seats.chain(tickets).collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_by_row() {
        let seat = |zone: &str, row: &str, column: &str| OrderedSeat {
            zone: zone.to_owned(),
            row: row.to_owned(),
            column: column.to_owned(),
        };
        let seats = [seat("Stalls", "H", "5"), seat("Stalls", "H", "6"), seat("Pit", "12", "1")];
        let tickets = [OrderedTickets { name: "Standing".to_owned(), quantity: 3 }];
        let told = places(Language::En, &seats, &tickets);
        assert_eq!(told, "Stalls H 5, 6 · Pit Row 12 · 1 · 3 × Standing");
    }
}

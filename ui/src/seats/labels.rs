//! What seats are called.

use super::plan::{Plan, SeatNo};
use crate::format::money;
use crate::language::Language;

/// `Stalls centre, row H, seat 5`.
#[must_use]
pub fn seat_name(language: Language, plan: &Plan, seat: SeatNo) -> String {
    language.seat_at(&plan.zone(seat).name, &plan.row(seat).label, plan.column(seat))
}

/// `Seat 14, €92.00, step-free, restricted view`.
#[must_use]
pub fn seat_label(language: Language, plan: &Plan, seat: SeatNo) -> String {
    let mut label = format!("{} {}, {}", language.seat_word(), plan.column(seat), money(language, plan.price(seat)));
    if plan.is_accessible(seat) {
        label.push_str(", ");
        label.push_str(language.step_free());
    }
    if plan.is_restricted(seat) {
        label.push_str(", ");
        label.push_str(language.restricted_view());
    }
    label
}

/// `H`, and `Row 12` where a number alone could be anything.
#[must_use]
pub fn row_name(language: Language, label: &str) -> String {
    if label.starts_with(|letter: char| letter.is_ascii_digit()) { language.row_named(label) } else { label.to_owned() }
}

/// `H 5`, `H 6`, or `Row 12 · 5`; with the zone where the seats are not all of one.
#[must_use]
pub fn short_names(language: Language, plan: &Plan, seats: &[SeatNo]) -> Vec<String> {
    let zone = |seat: &SeatNo| plan.row(*seat).zone;
    let one = seats.windows(2).all(|pair| zone(&pair[0]) == zone(&pair[1]));
    let name = |seat: &SeatNo| {
        let label = &plan.row(*seat).label;
        let row = row_name(language, label);
        let between = if row == *label { "\u{a0}" } else { " · " };
        let place = format!("{row}{between}{}", plan.column(*seat));
        if one { place } else { format!("{} {place}", plan.zone(*seat).name) }
    };
    seats.iter().map(name).collect()
}

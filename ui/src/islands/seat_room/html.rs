//! The small pieces of the page that change, as HTML: written by the server first, by the browser afterwards.

use crate::format::money;
use crate::language::Language;
use crate::seats::{Board, Look, Plan, SeatNo, row_name, seat_label, seat_name};
pub(crate) use onsale_core::text::escape_html;

/// What a seat's state is called beside its price; nothing for a free one.
pub(crate) fn state_word(language: Language, look: Look) -> Option<&'static str> {
    match look {
        Look::Free => None,
        Look::Held => Some(language.someone_decides()),
        Look::Gone => Some(language.key_sold()),
        Look::Chosen => Some(language.chosen_word()),
        Look::Mine => Some(language.yours()),
    }
}

/// The sections, as options.
pub(crate) fn sections(plan: &Plan, chosen: u32) -> String {
    (0_u32..).zip(&plan.zones).map(|(place, zone)| option(place, chosen, &zone.name)).collect()
}

/// The rows of a section, as options.
pub(crate) fn rows(language: Language, plan: &Plan, section: u32, chosen: u32) -> String {
    let rows = plan.zones.get(section as usize).map(|zone| zone.rows.clone()).unwrap_or(0..0);
    let labels = rows.filter_map(|row| plan.rows.get(row as usize));
    (0_u32..).zip(labels).map(|(place, row)| option(place, chosen, &language.row_named(&row.label))).collect()
}

fn option(place: u32, chosen: u32, name: &str) -> String {
    let selected = if place == chosen { " selected" } else { "" };
    format!("<option value=\"{place}\"{selected}>{}</option>", escape_html(name))
}

/// The seats of a row that can be had, or are the reader's.
pub(crate) fn chips(
    language: Language,
    plan: &Plan,
    seats: impl Iterator<Item = SeatNo>,
    look: impl Fn(SeatNo) -> Look,
) -> String {
    let shown = seats.map(|seat| (seat, look(seat)));
    let shown = shown.filter(|(_, look)| matches!(look, Look::Free | Look::Chosen | Look::Mine));
    let chips: String = shown.map(|(seat, look)| chip(language, plan, seat, look)).collect();
    if chips.is_empty() { format!("<p class=\"soft small\">{}</p>", language.none_in_row()) } else { chips }
}

fn chip(language: Language, plan: &Plan, seat: SeatNo, look: Look) -> String {
    let category = plan.category(seat);
    let letter = category.letter();
    let shape = if plan.is_accessible(seat) { " sq" } else { "" };
    let yours = if look == Look::Mine { " yours" } else { "" };
    let pressed = matches!(look, Look::Chosen | Look::Mine);
    let mut label = seat_label(language, plan, seat);
    if let Some(word) = state_word(language, look) {
        label.push_str(", ");
        label.push_str(word);
    }
    let (label, number, name) = (escape_html(&label), escape_html(plan.column(seat)), escape_html(&category.name));
    format!(
        "<button type=\"button\" class=\"chip {letter}{shape}{yours}\" data-seat=\"{seat}\" aria-pressed=\"{pressed}\" \
         aria-label=\"{label}\" title=\"{name}\"><span class=\"cat\">{letter}</span>{number}</button>"
    )
}

/// The reader's seats on their plates, and the standing tickets that are held.
pub(super) fn plates(language: Language, board: &Board, standing: &[(String, u32)]) -> String {
    let plan = &board.plan;
    let seats = board.choice.all().map(|seat| {
        let price = money(language, plan.price(seat));
        let label = escape_html(&language.give_back(&seat_name(language, plan, seat), &price));
        let yours = if board.look(seat) == Look::Mine { " yours" } else { "" };
        let (zone, row) = (escape_html(&plan.zone(seat).name), &plan.row(seat).label);
        let number = escape_html(plan.column(seat));
        // A row's letter goes with the number; a row's number would be taken for it.
        let named = row_name(language, row);
        let (zone, place) = if named == *row {
            (zone, format!("{} {number}", escape_html(row)))
        } else {
            (format!("{zone} · {}", escape_html(&named)), number)
        };
        format!(
            "<li><button type=\"button\" class=\"plate num{yours}\" data-seat=\"{seat}\" aria-label=\"{label}\">\
             <small>{zone}</small><b>{place}</b><small>{price}</small>\
             <span class=\"x\" aria-hidden=\"true\">×</span></button></li>"
        )
    });
    let tickets = standing.iter().map(|(name, count)| {
        format!("<li><span class=\"plate num yours\"><small>{}</small><b>× {count}</b></span></li>", escape_html(name))
    });
    seats.chain(tickets).collect()
}

/// What is known of a seat, for the eyes; what is spoken is told elsewhere.
pub(super) fn tip(language: Language, board: &Board, seat: SeatNo) -> String {
    let plan = &board.plan;
    let letter = plan.category(seat).letter();
    let mut text = format!("{}, {}", money(language, plan.price(seat)), language.fees_in());
    let marks =
        [(plan.is_accessible(seat), language.step_free()), (plan.is_restricted(seat), language.restricted_view())];
    let marks = marks.into_iter().filter(|(is_so, _)| *is_so).map(|(_, word)| word);
    for word in state_word(language, board.look(seat)).into_iter().chain(marks) {
        text.push_str(" · ");
        text.push_str(word);
    }
    let (zone, row) = (escape_html(&plan.zone(seat).name), escape_html(&language.row_named(&plan.row(seat).label)));
    let (number, text) = (escape_html(plan.column(seat)), escape_html(&text));
    format!(
        "<b>{zone} · {row} · {number}</b><span class=\"row {letter}\"><span class=\"cat\">{letter}</span>\
         <span>{text}</span></span>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seats::testing::house;

    #[test]
    fn names_are_escaped_and_seats_say_all() {
        let plan = house(2, 3);
        assert!(sections(&plan, 0).contains("selected>Stalls &lt;centre&gt;<"));
        assert_eq!(rows(Language::Es, &plan, 0, 1).matches("<option").count(), 2);
        let chips = chips(Language::En, &plan, 0..3, |seat| [Look::Free, Look::Mine, Look::Held][seat as usize]);
        assert_eq!(chips.matches("<button").count(), 2);
        assert!(chips.contains("aria-label=\"Seat 2, €92.00, restricted view, yours\""), "{chips}");
        assert!(super::chips(Language::En, &plan, 0..1, |_| Look::Held).contains("No free seat"));
    }
}

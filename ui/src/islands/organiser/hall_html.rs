//! The house's map, as HTML.

use crate::format::money;
use crate::language::Language;
use crate::seats::{Board, Look, SeatNo};
use onsale_core::text::escape_html;

const PLUS: &str = r##"<path d="M10 4v12M4 10h12"/>"##;
const MINUS: &str = r##"<path d="M4 10h12"/>"##;
const FIT: &str = r##"<path d="M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4"/>"##;
/// A shape of the key, as the inside of an `svg` element of 16 by 16.
pub(super) const KEY_HELD: &str =
    r##"<circle cx="8" cy="8" r="4.5" fill="none" stroke="var(--seat-held)" stroke-width="1.5"/>"##;
/// The map's place, its tools and its key.
pub(super) fn map(language: Language, key: &[(&str, &str)]) -> String {
    let tools =
        [(PLUS, language.zoom_in(), "in"), (MINUS, language.zoom_out(), "out"), (FIT, language.whole_house(), "fit")];
    let tools: String = tools
        .iter()
        .map(|(icon, label, act)| {
            format!(
                "<button type=\"button\" class=\"btn\" aria-label=\"{label}\" data-act=\"{act}\">\
                 <svg class=\"i\" viewBox=\"0 0 20 20\" aria-hidden=\"true\">{icon}</svg></button>"
            )
        })
        .collect();
    let key: String = key
        .iter()
        .map(|(shape, word)| format!("<li><svg viewBox=\"0 0 16 16\" aria-hidden=\"true\">{shape}</svg>{word}</li>"))
        .collect();
    format!(
        "<div class=\"house\"><canvas class=\"bg\" id=\"map\" tabindex=\"0\" role=\"application\" aria-label=\"{}\" \
         aria-describedby=\"key\"></canvas><p class=\"coming\" id=\"coming\">{}</p><div class=\"tools\">{tools}</div>\
         <div class=\"tip\" id=\"tip\" aria-hidden=\"true\" hidden></div></div>\
         <ul class=\"org-key small\" id=\"key\" aria-label=\"{}\">{key}</ul>",
        language.sales_map_label(),
        language.map_coming(),
        language.key(),
    )
}

/// What a seat's state is to its organiser.
pub(super) fn seat_state(language: Language, board: &Board, seat: SeatNo) -> &'static str {
    match board.look(seat) {
        Look::Free => language.key_free(),
        Look::Held => language.key_held(),
        Look::Chosen => language.chosen_word(),
        _ if board.states.is_blocked(seat) => language.kept_back(),
        _ => language.key_sold(),
    }
}

/// What is known of a seat, for the eyes.
pub(super) fn tip(language: Language, board: &Board, seat: SeatNo) -> String {
    let plan = &board.plan;
    format!(
        "<b>{} · {} · {}</b><br>{} · {}, {}",
        escape_html(&plan.zone(seat).name),
        escape_html(&language.row_named(&plan.row(seat).label)),
        escape_html(plan.column(seat)),
        seat_state(language, board, seat),
        escape_html(&plan.category(seat).name),
        money(language, plan.price(seat)),
    )
}

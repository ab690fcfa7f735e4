//! The editor's page as HTML: what stands before it wakes, and what changes around the hall.

use super::Reader;
use super::editor::State;
use crate::components::{ALERT, LOGO, MINUS, PLUS};
pub(super) use crate::islands::desk::notice;
use crate::language::Language;
use onsale_core::api::problem::ProblemBody;
use onsale_core::hall::{Part, SeatRef, Shape};
use onsale_core::text::escape_html;
use std::fmt::Write;

const SELECT: &str = r##"<path d="M4 3l12 6-5 1.8L9 16Z"/>"##;
const SEATS: &str = r##"<path d="M3 3h.1M7 3h.1M11 3h.1M15 3h.1M17 5v.1M17 9v.1M17 13v.1M17 17h.1M13 17h.1M9 17h.1M5 17h.1M3 15v.1M3 11v.1M3 7v.1M8 10h4M10 8v4"/>"##;
const BLOCK: &str = r##"<path d="M3 6h14M3 10h14M3 14h14"/>"##;
const CURVED: &str = r##"<path d="M3 8c3.5 3 10.5 3 14 0M3 12c3.5 3 10.5 3 14 0M3 4c3.5 3 10.5 3 14 0"/>"##;
const STANDING: &str = r##"<path d="M3 4h14v12H3ZM10 7.5v.1M8.4 10h3.2M10 10v3"/>"##;
const STAGE: &str = r##"<path d="M4 4h12l-1.5 8c-2.5 2.4-6.5 2.4-9 0ZM7 17h6"/>"##;
const LABEL: &str = r##"<path d="M4 5V3.5h12V5M10 3.5v13M7.5 16.5h5"/>"##;
const UNDO: &str = r##"<path d="M4 8h8a4.5 4.5 0 0 1 0 9H8M4 8l3.5-3.5M4 8l3.5 3.5"/>"##;
const REDO: &str = r##"<path d="M16 8H8a4.5 4.5 0 0 0 0 9h4M16 8l-3.5-3.5M16 8l-3.5 3.5"/>"##;
const COPY: &str = r##"<path d="M7 7h9v9H7ZM4 13V4h9"/>"##;
const MIRROR: &str = r##"<path d="M10 2.5v15M7.5 5v10L3 15ZM12.5 5v10l4.5 0Z"/>"##;
const DELETE: &str = r##"<path d="M4 5.5h12M8 5.5v-2h4v2M5.5 5.5l.8 11h7.4l.8-11M8.5 8.5v5M11.5 8.5v5"/>"##;
const FIT: &str = r##"<path d="M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4"/>"##;

fn icon(path: &str) -> String {
    format!("<svg class=\"i\" viewBox=\"0 0 20 20\" aria-hidden=\"true\">{path}</svg>")
}

/// All of it, before the hall is there.
pub(super) fn shell(reader: Reader) -> String {
    let language = reader.language;
    let tools: String = [
        ("select", SELECT, language.hall_tool_select()),
        ("seats", SEATS, language.hall_tool_seats()),
        ("block", BLOCK, language.hall_tool_block()),
        ("curved", CURVED, language.hall_tool_curved()),
        ("standing", STANDING, language.hall_tool_standing()),
        ("stage", STAGE, language.hall_tool_stage()),
        ("label", LABEL, language.hall_tool_label()),
    ]
    .iter()
    .map(|(name, path, word)| {
        let pressed = *name == "select";
        format!(
            "<button type=\"button\" class=\"btn\" data-tool=\"{name}\" aria-pressed=\"{pressed}\" aria-label=\"{word}\" \
             title=\"{word}\">{}</button>",
            icon(path)
        )
    })
    .collect();
    let acts: String = [
        ("undo", UNDO, language.hall_undo()),
        ("redo", REDO, language.hall_redo()),
        ("copy", COPY, language.hall_copy()),
        ("mirror", MIRROR, language.hall_mirror()),
        ("delete", DELETE, language.hall_delete()),
    ]
    .iter()
    .map(|(name, path, word)| {
        format!(
            "<button type=\"button\" class=\"btn\" data-act=\"{name}\" aria-disabled=\"true\" aria-label=\"{word}\" \
             title=\"{word}\">{}</button>",
            icon(path)
        )
    })
    .collect();
    format!(
        "{}<main id=\"main\" class=\"ed\"><div class=\"palette\" role=\"toolbar\" aria-label=\"{}\">{tools}<hr>{acts}</div>\
         {}<aside class=\"insp\" aria-label=\"{}\"><div id=\"told\" role=\"alert\"></div><section class=\"stack\" id=\"own\">\
         <div class=\"skel bar\"></div></section><section class=\"stack\" id=\"seats\"></section>\
         <section class=\"stack\" id=\"outline\"></section></aside>\
         <p class=\"vh\" id=\"say\" role=\"status\"></p></main>",
        head(reader),
        language.hall_tools(),
        board(language),
        language.hall_properties(),
    )
}

fn head(reader: Reader) -> String {
    let language = reader.language;
    format!(
        "<header class=\"top dark\"><a class=\"logo\" href=\"{}\" aria-label=\"{}\"><svg viewBox=\"0 0 38 22\" \
         aria-hidden=\"true\">{LOGO}</svg></a><div class=\"brief\"><h1 id=\"name\">{}</h1><span id=\"brief\" \
         role=\"status\">{}</span></div><div class=\"row push ed-acts\"><button type=\"button\" class=\"btn sm\" \
         popovertarget=\"chk\">{}<span id=\"mend\">…</span></button>\
         <button type=\"button\" class=\"btn go sm\" data-act=\"publish\" id=\"publish\">{}</button></div></header>\
         <div popover id=\"chk\" class=\"stack\"></div>",
        reader.link("/organiser/halls"),
        language.hall_all(),
        language.hall_editor(),
        language.loading(),
        icon(ALERT),
        language.hall_publish(),
    )
}

fn board(language: Language) -> String {
    format!(
        "<section class=\"board-ed house\" aria-label=\"{}\"><noscript><div class=\"notice warn\"><div><p>{}</p></div></div>\
         </noscript><canvas id=\"plan\" class=\"plan\" tabindex=\"0\" role=\"application\" aria-label=\"{}\"></canvas>\
         <p class=\"coming\" id=\"coming\">{}</p>\
         <div class=\"tools\"><button type=\"button\" class=\"btn\" data-act=\"out\" aria-label=\"{}\">{}</button>\
         <span class=\"btn num\" id=\"scale\" aria-hidden=\"true\">100 %</span>\
         <button type=\"button\" class=\"btn\" data-act=\"in\" aria-label=\"{}\">{}</button>\
         <button type=\"button\" class=\"btn\" data-act=\"fit\" aria-label=\"{}\">{}</button></div>\
         <p class=\"foot-l small num\" id=\"figures\"></p></section>",
        language.hall_editor(),
        language.needs_script(),
        language.hall_board(),
        language.loading(),
        language.zoom_out(),
        icon(MINUS),
        language.zoom_in(),
        icon(PLUS),
        language.whole_house(),
        icon(FIT),
    )
}

/// What a part is called: its name, or what it is.
pub(super) fn called(language: Language, part: &Part) -> String {
    let name = part.name.as_deref().unwrap_or_default().trim();
    if !name.is_empty() {
        return name.to_owned();
    }
    match part.shape {
        Shape::Stage(_) => language.hall_stage_word().to_owned(),
        Shape::Standing(_) => language.hall_standing_word().to_owned(),
        Shape::Label(_) => language.hall_label_word().to_owned(),
        Shape::Block(_) | Shape::Seats(_) => format!("{} {}", language.hall_block_word(), part.number),
    }
}

/// A seat as it is spoken.
pub(super) fn spoken(state: &State, seat: SeatRef) -> Option<String> {
    let language = state.reader.language;
    let (row, laid) = state.scene.seat(seat)?;
    let mut said = language.hall_seat(&state.called(seat.part), row, &laid.column, &laid.category);
    let marks = [
        (laid.kind.accessible, language.step_free()),
        (laid.kind.companion, language.hall_companion()),
        (laid.kind.restricted_view, language.restricted_view()),
        (state.seats.contains(&seat), language.key_yours()),
    ];
    for (_, word) in marks.iter().filter(|(set, _)| *set) {
        let _infallible = write!(said, ", {word}");
    }
    Some(said)
}

/// `Version 7, draft · saved 13:01`.
pub(super) fn brief(state: &State) -> String {
    let language = state.reader.language;
    language.hall_state(state.version + 1, &state.saving.words(language, &state.hall))
}

/// What the button says.
pub(super) fn publish(state: &State) -> String {
    let language = state.reader.language;
    format!("{} <span class=\"wide\">{}</span>", language.hall_publish(), language.hall_version(state.version + 1))
}

/// `1,242 seats · 14 step-free · Stalls selected, 222 seats`.
pub(super) fn figures(state: &State) -> String {
    let language = state.reader.language;
    let seats = state.scene.items.iter().map(|item| item.laid.seats().count()).sum();
    let step_free =
        state.scene.items.iter().flat_map(|item| item.laid.seats()).filter(|seat| seat.kind.accessible).count();
    let mut said = vec![language.hall_seats(seats)];
    if step_free > 0 {
        said.push(language.hall_step_free_count(step_free));
    }
    match state.chosen.as_slice() {
        _ if !state.seats.is_empty() => said.push(language.hall_chosen(state.seats.len())),
        [] => {}
        [one] => said.push(language.hall_selected(&state.called(*one))),
        more => said.push(language.hall_selected(&language.hall_parts(more.len()))),
    }
    said.join(" · ")
}

/// What is to be mended, and how many there are of it.
pub(super) fn problems(state: &State) -> (String, String) {
    let language = state.reader.language;
    let sold = format!("<p class=\"soft small\">{}</p>", language.hall_sold_keep());
    if state.problems.is_empty() {
        return (format!("<h2>{}</h2>{sold}", language.hall_all_good()), language.hall_to_fix(0));
    }
    let items: String = state
        .problems
        .iter()
        .take(50)
        .map(|problem| {
            let part = problem.part.map(|number| state.called(number)).unwrap_or_default();
            let words = escape_html(&language.hall_problem(problem, &part));
            match problem.part {
                Some(number) => {
                    format!("<li><button type=\"button\" class=\"link start\" data-pick=\"{number}\" popovertarget=\"chk\">{words}</button></li>")
                }
                None => format!("<li>{words}</li>"),
            }
        })
        .collect();
    let list = format!("<h2>{}</h2><ol class=\"stack mends\">{items}</ol>{sold}", language.hall_mend_first());
    (list, language.hall_to_fix(state.problems.len()))
}

/// It was changed elsewhere.
pub(super) fn stale(language: Language) -> String {
    let again =
        format!("<button type=\"button\" class=\"btn sm\" data-act=\"again\">{}</button>", language.hall_load_again());
    notice("warn", language.hall_stale(), &again)
}

/// It was refused, and why.
pub(super) fn refused(language: Language, body: &ProblemBody) -> String {
    let items: String = body
        .errors
        .iter()
        .take(5)
        .map(|error| format!("<li>{}: {}</li>", escape_html(&error.field), escape_html(&error.message)))
        .collect();
    notice("bad", language.hall_refused(), &format!("<ul>{items}</ul>"))
}

/// It is published.
pub(super) fn published(language: Language, version: i32) -> String {
    notice("good", &language.hall_published(version), "")
}

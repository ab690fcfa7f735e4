//! What stands around an event's form, as HTML: what it is and where it is in its life, and what can be done with it.

use super::editor::Known;
use crate::format::Moment;
use crate::islands::desk::Reader;
use crate::islands::desk::fields::{Field, button, form, send, tick};
use crate::islands::desk::table::badge;
use crate::language::Language;
use onsale_core::api::admin::EventRecord;
use onsale_core::api::events::EventStatus;
use onsale_core::charges::Charges;
use onsale_core::text::escape_html;
use onsale_core::{Currency, Money};

/// A fee and a tax of nothing, with usual words.
pub(super) fn usual_charges(language: Language) -> Charges {
    Charges {
        ticket_label: language.ticket().to_owned(),
        fee_label: language.fees().to_owned(),
        fee_fixed: Money::zero(Currency::EUR),
        fee_basis_points: 0,
        tax_label: language.ev_tax_usual().to_owned(),
        tax_basis_points: 0,
        tax_included: false,
    }
}

/// The heading: the event, its state, and the pages about it.
pub(super) fn head(reader: Reader, known: &Known) -> String {
    let language = reader.language;
    let back =
        format!("<p class=\"small\"><a href=\"{}\">{}</a></p>", reader.link("/organiser"), language.all_your_events());
    let Some(record) = &known.record else {
        return format!(
            "<header class=\"stack\">{back}<h1>{}</h1><p class=\"soft lede\">{}</p></header>",
            language.ev_new(),
            language.ev_new_lede()
        );
    };
    let page = |path: &str, word: &str| format!("<a class=\"btn sm\" href=\"{}\">{word}</a>", reader.link(path));
    let id = &record.id;
    let live = if record.version > 0 {
        page(&format!("/organiser/events/{id}"), language.live_sales())
    } else {
        String::new()
    };
    format!(
        "<header class=\"stack\">{back}<h1>{}</h1><div class=\"row\">{}{}{live}</div></header>",
        escape_html(&record.draft.name),
        state(language, record),
        page(&format!("/organiser/events/{id}/preview"), language.ev_preview()),
    )
}

fn state(language: Language, record: &EventRecord) -> String {
    match record.status {
        EventStatus::Draft => badge("", language.draft()),
        EventStatus::Publishing => badge("warn", language.publishing()),
        EventStatus::Published => badge("good", language.ev_published()),
        EventStatus::Cancelled => badge("bad", language.cancelled()),
    }
}

/// What can be done with the event.
pub(super) fn acts(reader: Reader, known: &Known) -> String {
    let language = reader.language;
    let Some(record) = &known.record else { return String::new() };
    let card = |id: &str, heading: &str, text: &str, inside: &str| {
        format!(
            "<section class=\"card stack\" aria-labelledby=\"{id}-h\"><h2 id=\"{id}-h\" tabindex=\"-1\">{heading}</h2><p class=\"soft\">{text}</p>{inside}</section>"
        )
    };
    let publish = match record.status {
        EventStatus::Cancelled => return cancelled(reader, record),
        EventStatus::Draft => (language.ev_publish(), language.ev_publish_more(), language.ev_publish()),
        _ => (language.ev_publish_again(), language.ev_publish_again_more(), language.ev_publish_again()),
    };
    let progress = format!(
        "<p>{}</p><div id=\"progress\" role=\"status\">{}</div>",
        button("ink", "publish", "", publish.2),
        if record.status == EventStatus::Publishing { steps(language, 1) } else { String::new() },
    );
    let cancel = format!("<p>{}</p>", button("", "cancel", "", language.ev_cancel()));
    let copy = format!("<p>{}</p>", button("", "clone", "", language.ev_clone()));
    format!(
        "{}{}{}{}",
        card("publish", publish.0, publish.1, &progress),
        card("dates", language.ev_dates(), language.ev_dates_more(), &dates(reader, known)),
        card("copy", language.ev_clone(), language.ev_clone_more(), &copy),
        card("cancel", language.ev_cancel(), language.ev_cancel_more(), &cancel),
    )
}

/// Who called an event off can only make another one like it.
fn cancelled(reader: Reader, record: &EventRecord) -> String {
    let language = reader.language;
    format!(
        "<section class=\"card stack\" aria-labelledby=\"copy-h\"><h2 id=\"copy-h\">{}</h2><p class=\"soft\">{}</p><p>{}</p></section>",
        language.ev_is_cancelled(),
        escape_html(&record.draft.name),
        button("", "clone", "", language.ev_clone()),
    )
}

/// How far a publication has come: so many of its steps are done.
pub(super) fn steps(language: Language, done: usize) -> String {
    let steps = [language.ev_step_stored(), language.ev_step_seats(), language.ev_step_listed()];
    let item = |(place, step): (usize, &str)| {
        let (mark, word) = if place < done { ("✓", language.ev_done()) } else { ("…", language.ev_waits()) };
        format!("<li><span aria-hidden=\"true\">{mark}</span> {step} <span class=\"vh\">{word}</span></li>")
    };
    let items: String = steps.into_iter().enumerate().map(item).collect();
    format!("<ol class=\"steps\">{items}</ol>")
}

/// The dates of the series, and the form for more.
fn dates(reader: Reader, known: &Known) -> String {
    let language = reader.language;
    let zone = known.around.zone(known.draft.venue_id.as_str());
    let own = known.record.as_ref().map(|record| &record.id);
    let item = |record: &EventRecord| {
        let at = Moment::at(language, record.draft.starts_at, zone).date_and_time();
        let text = if Some(&record.id) == own {
            format!("<b aria-current=\"true\">{at}</b>")
        } else {
            format!("<a href=\"{}\">{at}</a>", reader.link(&format!("/organiser/events/{}/edit", record.id)))
        };
        format!("<li class=\"row\">{text} {}</li>", state(language, record))
    };
    let items: String = known.series.iter().map(item).collect();
    let list = if known.series.len() > 1 { format!("<ul class=\"stack dates\">{items}</ul>") } else { String::new() };
    let all = if known.series.len() > 1 {
        tick("all-dates", language.ev_all_dates(), language.ev_all_dates_hint(), false)
    } else {
        String::new()
    };
    let typed = Field {
        id: "dates-list",
        label: language.ev_dates_list(),
        hint: language.ev_dates_list_hint(),
        more: "rows=\"5\" autocomplete=\"off\" spellcheck=\"false\"",
        ..Field::default()
    };
    let number = |id: &str, label: &str, value: &str| {
        let more = "inputmode=\"numeric\" autocomplete=\"off\" maxlength=\"3\"";
        Field { id, label, value, more, ..Field::default() }.html()
    };
    let inside = format!(
        "<div class=\"fields ends\">{}{}<p>{}</p></div>{}<p>{}</p>",
        number("rule-days", language.ev_every_days(), "7"),
        number("rule-times", language.ev_times(), "3"),
        button("sm", "fill-dates", "", language.ev_fill()),
        typed.area(),
        send("ink", language.ev_make_dates(), language.saving()),
    );
    format!("{list}{all}{}", form("dates", "", &inside))
}

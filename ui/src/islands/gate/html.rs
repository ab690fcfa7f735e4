//! The page's pieces as HTML: what stands before it wakes, the answer, the counts.

use super::Reader;
use super::page::{Net, Seen};
use crate::format::{Moment, count};
use crate::language::Language;
use chrono::{DateTime, Utc};
use onsale_core::api::check_in::{CheckIns, ScanSeen, ScannedTicket};
use onsale_core::text::escape_html;
use onsale_core::{RefusedReason, ScanOutcome};
use std::fmt::Write;

const TICK: &str = r##"<path d="M4 10.5 8 14.5 16.5 5.5"/>"##;
const CROSS: &str = r##"<path d="M5 5l10 10M15 5 5 15"/>"##;
const ARROW: &str = r##"<path d="M3 10h13M11 5l5 5-5 5"/>"##;

/// The page before it wakes. What it is made of is the same for everybody.
pub(super) fn frame(reader: Reader, event: &str) -> String {
    let language = reader.language;
    format!(
        "<p class=\"small\"><a href=\"{back}\">{live}</a></p>\
         <header class=\"gate-head\"><h1>{title}</h1><p class=\"soft small\" id=\"gate-title\"></p><p class=\"net small\" id=\"net\" role=\"status\"></p></header>\
         <noscript><div class=\"notice warn\"><div><p>{script}</p></div></div></noscript>\
         <div id=\"warned\"></div>\
         <section id=\"told\" class=\"told\" aria-live=\"assertive\" aria-atomic=\"true\"><p class=\"where\">{ready}</p><p class=\"soft\">{more}</p></section>\
         <div class=\"seg\" role=\"group\" aria-label=\"{direction}\">\
         <button type=\"button\" data-act=\"in\" aria-pressed=\"true\">{inward}</button>\
         <button type=\"button\" data-act=\"out\" aria-pressed=\"false\">{outward}</button></div>\
         <form class=\"ask\" id=\"code-form\"><div class=\"field\"><label for=\"code\">{code}</label>\
         <input class=\"in\" id=\"code\" name=\"code\" autocomplete=\"off\" autocapitalize=\"off\" autocorrect=\"off\" spellcheck=\"false\" enterkeyhint=\"go\"></div>\
         <button class=\"btn go\">{check}</button></form>\
         <div class=\"cam\"><button type=\"button\" class=\"btn full\" data-act=\"camera\" id=\"camera-button\" aria-pressed=\"false\">{camera}</button>\
         <video id=\"camera\" playsinline muted hidden aria-label=\"{picture}\"></video></div>\
         <div class=\"field\"><label for=\"gate\">{name}</label><input class=\"in\" id=\"gate\" name=\"gate\" maxlength=\"40\" autocomplete=\"off\" value=\"{first}\"></div>\
         <div class=\"soft small\"><p id=\"unsent\" role=\"status\"></p><p id=\"listed\"></p></div>\
         <div class=\"stack\" id=\"counts\"></div>",
        back = reader.link(&format!("/organiser/events/{}", escape_html(event))),
        live = language.live_sales(),
        title = language.check_in(),
        script = language.needs_script(),
        ready = language.gate_ready(),
        more = language.gate_ready_more(),
        direction = language.gate_direction(),
        inward = language.gate_in(),
        outward = language.gate_out(),
        code = language.gate_code(),
        check = language.gate_check(),
        camera = language.gate_camera(),
        picture = language.gate_picture(),
        name = language.gate_name(),
        first = language.gate_first(),
    )
}

/// The answer, for eyes at three steps' distance: colour, sign, word, and why.
pub(super) fn answer(reader: Reader, zone: &str, seen: &Seen) -> String {
    let language = reader.language;
    let (sign, word) = match seen.outcome {
        ScanOutcome::Admitted => (TICK, language.gate_come_in()),
        ScanOutcome::Left => (ARROW, language.gate_went_out()),
        ScanOutcome::Refused => (CROSS, language.gate_stop()),
    };
    let mut html = format!(
        "<svg class=\"i sign\" viewBox=\"0 0 20 20\" aria-hidden=\"true\">{sign}</svg><p class=\"word\">{word}</p>"
    );
    let mut say = |class: &str, text: &str| {
        let _infallible = write!(html, "<p class=\"{class}\">{}</p>", escape_html(text));
    };
    if let Some(reason) = seen.reason {
        say("where", language.gate_reason(reason));
    }
    if let Some((at, gate)) = &seen.entered {
        say("", &language.gate_since(&Moment::at(language, *at, zone).time(), gate));
    }
    if let Some(other) = &seen.other {
        let when = Moment::at(language, other.starts_at, &other.time_zone).date_and_time();
        say("", &language.gate_other(&other.name, &when));
    }
    if let Some(place) = &seen.place {
        say(if seen.reason.is_none() { "where" } else { "soft" }, place);
    }
    if seen.by_number && seen.outcome == ScanOutcome::Admitted {
        say("small", language.gate_by_number());
    }
    if seen.here {
        say("soft small", language.gate_decided_here());
    }
    html
}

/// Where a ticket is good for, as people say it.
pub(super) fn place(ticket: &ScannedTicket) -> String {
    match &ticket.seat {
        Some(seat) => format!("{} · {} {} · {}", seat.zone, seat.row, seat.column, ticket.name),
        None => ticket.name.clone(),
    }
}

/// The class of the answer's box.
pub(super) fn class(outcome: ScanOutcome) -> &'static str {
    match outcome {
        ScanOutcome::Admitted => "told good",
        ScanOutcome::Left => "told out",
        ScanOutcome::Refused => "told bad",
    }
}

/// What stands in the answer's box when there is no answer.
pub(super) fn quiet(heading: &str, text: &str) -> String {
    format!("<p class=\"where\">{}</p><p class=\"soft\">{}</p>", escape_html(heading), escape_html(text))
}

/// A warning above the answer.
pub(super) fn warning(text: &str) -> String {
    format!("<div class=\"notice warn\" role=\"alert\"><div><p>{}</p></div></div>", escape_html(text))
}

/// Whether the service is there.
pub(super) fn net(reader: Reader, net: Net) -> (&'static str, String) {
    let language = reader.language;
    match net {
        Net::Coming => ("net small", String::new()),
        Net::Online => ("net small", language.gate_online().to_owned()),
        Net::Offline => ("net old small", language.gate_offline().to_owned()),
        Net::SignedOut => {
            let link = crate::browser::with_way_back("/sign-in");
            let text =
                format!("{} <a href=\"{}\">{}</a>", language.gate_signed_out(), escape_html(&link), language.sign_in());
            ("net old small", text)
        }
    }
}

/// Counts of all gates, and whom two gates let in.
pub(super) fn counts(reader: Reader, zone: &str, counts: &CheckIns) -> String {
    let language = reader.language;
    let number = |value: i64| count(language, value);
    let mut html = format!(
        "<section class=\"card stack\" aria-labelledby=\"counts-h\"><h2 id=\"counts-h\">{}</h2>\
         <p class=\"sums num\"><span><b>{}</b> <small>{}</small></span><span><b>{}</b> <small>/ {} {}</small></span></p>",
        language.gate_counts(),
        number(counts.inside),
        language.gate_inside(),
        number(counts.used),
        number(counts.tickets),
        language.gate_let_in(),
    );
    if counts.gates.is_empty() {
        let _infallible = write!(html, "<p class=\"soft\">{}</p>", language.gate_nobody_yet());
    } else {
        let rows: String = counts
            .gates
            .iter()
            .map(|gate| {
                format!(
                    "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                    escape_html(&gate.gate),
                    number(gate.admitted),
                    number(gate.left),
                    number(gate.refused + gate.conflicts),
                )
            })
            .collect();
        let _infallible = write!(
            html,
            "<table class=\"gates\"><thead><tr><th scope=\"col\">{}</th><th scope=\"col\" class=\"n\">{}</th>\
             <th scope=\"col\" class=\"n\">{}</th><th scope=\"col\" class=\"n\">{}</th></tr></thead><tbody>{rows}</tbody></table>",
            language.gate_gate(),
            language.gate_in(),
            language.gate_out(),
            language.gate_refused(),
        );
    }
    html.push_str("</section>");
    if !counts.conflicts.is_empty() {
        let rows: String = counts.conflicts.iter().map(|seen| conflict(language, zone, seen)).collect();
        let _infallible = write!(
            html,
            "<section class=\"card stack\" id=\"conflicts\" aria-labelledby=\"conflicts-h\"><h2 id=\"conflicts-h\">{}</h2>\
             <p class=\"small soft\">{}</p><ul class=\"twice\">{rows}</ul></section>",
            language.gate_conflicts(),
            language.gate_conflicts_more(),
        );
    }
    html
}

fn conflict(language: Language, zone: &str, seen: &ScanSeen) -> String {
    let time = |at: DateTime<Utc>| Moment::at(language, at, zone).time();
    let entered = seen.answer.entered_at.map(time).zip(seen.answer.entered_gate.clone());
    let entered = entered.as_ref().map(|(time, gate)| (time.as_str(), gate.as_str()));
    let text = language.gate_conflict((&time(seen.at), &seen.gate), entered);
    let reason = seen.answer.reason.filter(|reason| *reason != RefusedReason::AlreadyIn);
    let reason = reason.map(|reason| language.gate_reason(reason)).unwrap_or_default();
    let what = seen.answer.ticket.as_ref().map(place).unwrap_or_default();
    format!("<li><b>{}</b><span>{} {reason}</span></li>", escape_html(&what), escape_html(&text))
}

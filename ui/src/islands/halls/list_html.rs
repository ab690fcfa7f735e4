//! The list of halls as HTML.

use super::Reader;
use super::list::Listed;
use crate::language::Language;
use onsale_core::api::halls::HallSummary;
use onsale_core::text::escape_html;

/// The shape of what is awaited.
pub(super) fn waiting(language: Language) -> String {
    format!(
        "<h1>{}</h1><noscript><div class=\"notice warn\"><div><p>{}</p></div></div></noscript>\
         <div class=\"stack late\" role=\"status\"><span class=\"vh\">{}</span>{}</div>",
        language.halls_of_yours(),
        language.needs_script(),
        language.loading(),
        "<div class=\"card skel wait-card\"></div>".repeat(3),
    )
}

/// All venues with their halls, and how to add more.
pub(super) fn list(reader: Reader, all: &[Listed], zone: &str) -> String {
    let language = reader.language;
    let venues: String = all.iter().map(|listed| venue(reader, listed)).collect();
    let nothing = if all.is_empty() {
        format!("<h2>{}</h2><p class=\"soft\">{}</p>", language.hall_no_venues(), language.hall_no_venues_more())
    } else {
        String::new()
    };
    format!(
        "<header class=\"stack\"><p class=\"small\"><a href=\"{}\">{}</a></p><h1>{}</h1><p class=\"soft lede\">{}</p></header>\
         <div id=\"told\" role=\"alert\" tabindex=\"-1\"></div>{nothing}{venues}{}",
        reader.link("/organiser"),
        language.all_your_events(),
        language.halls_of_yours(),
        language.halls_lede(),
        add_venue(language, zone, all.is_empty()),
    )
}

fn venue(reader: Reader, listed: &Listed) -> String {
    let language = reader.language;
    let id = escape_html(&listed.venue.id);
    let halls: String = listed.halls.iter().map(|hall| row(reader, hall)).collect();
    let halls = if halls.is_empty() {
        format!("<p class=\"soft\">{}</p>", language.hall_none_here())
    } else {
        format!("<ul class=\"halls\">{halls}</ul>")
    };
    format!(
        "<section class=\"card stack\" aria-labelledby=\"v-{id}\"><h2 id=\"v-{id}\">{} <span class=\"soft\">· {}</span></h2>\
         {halls}<div class=\"row ways-in\"><form class=\"row\" data-form=\"{id}\"><div class=\"field\">\
         <label for=\"n-{id}\">{}</label><input class=\"in\" id=\"n-{id}\" name=\"name\" maxlength=\"200\" required \
         autocomplete=\"off\"></div><button class=\"btn ink\">{}</button></form>\
         <div class=\"field bring\"><label for=\"b-{id}\">{}</label><span class=\"hint\" id=\"h-{id}\">{}</span>\
         <input type=\"file\" id=\"b-{id}\" data-bring=\"{id}\" accept=\".json,.csv,application/json,text/csv\" \
         aria-describedby=\"h-{id}\"></div></div></section>",
        escape_html(&listed.venue.name),
        escape_html(&listed.venue.city),
        language.hall_name(),
        language.hall_draw(),
        language.hall_bring(),
        language.hall_bring_hint(),
    )
}

fn row(reader: Reader, hall: &HallSummary) -> String {
    let language = reader.language;
    let state = match hall.version {
        0 => format!("<span class=\"badge\">{}</span>", language.hall_not_published()),
        version => format!("<span class=\"badge good\">{}</span>", language.hall_version(version)),
    };
    format!(
        "<li><a href=\"{}\">{}</a><span class=\"soft num\">{}</span>{state}</li>",
        reader.link(&format!("/organiser/halls/{}", hall.hall_id)),
        escape_html(&hall.name),
        language.hall_seats(hall.seat_count),
    )
}

fn add_venue(language: Language, zone: &str, open: bool) -> String {
    let field = |name: &str, word: &str, more: &str| {
        format!(
            "<div class=\"field\"><label for=\"new-{name}\">{word}</label><input class=\"in\" id=\"new-{name}\" \
             name=\"{name}\" required autocomplete=\"off\"{more}></div>"
        )
    };
    let zone = format!(" value=\"{}\" maxlength=\"64\"", escape_html(zone));
    format!(
        "<details class=\"card\"{}><summary>{}</summary><form class=\"venue-form\" data-form=\"venue\">{}{}{}{}{}{}\
         <button class=\"btn ink\">{}</button></form></details>",
        if open { " open" } else { "" },
        language.hall_add_venue(),
        field("name", language.hall_venue_name(), " maxlength=\"200\""),
        field("city", language.hall_venue_city(), " maxlength=\"100\""),
        field("country", language.hall_venue_country(), " maxlength=\"2\""),
        field("zone", language.hall_venue_zone(), &zone),
        field("latitude", language.hall_venue_latitude(), " inputmode=\"decimal\""),
        field("longitude", language.hall_venue_longitude(), " inputmode=\"decimal\""),
        language.hall_add(),
    )
}

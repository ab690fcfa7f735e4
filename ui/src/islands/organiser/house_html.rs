//! The house of an event that is watched, and its standing places, as HTML.

use super::figures::meter;
use super::hall_html::{KEY_HELD, map};
use crate::format::{count, money};
use crate::language::Language;
use onsale_core::api::events::TicketTypeView;
use onsale_core::text::escape_html;

/// Shapes of the key, as the inside of an `svg` element of 16 by 16.
const KEY_SOLD: &str = r##"<circle cx="8" cy="8" r="5.5" fill="var(--ink)"/>"##;
const KEY_FREE: &str = r##"<circle cx="8" cy="8" r="2.5" fill="var(--edge)"/>"##;

/// The card with the map, where there is one.
pub(super) fn hall(language: Language, has_map: bool, is_published: bool, standing: &str) -> String {
    let inside = if has_map {
        map(
            language,
            &[(KEY_SOLD, language.key_sold()), (KEY_HELD, language.key_held()), (KEY_FREE, language.key_free())],
        )
    } else if is_published {
        String::new()
    } else {
        format!("<p class=\"soft\">{}</p>", language.no_map_yet())
    };
    format!(
        "<section class=\"card stack org-house\" aria-labelledby=\"house-h\"><h2 id=\"house-h\">{}</h2>{inside}\
         <ul class=\"standing-list\" id=\"standing\">{standing}</ul></section>",
        language.the_house()
    )
}

/// General-admission tickets, each with how many are sold.
pub(super) fn standing(language: Language, kinds: &[TicketTypeView]) -> String {
    let row = |kind: &TicketTypeView| {
        format!(
            "<li class=\"num\"><span><b>{}</b> <small class=\"soft\">{}</small></span>\
             <span class=\"end\"><b>{}</b> <small class=\"soft\">{} {}</small></span>{}\
             <span class=\"end soft small\">{} {}</span></li>",
            escape_html(&kind.name),
            money(language, kind.price.total),
            count(language, kind.sold),
            language.of_capacity(kind.total),
            language.sold_word(),
            meter(kind.sold, kind.total),
            count(language, kind.reserved),
            language.held_word(),
        )
    };
    kinds.iter().map(row).collect()
}

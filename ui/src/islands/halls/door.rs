//! What stands where a page of halls would be when it cannot.

use super::{ROOT, Reader};
use crate::api::Failure;
use crate::islands::desk::{self, Closed};
use crate::islands::dom;

/// Where it stands in the editor's page.
const CLOSED: &str = "closed";

/// Says why the page is not there, or goes to sign in.
pub(super) fn shut(reader: Reader, failure: &Failure) {
    let language = reader.language;
    // The list stands in the page's main part already; the editor is one of its own.
    if dom::by_id("main").is_none_or(|main| main.query_selector("#halls").ok().flatten().is_none()) {
        dom::html(ROOT, &format!("<main id=\"main\" class=\"adm\"><div id=\"{CLOSED}\"></div></main>"));
    }
    let root = if dom::by_id(CLOSED).is_some() { CLOSED } else { ROOT };
    let closed = Closed {
        heading: language.halls(),
        refused: (language.not_yours(), language.not_yours_more()),
        missing: language.hall_missing(),
        back: ("/organiser/halls", language.hall_all()),
    };
    desk::shut(reader, root, failure, &closed);
}

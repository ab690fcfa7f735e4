//! What stands where a page of halls would be when it cannot.

use super::{ROOT, Reader};
use crate::api::Failure;
use crate::browser;
use crate::components::HOUSE;
use crate::islands::dom::{self, listen};
use onsale_core::text::escape_html;

/// Says why the page is not there, or goes to sign in.
pub(super) fn shut(reader: Reader, failure: &Failure) {
    let language = reader.language;
    let (heading, text, link) = match failure {
        Failure::SignedOut => {
            browser::replace(&browser::with_way_back("/sign-in"));
            return;
        }
        Failure::Problem { body, .. } if body.status == 403 => {
            let other = Some((browser::with_way_back("/sign-in"), language.other_account()));
            (language.not_yours(), language.not_yours_more().to_owned(), other)
        }
        Failure::Problem { body, .. } if body.status == 404 => {
            (language.hall_missing(), String::new(), Some((reader.link("/organiser/halls"), language.hall_all())))
        }
        failure => (language.halls(), failure.words(language), None),
    };
    let act = match link {
        Some((to, word)) => format!("<a class=\"btn ink\" href=\"{}\">{word}</a>", escape_html(&to)),
        None => {
            format!("<button type=\"button\" class=\"btn ink\" data-act=\"again\">{}</button>", language.try_again())
        }
    };
    let html = format!(
        "<main id=\"main\" class=\"adm\"><div class=\"empty instead\" role=\"alert\"><svg viewBox=\"0 0 160 70\" width=\"160\" \
         height=\"70\" class=\"soft\" aria-hidden=\"true\">{HOUSE}</svg><h1>{}</h1><p>{}</p>{act}</div></main>",
        escape_html(heading),
        escape_html(&text),
    );
    // The list stands in the page's main part already.
    let inner = dom::by_id("main").is_some_and(|main| main.query_selector("#halls").ok().flatten().is_some());
    let html = if inner {
        html.replace("<main id=\"main\" class=\"adm\">", "<div>").replace("</main>", "</div>")
    } else {
        html
    };
    dom::html(ROOT, &html);
    for button in dom::all("[data-act=again]") {
        listen(&button, "click", |_| {
            if let Some(window) = web_sys::window() {
                let _stays_here = window.location().reload();
            }
        });
    }
}

//! What stands where a page would be when it cannot: to sign in, refused, not there, failed.

use super::Reader;
use crate::api::{Failure, session, sleep};
use crate::browser;
use crate::components::{ALERT, HOUSE};
use crate::islands::dom::{self, listen};
use crate::language::Language;
use onsale_core::text::escape_html;
use std::time::Duration;

/// A shape of what is awaited is seen from here on, and then for so long at least (UI.md, "Speed").
const PATIENCE_MS: f64 = 300.0;
const SHOWN_MS: f64 = 400.0;

/// What stands where the page would be.
#[derive(Debug, Clone, Default)]
pub struct Instead {
    pub heading: String,
    pub text: String,
    /// The number to name when asking for help.
    pub trace: Option<String>,
    /// What helps.
    pub link: Option<(String, &'static str)>,
    /// Whether loading again may help.
    pub again: bool,
    /// Nothing went wrong: nobody needs to be called.
    pub calm: bool,
}

/// How a page speaks of itself when it cannot be shown.
#[derive(Debug, Clone, Copy)]
pub struct Closed {
    /// What it would be.
    pub heading: &'static str,
    /// Who may not look is told this, and what to do.
    pub refused: (&'static str, &'static str),
    /// What it is about is not there.
    pub missing: &'static str,
    /// Where to go from there.
    pub back: (&'static str, &'static str),
}

/// Rows of empty seats, what it means, and what to do.
pub fn instead(language: Language, instead: &Instead, who: Option<&str>) -> String {
    let who = who.filter(|_| !instead.again && !instead.text.is_empty());
    let who = who.map(|name| format!("<p class=\"soft small\">{}: {}</p>", language.signed_in_as(), escape_html(name)));
    let trace = instead.trace.as_ref();
    let trace =
        trace.map(|trace| format!("<p class=\"small\">{} <code>{}</code></p>", language.trace(), escape_html(trace)));
    let link = instead.link.as_ref();
    let link = link.map(|(to, word)| format!("<a class=\"btn ink\" href=\"{}\">{word}</a>", escape_html(to)));
    let again =
        format!("<button type=\"button\" class=\"btn ink\" data-act=\"again\">{}</button>", language.try_again());
    format!(
        "<div class=\"empty instead\"{}><svg viewBox=\"0 0 160 70\" width=\"160\" height=\"70\" \
         class=\"soft\" aria-hidden=\"true\">{HOUSE}</svg><h1>{}</h1><p>{}</p>{}{}{}{}</div>",
        if instead.calm { "" } else { " role=\"alert\"" },
        escape_html(&instead.heading),
        escape_html(&instead.text),
        who.unwrap_or_default(),
        trace.unwrap_or_default(),
        link.unwrap_or_default(),
        if instead.again { again } else { String::new() },
    )
}

/// Says why the page is not there, or goes to sign in.
pub fn shut(reader: Reader, root: &str, failure: &Failure, closed: &Closed) {
    let language = reader.language;
    let account = session::remembered();
    let instead = match failure {
        Failure::SignedOut => {
            browser::replace(&browser::with_way_back("/sign-in"));
            return;
        }
        Failure::Problem { body, .. } if body.status == 403 => {
            refused(reader, closed, account.as_ref().is_some_and(|account| account.factor_missing))
        }
        Failure::Problem { body, .. } if body.status == 404 => Instead {
            heading: closed.missing.to_owned(),
            link: Some((reader.link(closed.back.0), closed.back.1)),
            ..Instead::default()
        },
        failure => Instead {
            heading: closed.heading.to_owned(),
            text: failure.words(language),
            trace: failure.trace().map(str::to_owned),
            again: true,
            ..Instead::default()
        },
    };
    let who = account.map(|account| account.name);
    dom::html(root, &self::instead(language, &instead, who.as_deref()));
    for button in dom::all("[data-act=again]") {
        listen(&button, "click", |_| {
            if let Some(window) = web_sys::window() {
                let _stays_here = window.location().reload();
            }
        });
    }
}

/// Who may not look; who may not yet, because a second factor is missing, is told how to get in.
fn refused(reader: Reader, closed: &Closed, factor_missing: bool) -> Instead {
    let language = reader.language;
    if factor_missing {
        return Instead {
            heading: language.factor_needed().to_owned(),
            text: language.factor_needed_more().to_owned(),
            link: Some((reader.link("/account/security"), language.factor_set_up())),
            ..Instead::default()
        };
    }
    Instead {
        heading: closed.refused.0.to_owned(),
        text: closed.refused.1.to_owned(),
        link: Some((browser::with_way_back("/sign-in"), language.other_account())),
        ..Instead::default()
    }
}

/// Waits until a shape that began to show has been seen for long enough, by how long ago it was asked for.
pub async fn calmly(asked_ago_ms: f64) {
    let shown = asked_ago_ms - PATIENCE_MS;
    if (0.0..SHOWN_MS).contains(&shown) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "less than a second")]
        sleep(Duration::from_millis((SHOWN_MS - shown) as u64)).await;
    }
}

/// A notice: `good`, `warn`, `bad`; what follows its text is HTML.
pub fn notice(class: &str, text: &str, more: &str) -> String {
    format!(
        "<div class=\"notice {class}\"><svg class=\"i\" viewBox=\"0 0 20 20\" aria-hidden=\"true\">{ALERT}</svg>\
         <div><p>{}</p>{more}</div></div>",
        escape_html(text)
    )
}

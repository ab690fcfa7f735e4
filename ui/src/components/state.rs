//! Nothing to show: because there is nothing, or because it did not work.

use super::{Fresh, HOUSE, IntoFresh};
use crate::api::Failure;
use crate::islands::copy_text::copy_text;
use crate::language::Language;
use leptos::prelude::*;

/// Whether the page has a first heading besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// It has none: this is it.
    First,
    /// It has one.
    Second,
}

/// A heading of that level.
fn heading(level: Level, title: &'static str) -> Fresh {
    match level {
        Level::First => view! { <h1 class="t3">{title}</h1> }.fresh(),
        Level::Second => view! { <h2>{title}</h2> }.fresh(),
    }
}

/// Rows of empty seats, a heading, what it means, and the link that goes on from here.
pub fn empty_state(level: Level, title: &'static str, text: &'static str, link: (String, &'static str)) -> Fresh {
    let (address, label) = link;
    view! {
        <div class="empty">
            <svg viewBox="0 0 160 70" width="160" height="70" class="soft" aria-hidden="true" inner_html=HOUSE></svg>
            {heading(level, title)}
            <p>{text}</p>
            <a class="btn go" href=address>{label}</a>
        </div>
    }
    .fresh()
}

/// A failure where something should be: in words, with its number, and a button to try again. Where the page has no
/// heading yet, `title` is its first one.
pub fn failure_state(language: Language, title: Option<&'static str>, failure: &Failure, again: Callback<()>) -> Fresh {
    let trace = failure.trace().map(|trace| copy_text(language, language.trace().to_owned(), trace.to_owned()));
    view! {
        {title.map(|title| heading(Level::First, title))}
        <div class="notice bad">
            <div>
                <p role="alert">{failure.words(language)}</p>
                {trace}
                <button type="button" class="btn sm" on:click=move |_| again.run(())>{language.try_again()}</button>
            </div>
        </div>
    }
    .fresh()
}

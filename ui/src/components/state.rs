//! Nothing to show: because there is nothing, or because it did not work.

use super::HOUSE;
use crate::api::Failure;
use crate::language::Language;
use leptos::prelude::*;

/// Rows of empty seats, a heading, what it means, and what to do.
#[component]
pub fn EmptyState(
    /// The heading.
    #[prop(into)]
    title: String,
    /// What it means, and what to do.
    #[prop(into)]
    text: String,
    /// The button or link that does it.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <svg viewBox="0 0 160 70" width="160" height="70" class="soft" aria-hidden="true" inner_html=HOUSE></svg>
            <h2>{title}</h2>
            <p>{text}</p>
            {children()}
        </div>
    }
}

/// A failure where something should be: in words, with its number, and a button to try again.
#[component]
pub fn FailureState(
    /// The reader's language.
    language: Language,
    /// What went wrong.
    failure: Failure,
    /// Tries again.
    again: Callback<()>,
) -> impl IntoView {
    let trace = failure.trace().map(str::to_owned);
    let words = move || failure.words(language);
    view! {
        <div class="notice bad" role="alert">
            <div>
                <p>{words}</p>
                {trace.map(|trace| view! { <p class="small">{language.trace()}" "<code>{trace}</code></p> })}
                <button type="button" class="btn sm" on:click=move |_| again.run(())>{language.try_again()}</button>
            </div>
        </div>
    }
}

//! A text with a button that copies it.

use crate::language::Language;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use wasm_bindgen_futures::JsFuture;

const SAID_FOR: Duration = Duration::from_secs(3);

/// The text, e.g. the number of a fault, and its button.
#[island]
pub fn CopyText(
    /// The reader's language.
    language: Language,
    /// What it is.
    label: String,
    /// What is copied.
    text: String,
) -> impl IntoView {
    copy_text(language, label, text)
}

/// The same within an island.
pub(crate) fn copy_text(language: Language, label: String, text: String) -> impl IntoView {
    let copied = RwSignal::new(false);
    let shown = text.clone();
    let copy = move |_| {
        let promise = window().navigator().clipboard().write_text(&text);
        spawn_local(async move {
            if JsFuture::from(promise).await.is_ok() {
                copied.set(true);
                set_timeout(move || copied.set(false), SAID_FOR);
            }
        });
    };
    view! {
        <p class="row soft small">
            <span>{label}</span>
            <code>{shown}</code>
            <button type="button" class="btn sm" on:click=copy>{language.copy()}</button>
            <span role="status">{move || copied.get().then_some(language.copied())}</span>
        </p>
    }
}

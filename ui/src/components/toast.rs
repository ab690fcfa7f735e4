//! A short word that something was done; never for errors, which stay.

use super::IntoFresh;
use crate::language::Language;
use leptos::prelude::*;
use std::time::Duration;

const SHOWN_FOR: Duration = Duration::from_secs(6);

/// Shows a message for some seconds; who reads slowly can have it again by doing the same again.
#[component]
pub fn Toast(
    /// The reader's language.
    language: Language,
    /// What is said; nothing when all was said.
    message: RwSignal<Option<String>>,
) -> impl IntoView {
    Effect::new(move |_| {
        if message.with(Option::is_some)
            && let Ok(handle) = set_timeout_with_handle(move || message.set(None), SHOWN_FOR)
        {
            on_cleanup(move || handle.clear());
        }
    });
    view! {
        <div class="toast" role="status">
            {move || message.get().map(|text| view! {
                <p><span>{text}</span><button type="button" class="link" on:click=move |_| message.set(None)>
                    {language.dismiss()}
                </button></p>
            }.fresh())}
        </div>
    }
}

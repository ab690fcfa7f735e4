//! A button that says what it is doing and keeps its width meanwhile.

use leptos::prelude::*;

/// A button outside of a form. Pressed while busy, it does nothing.
#[component]
pub fn BusyButton(
    /// The classes: `btn`, `btn go`, `btn sm`.
    class: &'static str,
    /// Whether it is at it.
    #[prop(into)]
    busy: Signal<bool>,
    /// What it does.
    label: &'static str,
    /// What is happening while it does.
    busy_label: &'static str,
    /// What to do.
    press: Callback<()>,
) -> impl IntoView {
    let press = move |_| {
        if !busy.get_untracked() {
            press.run(());
        }
    };
    // Both texts lie on top of each other, so that the wider one gives the width.
    view! {
        <button type="button" class=format!("{class} both") aria-disabled=move || busy.get().then_some("true")
            on:click=press>
            <span data-off=move || busy.get().then_some("")>{label}</span>
            <span data-off=move || (!busy.get()).then_some("")>{busy_label}</span>
        </button>
    }
}

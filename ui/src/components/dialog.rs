//! A question that must be answered before anything else.

use super::{Fresh, IntoFresh};
use leptos::html::Dialog as DialogElement;
use leptos::prelude::*;

/// A modal dialog with its heading and what it asks. Escape closes it, the focus goes in and comes back: the browser sees to both.
pub fn dialog(open: RwSignal<bool>, title: Signal<&'static str>, inside: Fresh) -> Fresh {
    let node = NodeRef::<DialogElement>::new();
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                let _shown_or_not = dialog.show_modal();
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    view! {
        <dialog class="card ask" node_ref=node aria-labelledby="dialog-title" on:close=move |_| open.set(false)>
            <div class="stack">
                <h2 id="dialog-title">{move || title.get()}</h2>
                {inside}
            </div>
        </dialog>
    }
    .fresh()
}

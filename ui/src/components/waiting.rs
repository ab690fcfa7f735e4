//! Waiting for an answer: nothing for 300 ms, then a skeleton for at least 400 ms, so that nothing flickers.

use super::{Fresh, IntoFresh};
use crate::api::sleep;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_millis(300);
const SHOWN_MIN: Duration = Duration::from_millis(400);

/// Whether to show that something is awaited. Until it says no, what came meanwhile is not shown yet.
#[must_use]
pub fn patiently(awaited: Signal<bool>) -> Signal<bool> {
    let shown = RwSignal::new(false);
    Effect::new(move |_| {
        if !awaited.get() {
            return;
        }
        spawn_local(async move {
            sleep(PATIENCE).await;
            if !awaited.get_untracked() {
                return;
            }
            shown.set(true);
            sleep(SHOWN_MIN).await;
            while awaited.get_untracked() {
                sleep(Duration::from_millis(50)).await;
            }
            shown.set(false);
        });
    });
    shown.into()
}

/// The shape of what is awaited, as lines; `label` says what, for those who hear the page.
pub fn skeleton(lines: usize, label: &'static str) -> Fresh {
    let bars = (0..lines).map(|_| view! { <span class="skel bar"></span> }).collect::<Vec<_>>();
    view! { <div class="stack" role="status"><span class="vh">{label}</span>{bars}</div> }.fresh()
}

//! How long until a sale opens, and the one action once it is open.

use crate::components::{Timer, seconds_left};
use crate::language::Language;
use leptos::either::Either;
use leptos::prelude::*;

const DAY_SECONDS: i64 = 86_400;

/// Before the opening a clock, after it the button; nobody has to load the page again.
#[island]
pub fn SaleClock(
    /// The reader's language.
    language: Language,
    /// How long until then, when the page was made.
    opens_in_ms: i64,
    /// Where the button leads.
    address: String,
    /// What the button does.
    action: String,
) -> impl IntoView {
    let seconds = seconds_left(opens_in_ms);
    let open = Memo::new(move |_| seconds.get() == 0);
    let far = Memo::new(move |_| seconds.get() >= DAY_SECONDS);
    let days = move || language.days(seconds.get() / DAY_SECONDS);
    let waiting = move || {
        view! {
            <p class="row">
                <b>{language.opens_in()}</b>
                {move || if far.get() {
                    Either::Left(view! { <span class="plate num push t2">{days}</span> })
                } else {
                    Either::Right(view! { <span class="push t2"><Timer seconds=seconds/></span> })
                }}
            </p>
            <p class="soft small">{language.until_opening()}</p>
        }
    };
    view! {
        <div class="stack">
            {move || if open.get() {
                Either::Left(view! { <a class="btn go big full" href=address.clone()>{action.clone()}</a> })
            } else {
                Either::Right(waiting())
            }}
        </div>
    }
}

//! The plate with a date on it.

use crate::format::Moment;
use leptos::prelude::*;

/// Weekday, day and month.
pub fn date_plate(moment: &Moment) -> impl IntoView + use<> {
    view! {
        <span class="plate date">
            <small>{moment.weekday()}</small>
            <b>{moment.day()}</b>
            <small>{moment.month()}</small>
        </span>
    }
}

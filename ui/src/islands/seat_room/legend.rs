//! The prices: legend and filter in one.

use super::room::Room;
use crate::format::money;
use leptos::prelude::*;

/// One button a price category.
#[component]
pub fn Legend(room: Room) -> impl IntoView {
    let language = room.language();
    let prices = room.event(|event| event.prices.clone());
    let buttons = prices.into_iter().enumerate().map(|(place, price)| {
        let category = u8::try_from(place).unwrap_or(u8::MAX);
        let pressed = move || {
            room.follow_filter();
            let pressed = room.look(|board| board.filter.has(category)) == Some(true);
            if pressed { "true" } else { "false" }
        };
        let left = move || room.free_of(place).map(|free| language.left_of(&free));
        let class = format!("price {}", price.letter);
        view! {
            <button type="button" class=class aria-pressed=pressed
                on:click=move |_| room.filter(|filter| filter.toggle(category))>
                <span class="cat">{price.letter}</span>
                <span class="nm">{price.name}</span>
                <b class="num">{money(language, price.price)}</b>
                <span class="left num">{left}</span>
            </button>
        }
    });
    view! {
        <section class="prices" aria-label=language.prices_filter()>
            <h2>{language.price_of_a_seat()}" "<span class="soft small">{language.fees_and_taxes_in()}</span></h2>
            <div>{buttons.collect_view()}</div>
        </section>
    }
}

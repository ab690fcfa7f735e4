//! Paying, orders and tickets: the frame is the same for everybody, what is personal is the islands'.

use crate::bundle::Bundle;
use crate::islands::{CheckoutRoom, MyOrders, OrderRoom};
use crate::shell::{Page, Top, document};
use leptos::prelude::*;

/// `/checkout/{reservationId}`.
#[must_use]
pub fn checkout(page: &Page, reservation: &str, demo: bool) -> String {
    let language = page.language;
    document(page, Bundle::Buying, &format!("{} · Onsale", language.checkout_title()), Top::Dark, || {
        view! {
            <noscript><div class="wrap own alone"><div class="notice warn"><div><h1 class="t2">{language.pay_here()}</h1><p>{language.needs_script()}</p></div></div></div></noscript>
            <CheckoutRoom language=language reservation=reservation.to_owned() demo=demo/>
        }
    })
}

/// `/orders`.
#[must_use]
pub fn orders(page: &Page) -> String {
    let language = page.language;
    document(page, Bundle::Buying, &format!("{} · Onsale", language.my_tickets()), Top::Light, || {
        view! {
            <div class="wrap stack own" style="--gap:var(--s5)">
                <h1 class="t3">{language.my_tickets()}</h1>
                <noscript><div class="notice warn"><div><p>{language.orders_needs_script()}</p></div></div></noscript>
                <MyOrders language=language/>
            </div>
        }
    })
}

/// `/orders/{orderId}`.
#[must_use]
pub fn order(page: &Page, order: &str) -> String {
    let language = page.language;
    document(page, Bundle::Buying, &format!("{} · Onsale", language.order()), Top::Light, || {
        view! {
            <div class="wrap stack own" style="--gap:var(--s5)">
                <noscript><div class="notice warn"><div><h1 class="t2">{language.order()}</h1><p>{language.orders_needs_script()}</p></div></div></noscript>
                <OrderRoom language=language order=order.to_owned()/>
            </div>
        }
    })
}

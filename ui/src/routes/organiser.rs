//! The pages of organisers. Nothing of theirs is written here: these bytes are the same for everybody, and what fills
//! them is asked for with the session.

use crate::bundle::Bundle;
use crate::islands::{OrganiserCounter, OrganiserEvent, OrganiserEvents, OrganiserOrder, OrganiserReports, StaffNav};
use crate::shell::{Page, Top, document};
use leptos::prelude::*;

/// `/organiser`: the events of whoever is signed in.
#[must_use]
pub fn organiser_events(page: &Page) -> String {
    let language = page.language;
    document(page, Bundle::Organisers, &format!("{} · Onsale", language.your_events()), Top::Dark, || {
        view! {
            <StaffNav language=language chosen=page.chosen here="/organiser".to_owned()/>
            <OrganiserEvents language=language chosen=page.chosen/>
        }
    })
}

/// `/organiser/events/{eventId}`: figures, map and orders.
#[must_use]
pub fn organiser_event(page: &Page, event: &str) -> String {
    let language = page.language;
    document(page, Bundle::Organisers, &format!("{} · Onsale", language.live_sales()), Top::Dark, || {
        view! {
            <StaffNav language=language chosen=page.chosen here=String::new()/>
            <OrganiserEvent language=language chosen=page.chosen event=event.to_owned()/>
        }
    })
}

/// `/organiser/events/{eventId}/counter`: seats sold on the map.
#[must_use]
pub fn organiser_counter(page: &Page, event: &str) -> String {
    let language = page.language;
    document(page, Bundle::Counter, &format!("{} · Onsale", language.counter()), Top::Dark, || {
        view! {
            <StaffNav language=language chosen=page.chosen here=String::new()/>
            <OrganiserCounter language=language chosen=page.chosen event=event.to_owned()/>
        }
    })
}

/// `/organiser/events/{eventId}/reports`: the books, and who comes.
#[must_use]
pub fn organiser_reports(page: &Page, event: &str) -> String {
    let language = page.language;
    document(page, Bundle::Orders, &format!("{} · Onsale", language.reports()), Top::Dark, || {
        view! {
            <StaffNav language=language chosen=page.chosen here=String::new()/>
            <OrganiserReports language=language chosen=page.chosen event=event.to_owned()/>
        }
    })
}

/// `/organiser/events/{eventId}/orders/{orderId}`: one order.
#[must_use]
pub fn organiser_order(page: &Page, event: &str, order: &str) -> String {
    let language = page.language;
    document(page, Bundle::Orders, &format!("{} · Onsale", language.order_word()), Top::Dark, || {
        view! {
            <StaffNav language=language chosen=page.chosen here=String::new()/>
            <OrganiserOrder language=language chosen=page.chosen event=event.to_owned() order=order.to_owned()/>
        }
    })
}

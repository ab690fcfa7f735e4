//! The page at the gate. Nothing of anybody's is written here, so that a device may keep these bytes: what fills it is
//! asked for with the session.

use crate::bundle::Bundle;
use crate::islands::GateRoom;
use crate::shell::{Page, Top, document};
use leptos::prelude::*;

/// `/organiser/events/{eventId}/check-in`: lets people in. `ticket_key` is what tickets and lists are signed by.
#[must_use]
pub fn gate(page: &Page, event: &str, ticket_key: &str) -> String {
    let language = page.language;
    document(page, Bundle::Gate, &format!("{} · Onsale", language.check_in()), Top::Dark, || {
        view! {
            <GateRoom language=language chosen=page.chosen event=event.to_owned() ticket_key=ticket_key.to_owned()/>
        }
    })
}

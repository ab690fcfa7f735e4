//! The pages where organisers prepare events. Nothing of theirs is written here: what fills them is asked for with the
//! session.

use crate::bundle::Bundle;
use crate::islands::{EventEditor, EventPreview, StaffNav};
use crate::shell::{Page, Top, document};
use leptos::prelude::*;

/// `/organiser/events/new`: an event that is not drafted yet.
#[must_use]
pub fn organiser_new_event(page: &Page) -> String {
    editor(page, page.language.ev_new(), "")
}

/// `/organiser/events/{eventId}/edit`: all that can be said of an event, and what can be done with it.
#[must_use]
pub fn organiser_event_editor(page: &Page, event: &str) -> String {
    editor(page, page.language.ev_edit(), event)
}

fn editor(page: &Page, title: &str, event: &str) -> String {
    let language = page.language;
    document(page, Bundle::Events, &format!("{title} · Onsale"), Top::Dark, || {
        view! {
            <StaffNav language=language chosen=page.chosen here="/organiser".to_owned()/>
            <EventEditor language=language chosen=page.chosen event=event.to_owned()/>
        }
    })
}

/// `/organiser/events/{eventId}/preview`: the page of a draft as buyers would see it.
#[must_use]
pub fn organiser_event_preview(page: &Page, event: &str) -> String {
    let language = page.language;
    document(page, Bundle::Events, &format!("{} · Onsale", language.ev_preview()), Top::Dark, || {
        view! {
            <StaffNav language=language chosen=page.chosen here="/organiser".to_owned()/>
            <EventPreview language=language chosen=page.chosen event=event.to_owned()/>
        }
    })
}

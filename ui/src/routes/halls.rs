//! The pages of halls. Nothing of anybody's is written here: what fills them is asked for with the session.

use crate::bundle::Bundle;
use crate::islands::{HallEditor, OrganiserHalls, StaffNav};
use crate::shell::{Page, Top, document, task_document};
use leptos::prelude::*;

/// `/organiser/halls`: the halls of whoever is signed in, by venue.
#[must_use]
pub fn organiser_halls(page: &Page) -> String {
    let language = page.language;
    document(page, Bundle::Halls, &format!("{} · Onsale", language.halls_of_yours()), Top::Dark, || {
        view! {
            <StaffNav language=language chosen=page.chosen here="/organiser/halls".to_owned()/>
            <OrganiserHalls language=language chosen=page.chosen/>
        }
    })
}

/// `/organiser/halls/{hallId}`: the editor of one hall.
#[must_use]
pub fn organiser_hall(page: &Page, hall: &str) -> String {
    let language = page.language;
    task_document(page, Bundle::Halls, &format!("{} · Onsale", language.hall_editor()), "p-edit", || {
        view! { <HallEditor language=language chosen=page.chosen hall=hall.to_owned()/> }
    })
}

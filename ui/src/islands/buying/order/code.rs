//! A ticket's code: black on white in both themes, with its quiet zone.

use crate::api::{Call, Failure, Method, session};
use crate::components::{Fresh, IntoFresh};
use crate::language::Language;
use leptos::prelude::*;
use leptos::task::spawn_local;
use onsale_core::{OrderId, TicketId};

/// The picture, once it came.
pub(super) fn code(language: Language, order: OrderId, ticket: TicketId) -> Fresh {
    let picture = RwSignal::new(None::<Result<String, Failure>>);
    let fetch = move || {
        picture.set(None);
        spawn_local(async move {
            let path = format!("/api/bookings/{order}/tickets/{ticket}/qr.svg");
            let came = session::send(&Call::new(Method::Get, &path)).await;
            // An address of its own, since an image's request cannot say who asks.
            picture.set(Some(came.map(|answer| {
                format!("data:image/svg+xml,{}", String::from(js_sys::encode_uri_component(&answer.text)))
            })));
        });
    };
    Effect::new(move |_| fetch());
    let shown = move || match picture.get() {
        None => view! { <span class="vh">{language.code_coming()}</span> }.fresh(),
        Some(Ok(source)) => view! { <img src=source alt=language.code_of_ticket() width="216" height="216"/> }.fresh(),
        Some(Err(failure)) => view! {
            <p role="alert">{language.code_failed()}" "{failure.words(language)}</p>
            <button type="button" class="btn sm" on:click=move |_| fetch()>{language.try_again()}</button>
        }
        .fresh(),
    };
    view! { <div class="qr">{shown}</div> }.fresh()
}

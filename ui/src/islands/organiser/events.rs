//! One's events with their figures, which change where they stand.

use super::facts::{Listed, Venue};
use super::{ROOT, Reader, door, figures, html, listing, looks};
use crate::api::Failure;
use crate::browser::{self, now_ms};
use crate::islands::dom::{self, listen};
use leptos::task::spawn_local;
use onsale_core::api::sales::EventSales;
use std::cell::RefCell;
use std::rc::Rc;

#[derive(Default)]
struct Known {
    events: Vec<Listed>,
    venues: Vec<Venue>,
    sales: Vec<EventSales>,
    cursor: Option<String>,
}

type Shared = Rc<RefCell<Known>>;

/// Asks for all of it, shows it, and keeps its figures true.
pub(super) fn begin(reader: Reader) {
    spawn_local(async move {
        let (since, known) = (now_ms(), Shared::default());
        match load(&known).await {
            Ok(()) => {
                door::calmly(since).await;
                show(reader, &known);
                follow(reader, &known).await;
            }
            Err(failure) => door::shut(reader, &failure, reader.language.no_such_event()),
        }
    });
}

/// The next page of events, those that come first on top; what is over goes last.
async fn load(known: &Shared) -> Result<(), Failure> {
    let cursor = known.borrow().cursor.clone();
    let first = known.borrow().events.is_empty();
    let page = if first {
        let (page, venues) = futures::join!(listing::events(None), listing::venues());
        let page = page?;
        known.borrow_mut().venues = venues?;
        page
    } else {
        listing::events(cursor.as_deref()).await?
    };
    let sales = listing::figures(page.items.iter().map(|event| event.id.as_str())).await?;
    let mut known = known.borrow_mut();
    known.cursor = page.next_cursor;
    known.sales.extend(sales);
    known.events.extend(page.items);
    let now = browser::now();
    known.events.sort_by_key(|event| (event.draft.starts_at <= now, event.draft.starts_at));
    Ok(())
}

fn show(reader: Reader, shared: &Shared) {
    let known = shared.borrow();
    if known.events.is_empty() {
        dom::html(ROOT, &html::no_events(reader));
        return;
    }
    let more = known.cursor.is_some();
    dom::html(ROOT, &html::events(reader, &known.events, &known.venues, &known.sales, browser::now(), more));
    for button in dom::all("[data-act=more]") {
        let shared = shared.clone();
        listen(&button, "click", move |_| {
            let shared = shared.clone();
            spawn_local(async move {
                match load(&shared).await {
                    Ok(()) => show(reader, &shared),
                    Err(_) => listing::tell_age(reader, false),
                }
            });
        });
    }
}

/// Figures are asked for again and again, a hundred events a call.
async fn follow(reader: Reader, shared: &Shared) {
    loop {
        looks::next_look().await;
        let ids: Vec<String> = shared.borrow().events.iter().map(|event| event.id.clone()).collect();
        let mut fresh = Vec::new();
        let mut failed = None;
        for some in ids.chunks(100) {
            match listing::figures(some.iter().map(String::as_str)).await {
                Ok(sales) => fresh.extend(sales),
                Err(failure) => failed = Some(failure),
            }
        }
        match failed {
            Some(Failure::SignedOut) => {
                door::shut(reader, &Failure::SignedOut, "");
                return;
            }
            Some(_) => listing::tell_age(reader, false),
            None => {
                write(reader, &mut shared.borrow_mut().sales, fresh);
                listing::tell_age(reader, true);
            }
        }
    }
}

/// Writes what is new, where it stands.
fn write(reader: Reader, known: &mut Vec<EventSales>, fresh: Vec<EventSales>) {
    if *known == fresh {
        return;
    }
    for sales in fresh.iter().filter(|sales| !known.contains(sales)) {
        dom::html(&format!("f-{}", sales.event_id), &html::event_figures(reader.language, Some(sales)));
    }
    dom::html("cards", &figures::cards(reader.language, &fresh));
    *known = fresh;
}

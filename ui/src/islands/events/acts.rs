//! What is done with an event, each after it was asked for: publishing, more dates, a copy, calling it off.

use super::editor::{self, Known, Shared};
use super::{acts_html, dates, publish, read, refused, rows};
use crate::api::{self, Failure, Method};
use crate::browser;
use crate::components::Wrong;
use crate::format::{count, money};
use crate::islands::desk::fields::{Field, form, question, ways_out};
use crate::islands::desk::page::Desk;
use crate::islands::desk::sent::Sent;
use crate::islands::dom;
use leptos::task::spawn_local;
use onsale_core::EventId;
use onsale_core::api::admin::{CloneEvent, EventRecord, NewDates, Series};
use onsale_core::api::events::EventStatus;
use onsale_core::api::sales::{EventSales, SalesFigures};

pub(super) fn is_publishing(record: &EventRecord) -> bool {
    record.status == EventStatus::Publishing
}

/// What is pressed around the form.
pub(super) fn pressed(desk: Desk, shared: &Shared, name: &str) {
    let language = desk.language();
    let known = shared.borrow();
    let Some(Known { record: Some(record), .. }) = known.as_ref() else { return };
    match name {
        "publish" => {
            let (heading, text) = match record.status {
                EventStatus::Draft => (language.ev_publish(), language.ev_publish_sure()),
                _ => (language.ev_publish_again(), language.ev_publish_again_sure()),
            };
            let form = form("publish", "", &ways_out(language, heading, language.publishing()));
            desk.ask(&question(heading, text, &form));
        }
        "clone" => {
            let name = Field {
                id: "clone-name",
                label: language.ev_name(),
                value: &record.draft.name,
                more: "maxlength=\"200\" autocomplete=\"off\"",
                ..Field::default()
            };
            let inside = format!("{}{}", name.html(), ways_out(language, language.ev_clone(), language.saving()));
            desk.ask(&question(language.ev_clone(), "", &form("clone", "", &inside)));
        }
        "cancel" => ask_cancel(desk, record.clone()),
        "fill-dates" => {
            let zone = known.as_ref().map_or("UTC", |known| known.around.zone(known.draft.venue_id.as_str()));
            let number = |id: &str| read::value(id).parse().unwrap_or(0);
            let found = dates::by_rule(record.draft.starts_at, number("rule-days"), number("rule-times"), zone);
            read::fill("dates-list", &rows::lines(&found, zone));
        }
        _ => {}
    }
}

/// Calling off says what goes back to whom.
fn ask_cancel(desk: Desk, record: EventRecord) {
    let language = desk.language();
    spawn_local(async move {
        let sold = match figures(&record.id).await {
            Ok(sold) => sold,
            Err(failure) => return desk.say(failure.words(language)),
        };
        let text = match sold {
            Some(sales) if sales.sold > 0 => {
                language.ev_cancel_refunds(&count(language, sales.sold), &money(language, sales.takings))
            }
            _ => language.ev_cancel_nothing().to_owned(),
        };
        let ways = ways_out(language, language.ev_cancel(), language.ev_cancelling());
        desk.ask(&question(language.ev_cancel_sure(), &text, &form("cancel", "", &ways)));
    });
}

async fn figures(id: &EventId) -> Result<Option<EventSales>, Failure> {
    let found: SalesFigures = api::get_mine(&format!("/api/admin/sales?events={id}")).await?;
    Ok(found.items.into_iter().next())
}

/// What was asked before is done.
pub(super) fn sent(desk: Desk, shared: &Shared, name: &str, form: Sent) {
    let known = shared.borrow();
    let Some(Known { record: Some(record), .. }) = known.as_ref() else { return };
    let path = format!("/api/admin/events/{}", record.id);
    match name {
        "publish" => publish_it(desk, shared.clone(), form, path),
        "cancel" => {
            let work = async move { tried(desk, api::effect(Method::Post, &format!("{path}/cancel"), &()).await) };
            let (shared, told) = (shared.clone(), form.clone());
            form.send(work, &[], move |outcome: Result<EventRecord, Vec<Wrong>>| match outcome {
                Ok(record) => {
                    desk.answered();
                    keep(desk, &shared, record);
                    desk.say(desk.language().ev_is_cancelled());
                }
                Err(wrong) => {
                    told.accepts(&wrong);
                }
            });
        }
        "clone" => {
            let name = form.text("clone-name");
            let wanted = CloneEvent { starts_at: None, name: (!name.is_empty()).then_some(name) };
            let work = async move { tried(desk, api::effect(Method::Post, &format!("{path}/clone"), &wanted).await) };
            let told = form.clone();
            form.send(work, &[], move |outcome: Result<EventRecord, Vec<Wrong>>| match outcome {
                Ok(record) => browser::go(&format!("/organiser/events/{}/edit", record.id)),
                Err(wrong) => {
                    told.accepts(&wrong);
                }
            });
        }
        "dates" => {
            let zone =
                known.as_ref().map_or("UTC", |known| known.around.zone(known.draft.venue_id.as_str())).to_owned();
            make_dates(desk, shared.clone(), form, path, &zone);
        }
        _ => {}
    }
}

/// What a refusal says at fields, so that nothing that was typed is lost; whoever is signed out goes to sign in.
fn tried<T>(desk: Desk, outcome: Result<T, Failure>) -> Result<Result<T, Vec<Wrong>>, Failure> {
    match outcome {
        Ok(done) => Ok(Ok(done)),
        Err(Failure::SignedOut) => Err(Failure::SignedOut),
        Err(failure) => Ok(Err(refused::wrong(desk.language(), &failure))),
    }
}

fn keep(desk: Desk, shared: &Shared, record: EventRecord) {
    if let Some(known) = shared.borrow_mut().as_mut() {
        known.keep(record);
    }
    editor::write_around(desk, shared);
}

fn publish_it(desk: Desk, shared: Shared, form: Sent, path: String) {
    let work = async move { tried(desk, api::effect(Method::Post, &format!("{path}/publish"), &()).await) };
    form.send(work, &[], move |outcome: Result<EventRecord, Vec<Wrong>>| {
        desk.answered();
        match outcome {
            Ok(record) => {
                keep(desk, &shared, record);
                follow(desk, shared);
            }
            // What is to be mended stands in the event's own form.
            Err(wrong) => {
                if let Some(form) = publish::event_form(desk) {
                    form.accepts(&wrong);
                }
            }
        }
    });
}

/// Tells how far a publication has come until the event is listed.
pub(super) fn follow(desk: Desk, shared: Shared) {
    let record = shared.borrow().as_ref().and_then(|known| known.record.clone());
    let Some(record) = record else { return };
    spawn_local(async move {
        let language = desk.language();
        match publish::listed(language, &record).await {
            Ok(Some(listed)) => {
                keep(desk, &shared, listed);
                dom::html("progress", &acts_html::steps(language, 3));
                desk.say(language.ev_is_listed());
            }
            Ok(None) => dom::html("progress", &format!("<p>{}</p>", language.ev_takes_longer())),
            Err(failure) => desk.fail("progress", &failure),
        }
    });
}

fn make_dates(desk: Desk, shared: Shared, form: Sent, path: String, zone: &str) {
    let language = desk.language();
    let starts_at = match dates::typed(&form.text("dates-list"), zone) {
        Ok(dates) if (1..=dates::DATES_MAX).contains(&dates.len()) => dates,
        Ok(_) => {
            form.accepts(&[Wrong::at("dates-list", language.ev_enter_dates())]);
            return;
        }
        Err(line) => {
            form.accepts(&[Wrong::at("dates-list", language.ev_no_date(&line))]);
            return;
        }
    };
    form.accepts(&[]);
    let wanted = NewDates { starts_at };
    let work = async move {
        match api::effect::<_, Series>(Method::Post, &format!("{path}/series"), &wanted).await {
            Ok(_) => Ok(Ok(api::get_mine::<Series>(&format!("{path}/series")).await?)),
            outcome => tried(desk, outcome).map(|outcome| outcome.map_err(at_dates)),
        }
    };
    let told = form.clone();
    form.send(work, &[], move |outcome: Result<Series, Vec<Wrong>>| match outcome {
        Ok(series) => {
            if let Some(known) = shared.borrow_mut().as_mut() {
                known.series = series.items;
            }
            read::fill("dates-list", "");
            editor::write_around(desk, &shared);
            browser::focus("dates-h");
            desk.say(language.ev_dates_made());
        }
        Err(wrong) => {
            told.accepts(&wrong);
        }
    });
}

/// What is refused of dates is said at their list.
fn at_dates(wrong: Vec<Wrong>) -> Vec<Wrong> {
    let messages = wrong.into_iter().map(|wrong| wrong.message);
    messages.take(1).map(|message| Wrong::at("dates-list", message)).collect()
}

//! The counter: seats on the map, or tickets by number, sold in one press; seats kept back and released.

use super::counter_html::{self, Line};
use super::hall::{self, Hall};
use super::{ROOT, Reader, door};
use crate::api::{self, Failure, Key, Method};
use crate::browser::{self, now_ms};
use crate::islands::desk::notice;
use crate::islands::dom::{self, listen};
use crate::islands::house::House;
use crate::seats::{SeatNo, seat_name};
use leptos::prelude::document;
use leptos::task::spawn_local;
use onsale_core::api::booking::{Order, PaymentMethod, SeatChoice, TicketChoice};
use onsale_core::api::events::{EventDetail, TicketTypeView, TicketTypes};
use onsale_core::api::sales_desk::{ChangedSeats, CounterSale, EventSalesDetail, NamedSeats};
use onsale_core::{Money, SeatId};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// The most tickets of a kind in one sale.
const KIND_MAX: u32 = 50;

struct Counter {
    reader: Reader,
    event: EventDetail,
    standing: Vec<TicketTypeView>,
    /// The map, once it is there.
    hall: Option<Hall>,
    /// How many of each general-admission kind.
    counts: BTreeMap<String, u32>,
    /// Something is being done: nothing else is begun meanwhile.
    busy: bool,
}

type Shared = Rc<RefCell<Counter>>;

/// What is chosen.
#[derive(Default)]
struct Chosen {
    seats: Vec<SeatId>,
    /// Those of the seats that are kept back.
    kept: usize,
    lines: Vec<Line>,
    total: i64,
}

/// Asks for the event, shows the page, and waits for presses.
pub(super) fn begin(reader: Reader, event: &str) {
    let id = event.to_owned();
    spawn_local(async move {
        let since = now_ms();
        match load(&id).await {
            Ok((event, standing)) => {
                door::calmly(since).await;
                show(reader, event, standing);
            }
            Err(failure) => door::shut(reader, &failure, reader.language.no_such_event()),
        }
    });
}

/// The event as buyers see it, once it is known that the caller may sell it.
async fn load(id: &str) -> Result<(EventDetail, Vec<TicketTypeView>), Failure> {
    let sales = format!("/api/admin/events/{id}/sales");
    let _may_sell = api::get_mine::<EventSalesDetail>(&sales).await?;
    let event: EventDetail = api::get(&format!("/api/events/{id}")).await?;
    let types: TicketTypes = api::get(&format!("/api/events/{id}/ticket-types")).await?;
    Ok((event, types.items))
}

fn show(reader: Reader, event: EventDetail, standing: Vec<TicketTypeView>) {
    dom::html(ROOT, &counter_html::page(reader, &event, &standing));
    document().set_title(&format!("{} · {} · Onsale", reader.language.counter(), event.summary.name));
    let (id, reserved) = (event.summary.id.to_string(), event.reserved_seating);
    let counter = Counter { reader, event, standing, hall: None, counts: BTreeMap::new(), busy: false };
    let counter = Rc::new(RefCell::new(counter));
    write(&counter);
    let own = counter.clone();
    if let Some(root) = dom::by_id(ROOT) {
        listen(&root, "click", move |event| {
            if let Some((button, act)) = dom::marked(event.target(), "data-act") {
                pressed(&own, &act, button.get_attribute("data-kind"));
            }
        });
    }
    if reserved {
        let on_pick = move |hall: Hall| {
            counter.borrow_mut().hall = Some(hall);
            write(&counter);
        };
        hall::begin(reader, &id, Some(Rc::new(on_pick)));
    }
}

fn pressed(counter: &Shared, act: &str, kind: Option<String>) {
    match (act, kind) {
        ("more" | "fewer", Some(kind)) => {
            {
                let mut counter = counter.borrow_mut();
                let count = counter.counts.entry(kind.clone()).or_default();
                *count = if act == "more" { (*count + 1).min(KIND_MAX) } else { count.saturating_sub(1) };
                if let Some(output) = dom::all(&format!("[data-count=\"{kind}\"]")).into_iter().next() {
                    output.set_text_content(Some(&count.to_string()));
                }
            }
            write(counter);
        }
        ("cash", _) => sell(counter, PaymentMethod::Cash),
        ("invoice", _) => sell(counter, PaymentMethod::Invoice),
        ("block", _) => keep(counter, true),
        ("release", _) => keep(counter, false),
        ("print", _) => {
            let _printed_or_not = web_sys::window().map(|window| window.print());
        }
        ("again", _) => {
            dom::show("sold", false);
            browser::focus("map");
        }
        _ => {}
    }
}

impl Counter {
    fn chosen(&self) -> Chosen {
        let mut chosen = Chosen::default();
        if let Some(hall) = self.hall {
            let language = self.reader.language;
            hall.look(|board| {
                for seat in board.choice.chosen() {
                    let name = seat_name(language, &board.plan, *seat);
                    let price = (!board.states.is_blocked(*seat)).then(|| board.plan.price(*seat));
                    chosen.kept += usize::from(price.is_none());
                    chosen.total += price.map_or(0, |price| price.minor);
                    chosen.lines.push(Line { name, price });
                    chosen.seats.extend(SeatId::new(board.plan.id(*seat)));
                }
            });
        }
        for kind in &self.standing {
            let count = self.counts.get(&kind.kind).copied().unwrap_or(0);
            if count > 0 {
                let price = Money::new(kind.price.total.minor * i64::from(count), kind.price.total.currency);
                chosen.total += price.minor;
                chosen.lines.push(Line { name: format!("{count} × {}", kind.name), price: Some(price) });
            }
        }
        chosen
    }

    fn tickets(&self) -> Vec<TicketChoice> {
        let wanted = self.counts.iter().filter(|(_, count)| **count > 0);
        wanted.map(|(kind, count)| TicketChoice { ticket_type: kind.clone(), quantity: *count }).collect()
    }

    fn path(&self, what: &str) -> String {
        format!("/api/admin/events/{}/{what}", self.event.summary.id)
    }
}

/// Writes what is chosen and what can be done with it.
fn write(counter: &Shared) {
    let counter = counter.borrow();
    let language = counter.reader.language;
    let chosen = counter.chosen();
    dom::html("picked", &counter_html::picked(language, &chosen.lines, counter.event.reserved_seating));
    let total = Money::new(chosen.total, counter.event.sale.currency);
    let total = (!chosen.lines.is_empty()).then_some(total);
    dom::html("next", &counter_html::acts(language, total, chosen.seats.len() - chosen.kept, chosen.kept));
}

fn said(class: &str, text: &str) {
    dom::html("counter-said", &notice(class, text, ""));
}

/// Begins something, unless something else is going on.
fn may_begin(counter: &Shared) -> bool {
    !std::mem::replace(&mut counter.borrow_mut().busy, true)
}

/// Sells what is chosen.
fn sell(counter: &Shared, method: PaymentMethod) {
    if !may_begin(counter) {
        return;
    }
    let email = dom::by_id("buyer").and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
    let email = email.map(|input| input.value().trim().to_owned()).filter(|email| !email.is_empty());
    let (path, sale, names) = {
        let counter = counter.borrow();
        let chosen = counter.chosen();
        let ids = chosen.seats.iter().map(ToString::to_string);
        let names: BTreeMap<String, String> = ids.zip(chosen.lines.into_iter().map(|line| line.name)).collect();
        let seats = chosen.seats.into_iter().map(|seat_id| SeatChoice { seat_id, ticket_type: None }).collect();
        let tickets = counter.tickets();
        let sale = CounterSale { seats, tickets, payment_method: Some(method), buyer_email: email };
        (counter.path("counter-sales"), sale, names)
    };
    let counter = counter.clone();
    spawn_local(async move {
        let answer = api::effect_keyed(&Key::fresh(), Method::Post, &path, &sale).await;
        counter.borrow_mut().busy = false;
        match answer.and_then(|answer| answer.read::<Order>()) {
            Ok(order) => {
                clear(&counter);
                let html = counter_html::sold(counter.borrow().reader, &counter.borrow().event, &order, &names);
                dom::html("sold", &html);
                dom::show("sold", true);
                dom::html("counter-said", "");
                browser::focus("sold-h");
            }
            Err(failure) => fail(&counter, &failure),
        }
    });
}

/// Keeps the chosen seats back, or puts those that are kept back on sale.
fn keep(counter: &Shared, back: bool) {
    if !may_begin(counter) {
        return;
    }
    let (path, named) = {
        let counter = counter.borrow();
        let named = NamedSeats { seats: counter.chosen().seats };
        (counter.path(if back { "seats/block" } else { "seats/release" }), named)
    };
    let counter = counter.clone();
    spawn_local(async move {
        let answer: Result<ChangedSeats, Failure> = api::effect(Method::Post, &path, &named).await;
        counter.borrow_mut().busy = false;
        match answer {
            Ok(changed) => {
                clear(&counter);
                let words = counter.borrow().reader.language.seats_changed(changed.changed, back);
                said("good", &words);
            }
            Err(failure) => fail(&counter, &failure),
        }
    });
}

/// Nothing is chosen any more; the map tells itself what became of it.
fn clear(counter: &Shared) {
    let hall = {
        let mut counter = counter.borrow_mut();
        counter.counts.clear();
        counter.hall
    };
    for output in dom::all("[data-count]") {
        output.set_text_content(Some("0"));
    }
    if let Some(input) = dom::by_id("buyer").and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) {
        input.set_value("");
    }
    if let Some(hall) = hall {
        hall.change(|board| board.choose_instead(&[] as &[SeatNo]));
        hall.resync();
    }
    write(counter);
}

fn fail(counter: &Shared, failure: &Failure) {
    let (reader, hall) = (counter.borrow().reader, counter.borrow().hall);
    if matches!(failure, Failure::SignedOut) {
        door::shut(reader, failure, "");
        return;
    }
    let unknown = matches!(failure, Failure::Problem { body, .. } if body.status == 422);
    let words = failure.words(reader.language);
    said("bad", if unknown { reader.language.no_such_account() } else { &words });
    if let Some(hall) = hall {
        hall.resync();
    }
}

//! An event's orders: the newest on top, found by number, address and state. A row is brought up to date where it
//! stands; new ones wait behind a button, so that nothing moves under the pointer.

use super::{Reader, door, looks, orders_html};
use crate::api::{self, Failure};
use crate::browser;
use crate::islands::dom::{self, listen};
use leptos::task::spawn_local;
use onsale_core::OrderId;
use onsale_core::api::page::Page;
use onsale_core::api::sales::SoldOrder;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, HtmlSelectElement};

/// How many orders come at once.
const PAGE: u32 = 20;

struct List {
    reader: Reader,
    event: String,
    zone: String,
    /// What is asked for: the words, and the states as the API names them.
    query: String,
    states: String,
    /// What is shown, with the cells as they were written.
    shown: Vec<(OrderId, String)>,
    /// New ones that wait to be shown, the newest first.
    fresh: Vec<SoldOrder>,
    cursor: Option<String>,
    /// Counts what was asked for; an answer to something earlier is none any more.
    turn: u32,
    is_waiting_for_older: bool,
}

type Shared = Rc<RefCell<List>>;

/// Shows the newest orders and follows them.
pub(super) fn begin(reader: Reader, event: &str, zone: &str) {
    let list = Rc::new(RefCell::new(List {
        reader,
        event: event.to_owned(),
        zone: zone.to_owned(),
        query: String::new(),
        states: String::new(),
        shown: Vec::new(),
        fresh: Vec::new(),
        cursor: None,
        turn: 0,
        is_waiting_for_older: false,
    }));
    listen_to_search(&list);
    listen_to_buttons(&list);
    ask(&list);
    spawn_local(follow(list));
}

/// An event that was never published has none.
pub(super) fn nothing(reader: Reader) {
    dom::html("rows", "");
    dom::html("after", &orders_html::after(reader.language, true, false, false, false));
}

fn listen_to_search(list: &Shared) {
    let (Some(form), Some(state), Some(query)) = (dom::by_id("find"), dom::by_id("state"), dom::by_id("query")) else {
        return;
    };
    let typed = move || {
        let input = dom::by_id("query").and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
        input.map(|input| input.value().trim().to_owned()).unwrap_or_default()
    };
    let own = list.clone();
    listen(&form, "submit", move |event| {
        event.prevent_default();
        own.borrow_mut().query = typed();
        ask(&own);
    });
    // Who empties the field, by key or by its cross, wants all again.
    let own = list.clone();
    listen(&query, "input", move |_| {
        if typed().is_empty() && !own.borrow().query.is_empty() {
            own.borrow_mut().query.clear();
            ask(&own);
        }
    });
    let own = list.clone();
    listen(&state, "change", move |event| {
        let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        own.borrow_mut().states = select.map(|select| select.value()).unwrap_or_default();
        own.borrow_mut().query = typed();
        ask(&own);
    });
}

fn listen_to_buttons(list: &Shared) {
    let own = list.clone();
    if let Some(news) = dom::by_id("news") {
        listen(&news, "click", move |event| {
            if dom::marked(event.target(), "id").is_some_and(|(_, id)| id == "fresh-orders") {
                show_fresh(&own);
            }
        });
    }
    let own = list.clone();
    if let Some(after) = dom::by_id("after") {
        listen(&after, "click", move |event| {
            if dom::marked(event.target(), "id").is_some_and(|(_, id)| id == "older") {
                ask_for_older(&own);
            }
        });
    }
}

impl List {
    fn path(&self, cursor: Option<&str>) -> String {
        let mut path = format!("/api/admin/events/{}/orders?limit={PAGE}", self.event);
        for (name, value) in
            [("query", self.query.as_str()), ("status", &self.states), ("cursor", cursor.unwrap_or(""))]
        {
            if !value.is_empty() {
                path.push_str(&format!("&{name}={}", String::from(js_sys::encode_uri_component(value))));
            }
        }
        path
    }

    /// The rows of orders, which count as shown from now on.
    fn rows(&mut self, orders: &[SoldOrder], on_top: bool) -> String {
        let now = browser::now();
        let cells =
            |order: &SoldOrder| (order.order_id, orders_html::cells(self.reader, &self.event, &self.zone, order, now));
        let written: Vec<_> = orders.iter().map(cells).collect();
        let rows =
            orders.iter().map(|order| orders_html::row(self.reader, &self.event, &self.zone, order, now)).collect();
        let at = if on_top { 0 } else { self.shown.len() };
        self.shown.splice(at..at, written);
        rows
    }

    fn write_after(&self) {
        let (is_search, is_filtered) = (!self.query.is_empty(), !self.states.is_empty());
        let after = orders_html::after(
            self.reader.language,
            self.shown.is_empty(),
            is_search,
            is_filtered,
            self.cursor.is_some(),
        );
        dom::html("after", &after);
    }

    fn write_news(&self) {
        dom::html("news", &orders_html::news(self.reader.language, self.fresh.len()));
    }
}

/// Asks for the newest orders that fit what is searched.
fn ask(list: &Shared) {
    let (turn, path) = {
        let mut list = list.borrow_mut();
        list.turn += 1;
        (list.turn, list.path(None))
    };
    if let Some(table) = dom::by_id("table") {
        dom::attribute(&table, "aria-busy", Some("true"));
    }
    let list = list.clone();
    spawn_local(async move {
        let answer: Result<Page<SoldOrder>, _> = api::get_mine(&path).await;
        let mut list = list.borrow_mut();
        if list.turn != turn {
            return;
        }
        if let Some(table) = dom::by_id("table") {
            dom::attribute(&table, "aria-busy", None);
        }
        match answer {
            Ok(page) => {
                list.shown.clear();
                list.fresh.clear();
                list.cursor = page.next_cursor;
                let rows = list.rows(&page.items, false);
                dom::html("rows", &rows);
                list.write_news();
                list.write_after();
            }
            Err(failure) => fail(list.reader, &failure),
        }
    });
}

/// Asks for those before the last one that is shown.
fn ask_for_older(list: &Shared) {
    let (turn, path) = {
        let mut list = list.borrow_mut();
        if std::mem::replace(&mut list.is_waiting_for_older, true) {
            return;
        }
        (list.turn, list.path(list.cursor.as_deref()))
    };
    let list = list.clone();
    spawn_local(async move {
        let answer: Result<Page<SoldOrder>, _> = api::get_mine(&path).await;
        let mut list = list.borrow_mut();
        list.is_waiting_for_older = false;
        if list.turn != turn {
            return;
        }
        match answer {
            Ok(page) => {
                list.cursor = page.next_cursor;
                let rows = list.rows(&page.items, false);
                insert("beforeend", &rows);
                list.write_after();
                // The button may be gone; who reads on by keyboard stands at the first of the rows that came.
                if let Some(first) = page.items.first() {
                    focus_row(first.order_id);
                }
            }
            Err(failure) => fail(list.reader, &failure),
        }
    });
}

fn insert(place: &str, rows: &str) {
    if let Some(body) = dom::by_id("rows") {
        let _place_is_good = body.insert_adjacent_html(place, rows);
    }
}

fn focus_row(order: OrderId) {
    let link = dom::all(&format!("#o-{order} a")).into_iter().next();
    if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
        let _cannot_have_it = link.focus();
    }
}

fn fail(reader: Reader, failure: &Failure) {
    if matches!(failure, Failure::SignedOut) {
        door::shut(reader, failure, "");
        return;
    }
    let words = super::html::escape_html(&failure.words(reader.language));
    dom::html("after", &format!("<div class=\"notice bad\"><div><p>{words}</p></div></div>"));
}

/// Puts the new ones on top, because the reader asked for it.
fn show_fresh(list: &Shared) {
    let mut list = list.borrow_mut();
    let fresh = std::mem::take(&mut list.fresh);
    let rows = list.rows(&fresh, true);
    insert("afterbegin", &rows);
    list.write_news();
    list.write_after();
    if let Some(first) = fresh.first() {
        focus_row(first.order_id);
    }
}

/// Looks again and again at the newest orders.
async fn follow(list: Shared) {
    loop {
        looks::next_look().await;
        let (turn, path) = {
            let list = list.borrow();
            (list.turn, list.path(None))
        };
        let Ok(page) = api::get_mine::<Page<SoldOrder>>(&path).await else { continue };
        let mut list = list.borrow_mut();
        if list.turn == turn {
            take(&mut list, page.items);
        }
    }
}

/// Known orders are brought up to date where they stand; unknown ones wait.
fn take(list: &mut List, orders: Vec<SoldOrder>) {
    let now = browser::now();
    let newest = list.shown.iter().map(|(id, _)| *id).max();
    let mut fresh = Vec::new();
    for order in orders {
        let cells = orders_html::cells(list.reader, &list.event, &list.zone, &order, now);
        match list.shown.iter_mut().find(|(id, _)| *id == order.order_id) {
            Some((_, written)) if *written != cells => {
                dom::html(&format!("o-{}", order.order_id), &cells);
                *written = cells;
            }
            Some(_) => {}
            None if newest.is_none_or(|newest| order.order_id > newest) => fresh.push(order),
            // Not on this list when it was asked for: its state has changed since.
            None => {}
        }
    }
    if list.shown.is_empty() && !fresh.is_empty() {
        // Nothing can move where there is nothing.
        let rows = list.rows(&fresh, true);
        dom::html("rows", &rows);
        list.write_after();
        return;
    }
    if fresh.len() != list.fresh.len()
        || fresh.first().map(|one| one.order_id) != list.fresh.first().map(|one| one.order_id)
    {
        list.fresh = fresh;
        list.write_news();
    }
}

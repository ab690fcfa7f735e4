//! One's own orders, newest first, a page at a time.

use super::checkout::signed_out;
use crate::api::{self, Failure};
use crate::browser;
use crate::components::{
    BusyButton, Fresh, Happening, IntoFresh, Level, empty_state, failure_state, happening, patiently, skeleton,
};
use crate::format::money;
use crate::language::Language;
use leptos::prelude::*;
use leptos::task::spawn_local;
use onsale_core::EventId;
use onsale_core::api::booking::Order;
use onsale_core::api::page::Page;
use onsale_core::{OrderStatus, TicketStatus};
use std::collections::{BTreeSet, HashMap};

/// How many are asked for at once.
const LIMIT: u32 = 10;

type Events = HashMap<String, Happening>;

#[derive(Clone)]
enum State {
    Waiting,
    Failed(Failure),
    Shown,
}

#[derive(Clone, Copy)]
struct List {
    language: Language,
    state: RwSignal<State>,
    orders: RwSignal<Vec<Order>>,
    events: StoredValue<Events>,
    cursor: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    /// Why the next ones did not come; those that are there stay.
    more_failed: RwSignal<Option<Failure>>,
}

/// The list.
#[island]
pub fn MyOrders(
    /// The reader's language.
    language: Language,
) -> impl IntoView {
    let list = List {
        language,
        state: RwSignal::new(State::Waiting),
        orders: RwSignal::new(Vec::new()),
        events: StoredValue::new(Events::new()),
        cursor: RwSignal::new(None),
        busy: RwSignal::new(false),
        more_failed: RwSignal::new(None),
    };
    Effect::new(move |_| list.fetch());
    let waiting = patiently(Signal::derive(move || matches!(list.state.get(), State::Waiting)));
    let patience = Memo::new(move |_| waiting.get());
    move || {
        if patience.get() {
            return Some(skeleton(5, language.loading()));
        }
        Some(match list.state.get() {
            State::Waiting => return None,
            State::Failed(Failure::SignedOut) => signed_out(
                language,
                Level::Second,
                language.sign_in_for_tickets_title(),
                language.sign_in_for_tickets(),
            ),
            State::Failed(failure) => {
                let again = Callback::new(move |()| list.fetch());
                failure_state(language, None, &failure, again)
            }
            State::Shown => list.shown(),
        })
    }
}

impl List {
    /// Asks for the next page, and for the events in it.
    fn fetch(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.more_failed.set(None);
        let before = self.orders.with_untracked(Vec::len);
        if before == 0 {
            self.state.set(State::Waiting);
        }
        spawn_local(async move {
            let cursor = self.cursor.get_untracked().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
            let page = api::get_mine::<Page<Order>>(&format!("/api/bookings?limit={LIMIT}{cursor}")).await;
            if let Ok(page) = &page {
                self.learn(&page.items).await;
            }
            self.busy.set(false);
            match page {
                Ok(page) => {
                    self.cursor.set(page.next_cursor);
                    self.orders.update(|orders| orders.extend(page.items));
                    if before == 0 {
                        self.state.set(State::Shown);
                    } else {
                        // The button may be gone, and reading goes on where the new ones begin.
                        request_animation_frame(move || browser::focus(&anchor(before)));
                    }
                }
                Err(failure) if before == 0 => self.state.set(State::Failed(failure)),
                Err(failure) => self.more_failed.set(Some(failure)),
            }
        });
    }

    /// Asks for the events that are not known yet; an order without one is shown by the event's id.
    async fn learn(self, orders: &[Order]) {
        let ids: BTreeSet<String> = orders.iter().map(|order| order.event_id.to_string()).collect();
        let unknown = ids.into_iter().filter(|id| self.events.with_value(|known| !known.contains_key(id)));
        let asked = unknown.map(async |id| (api::get::<Happening>(&format!("/api/events/{id}")).await, id));
        for (event, id) in futures::future::join_all(asked).await {
            if let Ok(event) = event {
                self.events.update_value(|known| {
                    known.insert(id, event);
                });
            }
        }
    }

    fn event(self, id: &EventId) -> Option<Happening> {
        self.events.with_value(|known| known.get(id.as_str()).cloned())
    }

    fn shown(self) -> Fresh {
        let language = self.language;
        if self.orders.with_untracked(Vec::is_empty) {
            let link = (browser::link("/"), language.find_something());
            return empty_state(Level::Second, language.orders_none_title(), language.orders_none(), link);
        }
        let cards = move || {
            let orders = self.orders.get();
            orders.iter().enumerate().map(|(place, order)| self.card(place, order)).collect::<Vec<_>>()
        };
        let failed = move || self.more_failed.with(|failure| failure.as_ref().map(|failure| failure.words(language)));
        let more = Callback::new(move |()| self.fetch());
        let any = Memo::new(move |_| self.cursor.with(Option::is_some));
        let button = move || {
            view! {
                <p><BusyButton class="btn" busy=self.busy label=language.show_more() busy_label=language.loading_more() press=more/></p>
            }
            .fresh()
        };
        view! {
            <ul class="later stack">{cards}</ul>
            <p class="err" role="alert">{failed}</p>
            {move || any.get().then(button)}
        }
        .fresh()
    }

    fn card(self, place: usize, order: &Order) -> Fresh {
        let language = self.language;
        let event = self.event(&order.event_id);
        let good = order.tickets.iter().filter(|ticket| ticket.status != TicketStatus::Cancelled).count();
        let count = (good > 0).then(|| format!("{} · ", language.tickets_count(i64::try_from(good).unwrap_or(0))));
        let facts = format!("{} · {}", language.order_name(&order.order_number), money(language, order.total));
        let (address, label) = leads_to(language, order);
        let address = browser::link(&address);
        let badge = match order.status {
            OrderStatus::Confirmed | OrderStatus::Processing | OrderStatus::Completed => None,
            OrderStatus::Pending => Some("badge warn"),
            OrderStatus::Cancelled | OrderStatus::Failed => Some("badge"),
        };
        let badge = badge.map(|class| view! { <span class=class>{language.order_status(order.status)}</span> }.fresh());
        view! {
            <li class="card row">
                {happening(language, order.event_id.as_str(), event.as_ref())}
                <p class="small num fact">{badge}" "{count}{facts}</p>
                <a class="btn push" id=anchor(place) href=address>{label}</a>
            </li>
        }
        .fresh()
    }
}

/// The id of an order's link, by its place in the list.
fn anchor(place: usize) -> String {
    format!("order-{place}")
}

/// Where an order's button leads, and what it says.
fn leads_to(language: Language, order: &Order) -> (String, &'static str) {
    match order.status {
        OrderStatus::Pending => (format!("/checkout/{}", order.reservation_id), language.go_on_paying()),
        OrderStatus::Confirmed | OrderStatus::Processing | OrderStatus::Completed => {
            (format!("/orders/{}", order.order_id), language.show_tickets())
        }
        OrderStatus::Cancelled | OrderStatus::Failed => (format!("/orders/{}", order.order_id), language.show_order()),
    }
}

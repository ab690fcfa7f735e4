//! An order: its tickets with their codes, what was paid, and giving tickets back.

mod code;
mod return_tickets;
mod tickets;

use super::checkout::signed_out;
use super::zones;
use crate::api::{self, Failure, sleep};
use crate::browser;
use crate::components::{
    ALERT, BusyButton, Fresh, Happening, IntoFresh, Level, PRINTER, TICK, Toast, empty_state, failure_state, patiently,
    price_lines, skeleton,
};
use crate::format::{Moment, money};
use crate::language::Language;
use leptos::prelude::*;
use leptos::task::spawn_local;
use onsale_core::api::booking::{Order, Ticket};
use onsale_core::{OrderStatus, TicketStatus};
use return_tickets::return_tickets;
use std::time::Duration;

/// How often an order that is not decided is asked for.
const ASK_EVERY: Duration = Duration::from_secs(3);
/// The id of the page's heading.
const HEADING: &str = "order-heading";

/// An order with what is known around it.
#[derive(Clone)]
pub(super) struct Facts {
    order: Order,
    event: Option<Happening>,
    zones: zones::Names,
}

#[derive(Clone)]
enum State {
    Waiting,
    Failed(Failure),
    Shown(Box<Facts>),
}

#[derive(Clone, Copy)]
struct Room {
    language: Language,
    id: StoredValue<String>,
    state: RwSignal<State>,
    fresh: RwSignal<bool>,
    message: RwSignal<Option<String>>,
}

/// An order's page.
#[island]
pub fn OrderRoom(
    /// The reader's language.
    language: Language,
    /// The order.
    order: String,
) -> impl IntoView {
    let room = Room {
        language,
        id: StoredValue::new(order),
        state: RwSignal::new(State::Waiting),
        fresh: RwSignal::new(false),
        message: RwSignal::new(None),
    };
    Effect::new(move |_| {
        room.fresh.set(browser::parameter("new").is_some());
        room.load();
    });
    let waiting = patiently(Signal::derive(move || matches!(room.state.get(), State::Waiting)));
    let patience = Memo::new(move |_| waiting.get());
    let shown = move || {
        if patience.get() {
            return Some(skeleton(6, language.loading()));
        }
        match room.state.get() {
            State::Waiting => None,
            State::Failed(failure) => Some(room.failed(&failure)),
            State::Shown(facts) => Some(room.shown(&facts)),
        }
    };
    view! {
        {shown}
        <Toast language=language message=room.message/>
    }
}

impl Facts {
    /// Whether there are numbered seats, as far as its tickets tell.
    fn seated(&self) -> bool {
        self.order.tickets.iter().any(|ticket| ticket.seat_id.is_some())
    }

    /// What the event is called.
    fn name(&self) -> String {
        self.event.as_ref().map_or_else(|| self.order.event_id.to_string(), |event| event.name.clone())
    }

    /// What a seat's part of the house is called.
    fn part(&self, ticket: &Ticket) -> String {
        let zone = ticket.zone_id.and_then(|zone| self.zones.name(zone));
        zone.map_or_else(|| self.kind(ticket), str::to_owned)
    }

    /// What a ticket type is called.
    fn kind(&self, ticket: &Ticket) -> String {
        zones::kind_name(self.event.as_ref(), &ticket.ticket_type, ticket.category.as_deref())
    }
}

impl Room {
    fn load(self) {
        self.state.set(State::Waiting);
        spawn_local(async move {
            let order = api::get_mine::<Order>(&format!("/api/bookings/{}", self.id.get_value())).await;
            let order = match order {
                Ok(order) => order,
                Err(failure) => return self.state.set(State::Failed(failure)),
            };
            let seated = order.tickets.iter().any(|ticket| ticket.seat_id.is_some());
            let address = format!("/api/events/{}", order.event_id);
            let (event, zones) = futures::join!(api::get::<Happening>(&address), zones::of(&order.event_id, seated));
            let facts = Facts { order, event: event.ok(), zones };
            document().set_title(&format!("{} · Onsale", facts.name()));
            if facts.order.status == OrderStatus::Pending {
                self.watch();
            }
            self.state.set(State::Shown(Box::new(facts)));
        });
    }

    /// An order that is not decided is asked for until it is.
    fn watch(self) {
        spawn_local(async move {
            loop {
                sleep(ASK_EVERY).await;
                let order = api::get_mine::<Order>(&format!("/api/bookings/{}", self.id.get_value())).await;
                if order.is_ok_and(|order| order.status != OrderStatus::Pending) {
                    return self.load();
                }
            }
        });
    }

    fn failed(self, failure: &Failure) -> Fresh {
        let language = self.language;
        let again = Callback::new(move |()| self.load());
        match (failure, failure.code()) {
            (Failure::SignedOut, _) => {
                signed_out(language, Level::First, language.sign_in_for_tickets_title(), language.sign_in_for_tickets())
            }
            (_, Some("not_found")) => {
                let link = (browser::link("/orders"), language.my_tickets());
                empty_state(Level::First, language.order_missing_title(), language.order_missing(), link)
            }
            _ => failure_state(language, Some(language.order()), failure, again),
        }
    }

    /// What was changed elsewhere on the page.
    fn change(self, facts: &Facts, order: Order, message: String) {
        self.message.set(Some(message));
        self.fresh.set(false);
        self.state.set(State::Shown(Box::new(Facts { order, ..facts.clone() })));
        // The button that opened the dialog was drawn anew.
        request_animation_frame(|| browser::focus(HEADING));
    }

    fn shown(self, facts: &Facts) -> Fresh {
        let language = self.language;
        let head = self.head(facts);
        let tickets = (!facts.order.tickets.is_empty()).then(|| tickets::list(language, facts));
        let order = &facts.order;
        let paid = !order.tickets.is_empty() || order.refunded.is_some();
        let details = paid.then(|| self.details(facts));
        view! {
            {head}
            {tickets}
            {details}
            <p class="row small no-print">
                <a href=browser::link("/orders")>{language.all_orders()}</a>
                <a href=browser::link(&format!("/events/{}", facts.order.event_id))>{language.event_page()}</a>
            </p>
        }
        .fresh()
    }

    /// Where the order stands.
    fn head(self, facts: &Facts) -> Fresh {
        let language = self.language;
        let order = &facts.order;
        let checkout = browser::link(&format!("/checkout/{}", order.reservation_id));
        let notice = match order.status {
            OrderStatus::Pending => {
                let go_on = view! { <a class="btn go" href=checkout>{language.to_payment()}</a> }.fresh();
                let (title, text) = (language.order_pending_title(), language.bank_decides(facts.seated()));
                Some(state(ALERT, "notice warn", title, text, Some(go_on)))
            }
            OrderStatus::Failed => {
                let (title, text) = (language.order_failed_title(), language.order_failed());
                Some(state(ALERT, "notice bad", title, text, None))
            }
            OrderStatus::Cancelled if order.tickets.is_empty() => {
                Some(state(ALERT, "notice", language.given_up_title(), language.given_up(), None))
            }
            _ if self.fresh.get_untracked() => Some(just_paid(language)),
            _ => None,
        };
        let count = order.tickets.len();
        let counted = (count > 0).then(|| language.tickets_count(i64::try_from(count).unwrap_or(0)));
        let number = language.order_name(&order.order_number);
        view! {
            {notice}
            <div class="row">
                <h1 class="t3" id=HEADING tabindex="-1">{facts.name()}</h1>
                <p class="soft num">{counted.map(|counted| format!("{counted} · "))}{number}</p>
            </div>
        }
        .fresh()
    }

    /// The tickets as a file.
    fn download(self, order: &Order) -> Fresh {
        let language = self.language;
        let busy = RwSignal::new(false);
        let path = format!("/api/documents/orders/{}/tickets.pdf?language={}", order.order_id, language.tag());
        let name = format!("{}-{}.pdf", language.tickets_file(), order.order_number);
        let press = Callback::new(move |()| {
            let (path, name) = (path.clone(), name.clone());
            busy.set(true);
            spawn_local(async move {
                if let Err(failure) = api::download(&path, &name).await {
                    self.message.set(Some(failure.words(language)));
                }
                busy.set(false);
            });
        });
        let (label, busy_label) = (language.download_pdf(), language.downloading());
        view! { <BusyButton class="btn" busy=busy label=label busy_label=busy_label press=press/> }.fresh()
    }

    /// What was paid, and what can be done.
    fn details(self, facts: &Facts) -> Fresh {
        let language = self.language;
        let order = &facts.order;
        let refunded = order.refunded.map(|refunded| {
            view! { <div class="off"><dt>{language.refunded_line()}</dt><dd>{money(language, refunded)}</dd></div> }
                .fresh()
        });
        let zone = facts.event.as_ref().map_or("UTC", |event| event.venue.time_zone.as_str());
        let bought = Moment::at(language, order.created_at, zone).date_and_time();
        let lines = price_lines(
            language,
            order.tickets.len(),
            &order.lines,
            (language.paid_total(), order.total),
            &|| None,
            refunded,
        );
        let print = move |_| {
            let _printed_or_not = window().print();
        };
        let is_good = |ticket: &Ticket| ticket.status != TicketStatus::Cancelled;
        let pdf = order.tickets.iter().any(is_good).then(|| self.download(order));
        let shown = facts.clone();
        let changed = Callback::new(move |(order, message)| self.change(&shown, order, message));
        view! {
            <section class="card stack paid" aria-labelledby="paid">
                <h2 id="paid" class="t3">{language.what_you_paid()}</h2>
                {lines}
                <p class="soft small">
                    {language.order_number()}" "<b class="num">{order.order_number.clone()}</b>" · "
                    {language.bought_on()}" "{bought}
                </p>
                <p class="row no-print">
                    <button type="button" class="btn" on:click=print>
                        <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=PRINTER></svg>
                        {language.print()}
                    </button>
                    {pdf}
                    {return_tickets(language, facts.clone(), changed)}
                </p>
            </section>
        }
        .fresh()
    }
}

/// Paid a moment ago: that it is done, and what comes next.
fn just_paid(language: Language) -> Fresh {
    state(
        TICK,
        "notice good no-print",
        language.paid_title(),
        language.next_mail(),
        Some(view! { <p>{language.next_door()}</p> }.fresh()),
    )
}

fn state(
    icon: &'static str,
    class: &'static str,
    title: &'static str,
    text: &'static str,
    more: Option<Fresh>,
) -> Fresh {
    view! {
        <div class=class role="status">
            <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=icon></svg>
            <div><h2>{title}</h2><p>{text}</p>{more}</div>
        </div>
    }
    .fresh()
}

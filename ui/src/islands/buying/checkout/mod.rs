//! Paying for a hold. What the page shows follows from the hold and the account's orders, so that a reload, the back
//! button or another tab finds the truth; see [`crate::buying`] for the decisions.

mod attempt;
mod facts;
mod pay;
mod promo;
mod summary;
mod unpaid;
mod waits;
mod ways;

use crate::api::{self, Failure, sleep};
use crate::browser;
use crate::buying::{Stage, stage_of_order};
use crate::components::{Fresh, IntoFresh, Level, empty_state, failure_state, patiently, skeleton};
use crate::language::Language;
use attempt::Attempt;
use facts::{Facts, look};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use onsale_core::OrderId;
use onsale_core::api::booking::Order;
use pay::pay;
use std::time::Duration;
use unpaid::unpaid;

/// What the provider's page adds to the address that it leads back to.
const CAME_BACK: &str = "redirect_status";
/// How often a payment that is being decided is asked for: at first, and later.
const ASK_EVERY: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(3)];
/// The headings of what takes the form's place.
const ENDED: &str = "ended";
const WAITS: &str = "waits";
/// How many times it is asked for at the first pace.
const ASKED_SOON: u32 = 20;

#[derive(Clone)]
enum State {
    Waiting,
    Failed(Failure),
    Shown(Box<Facts>),
}

/// The page's one island.
#[derive(Clone, Copy)]
struct Checkout {
    language: Language,
    demo: bool,
    reservation: StoredValue<String>,
    state: RwSignal<State>,
    /// Whether the payer came back from the provider's page in this visit.
    came_back: RwSignal<bool>,
    /// Whatever was asked for in an earlier turn is not shown any more.
    turn: StoredValue<u32>,
}

/// The checkout of a hold.
#[island]
pub fn CheckoutRoom(
    /// The reader's language.
    language: Language,
    /// The hold.
    reservation: String,
    /// Whether the sandbox's cards are offered.
    demo: bool,
) -> impl IntoView {
    let room = Checkout {
        language,
        demo,
        reservation: StoredValue::new(reservation),
        state: RwSignal::new(State::Waiting),
        came_back: RwSignal::new(false),
        turn: StoredValue::new(0),
    };
    Effect::new(move |_| {
        if browser::parameter(CAME_BACK).is_some_and(|status| status != "pending") {
            room.came_back.set(true);
            browser::show_address(&browser::link(&format!("/checkout/{}", room.reservation.get_value())));
        }
        room.reload();
        // The back button may show this page as it was left: as it is now is what counts.
        let shown = window_event_listener(ev::pageshow, move |event| {
            if event.persisted() {
                room.reload();
            }
        });
        on_cleanup(move || shown.remove());
    });
    let waiting = patiently(Signal::derive(move || matches!(room.state.get(), State::Waiting)));
    let patience = Memo::new(move |_| waiting.get());
    move || {
        if patience.get() {
            let lines = skeleton(6, language.loading());
            return Some(view! { <div class="wrap split">{lines}</div> }.fresh());
        }
        match room.state.get() {
            State::Waiting => None,
            State::Failed(failure) => Some(room.failed(&failure)),
            State::Shown(facts) => room.shown(*facts),
        }
    }
}

impl Checkout {
    /// Asks where the hold stands, and shows it.
    fn reload(self) {
        let turn = self.next_turn();
        self.state.set(State::Waiting);
        spawn_local(async move {
            let looked = look(&self.reservation.get_value()).await;
            if self.turn.get_value() != turn {
                return;
            }
            match looked {
                Ok(facts) => self.show(facts),
                Err(failure) => self.state.set(State::Failed(failure)),
            }
        });
    }

    fn next_turn(self) -> u32 {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        turn
    }

    fn show(self, mut facts: Facts) {
        if let Stage::AtBank { order, .. } = facts.stage
            && self.came_back.get_untracked()
        {
            facts.stage = Stage::Deciding(order);
        }
        match &facts.stage {
            Stage::Sold(order) => {
                Attempt::forget(&self.reservation.get_value());
                return browser::replace(&sold_page(*order));
            }
            Stage::Deciding(order) | Stage::AtBank { order, .. } | Stage::Transfer { order, .. } => {
                Attempt::forget(&self.reservation.get_value());
                self.watch(*order);
            }
            Stage::Ended(_) => Attempt::forget(&self.reservation.get_value()),
            Stage::Open { .. } => {}
        }
        let heading = match facts.stage {
            Stage::Ended(_) => Some(ENDED),
            Stage::AtBank { .. } | Stage::Transfer { .. } | Stage::Deciding(_) => Some(WAITS),
            Stage::Open { .. } | Stage::Sold(_) => None,
        };
        self.state.set(State::Shown(Box::new(facts)));
        // Who had the focus on the form is told what took its place.
        if let Some(heading) = heading.filter(|_| self.turn.get_value() > 1) {
            request_animation_frame(move || browser::focus(heading));
        }
    }

    /// Shows another stage of what is shown.
    fn goes_on(self, facts: &Facts, stage: Stage) {
        self.next_turn();
        self.show(Facts { stage, ..facts.clone() });
    }

    /// Asks for the order until it is decided.
    fn watch(self, order: OrderId) {
        let turn = self.turn.get_value();
        spawn_local(async move {
            let mut asked = 0;
            loop {
                sleep(ASK_EVERY[usize::from(asked >= ASKED_SOON)]).await;
                asked += 1;
                if self.turn.get_value() != turn {
                    return;
                }
                // Without an answer nothing is known, and it is asked again.
                let Ok(order) = api::get_mine::<Order>(&format!("/api/bookings/{order}")).await else { continue };
                match stage_of_order(&order) {
                    Stage::AtBank { .. } | Stage::Transfer { .. } | Stage::Deciding(_) => {}
                    Stage::Sold(_) | Stage::Open { .. } | Stage::Ended(_) => return self.reload(),
                }
            }
        });
    }

    fn failed(self, failure: &Failure) -> Fresh {
        let language = self.language;
        let again = Callback::new(move |()| self.reload());
        let inside = match (failure, failure.code()) {
            (Failure::SignedOut, _) => {
                signed_out(language, Level::First, language.sign_in_to_pay(), language.kept_meanwhile())
            }
            (_, Some("not_found")) => {
                let link = (browser::link("/orders"), language.my_tickets());
                empty_state(Level::First, language.hold_missing_title(), language.hold_missing(), link)
            }
            _ => failure_state(language, Some(language.checkout_title()), failure, again),
        };
        view! { <div class="wrap own alone">{inside}</div> }.fresh()
    }

    fn shown(self, facts: Facts) -> Option<Fresh> {
        Some(match facts.stage.clone() {
            Stage::Open { declined } => pay(self, facts, declined),
            Stage::Ended(ended) => unpaid(self.language, &facts, ended),
            Stage::AtBank { url, .. } => waits::at_bank(self, &facts, url),
            Stage::Transfer { transfer, until, url, .. } => waits::transfer(self, &facts, &transfer, until, url),
            Stage::Deciding(_) => waits::deciding(self, &facts),
            Stage::Sold(_) => return None,
        })
    }
}

/// The order's page, as somebody sees it who just paid.
fn sold_page(order: Option<OrderId>) -> String {
    order.map_or_else(|| "/orders".to_owned(), |order| format!("/orders/{order}?new=1"))
}

/// On a personal page without a session: sign in and come back.
pub(super) fn signed_out(language: Language, level: Level, title: &'static str, text: &'static str) -> Fresh {
    empty_state(level, title, text, (browser::with_way_back("/sign-in"), language.sign_in()))
}

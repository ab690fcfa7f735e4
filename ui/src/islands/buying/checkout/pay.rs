//! The form: how to pay, what it costs, how long it is kept, and the one button.

use super::attempt::Attempt;
use super::facts::Facts;
use super::promo::Promo;
use super::{Checkout, summary, ways};
use crate::api::{Failure, Method};
use crate::browser;
use crate::buying::{Outcome, Stage, outcome};
use crate::components::{ALERT, BusyButton, Fresh, IntoFresh, LOCK, Timer, seconds_left};
use crate::format::{clock, money};
use crate::language::Language;
use chrono::TimeDelta;
use leptos::prelude::*;
use leptos::task::spawn_local;
use onsale_core::api::booking::{ConfirmRequest, PaymentMethod};

/// What stands over the form.
#[derive(Clone)]
enum Said {
    Declined(String),
    PriceChanged,
    Unknown,
    Refused(Failure),
}

/// The form's state.
#[derive(Clone, Copy)]
struct Till {
    room: Checkout,
    facts: RwSignal<Facts>,
    busy: RwSignal<bool>,
    leaving: RwSignal<bool>,
    chosen: RwSignal<usize>,
    said: RwSignal<Option<Said>>,
    seconds: Signal<i64>,
}

/// The form.
pub(super) fn pay(room: Checkout, facts: Facts, declined: Option<String>) -> Fresh {
    let language = room.language;
    let (seated, tickets, choosing) = (facts.seated(), facts.tickets(), facts.choosing());
    let email = facts.email.clone();
    let chosen = RwSignal::new(0);
    let choice = ways::choice(language, room.demo, &facts, chosen);
    let seconds = seconds_left(facts.hold.expires_in_ms);
    let till = Till {
        room,
        facts: RwSignal::new(facts),
        busy: RwSignal::new(false),
        leaving: RwSignal::new(false),
        chosen,
        said: RwSignal::new(declined.map(Said::Declined)),
        seconds,
    };
    // An attempt whose outcome this tab never learnt is asked for again, under its own key.
    Effect::new(move |_| {
        if let Some(attempt) = Attempt::kept(&room.reservation.get_value()) {
            till.send(attempt);
        }
    });
    let over = Memo::new(move |_| seconds.get() == 0);
    Effect::new(move |_| {
        if over.get() && !till.busy.get() {
            room.reload();
        }
    });
    let promo = Promo::new(language, till.facts);
    let count = i64::try_from(tickets).unwrap_or(i64::MAX);
    view! {
        {bar(language, seated, &choosing, seconds)}
        <div class="wrap split">
            <form class="stack" style="--gap:var(--s6)" novalidate=true on:submit=move |event| event.prevent_default()>
                <h1 class="t3">{language.pay_for(count, seated)}</h1>
                {move || till.notice()}
                {choice}
                {promo.field()}
                <p class="soft small">{email.map(|email| language.sent_to(&email))}</p>
            </form>
            {move || till.facts.with(|facts| {
                summary::aside(language, facts, &|| Some(promo.remove_button()), Some(till.end(&choosing)))
            })}
        </div>
        <div class="only-narrow foot-bar">{till.button()}</div>
    }
    .fresh()
}

/// Where the buyer is, and the time left; it stays in sight.
fn bar(language: Language, seated: bool, choosing: &str, seconds: Signal<i64>) -> Fresh {
    let first = if seated { language.step_seats() } else { language.step_tickets() };
    let spoken = Callback::new(move |minutes| language.left_to_pay(minutes, seated));
    view! {
        <div class="pay-bar">
            <ol class="trail" aria-label=language.steps()>
                <li><a href=choosing.to_owned()>{first}</a></li>
                <li aria-current="step">{language.step_pay()}</li>
                <li>{language.step_tickets()}</li>
            </ol>
            <p class="timer push">
                <span>{language.pay_clock(seated)}</span>
                <Timer seconds=seconds spoken=spoken class="plate num yours"/>
            </p>
        </div>
    }
    .fresh()
}

impl Till {
    /// Pays what is shown, by what is chosen.
    fn pay(self) {
        if self.busy.get_untracked() {
            return;
        }
        // What is not known yet is asked for again, never paid anew.
        let kept = Attempt::kept(&self.room.reservation.get_value());
        let attempt = kept.unwrap_or_else(|| {
            let (reservation_id, total, transfers) =
                self.facts.with_untracked(|facts| (facts.hold.reservation_id, facts.hold.total, facts.transfers()));
            let way = ways::ways(self.room.demo, transfers).nth(self.chosen.get_untracked());
            Attempt::new(ConfirmRequest {
                reservation_id,
                payment_method: way.map_or(PaymentMethod::CreditCard, |way| way.method),
                payment_token: way.and_then(|way| way.token).map(str::to_owned),
                expected_total: Some(total),
                return_url: Some(browser::link(&format!("/checkout/{reservation_id}"))),
            })
        });
        self.send(attempt);
    }

    fn send(self, attempt: Attempt) {
        self.busy.set(true);
        self.said.set(None);
        attempt.keep();
        self.room.came_back.set(false);
        spawn_local(async move {
            let answer = attempt.send().await;
            let outcome = outcome(&answer);
            if outcome.ends_attempt() {
                Attempt::forget(&self.room.reservation.get_value());
            }
            self.act(outcome, answer.err());
        });
    }

    fn act(self, outcome: Outcome, failure: Option<Failure>) {
        let said = match outcome {
            Outcome::Now(Stage::AtBank { url, .. }) => {
                // The button stays busy: the page goes on.
                self.leaving.set(true);
                return browser::go(&url);
            }
            Outcome::Now(Stage::Open { declined }) => Some(Said::Declined(declined.unwrap_or_default())),
            Outcome::Now(stage) => {
                return self.facts.with_untracked(|facts| self.room.goes_on(facts, stage));
            }
            Outcome::LookAgain | Outcome::SignedOut => return self.room.reload(),
            Outcome::Declined(reason) => Some(Said::Declined(reason)),
            Outcome::PriceChanged => {
                self.renew();
                Some(Said::PriceChanged)
            }
            Outcome::Unknown => Some(Said::Unknown),
            Outcome::Refused => failure.map(Said::Refused),
        };
        self.busy.set(false);
        self.said.set(said);
        request_animation_frame(|| browser::focus("said"));
    }

    /// Asks for the hold's price as it is now.
    fn renew(self) {
        spawn_local(async move {
            if let Ok(facts) = super::look(&self.room.reservation.get_value()).await {
                self.facts.set(facts);
            }
        });
    }

    /// Gives the hold back and goes where others are chosen.
    fn give_up(self, choosing: String, busy: RwSignal<bool>) {
        busy.set(true);
        spawn_local(async move {
            let path = format!("/api/bookings/reservations/{}", self.room.reservation.get_value());
            match crate::api::effect::<_, ()>(Method::Delete, &path, &()).await {
                Ok(()) => browser::replace(&choosing),
                Err(_) => self.room.reload(),
            }
        });
    }

    fn notice(self) -> Option<Fresh> {
        let language = self.room.language;
        let (title, text) = match self.said.get()? {
            Said::Declined(reason) => {
                let seated = self.facts.with_untracked(Facts::seated);
                let left = move || language.still_yours(&clock(TimeDelta::seconds(self.seconds.get())), seated);
                let why = language.decline_reason(&reason).map(|why| format!("{why} ")).unwrap_or_default();
                return Some(notice(
                    language.declined_title(),
                    why + language.try_another(),
                    // Its clock runs: it is read with the rest, but not announced each second.
                    Some(view! { <p class="num" aria-live="off">{left}</p> }.fresh()),
                ));
            }
            Said::PriceChanged => (language.price_changed_title(), language.price_changed().to_owned()),
            Said::Unknown => (language.unknown_title(), language.unknown().to_owned()),
            Said::Refused(failure) => (language.not_paid_title(), failure.words(language)),
        };
        Some(notice(title, text, None))
    }

    /// The button, where the page has one column at its foot, else in the order's card.
    fn button(self) -> Fresh {
        let language = self.room.language;
        let unknown = move || matches!(self.said.get(), Some(Said::Unknown));
        let label = move || {
            if unknown() {
                return language.ask_once_more().to_owned();
            }
            language.pay_amount(&self.facts.with(|facts| money(language, facts.hold.total)))
        };
        let busy_label = move || if self.leaving.get() { language.leaving_for_bank() } else { language.paying() };
        view! {
            <button type="button" class="btn go big full" on:click=move |_| self.pay()
                aria-disabled=move || self.busy.get().then_some("true")>
                <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=LOCK></svg>
                <span class="both">
                    <span class="num" data-off=move || self.busy.get().then_some("")>{label}</span>
                    <span data-off=move || (!self.busy.get()).then_some("")>{busy_label}</span>
                </span>
            </button>
        }
        .fresh()
    }

    /// What stands under the price.
    fn end(self, choosing: &str) -> Fresh {
        let language = self.room.language;
        let releasing = RwSignal::new(false);
        let seated = self.facts.with_untracked(Facts::seated);
        let change = if seated { language.change_seats() } else { language.change_tickets() };
        let (address, after) = (choosing.to_owned(), choosing.to_owned());
        let press = Callback::new(move |()| self.give_up(after.clone(), releasing));
        view! {
            <div class="only-wide">{self.button()}</div>
            <p class="soft small">{language.price_seen()}</p>
            <p class="row small">
                <a href=address>{change}</a>
                <BusyButton class="link small push" busy=releasing label=language.give_up() busy_label=language.giving_up()
                    press=press/>
            </p>
        }
        .fresh()
    }
}

/// Something that went otherwise than hoped, announced at once.
fn notice(title: &'static str, text: String, more: Option<Fresh>) -> Fresh {
    view! {
        <div class="notice bad" id="said" tabindex="-1">
            <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=ALERT></svg>
            <div>
                <div role="alert" class="stack" style="--gap:var(--s2)"><h2>{title}</h2><p>{text}</p></div>
                {more}
            </div>
        </div>
    }
    .fresh()
}

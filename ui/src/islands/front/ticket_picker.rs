//! How many tickets of each kind, where there are no numbered seats; then they are held and paid.

use crate::api::{self, Failure};
use crate::browser::{self, session_storage};
use crate::components::{BusyButton, MINUS, PLUS};
use crate::format::money;
use crate::language::Language;
use leptos::prelude::*;
use leptos::task::spawn_local;
use onsale_core::api::booking::{ReserveRequest, TicketChoice};
use onsale_core::api::events::TicketTypes;
use onsale_core::{EventId, Money};
use serde::{Deserialize, Serialize};

/// More than anybody's hold may have, whatever is typed.
const QUANTITY_MAX: u32 = 50;
/// Fewer than this are told as a number.
const TOLD_BELOW: i64 = 50;

/// A kind of ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    /// Its short word.
    pub ticket_type: String,
    /// What buyers read.
    pub name: String,
    /// The all-in price of one.
    pub price: Money,
}

/// What is left of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Left {
    available: i64,
    all_sold: bool,
}

#[derive(Clone, Copy)]
struct Picker {
    language: Language,
    event: StoredValue<String>,
    kinds: StoredValue<Vec<Kind>>,
    limit: Option<u32>,
    chosen: RwSignal<Vec<u32>>,
    /// Nothing until it was asked for: what can be had is decided when it is held.
    left: RwSignal<Vec<Option<Left>>>,
    busy: RwSignal<bool>,
    wrong: RwSignal<Option<String>>,
}

/// The steppers and the button.
#[island]
pub fn TicketPicker(
    /// The reader's language.
    language: Language,
    /// The event.
    event: String,
    /// What can be bought.
    kinds: Vec<Kind>,
    /// The most that one account may have.
    limit: Option<u32>,
) -> impl IntoView {
    let count = kinds.len();
    let picker = Picker {
        language,
        event: StoredValue::new(event),
        kinds: StoredValue::new(kinds),
        limit,
        chosen: RwSignal::new(vec![0; count]),
        left: RwSignal::new(vec![None; count]),
        busy: RwSignal::new(false),
        wrong: RwSignal::new(None),
    };
    Effect::new(move |_| {
        picker.remember_choice();
        picker.ask_what_is_left();
        let event = picker.event.get_value();
        spawn_local(async move { api::line::beat(&event).await });
    });
    let rows: Vec<_> = (0..count).map(|place| picker.row(place)).collect();
    let total = move || picker.total().map(|total| money(language, total)).unwrap_or_default();
    let press = Callback::new(move |()| picker.reserve());
    view! {
        <form class="stack" novalidate=true on:submit=move |event| event.prevent_default()>
            <fieldset class="stack kinds"><legend class="vh">{language.quantity_of()}</legend>{rows}</fieldset>
            <p class="row"><b>{language.in_all()}</b><b class="num t2 push" aria-live="polite">{total}</b></p>
            <p class="err" id="pick-wrong" role="alert" tabindex="-1">{move || picker.wrong.get()}</p>
            <BusyButton class="btn go big full" busy=picker.busy label=language.reserve() busy_label=language.holding_again()
                press=press/>
        </form>
    }
}

impl Picker {
    fn row(self, place: usize) -> impl IntoView {
        let language = self.language;
        let kind = self.kinds.with_value(|kinds| kinds[place].clone());
        let (fewer, more) =
            (format!("{}: {}", kind.name, language.step_down()), format!("{}: {}", kind.name, language.step_up()));
        let count = move || self.chosen.with(|chosen| chosen[place]);
        let most = move || self.most(place);
        let told = move || match self.left.with(|left| left[place]) {
            Some(Left { all_sold: true, .. }) => Some(language.kind_sold_out().to_owned()),
            Some(Left { available: ..=0, .. }) => Some(language.all_held().to_owned()),
            Some(Left { available, .. }) if available < TOLD_BELOW => Some(language.count_left(available)),
            Some(_) | None => None,
        };
        view! {
            <div class="row level kind">
                <p class="grow">
                    <b>{kind.name}</b><br/>
                    <span class="num">{money(language, kind.price)}</span>" "<span class="soft small">{told}</span>
                </p>
                <span class="stepper">
                    <button type="button" aria-label=fewer aria-disabled=move || (count() == 0).then_some("true")
                        on:click=move |_| self.step(place, -1)>
                        <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=MINUS></svg>
                    </button>
                    <output class="num" aria-live="polite">{count}</output>
                    <button type="button" aria-label=more aria-disabled=move || (count() >= most()).then_some("true")
                        on:click=move |_| self.step(place, 1)>
                        <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=PLUS></svg>
                    </button>
                </span>
            </div>
        }
    }

    fn most(self, place: usize) -> u32 {
        let available = self.left.with(|left| left[place].map(|left| left.available));
        self.chosen.with(|chosen| most(chosen, place, self.limit, available))
    }

    fn step(self, place: usize, by: i32) {
        let most = untrack(|| self.most(place));
        self.chosen.update(|chosen| chosen[place] = chosen[place].saturating_add_signed(by).min(most));
        self.keep_choice();
        self.wrong.set(None);
    }

    fn total(self) -> Option<Money> {
        self.kinds.with_value(|kinds| self.chosen.with(|chosen| total(kinds, chosen)))
    }

    fn ask_what_is_left(self) {
        spawn_local(async move {
            let path = format!("/api/events/{}/ticket-types", self.event.get_value());
            let Ok(types) = api::get::<TicketTypes>(&path).await else { return };
            let left = self.kinds.with_value(|kinds| {
                let of = |kind: &Kind| types.items.iter().find(|item| item.kind == kind.ticket_type);
                let told = |kind: &Kind| {
                    of(kind).map(|item| Left { available: item.available, all_sold: item.sold >= item.total })
                };
                kinds.iter().map(told).collect()
            });
            self.left.set(left);
        });
    }

    fn reserve(self) {
        let tickets = self.kinds.with_value(|kinds| choices(kinds, &self.chosen.get_untracked()));
        let event_id = EventId::new(self.event.get_value());
        let (false, Ok(event_id)) = (tickets.is_empty(), event_id) else {
            return self.complain(self.language.choose_how_many().to_owned());
        };
        let request = ReserveRequest { event_id, seats: None, tickets: Some(tickets), best_available: None };
        self.busy.set(true);
        self.wrong.set(None);
        spawn_local(async move {
            match api::line::reserve(&request).await {
                Ok(hold) => {
                    self.forget_choice();
                    browser::go(&format!("/checkout/{}", hold.reservation_id));
                }
                Err(Failure::SignedOut) => browser::go(&browser::with_way_back("/sign-in")),
                Err(failure) if failure.code() == Some("not_admitted") => {
                    browser::go(&format!("/events/{}/queue", self.event.get_value()));
                }
                Err(failure) => {
                    self.busy.set(false);
                    self.complain(self.words(&failure));
                    self.ask_what_is_left();
                }
            }
        });
    }

    fn words(self, failure: &Failure) -> String {
        match failure {
            Failure::Problem { body, .. } if body.code == "tickets_unavailable" => {
                let available = body.members.get("available").and_then(serde_json::Value::as_i64);
                self.language.fewer_left(available.unwrap_or(0))
            }
            _ => failure.words(self.language),
        }
    }

    fn complain(self, message: String) {
        self.wrong.set(Some(message));
        request_animation_frame(|| browser::focus("pick-wrong"));
    }

    /// What was chosen is there again after a reload, and after signing in.
    fn keep_choice(self) {
        if let (Some(storage), Ok(text)) = (session_storage(), serde_json::to_string(&self.chosen.get_untracked())) {
            let _kept_or_not = storage.set_item(&self.name(), &text);
        }
    }

    fn remember_choice(self) {
        let text = session_storage().and_then(|storage| storage.get_item(&self.name()).ok().flatten());
        let kept: Option<Vec<u32>> = text.and_then(|text| serde_json::from_str(&text).ok());
        if let Some(kept) = kept.filter(|kept| kept.len() == self.chosen.with_untracked(Vec::len)) {
            self.chosen.set(kept);
        }
    }

    fn forget_choice(self) {
        if let Some(storage) = session_storage() {
            let _nothing_to_forget = storage.remove_item(&self.name());
        }
    }

    fn name(self) -> String {
        format!("onsale.pick.{}", self.event.get_value())
    }
}

/// How many of one kind can be chosen beside what is chosen of the others.
fn most(chosen: &[u32], place: usize, limit: Option<u32>, available: Option<i64>) -> u32 {
    let others: u32 = chosen.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, count)| count).sum();
    let left = available.map_or(QUANTITY_MAX, |left| u32::try_from(left.max(0)).unwrap_or(u32::MAX));
    limit.unwrap_or(QUANTITY_MAX).min(QUANTITY_MAX).saturating_sub(others).min(left)
}

/// What it comes to, if the sum fits.
fn total(kinds: &[Kind], chosen: &[u32]) -> Option<Money> {
    let currency = kinds.first()?.price.currency;
    let parts = kinds.iter().zip(chosen).map(|(kind, count)| kind.price.minor.checked_mul(i64::from(*count)));
    let minor = parts.into_iter().try_fold(0_i64, |sum, part| sum.checked_add(part?))?;
    Some(Money::new(minor, currency))
}

/// What is asked for.
fn choices(kinds: &[Kind], chosen: &[u32]) -> Vec<TicketChoice> {
    let some = kinds.iter().zip(chosen).filter(|(_, count)| **count > 0);
    some.map(|(kind, count)| TicketChoice { ticket_type: kind.ticket_type.clone(), quantity: *count }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use onsale_core::Currency;

    fn kind(ticket_type: &str, minor: i64) -> Kind {
        let price = Money::new(minor, Currency::EUR);
        Kind { ticket_type: ticket_type.to_owned(), name: ticket_type.to_owned(), price }
    }

    #[test]
    fn no_more_can_be_chosen_than_one_may_have_or_are_left() {
        assert_eq!(most(&[2, 0], 1, Some(6), None), 4);
        assert_eq!(most(&[2, 0], 0, Some(6), Some(3)), 3);
        assert_eq!(most(&[7, 0], 1, Some(6), None), 0);
        assert_eq!(most(&[0], 0, None, Some(-1)), 0);
        assert_eq!(most(&[0], 0, None, None), QUANTITY_MAX);
    }

    #[test]
    fn the_choice_is_what_is_asked_for_and_what_it_costs() {
        let kinds = [kind("standing", 3_200), kind("child", 1_000)];
        assert_eq!(total(&kinds, &[2, 1]), Some(Money::new(7_400, Currency::EUR)));
        assert_eq!(total(&kinds, &[0, 0]), Some(Money::new(0, Currency::EUR)));
        assert_eq!(total(&[], &[]), None);
        assert_eq!(choices(&kinds, &[2, 0]), [TicketChoice { ticket_type: "standing".to_owned(), quantity: 2 }]);
    }
}

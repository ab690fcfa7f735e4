//! The promo code: taken into the price before paying.

use super::facts::Facts;
use crate::api::{self, Method};
use crate::browser;
use crate::components::{BusyButton, Fresh, IntoFresh, TICK, typed};
use crate::language::Language;
use leptos::ev;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use onsale_core::api::booking::{ApplyPromoCode, Reservation};

const FIELD: &str = "promo";
/// What stands in its place once a code is in the price.
const IN_PRICE: &str = "promo-in";

/// A code on its way into the price or out of it.
#[derive(Clone, Copy)]
pub(super) struct Promo {
    language: Language,
    facts: RwSignal<Facts>,
    busy: RwSignal<bool>,
    wrong: RwSignal<Option<String>>,
    said: RwSignal<&'static str>,
}

impl Promo {
    pub(super) fn new(language: Language, facts: RwSignal<Facts>) -> Self {
        let (busy, wrong) = (RwSignal::new(false), RwSignal::new(None));
        Self { language, facts, busy, wrong, said: RwSignal::new("") }
    }

    /// Sends a change; the focus goes to what stands there afterwards.
    fn send(self, method: Method, code: String, (said, after): (&'static str, &'static str)) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.wrong.set(None);
        let id = self.facts.with_untracked(|facts| facts.hold.reservation_id);
        spawn_local(async move {
            let path = format!("/api/bookings/reservations/{id}/promo-code");
            let changed: Result<Reservation, _> = api::effect(method, &path, &ApplyPromoCode { code }).await;
            self.busy.set(false);
            match changed {
                Ok(hold) => {
                    self.facts.update(|facts| facts.hold = hold);
                    self.said.set(said);
                    request_animation_frame(move || browser::focus(after));
                }
                Err(failure) => {
                    self.wrong.set(Some(failure.words(self.language)));
                    browser::focus(FIELD);
                }
            }
        });
    }

    /// The button beside the discount.
    pub(super) fn remove_button(self) -> Fresh {
        let (language, remove) = (self.language, move |_| {
            self.send(Method::Delete, String::new(), (self.language.promo_removed(), FIELD));
        });
        view! { <button type="button" class="link small" on:click=remove>{language.remove()}</button> }.fresh()
    }

    /// The field with its button, while no code is in the price.
    pub(super) fn field(self) -> Fresh {
        let none = Memo::new(move |_| self.facts.with(|facts| facts.hold.promo_code.is_none()));
        // A removal that failed has no field to stand at.
        let wrong = move || if none.get() { None } else { self.wrong.get() };
        view! {
            {move || if none.get() { self.form() } else { self.in_price() }}
            <p class="vh" role="status">{move || self.said.get()}</p>
            <p class="err" role="alert">{wrong}</p>
        }
        .fresh()
    }

    /// That a code is in the price; it is taken out beside its line there.
    fn in_price(self) -> Fresh {
        let icon = TICK;
        view! {
            <p class="row level" id=IN_PRICE tabindex="-1">
                <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=icon></svg>
                {self.language.promo_applied()}
            </p>
        }
        .fresh()
    }

    fn form(self) -> Fresh {
        let language = self.language;
        let node = NodeRef::<Input>::new();
        let apply = move || {
            let code = typed(node).trim().to_owned();
            if code.is_empty() {
                self.wrong.set(Some(language.enter_promo().to_owned()));
                browser::focus(FIELD);
            } else {
                self.send(Method::Put, code, (language.promo_applied(), IN_PRICE));
            }
        };
        let enter = move |event: ev::KeyboardEvent| {
            if event.key() == "Enter" {
                event.prevent_default();
                apply();
            }
        };
        view! {
            <div class="field">
                <label for=FIELD>{language.promo_code()}" "<span class="soft">{language.if_you_have_one()}</span></label>
                <p class="err" id="promo-err" role="alert">{move || self.wrong.get()}</p>
                <div class="row apply">
                    <input class="in" id=FIELD node_ref=node autocapitalize="characters" autocomplete="off"
                        spellcheck="false" maxlength="64" on:keydown=enter
                        aria-invalid=move || self.wrong.with(|wrong| wrong.as_ref().map(|_| "true"))
                        aria-describedby=move || self.wrong.with(|wrong| wrong.as_ref().map(|_| "promo-err"))/>
                    <BusyButton class="btn" busy=self.busy label=language.apply() busy_label=language.applying()
                        press=Callback::new(move |()| apply())/>
                </div>
            </div>
        }
        .fresh()
    }
}

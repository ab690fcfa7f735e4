//! The ways to pay that are offered.

use super::facts::Facts;
use crate::components::{BANK, CARD, Fresh, IntoFresh, SLOW, TICK, WALLET};
use crate::language::Language;
use leptos::prelude::*;
use onsale_core::api::booking::PaymentMethod;

/// A way to pay.
#[derive(Clone, Copy)]
pub(super) struct Way {
    pub(super) method: PaymentMethod,
    /// The sandbox's test card; nothing where the provider asks for the card itself.
    pub(super) token: Option<&'static str>,
    icon: &'static str,
    name: fn(Language) -> &'static str,
    more: fn(Language, bool) -> &'static str,
}

/// The provider's page asks for everything.
const REAL: &[Way] = &[
    Way {
        method: PaymentMethod::CreditCard,
        token: None,
        icon: CARD,
        name: Language::card,
        more: |language, _| language.card_more(),
    },
    Way {
        method: PaymentMethod::Wallet,
        token: None,
        icon: WALLET,
        name: Language::wallet,
        more: |language, _| language.wallet_more(),
    },
];

/// The sandbox's cards, by what they do.
const DEMO: &[Way] = &[
    Way {
        method: PaymentMethod::CreditCard,
        token: Some("pm_card_visa"),
        icon: TICK,
        name: Language::card_good,
        more: |language, _| language.card_good_more(),
    },
    Way {
        method: PaymentMethod::CreditCard,
        token: Some("pm_card_chargeDeclinedInsufficientFunds"),
        icon: CARD,
        name: Language::card_declined,
        more: |language, _| language.card_declined_more(),
    },
    Way {
        method: PaymentMethod::CreditCard,
        token: Some("pm_card_threeDSecure2Required"),
        icon: BANK,
        name: Language::card_redirect,
        more: |language, _| language.card_redirect_more(),
    },
    Way {
        method: PaymentMethod::CreditCard,
        token: Some("pm_sandbox_slow"),
        icon: SLOW,
        name: Language::card_slow,
        more: Language::card_slow_more,
    },
];

/// Where the event takes transfers.
const TRANSFER: Way = Way {
    method: PaymentMethod::BankTransfer,
    token: None,
    icon: BANK,
    name: Language::bank_transfer,
    more: |language, _| language.bank_transfer_more(),
};

/// What is offered for an event.
pub(super) fn ways(demo: bool, transfers: bool) -> impl Iterator<Item = &'static Way> {
    let cards = if demo { DEMO } else { REAL };
    cards.iter().chain(transfers.then_some(&TRANSFER))
}

/// The choice.
pub(super) fn choice(language: Language, demo: bool, facts: &Facts, chosen: RwSignal<usize>) -> Fresh {
    let seated = facts.seated();
    let options: Vec<_> = ways(demo, facts.transfers())
        .enumerate()
        .map(|(place, way)| {
            view! {
                <label class="option">
                    <input type="radio" name="way" prop:checked=move || chosen.get() == place
                        on:change=move |_| chosen.set(place)/>
                    <b>{(way.name)(language)}</b>
                    <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=way.icon></svg>
                    <small>{(way.more)(language, seated)}</small>
                </label>
            }
            .fresh()
        })
        .collect();
    view! {
        <fieldset class="stack">
            <legend><h2 class="t3">{language.how_to_pay()}</h2></legend>
            {demo.then(|| view! { <p class="soft">{language.demo_cards()}</p> }.fresh())}
            <div>{options}</div>
        </fieldset>
    }
    .fresh()
}

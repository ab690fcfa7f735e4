//! Beside what is being paid: the bank's turn, the payer's at the bank, or days until a transfer has arrived.

use super::facts::Facts;
use super::{Checkout, WAITS, summary};
use crate::api::{self, Method};
use crate::components::{ALERT, BANK, BusyButton, Fresh, IntoFresh, SLOW};
use crate::format::{Moment, money};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos::task::spawn_local;
use onsale_core::api::booking::TransferInstructions;

/// The provider is deciding.
pub(super) fn deciding(room: Checkout, facts: &Facts) -> Fresh {
    let language = room.language;
    let said = notice(SLOW, language.bank_decides(facts.seated()).to_owned(), language.bank_close());
    waits(room, facts, language.bank_title(), said)
}

/// The payer has to approve at the bank's page.
pub(super) fn at_bank(room: Checkout, facts: &Facts, url: String) -> Fresh {
    let language = room.language;
    let said = notice(ALERT, language.at_bank(facts.seated()).to_owned(), language.bank_close());
    let go_on = view! { <p><a class="btn go big" href=url rel="noreferrer">{language.go_to_bank()}</a></p> };
    waits(room, facts, language.at_bank_title(), view! { {said}{go_on} }.fresh())
}

/// The money of a transfer is awaited: what to write on it, and until when.
pub(super) fn transfer(
    room: Checkout,
    facts: &Facts,
    transfer: &TransferInstructions,
    until: Option<DateTime<Utc>>,
    url: String,
) -> Fresh {
    let language = room.language;
    let zone = facts.event.as_ref().map_or("UTC", |event| event.venue.time_zone.as_str());
    let until = until.map(|until| language.transfer_until(&Moment::at(language, until, zone).date_and_time()));
    let line =
        |name: &'static str, value: String| view! { <div><dt>{name}</dt><dd class="num">{value}</dd></div> }.fresh();
    let said = notice(BANK, until.unwrap_or_default(), language.transfer_close());
    let instructions = view! {
        {said}
        <section class="card stack" aria-labelledby="transfer">
            <h2 id="transfer" class="t3">{language.transfer_what()}</h2>
            <dl class="lines">
                {line(language.transfer_holder(), transfer.account_holder.clone())}
                {line("IBAN", transfer.iban.clone())}
                {line("BIC", transfer.bic.clone())}
                {line(language.transfer_reference(), transfer.reference.clone())}
                <div class="total"><dt>{language.transfer_amount()}</dt><dd>{money(language, facts.hold.total)}</dd></div>
            </dl>
            <p class="soft small">{language.transfer_exact()}</p>
            <p><a href=url rel="noreferrer">{language.transfer_page()}</a></p>
        </section>
    };
    waits(room, facts, language.transfer_title(), instructions.fresh())
}

fn waits(room: Checkout, facts: &Facts, title: &'static str, said: Fresh) -> Fresh {
    view! {
        <div class="wrap split">
            <div class="stack">
                <h1 class="t3" id=WAITS tabindex="-1">{title}</h1>
                {said}
            </div>
            {summary::aside(room.language, facts, &|| None, Some(give_up(room)))}
        </div>
    }
    .fresh()
}

/// Gives up the order that is being paid. Whatever is answered, the page then shows where it stands.
fn give_up(room: Checkout) -> Fresh {
    let language = room.language;
    let busy = RwSignal::new(false);
    let press = Callback::new(move |()| {
        busy.set(true);
        spawn_local(async move {
            let path = format!("/api/bookings/reservations/{}", room.reservation.get_value());
            let _shown_by_the_page = api::effect::<_, ()>(Method::Delete, &path, &()).await;
            room.reload();
        });
    });
    view! {
        <p class="small">
            <BusyButton class="link small" busy=busy label=language.cancel_order() busy_label=language.cancelling() press=press/>
        </p>
    }
    .fresh()
}

fn notice(icon: &'static str, text: String, more: &'static str) -> Fresh {
    view! {
        <div class="notice" role="status">
            <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=icon></svg>
            <div><p>{text}</p><p class="soft small">{more}</p></div>
        </div>
    }
    .fresh()
}

//! Giving tickets back: what would be refunded first, then the question, then it is done.

use super::Facts;
use crate::api::{self, Failure, Key, Method};
use crate::components::{BusyButton, Fresh, IntoFresh, dialog};
use crate::format::money;
use crate::language::Language;
use leptos::prelude::*;
use leptos::task::spawn_local;
use onsale_core::api::booking::{CancelQuote, CancelRequest, Order};
use onsale_core::{Money, OrderId, TicketId, TicketStatus};
use std::collections::BTreeSet;

/// What the dialog shows.
#[derive(Clone)]
enum Shown {
    Nothing,
    Quote(CancelQuote),
    NotNow,
    Failed(Failure),
}

#[derive(Clone, Copy)]
struct Desk {
    language: Language,
    facts: StoredValue<Facts>,
    open: RwSignal<bool>,
    asking: RwSignal<bool>,
    giving: RwSignal<bool>,
    shown: RwSignal<Shown>,
    chosen: RwSignal<BTreeSet<TicketId>>,
    wrong: RwSignal<Option<String>>,
    changed: Callback<(Order, String)>,
}

/// The button and its dialog; nothing where no ticket is left to give back.
pub(super) fn return_tickets(language: Language, facts: Facts, changed: Callback<(Order, String)>) -> Option<Fresh> {
    let any = facts.order.tickets.iter().any(|ticket| ticket.status == TicketStatus::Valid);
    let desk = Desk {
        language,
        facts: StoredValue::new(facts),
        open: RwSignal::new(false),
        asking: RwSignal::new(false),
        giving: RwSignal::new(false),
        shown: RwSignal::new(Shown::Nothing),
        chosen: RwSignal::new(BTreeSet::new()),
        wrong: RwSignal::new(None),
        changed,
    };
    let title = Signal::derive(move || match desk.shown.get() {
        Shown::NotNow => language.not_cancellable_title(),
        Shown::Nothing | Shown::Quote(_) | Shown::Failed(_) => language.return_title(),
    });
    let ask = Callback::new(move |()| desk.ask());
    any.then(|| {
        view! {
            <BusyButton class="btn" busy=desk.asking label=language.return_tickets() busy_label=language.asking_quote() press=ask/>
            {dialog(desk.open, title, view! { <div class="stack">{move || desk.inside()}</div> }.fresh())}
        }
        .fresh()
    })
}

impl Desk {
    /// Asks what would be given back.
    fn ask(self) {
        self.asking.set(true);
        spawn_local(async move {
            let order = self.facts.with_value(|facts| facts.order.order_id);
            let quote = api::get_mine::<CancelQuote>(&format!("/api/bookings/{order}/cancel-quote")).await;
            self.asking.set(false);
            self.wrong.set(None);
            self.shown.set(match quote {
                Ok(quote) if quote.cancellable => {
                    self.chosen.set(quote.tickets.iter().map(|ticket| ticket.ticket_id).collect());
                    Shown::Quote(quote)
                }
                Ok(_) => Shown::NotNow,
                Err(failure) => Shown::Failed(failure),
            });
            self.open.set(true);
        });
    }

    /// Gives the chosen ones back.
    fn give(self, total: Money) {
        let tickets: Vec<_> = self.chosen.get_untracked().into_iter().collect();
        if tickets.is_empty() {
            return self.wrong.set(Some(self.language.choose_one().to_owned()));
        }
        self.giving.set(true);
        self.wrong.set(None);
        spawn_local(async move {
            let order = self.facts.with_value(|facts| facts.order.order_id);
            let intention = intention(order, &tickets);
            let request = CancelRequest { tickets: Some(tickets) };
            let address = format!("/api/bookings/{order}/cancel");
            let done = api::effect_keyed(&Key::kept(&intention), Method::Post, &address, &request).await;
            self.giving.set(false);
            if !done.as_ref().is_err_and(Failure::is_worth_asking_again) {
                Key::forget(&intention);
            }
            match done.and_then(|answer| answer.read::<Order>()) {
                Ok(order) => {
                    self.open.set(false);
                    self.changed.run((order, self.language.refund_under_way(&money(self.language, total))));
                }
                Err(failure) => self.wrong.set(Some(failure.words(self.language))),
            }
        });
    }

    fn inside(self) -> Fresh {
        let language = self.language;
        let close = move |_| self.open.set(false);
        let text = match self.shown.get() {
            Shown::Quote(quote) => return self.question(&quote),
            Shown::Nothing => String::new(),
            Shown::NotNow => language.not_cancellable().to_owned(),
            Shown::Failed(failure) => failure.words(language),
        };
        view! { <p>{text}</p><p><button type="button" class="btn" on:click=close>{language.close()}</button></p> }
            .fresh()
    }

    fn question(self, quote: &CancelQuote) -> Fresh {
        let language = self.language;
        let currency = quote.refund.currency;
        let (refunds, kepts) = (parts(quote, |ticket| ticket.refund), parts(quote, |ticket| ticket.kept));
        let sum = move |of: &[(TicketId, i64)]| Money::new(self.chosen.with(|chosen| chosen_sum(of, chosen)), currency);
        let back = Memo::new(move |_| sum(&refunds));
        let kept = Memo::new(move |_| sum(&kepts));
        let items: Vec<_> = quote.tickets.iter().map(|ticket| self.line(ticket.ticket_id, ticket.refund)).collect();
        let press = Callback::new(move |()| self.give(back.get_untracked()));
        let close = move |_| self.open.set(false);
        view! {
            <p>{language.return_lede(self.facts.with_value(Facts::seated))}</p>
            <ul class="stack">{items}</ul>
            <dl class="lines">
                <div><dt>{language.is_kept()}</dt><dd>{move || money(language, kept.get())}</dd></div>
                <div class="total"><dt>{language.you_get_back()}</dt><dd>{move || money(language, back.get())}</dd></div>
            </dl>
            <p class="err" role="alert">{move || self.wrong.get()}</p>
            <p class="row">
                <BusyButton class="btn ink" busy=self.giving label=language.return_tickets() busy_label=language.returning() press=press/>
                <button type="button" class="btn" on:click=close>{language.keep_tickets()}</button>
            </p>
        }
        .fresh()
    }

    /// One ticket, to be chosen.
    fn line(self, id: TicketId, refund: Money) -> Fresh {
        let language = self.language;
        let label = self.facts.with_value(|facts| {
            let ticket = facts.order.tickets.iter().find(|ticket| ticket.ticket_id == id);
            ticket.map(|ticket| match (&ticket.row, &ticket.column) {
                (Some(row), Some(column)) => format!("{} · {row} {column}", facts.part(ticket)),
                _ => facts.kind(ticket),
            })
        });
        let toggle = move |_| {
            self.chosen.update(|chosen| {
                if !chosen.remove(&id) {
                    chosen.insert(id);
                }
            });
        };
        view! {
            <li>
                <label class="check">
                    <input type="checkbox" prop:checked=move || self.chosen.with(|chosen| chosen.contains(&id)) on:change=toggle/>
                    <span>{label}</span>
                    <span class="count num">{money(language, refund)}</span>
                </label>
            </li>
        }
        .fresh()
    }
}

/// What names it in the tab's storage: the same tickets are given back once, also over a reload.
fn intention(order: OrderId, tickets: &[TicketId]) -> String {
    let tickets = tickets.iter().map(ToString::to_string).collect::<Vec<_>>();
    format!("onsale.return.{order}.{}", tickets.join("."))
}

fn parts(quote: &CancelQuote, part: impl Fn(&onsale_core::api::booking::TicketQuote) -> Money) -> Vec<(TicketId, i64)> {
    quote.tickets.iter().map(|ticket| (ticket.ticket_id, part(ticket).minor)).collect()
}

/// What the chosen ones come to.
fn chosen_sum(parts: &[(TicketId, i64)], chosen: &BTreeSet<TicketId>) -> i64 {
    parts.iter().filter(|(id, _)| chosen.contains(id)).map(|(_, minor)| minor).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_chosen_ones_are_counted() {
        let id = |last: u8| {
            let text = format!("0193f0c4-1111-7222-8333-4444555566{last:02x}");
            text.parse::<TicketId>().expect("an id")
        };
        let parts = [(id(1), 4_600), (id(2), 2_300)];
        assert_eq!(chosen_sum(&parts, &BTreeSet::from([id(2)])), 2_300);
        assert_eq!(chosen_sum(&parts, &BTreeSet::new()), 0);
    }
}

//! What is the reader's, what it costs, and the one next step.

use super::hold;
use super::room::{Busy, Room};
use crate::format::money;
use crate::language::Language;
use crate::seats::{Board, SeatNo, seat_name};
use leptos::prelude::*;
use onsale_core::Money;

/// A seat of the tray.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Card {
    seat: SeatNo,
    zone: String,
    place: String,
    price: String,
    label: String,
    held: bool,
}

impl Card {
    /// What the reader chose and has.
    pub(super) fn of(language: Language, board: &Board) -> Vec<Self> {
        let plan = &board.plan;
        let cards = board.choice.all().map(|seat| {
            let price = money(language, plan.price(seat));
            Self {
                seat,
                zone: plan.zone(seat).name.clone(),
                place: format!("{} {}", plan.row(seat).label, plan.column(seat)),
                label: language.give_back(&seat_name(language, plan, seat), &price),
                held: board.choice.held().contains(&seat),
                price,
            }
        });
        cards.collect()
    }
}

/// How many are chosen or wanted, and not held yet.
fn pending(room: Room) -> (u32, u32) {
    let seats = room.cards().with(|cards| cards.iter().filter(|card| !card.held).count());
    let standing = room.wanted_standing.with(|counts| counts.iter().sum());
    (u32::try_from(seats).unwrap_or(u32::MAX), standing)
}

/// What all of it costs: what is held by the server's word, and what would come to it.
fn total(room: Room) -> Option<Money> {
    room.cards().track();
    let held = room.holding.with(|holding| holding.as_ref().map(|holding| holding.total));
    let chosen = room.look(|board| {
        let minor = board.choice.chosen().iter().map(|seat| board.plan.price(*seat).minor).sum();
        Money::new(minor, board.plan.currency)
    });
    let wanted = room.wanted_standing.get();
    let standing = room.event(|event| {
        let prices = event.standing.iter().zip(&wanted).filter_map(|(kind, count)| kind.price.times(*count).ok());
        prices.reduce(|sum, price| sum.add(price).unwrap_or(sum))
    });
    let zero = room.event(|event| {
        let currency = event.prices.first().map(|tag| tag.price.currency);
        currency.or_else(|| event.standing.first().map(|kind| kind.price.currency)).map(Money::zero)
    });
    let parts = [held, chosen, standing, zero];
    parts.into_iter().flatten().reduce(|sum, part| sum.add(part).unwrap_or(sum))
}

/// The tray.
#[component]
pub fn Tray(room: Room) -> impl IntoView {
    let language = room.language();
    let note = move || {
        let (seats, standing) = pending(room);
        match (seats + standing, room.is_holding()) {
            (0, true) => language.kept_for_you(),
            (0, false) => "",
            _ => language.not_kept_yet(),
        }
    };
    let is_empty = move || {
        room.cards().with(Vec::is_empty)
            && room.holding.with(|holding| holding.as_ref().is_none_or(|held| held.tickets.is_empty()))
    };
    let sum = move || total(room).map(|total| money(language, total));
    view! {
        <section class="tray" aria-labelledby="tray-h">
            <div class="row"><h2 id="tray-h">{language.your_seats()}</h2><span class="small push note">{note}</span></div>
            <div class="mine-room">
                <ul class="mine">
                    <For each=move || room.cards().get() key=|card| (card.seat, card.held) children=move |card| plate(room, card)/>
                    <HeldTickets room=room/>
                </ul>
                {move || is_empty().then(|| view! { <p class="small note">{language.tap_or_find()}</p> })}
            </div>
            <div class="row">
                <p class="sum"><b class="num">{sum}</b><small>{language.fees_in()}</small></p>
                <Next room=room/>
            </div>
            {move || room.is_holding().then(|| view! {
                <button type="button" class="link back" on:click=move |_| hold::give_all_back(room)>
                    {move || if room.busy.get() == Some(Busy::GivingBack) { language.giving_back() } else { language.give_all_back() }}
                </button>
            })}
        </section>
    }
}

fn plate(room: Room, card: Card) -> impl IntoView {
    let Card { seat, zone, place, price, label, held } = card;
    let class = if held { "plate num yours" } else { "plate num" };
    view! {
        <li>
            <button type="button" class=class aria-label=label on:click=move |_| room.toggle(seat)>
                <small>{zone}</small><b>{place}</b><small>{price}</small><span class="x" aria-hidden="true">"×"</span>
            </button>
        </li>
    }
}

/// The standing tickets of the hold.
#[component]
fn HeldTickets(room: Room) -> impl IntoView {
    let held = move || {
        let tickets = room.holding.with(|holding| holding.as_ref().map(|held| held.tickets.clone()));
        let tickets = tickets.unwrap_or_default().into_iter();
        tickets
            .map(|(code, count)| {
                let name = room.event(|event| {
                    event.standing.iter().find(|kind| kind.code == code).map(|kind| kind.name.clone())
                });
                view! {
                    <li><span class="plate num yours"><small>{name.unwrap_or(code)}</small><b>{format!("× {count}")}</b></span></li>
                }
            })
            .collect_view()
    };
    view! { {held} }
}

/// Hold, then pay: the button says which.
#[component]
fn Next(room: Room) -> impl IntoView {
    let language = room.language();
    let label = move || {
        let (seats, standing) = pending(room);
        match (seats, standing) {
            (0, 0) => language.choose_a_seat().to_owned(),
            (0, tickets) => language.hold_tickets(tickets.into()),
            (seats, 0) => language.hold(seats.into(), room.is_holding()),
            (seats, tickets) => language.hold_tickets(i64::from(seats) + i64::from(tickets)),
        }
    };
    let pay = move || {
        let held = room.holding.get()?;
        let nothing_more = pending(room) == (0, 0);
        nothing_more.then(|| (room.link(&format!("/checkout/{}", held.id)), language.pay(&money(language, held.total))))
    };
    let is_holding = move || room.busy.get() == Some(Busy::Holding);
    let idle = move || pending(room) == (0, 0) || room.busy.get().is_some();
    view! {
        {move || match pay() {
            Some((address, label)) => view! { <a class="btn go big push" href=address>{label}</a> }.into_any(),
            None => view! {
                <button type="button" class="btn go big push" aria-disabled=move || idle().then_some("true")
                    on:click=move |_| hold::hold(room)>
                    {move || if is_holding() { language.holding().to_owned() } else { label() }}
                </button>
            }
            .into_any(),
        }}
    }
}

/// How many standing tickets of each type.
#[component]
pub fn Standing(room: Room) -> impl IntoView {
    let language = room.language();
    let most = room.event(|event| event.max.unwrap_or(20));
    let kinds = room.event(|event| event.standing.clone()).into_iter().enumerate().map(|(place, kind)| {
        let count = move || room.wanted_standing.with(|counts| counts.get(place).copied().unwrap_or(0));
        let change = move |by: i32| {
            room.wanted_standing.update(|counts| {
                let sum: u32 = counts.iter().sum();
                if let Some(count) = counts.get_mut(place)
                    && (by < 0 || sum < most)
                {
                    *count = count.saturating_add_signed(by);
                }
            });
        };
        view! {
            <div class="row standing">
                <span><b>{kind.name.clone()}</b><br/><span class="num">{money(language, kind.price)}</span>
                    " "<span class="soft small">{language.fees_in()}</span></span>
                <span class="stepper push" role="group" aria-label=kind.name>
                    <button type="button" aria-label=language.one_fewer() on:click=move |_| change(-1)>
                        <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=super::MINUS></svg>
                    </button>
                    <output aria-live="polite">{count}</output>
                    <button type="button" aria-label=language.one_more() on:click=move |_| change(1)>
                        <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=super::PLUS></svg>
                    </button>
                </span>
            </div>
        }
    });
    view! {
        <section aria-labelledby="stand-h">
            <h2 id="stand-h">{language.standing_places()}</h2>
            <p class="soft small">{language.general_text()}</p>
            {kinds.collect_view()}
        </section>
    }
}

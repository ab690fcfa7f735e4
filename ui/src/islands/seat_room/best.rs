//! “Let us find them”: the best seats together, held at once.

use super::hold;
use super::room::{Busy, Room};
use crate::components::BusyButton;
use crate::seats::blocks_near;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use onsale_core::api::booking::{BestAvailable, ReserveRequest};

/// How many are asked for at first.
const USUAL: u32 = 2;

/// The form.
#[component]
pub fn Best(room: Room) -> impl IntoView {
    let language = room.language();
    let most = room.event(|event| event.max.unwrap_or(20).clamp(1, 20));
    let quantity = RwSignal::new(USUAL.min(most));
    let fewer = move |_| quantity.update(|count| *count = count.saturating_sub(1).max(1));
    let more = move |_| quantity.update(|count| *count = (*count + 1).min(most));
    let busy = Signal::derive(move || room.busy.get() == Some(Busy::Finding));
    let step_free = move |event: ev::Event| {
        let only = event_target_checked(&event);
        room.filter(|filter| filter.set_accessible(only));
    };
    view! {
        <section class="best" aria-labelledby="best-h">
            <h2 id="best-h">{language.find_them()}</h2>
            <div class="row">
                <span class="stepper" role="group" aria-label=language.how_many()>
                    <button type="button" aria-label=language.one_fewer() on:click=fewer>
                        <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=super::MINUS></svg>
                    </button>
                    <output aria-live="polite">{move || quantity.get()}</output>
                    <button type="button" aria-label=language.one_more() on:click=more>
                        <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=super::PLUS></svg>
                    </button>
                </span>
                <BusyButton class="btn ink grow" busy=busy label=language.best_together() busy_label=language.finding()
                    press=Callback::new(move |()| find(room, quantity.get_untracked()))/>
            </div>
            <label class="check small">
                <input type="checkbox" on:change=step_free/>
                <span>{language.step_free_only()}</span>
            </label>
        </section>
    }
}

/// The server picks where it can: it knows best what is free, and holds in the same moment. What it cannot be asked
/// for (several prices, seats to add to a hold) is picked here.
fn find(room: Room, quantity: u32) {
    if room.busy.get_untracked().is_some() {
        return;
    }
    let held = room.holding.with_untracked(Option::is_some);
    let wish = room.look(|board| {
        let category = match board.filter.categories() {
            [] => Some(None),
            [one] => board.plan.categories.get(usize::from(*one)).map(|category| Some(category.code.clone())),
            _ => None,
        };
        category.map(|category| BestAvailable { quantity, category, accessible: board.filter.is_accessible() })
    });
    room.change(|board| board.choose_instead(&[]));
    room.settle();
    match wish.flatten() {
        Some(wish) if !held => {
            let request =
                ReserveRequest { event_id: room.id(), seats: None, tickets: None, best_available: Some(wish) };
            spawn_local(hold::reserve(room, request, Busy::Finding));
        }
        _ => pick_here(room, quantity),
    }
}

fn pick_here(room: Room, quantity: u32) {
    let found = room.look(|board| {
        let wanted = |seat: u32| board.can_be_had(seat) && board.filter.lets(&board.plan, seat);
        let count = usize::try_from(quantity).unwrap_or(1);
        blocks_near(&board.plan, count, board.plan.focal, wanted, 1).into_iter().next()
    });
    match found.flatten() {
        Some(block) => {
            room.change(|board| board.choose_instead(&block));
            room.settle();
            hold::hold(room);
        }
        None => hold::tell(room, room.language().not_together().to_owned()),
    }
}

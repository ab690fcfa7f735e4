//! “Let us find them”: the best seats together, held at once.

use super::room::{Busy, Room};
use super::{dom, hold};
use crate::seats::block_near;
use leptos::task::spawn_local;
use onsale_core::EventId;
use onsale_core::api::booking::{BestAvailable, ReserveRequest};

/// An order never has more.
const MOST: u32 = 20;

/// One seat more or fewer.
pub(super) fn change_quantity(room: Room, more: bool) {
    let quantity = room.update(|state| {
        let most = state.max.unwrap_or(MOST).clamp(1, MOST);
        let changed = if more { state.quantity + 1 } else { state.quantity.saturating_sub(1) };
        state.quantity = changed.clamp(1, most);
        state.quantity
    });
    dom::text("n", &quantity.unwrap_or(1).to_string());
}

/// The server picks where it can: it knows best what is free, and holds in the same moment. What it cannot be asked
/// for (several prices, seats to add to a hold) is picked here.
pub(super) fn find(room: Room) {
    if room.is_busy() {
        return;
    }
    let quantity = room.with(|state| state.quantity);
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
    match (wish.flatten(), EventId::new(room.event())) {
        (Some(wish), Ok(event_id)) if room.hold_id().is_none() => {
            let request = ReserveRequest { event_id, seats: None, tickets: None, best_available: Some(wish) };
            spawn_local(hold::reserve(room, request, Busy::Finding));
        }
        _ => pick_here(room, quantity),
    }
}

fn pick_here(room: Room, quantity: u32) {
    let found = room.look(|board| {
        let wanted = |seat: u32| board.can_be_had(seat) && board.filter.lets(&board.plan, seat);
        block_near(&board.plan, usize::try_from(quantity).unwrap_or(1), board.plan.focal, wanted)
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

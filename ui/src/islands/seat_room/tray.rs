//! What is the reader's, what it costs, and the one next step.

use super::dom;
use super::html::{escape_html, plates};
use super::room::{Busy, Room};
use crate::format::money;
use onsale_core::Money;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// How many seats and standing tickets are wanted and not held yet.
fn pending(room: Room) -> (u32, u32) {
    let seats = room.look(|board| u32::try_from(board.choice.chosen().len()).unwrap_or(u32::MAX));
    let standing = room.with(|state| state.standing.iter().map(|kind| kind.wanted).sum());
    (seats.unwrap_or(0), standing)
}

/// What all of it costs: what is held by the server's word, and what would come to it.
fn total(room: Room) -> Option<Money> {
    let held = room.with(|state| state.holding.as_ref().map_or(0, |holding| holding.total.minor));
    let standing: i64 = room.with(|state| state.standing.iter().map(|kind| kind.minor * i64::from(kind.wanted)).sum());
    room.look(|board| {
        let chosen: i64 = board.choice.chosen().iter().map(|seat| board.plan.price(*seat).minor).sum();
        Money::new(held + standing + chosen, board.plan.currency)
    })
}

/// Writes the tray as it is now.
pub(super) fn write(room: Room) {
    let language = room.language();
    let (seats, standing) = pending(room);
    let holding = room.with(|state| state.holding.clone());
    let tickets: Vec<(String, u32)> = holding.iter().flat_map(|holding| &holding.tickets).cloned().collect();
    let tickets: Vec<(String, u32)> = tickets
        .into_iter()
        .map(|(code, count)| {
            let name =
                room.with(|state| state.standing.iter().find(|kind| kind.code == code).map(|kind| kind.name.clone()));
            (name.unwrap_or(code), count)
        })
        .collect();
    let cards = room.look(|board| plates(language, board, &tickets)).unwrap_or_default();
    dom::show("nothing", cards.is_empty());
    room.write("mine", &cards);
    let note = match (seats + standing, holding.is_some()) {
        (0, true) => language.kept_for_you(),
        (0, false) => "",
        _ => language.not_kept_yet(),
    };
    dom::text("note", note);
    if let Some(total) = total(room) {
        dom::text("sum", &money(language, total));
    }
    dom::show("back", holding.is_some());
    dom::show("hold", holding.is_some());
    let label = match (seats, standing) {
        (0, 0) => language.choose_a_seat().to_owned(),
        (seats, 0) => language.hold(seats.into(), holding.is_some()),
        (seats, tickets) => language.hold_tickets(i64::from(seats) + i64::from(tickets)),
    };
    let next = match holding {
        Some(holding) if (seats, standing) == (0, 0) => {
            let address = room.link(&format!("/checkout/{}", holding.id));
            let label = language.pay(&money(language, holding.total));
            format!(
                "<a class=\"btn go big\" data-act=\"pay\" href=\"{}\">{}</a>",
                escape_html(&address),
                escape_html(&label)
            )
        }
        _ => {
            let disabled = if (seats, standing) == (0, 0) { " aria-disabled=\"true\"" } else { "" };
            format!(
                "<button type=\"button\" class=\"btn go big\" data-act=\"hold\"{disabled}>{}</button>",
                escape_html(&label)
            )
        }
    };
    room.write("next", &next);
}

/// A button says what is happening, and keeps its width meanwhile.
pub(super) fn show_busy(room: Room, busy: Option<Busy>) {
    let language = room.language();
    let before = room.update(|state| std::mem::replace(&mut state.busy, busy)).flatten();
    let Some(act) = busy.or(before).map(|busy| match busy {
        Busy::Holding => ("hold", language.holding()),
        Busy::Finding => ("best", language.finding()),
        Busy::GivingBack => ("back", language.giving_back()),
    }) else {
        return;
    };
    let button = dom::all(&format!("[data-act=\"{}\"]", act.0)).into_iter().next();
    let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) else { return };
    if busy.is_some() {
        let width = button.offset_width();
        dom::attribute(&button, "data-label", button.text_content().as_deref());
        dom::attribute(&button, "style", Some(&format!("min-width:{width}px")));
        dom::attribute(&button, "aria-disabled", Some("true"));
        button.set_text_content(Some(act.1));
    } else if let Some(label) = button.get_attribute("data-label") {
        for name in ["style", "aria-disabled", "data-label"] {
            dom::attribute(&button, name, None);
        }
        button.set_text_content(Some(&label));
    }
}

/// One standing ticket more or fewer.
pub(super) fn want_standing(room: Room, place: usize, more: bool) {
    let count = room.update(|state| {
        let most = state.max.unwrap_or(20);
        let sum: u32 = state.standing.iter().map(|kind| kind.wanted).sum();
        let kind = state.standing.get_mut(place)?;
        if more && sum < most {
            kind.wanted += 1;
        } else if !more {
            kind.wanted = kind.wanted.saturating_sub(1);
        }
        Some(kind.wanted)
    });
    if let (Some(Some(count)), Some(output)) = (count, dom::all(".standing output").get(place)) {
        output.set_text_content(Some(&count.to_string()));
    }
    write(room);
}

//! What is known of the seat under the pointer or the keyboard.

use super::room::Room;
use super::state_word;
use crate::format::money;
use crate::language::Language;
use crate::seats::Board;
use leptos::prelude::*;

/// The tip's width, and its height as far as placing it goes, in pixels.
const WIDTH: f64 = 220.0;
const HEIGHT: f64 = 84.0;
const MARGIN: f64 = 8.0;

/// What it says, and where.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tip {
    place: String,
    letter: &'static str,
    text: String,
    x: f64,
    y: f64,
}

impl Tip {
    /// The tip of the seat that is pointed at; the keyboard's before the mouse's.
    pub(super) fn of(language: Language, board: &Board) -> Option<Self> {
        let seat = board.cursor().or(board.hovered())?;
        let plan = &board.plan;
        let (x, y) = board.camera().to_screen(plan.at(seat));
        let screen = board.screen();
        let room = board.camera().disc(plan.pitch).max(12.0) / 2.0 + 10.0;
        let above = y - room - HEIGHT;
        let price = format!("{}, {}", money(language, plan.price(seat)), language.fees_in());
        let mut text = match state_word(language, board.look(seat)) {
            Some(word) => format!("{price} · {word}"),
            None => price,
        };
        for (is_so, word) in
            [(plan.is_accessible(seat), language.step_free()), (plan.is_restricted(seat), language.restricted_view())]
        {
            if is_so {
                text.push_str(" · ");
                text.push_str(word);
            }
        }
        let row = language.row_named(&plan.row(seat).label);
        Some(Self {
            place: format!("{} · {row} · {}", plan.zone(seat).name, plan.column(seat)),
            letter: plan.category(seat).letter(),
            text,
            x: (x - WIDTH / 2.0).clamp(MARGIN, (screen.width - WIDTH - MARGIN).max(MARGIN)).round(),
            y: (if above > MARGIN { above } else { y + room }).round(),
        })
    }
}

/// The tip's box. What it says is spoken elsewhere.
#[component]
pub fn TipBox(room: Room) -> impl IntoView {
    let tip = room.tip();
    let style = move || tip.with(|tip| tip.as_ref().map(|tip| format!("transform:translate({}px,{}px)", tip.x, tip.y)));
    let content = move || {
        tip.get().map(|tip| {
            view! {
                <b>{tip.place}</b>
                <span class=format!("row {}", tip.letter)><span class="cat">{tip.letter}</span><span>{tip.text}</span></span>
            }
        })
    };
    view! {
        <div class="tip" aria-hidden="true" hidden=move || tip.with(Option::is_none) style=style>{content}</div>
    }
}

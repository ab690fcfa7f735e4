//! The list: sections, rows, seats. It does everything that the map does; before a script, the server wrote it.

use super::room::{Room, now_ms};
use super::state_word;
use crate::seats::{Board, Look, SeatNo, seat_label};
use leptos::prelude::*;
use std::ops::Range;

/// The list as the server wrote it into the page. It is not an argument of the island, so it does not travel twice.
#[derive(Debug, Clone)]
pub struct ListAsWritten(pub String);

/// The seats of a section's row, by their places.
pub(super) fn row_of(board: &Board, section: u32, row: u32) -> Option<Range<SeatNo>> {
    let zone = board.plan.zones.get(section as usize)?;
    let row = zone.rows.start.checked_add(row).filter(|row| zone.rows.contains(row))?;
    Some(board.plan.rows.get(row as usize)?.seats.clone())
}

/// A seat of the list.
#[derive(Debug, Clone, PartialEq)]
struct Item {
    seat: SeatNo,
    class: String,
    letter: &'static str,
    number: String,
    label: String,
}

fn items(room: Room) -> Vec<Item> {
    let language = room.language();
    let listed = room.look(|board| {
        let row = row_of(board, room.section.get(), room.row.get())?;
        let shown = row.filter(|seat| matches!(board.look(*seat), Look::Free | Look::Chosen | Look::Mine));
        let items = shown.map(|seat| {
            let category = board.plan.category(seat);
            let shape = if board.plan.is_accessible(seat) { " sq" } else { "" };
            Item {
                seat,
                class: format!("chip {}{shape}", category.letter()),
                letter: category.letter(),
                number: board.plan.column(seat).to_owned(),
                label: seat_label(language, &board.plan, seat),
            }
        });
        Some(items.collect())
    });
    listed.flatten().unwrap_or_default()
}

/// The list, as written by the server until the plan has come.
#[component]
pub fn List(room: Room) -> impl IntoView {
    let language = room.language();
    let written = use_context::<ListAsWritten>().map(|written| written.0).unwrap_or_default();
    view! {
        <section class="bylist" aria-labelledby="list-h">
            <h2 id="list-h">{language.from_a_list()}</h2>
            {move || if room.is_ready() {
                view! { <Live room=room/> }.into_any()
            } else {
                view! { <div class="as-written" inner_html=written.clone()></div> }.into_any()
            }}
        </section>
    }
}

#[component]
fn Live(room: Room) -> impl IntoView {
    let language = room.language();
    let sections = room.look(|board| {
        let names = board.plan.zones.iter().enumerate();
        names.map(|(place, zone)| view! { <option value=place.to_string()>{zone.name.clone()}</option> }).collect_view()
    });
    let rows = move || {
        let section = room.section.get();
        room.look(|board| {
            let rows = board.plan.zones.get(section as usize).map(|zone| zone.rows.clone()).unwrap_or(0..0);
            let labels = rows.filter_map(|row| board.plan.rows.get(row as usize)).enumerate();
            labels
                .map(|(place, row)| {
                    let chosen = u32::try_from(place).ok() == Some(room.row.get_untracked());
                    let name = language.row_named(&row.label);
                    view! { <option value=place.to_string() selected=chosen>{name}</option> }
                })
                .collect_view()
        })
    };
    let choose_section = move |event| {
        room.row.set(0);
        room.section.set(event_target_value(&event).parse().unwrap_or(0));
        show(room);
    };
    let choose_row = move |event| {
        room.row.set(event_target_value(&event).parse().unwrap_or(0));
        show(room);
    };
    let seats = Memo::new(move |_| {
        room.follow_list();
        items(room)
    });
    view! {
        <div class="pick">
            <select class="in" aria-label=language.section() prop:value=move || room.section.get().to_string()
                on:change=choose_section>{sections}</select>
            <select class="in" aria-label=language.row_word() prop:value=move || room.row.get().to_string()
                on:change=choose_row>{rows}</select>
        </div>
        <div class="seatlist num" role="group" aria-label=language.free_in_row()>
            <For each=move || seats.get() key=|item| (item.seat, item.label.clone()) children=move |item| chip(room, item)/>
            {move || seats.with(Vec::is_empty).then(|| view! { <p class="soft small">{language.none_in_row()}</p> })}
        </div>
    }
}

fn chip(room: Room, item: Item) -> impl IntoView {
    let Item { seat, class, letter, number, label } = item;
    let language = room.language();
    let look = move || {
        room.follow_list();
        room.look(|board| board.look(seat)).unwrap_or(Look::Free)
    };
    let pressed = move || if matches!(look(), Look::Chosen | Look::Mine) { "true" } else { "false" };
    let label = move || match state_word(language, look()) {
        Some(word) => format!("{label}, {word}"),
        None => label.clone(),
    };
    view! {
        <button type="button" class=class class:yours=move || look() == Look::Mine aria-pressed=pressed aria-label=label
            on:click=move |_| room.toggle(seat)>
            <span class="cat">{letter}</span>{number}
        </button>
    }
}

/// The map looks where the list is.
fn show(room: Room) {
    room.change(|board| {
        let row = row_of(board, room.section.get_untracked(), room.row.get_untracked());
        if let Some(row) = row.filter(|row| !row.is_empty()) {
            board.show(row.start + (row.end - row.start) / 2, now_ms());
        }
    });
}

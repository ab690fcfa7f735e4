//! Where seats are chosen: the room as it stands before it wakes, with the list of what is free, for those who read
//! without a script too.

use crate::format::{Moment, money};
use crate::islands::{ListAsWritten, PriceTag, RoomEvent, SeatRoom, StandingTag};
use crate::language::Language;
use crate::seats::{Category, Plan, States, seat_label};
use crate::shell::{Page, task_document};
use leptos::prelude::*;
use onsale_core::api::events::{CategoryPrice, EventDetail, SeatStates};
use std::sync::Arc;

/// Seats and their states, for the list; without them the list comes with the map.
#[derive(Debug, Clone)]
pub struct Seating {
    /// The plan.
    pub plan: Arc<Plan>,
    /// The states, of the same version.
    pub states: Arc<SeatStates>,
}

/// Which part of the list the address asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListPlace {
    /// The section, from 0.
    pub section: Option<u32>,
    /// The row of it, from 0.
    pub row: Option<u32>,
}

/// The page of an event's seats.
#[must_use]
pub fn seats(page: &Page, event: &EventDetail, seating: Option<&Seating>, asked: ListPlace) -> String {
    let language = page.language;
    let listed = seating.map(|seating| Listed::of(seating, asked));
    let (section, row) = listed.as_ref().map_or((0, 0), |listed| (listed.section, listed.row));
    let room = room_event(language, event, section, row);
    let title = format!("{}: {} · Onsale", language.choose_seats(), event.summary.name);
    let plan = format!("/api/events/{}/plan", event.summary.id);
    task_document(page, &title, "p-seats", || {
        if let Some(listed) = &listed {
            provide_context(ListAsWritten(listed.html(page)));
        }
        // The plan is asked for before the script that draws it is there.
        view! {
            <link rel="preload" href=plan r#as="fetch" crossorigin="anonymous"/>
            <SeatRoom language=language chosen=page.chosen event=room/>
        }
    })
}

fn room_event(language: Language, event: &EventDetail, section: u32, row: u32) -> RoomEvent {
    let summary = &event.summary;
    let starts = Moment::at(language, summary.starts_at, &summary.venue.time_zone);
    let seated = event.ticket_types.iter().filter_map(|kind| {
        Some(CategoryPrice {
            category: kind.category.clone()?,
            ticket_type: kind.ticket_type.clone(),
            name: kind.name.clone(),
            price: kind.price.clone(),
        })
    });
    let categories = Category::of_prices(&seated.collect::<Vec<_>>());
    let prices = categories.into_iter().map(|category| PriceTag {
        letter: category.letter().to_owned(),
        code: category.code,
        name: category.name,
        price: category.price,
    });
    let standing = event.ticket_types.iter().filter(|kind| kind.category.is_none()).map(|kind| StandingTag {
        code: kind.ticket_type.clone(),
        name: kind.name.clone(),
        price: kind.price.total,
    });
    RoomEvent {
        id: summary.id.clone(),
        title: summary.name.clone(),
        when: starts.date_and_time(),
        place: format!("{}, {}", summary.venue.name, summary.venue.city),
        venue: summary.venue.name.clone(),
        max: event.sale.max_per_account,
        prices: prices.collect(),
        standing: standing.collect(),
        section,
        row,
    }
}

/// The part of the list that is shown.
struct Listed<'a> {
    plan: &'a Plan,
    states: States,
    section: u32,
    row: u32,
}

impl<'a> Listed<'a> {
    /// What was asked for, else the first row with a free seat.
    fn of(seating: &'a Seating, asked: ListPlace) -> Self {
        let plan = seating.plan.as_ref();
        let mut states = States::unknown(plan);
        let _nothing_is_free_without_them = states.snapshot(plan, &seating.states);
        let free_in = |row: u32| plan.rows[row as usize].seats.clone().any(|seat| states.is_free(seat));
        let zones = u32::try_from(plan.zones.len()).unwrap_or(u32::MAX);
        let asked_section = asked.section.filter(|section| *section < zones);
        let first_free = || {
            let zone = plan.zones.iter().position(|zone| zone.rows.clone().any(free_in));
            zone.and_then(|zone| u32::try_from(zone).ok()).unwrap_or(0)
        };
        let section = asked_section.unwrap_or_else(first_free);
        let rows = plan.zones.get(section as usize).map(|zone| zone.rows.clone()).unwrap_or(0..0);
        let asked_row = asked.row.filter(|row| *row < rows.end - rows.start);
        let row = asked_row
            .unwrap_or_else(|| rows.clone().position(free_in).and_then(|row| u32::try_from(row).ok()).unwrap_or(0));
        Self { plan, states, section, row }
    }

    /// Sections and rows as a form that needs no script, and the free seats of the row.
    fn html(&self, page: &Page) -> String {
        let language = page.language;
        let Some(zone) = self.plan.zones.get(self.section as usize) else { return String::new() };
        let sections = (0_u32..).zip(&self.plan.zones).map(|(place, zone)| {
            view! { <option value=place selected=place == self.section>{zone.name.clone()}</option> }
        });
        let rows = (0_u32..).zip(zone.rows.clone()).map(|(place, row)| {
            let name = language.row_named(&self.plan.rows[row as usize].label);
            view! { <option value=place selected=place == self.row>{name}</option> }
        });
        let free = self.plan.rows.get((zone.rows.start + self.row) as usize).map(|row| row.seats.clone());
        let free = free.unwrap_or(0..0).filter(|seat| self.states.is_free(*seat));
        let seats: Vec<_> = free
            .map(|seat| {
                let category = self.plan.category(seat);
                let class = format!("chip {}{}", category.letter(), if self.plan.is_accessible(seat) { " sq" } else { "" });
                let number = self.plan.column(seat).to_owned();
                let title = format!("{} {}", category.name, money(language, category.price));
                view! {
                    <button type="button" class=class title=title aria-pressed="false" aria-label=seat_label(language, self.plan, seat)>
                        <span class="cat">{category.letter()}</span>{number}
                    </button>
                }
            })
            .collect();
        let nothing = seats.is_empty().then(|| view! { <p class="soft small">{language.none_in_row()}</p> });
        let lang = page.chosen.then(|| view! { <input type="hidden" name="lang" value=language.tag()/> });
        let form = view! {
            <form class="pick" method="get">
                {lang}
                <select class="in" name="section" aria-label=language.section()>{sections.collect_view()}</select>
                <select class="in" name="row" aria-label=language.row_word()>{rows.collect_view()}</select>
                <noscript><button class="btn">{language.show_row()}</button></noscript>
            </form>
            <noscript><p class="soft small">{language.choosing_needs_script()}</p></noscript>
            <div class="seatlist num" role="group" aria-label=language.free_in_row()>{seats}{nothing}</div>
        };
        form.to_html()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seats::testing;

    #[test]
    fn the_list_begins_where_something_is_free_and_escapes_names() {
        let plan = testing::house(3, 4);
        let mut digits = "2".repeat(12);
        digits.replace_range(5..6, "0");
        let states = Arc::new(testing::states(&plan, 7, &digits));
        let seating = Seating { plan: Arc::new(plan), states };
        let listed = Listed::of(&seating, ListPlace::default());
        assert_eq!((listed.section, listed.row), (0, 1));
        let asked = Listed::of(&seating, ListPlace { section: Some(0), row: Some(2) });
        assert_eq!((asked.section, asked.row), (0, 2));
        let beyond = Listed::of(&seating, ListPlace { section: Some(9), row: Some(9) });
        assert_eq!((beyond.section, beyond.row), (0, 1));
    }
}

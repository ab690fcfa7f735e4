//! Where seats are chosen: the room as it stands before it wakes, with the list of what is free, for those who read
//! without a script too.

mod listed;
mod room;

use crate::bundle::Bundle;
use crate::islands::seat_room::{AsWritten, SeatRoom};
use crate::seats::Plan;
use crate::shell::{Page, task_document};
use leptos::prelude::*;
use listed::Listed;
use onsale_core::api::events::{EventDetail, SeatStates};
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
    let id = event.summary.id.to_string();
    let title = format!("{}: {} · Onsale", language.choose_seats(), event.summary.name);
    let plan = format!("/api/events/{id}/plan");
    let max = event.sale.max_per_account.unwrap_or(0);
    task_document(page, Bundle::Room, &title, "p-seats", || {
        provide_context(AsWritten(room::room(page, event, listed.as_ref()).to_html()));
        // The plan is asked for before the script that draws it is there.
        view! {
            <link rel="preload" href=plan r#as="fetch" crossorigin="anonymous"/>
            <SeatRoom language=language chosen=page.chosen event=id max=max section=section row=row/>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seats::testing;

    fn seating(digits: &str) -> Seating {
        let plan = testing::house(3, 4);
        let states = Arc::new(testing::states(&plan, 7, digits));
        Seating { plan: Arc::new(plan), states }
    }

    #[test]
    fn the_list_begins_where_something_is_free() {
        let mut digits = "2".repeat(12);
        digits.replace_range(5..6, "0");
        let seating = seating(&digits);
        let place = |section, row| {
            let listed = Listed::of(&seating, ListPlace { section, row });
            (listed.section, listed.row)
        };
        assert_eq!(place(None, None), (0, 1));
        assert_eq!(place(Some(0), Some(2)), (0, 2));
        assert_eq!(place(Some(9), Some(9)), (0, 1), "what is not there was not asked for");
    }
}

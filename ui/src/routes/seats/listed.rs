//! The part of the list that the server writes.

use super::{ListPlace, Seating};
use crate::islands::seat_room::html;
use crate::language::Language;
use crate::seats::{Look, Plan, States};

/// A section's row.
pub(super) struct Listed<'a> {
    plan: &'a Plan,
    states: States,
    pub(super) section: u32,
    pub(super) row: u32,
}

impl<'a> Listed<'a> {
    /// What was asked for, else the first row with a free seat.
    pub(super) fn of(seating: &'a Seating, asked: ListPlace) -> Self {
        let plan = seating.plan.as_ref();
        let mut states = States::unknown(plan);
        let _nothing_is_free_without_them = states.snapshot(plan, &seating.states);
        let free_in = |row: u32| plan.rows[row as usize].seats.clone().any(|seat| states.is_free(seat));
        let place = |found: Option<usize>| found.and_then(|found| u32::try_from(found).ok()).unwrap_or(0);
        let section = asked.section.filter(|section| plan.zones.get(*section as usize).is_some());
        let section =
            section.unwrap_or_else(|| place(plan.zones.iter().position(|zone| zone.rows.clone().any(free_in))));
        let mut rows = plan.zones.get(section as usize).map(|zone| zone.rows.clone()).unwrap_or(0..0);
        let row = asked.row.filter(|row| *row < rows.end - rows.start);
        let row = row.unwrap_or_else(|| place(rows.position(free_in)));
        Self { plan, states, section, row }
    }

    /// How many are free in all.
    pub(super) fn free(&self) -> i64 {
        self.states.free().into()
    }

    /// How many are free of a category.
    pub(super) fn free_of(&self, code: &str) -> i64 {
        let category = self.plan.categories.iter().position(|category| category.code == code);
        category.and_then(|place| u8::try_from(place).ok()).map_or(0, |place| self.states.free_of(place).into())
    }

    pub(super) fn sections(&self) -> String {
        html::sections(self.plan, self.section)
    }

    pub(super) fn rows(&self, language: Language) -> String {
        html::rows(language, self.plan, self.section, self.row)
    }

    pub(super) fn seats(&self, language: Language) -> String {
        let row = self.plan.zones.get(self.section as usize).map(|zone| zone.rows.start + self.row);
        let seats = row.and_then(|row| self.plan.rows.get(row as usize)).map(|row| row.seats.clone());
        html::chips(language, self.plan, seats.unwrap_or(0..0), |seat| {
            if self.states.is_free(seat) { Look::Free } else { Look::Gone }
        })
    }
}

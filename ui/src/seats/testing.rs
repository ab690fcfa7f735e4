//! Houses for tests.

use super::plan::{Category, Plan, PlanBuilder};
use onsale_core::api::events::SeatStates;
use onsale_core::{Currency, Money};

fn category(code: &str, minor: i64, colour: u8) -> Category {
    Category { code: code.to_owned(), name: code.to_owned(), price: Money::new(minor, Currency::EUR), colour }
}

/// One zone of straight rows below the stage, 10 units from seat to seat and 12 from row to row. The first half of
/// the rows is of category A. Seats are called `row-column`, both from 1.
pub(crate) fn house(rows: u16, columns: u16) -> Plan {
    let categories = vec![category("A", 9_200, 0), category("B", 4_500, 1)];
    let width = f32::from(columns) * 10.0;
    let mut builder = PlanBuilder::new(3, Currency::EUR, (width, 100.0), (width / 2.0, -30.0), categories);
    builder.zone(1, "Stalls <centre>".to_owned());
    for row in 0..rows {
        builder.row((row + 1).to_string());
        for column in 0..columns {
            let id = format!("{}-{}", row + 1, column + 1);
            let at = (f32::from(column) * 10.0, f32::from(row) * 12.0);
            let category = if row < rows.div_ceil(2) { "A" } else { "B" };
            builder.seat(&id, &(column + 1).to_string(), at, category, (row + 1 == rows && column == 0, column == 1));
        }
    }
    builder.finish(Vec::new())
}

/// Rows that stand wider apart the farther they are from the stage, as in a house that is bent around it: 10, 13, 16, …
/// from seat to seat. In the middle of each is an aisle.
pub(crate) fn fan(rows: u16, columns: u16) -> Plan {
    let mut builder = PlanBuilder::new(1, Currency::EUR, (1.0, 1.0), (0.0, 0.0), vec![category("A", 9_200, 0)]);
    builder.zone(1, "Stalls".to_owned());
    for row in 0..rows {
        builder.row((row + 1).to_string());
        let spacing = 10.0 + 3.0 * f32::from(row);
        for column in 0..columns {
            let aisle = if column < columns / 2 { 0.0 } else { 1.0 };
            let at = ((f32::from(column) + aisle) * spacing, f32::from(row) * 40.0);
            builder.seat(&format!("{}-{}", row + 1, column + 1), &(column + 1).to_string(), at, "A", (false, false));
        }
    }
    builder.finish(Vec::new())
}

/// States of a house.
pub(crate) fn states(plan: &Plan, version: i64, digits: &str) -> SeatStates {
    let count = |digit: char| digits.chars().filter(|known| *known == digit).map(|_| 1_i64).sum();
    SeatStates {
        version,
        plan_version: plan.version,
        states: digits.to_owned(),
        free: count('0'),
        held: count('1'),
        sold: count('2'),
    }
}

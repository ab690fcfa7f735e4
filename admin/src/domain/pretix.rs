//! Seating plans in pretix's exchange format
//! (<https://github.com/pretix/pretix/blob/master/src/pretix/static/seating/seating-plan.schema.json>, draft-07), in both
//! directions. A plan that was read and is written again is the same: what has no meaning here is kept beside.
//!
//! Positions there are relative: a seat's to its row's, a row's to its zone's.

mod wire;

pub use wire::{PretixArea, PretixCategory, PretixPlan, PretixRow, PretixSeat, PretixText, PretixZone};

use super::Violations;
use onsale_core::SeatId;
use onsale_core::hall::{
    Category, Fixture, Hall, Laid, Number, Part, PlacedSeat, SeatKind, SeatRow, Seats, Shape, Size, Spot,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashSet;
use std::sync::Arc;
use wire::{RowBeside, SeatBeside, ZoneBeside};

/// What our own parts are drawn in there: the dark of the house.
const HOUSE: &str = "#14181f";
/// What stands on it.
const ON_HOUSE: &str = "#f4f6f8";
/// Standing areas.
const FLOOR: &str = "#e8ecf0";

/// What keeps a plan from being sold from as it is.
#[must_use]
pub fn violations(plan: &PretixPlan) -> Violations {
    let mut wrong = Violations::new();
    let categories: HashSet<&str> = plan.categories.iter().map(|category| category.name.as_str()).collect();
    for (zone_index, zone) in plan.zones.iter().enumerate() {
        for (row_index, row) in zone.rows.iter().enumerate() {
            for (index, seat) in row.seats.iter().enumerate() {
                let at = || format!("zones[{zone_index}].rows[{row_index}].seats[{index}]");
                if !categories.contains(seat.category.as_str()) {
                    wrong.add(format!("{}.category", at()), "unknown", "name one of the plan's categories");
                }
                if let Err(error) = SeatId::new(seat.seat_guid.as_str()) {
                    wrong.add(format!("{}.seat_guid", at()), "invalid", error.to_string());
                }
            }
        }
    }
    wrong
}

/// The hall of a plan: a part for each zone, with its seats as they were placed.
#[must_use]
pub fn import(plan: PretixPlan) -> Hall {
    let parts = (1..=u16::MAX).zip(plan.zones).map(|(number, zone)| Arc::new(import_zone(number, zone)));
    let parts: Vec<Arc<Part>> = parts.collect();
    let next = u16::try_from(parts.len() + 1).unwrap_or(u16::MAX);
    let categories =
        plan.categories.into_iter().map(|category| Category { name: category.name, color: category.color });
    Hall { name: plan.name, size: plan.size, categories: categories.collect(), next, parts }
}

fn import_zone(number: u16, zone: PretixZone) -> Part {
    let beside = ZoneBeside { zone_id: zone.zone_id, uuid: zone.uuid, displayed: zone.displayed };
    let fixtures = zone.areas.map(|areas| areas.iter().map(import_area).collect());
    let rows = zone.rows.into_iter().map(import_row).collect();
    let shape = Shape::Seats(Seats { rows, fixtures });
    Part { number, name: zone.name, at: zone.position, turn: 0.0, shape, beside: kept(&beside) }
}

fn import_row(row: PretixRow) -> SeatRow {
    let beside = RowBeside {
        row_label: row.row_label,
        seat_label: row.seat_label,
        row_number_position: row.row_number_position,
        uuid: row.uuid,
        number_of_seats: row.number_of_seats,
        seats_spacing: row.seats_spacing,
    };
    let seats = row.seats.into_iter().map(import_seat).collect();
    SeatRow { label: row.row_number, at: row.position, seats, beside: kept(&beside) }
}

fn import_seat(seat: PretixSeat) -> PlacedSeat {
    let beside = SeatBeside { uuid: seat.uuid, start_direction: seat.start_direction, radius: seat.radius };
    PlacedSeat {
        id: seat.seat_guid,
        column: seat.seat_number,
        at: seat.position,
        category: seat.category,
        kind: SeatKind::default(),
        gap_before: false,
        beside: kept(&beside),
    }
}

fn import_area(area: &PretixArea) -> Fixture {
    let size = match (area.width, area.height) {
        (Some(Number(width)), Some(Number(height))) => Some(Size { width, height }),
        _ => area.rectangle,
    };
    let name = area.text.as_ref().map(PretixText::as_str).unwrap_or_default().to_owned();
    let at = area.position.unwrap_or_default();
    let size = size.filter(|size| size.width > 0.0 && size.height > 0.0);
    Fixture { name, at, size, written: serde_json::to_string(area).unwrap_or_default() }
}

/// What is kept beside as text; nothing where nothing was said.
fn kept<T: Serialize>(beside: &T) -> String {
    serde_json::to_string(beside).ok().filter(|text| text != "{}").unwrap_or_default()
}

fn told<T: DeserializeOwned + Default>(beside: &str) -> T {
    serde_json::from_str(beside).unwrap_or_default()
}

/// The plan of a hall. What is drawn by rule comes with the seats that it stands for; that a seat is step-free, a
/// companion's or of restricted view has no place there.
#[must_use]
pub fn export(hall: &Hall) -> PretixPlan {
    let (shift, size) = hall.framed();
    let categories = hall.categories.iter();
    PretixPlan {
        name: hall.name.clone(),
        categories: categories
            .map(|category| PretixCategory { name: category.name.clone(), color: category.color.clone() })
            .collect(),
        size,
        zones: hall.parts.iter().map(|part| export_part(part, shift)).collect(),
    }
}

fn export_part(part: &Part, shift: Spot) -> PretixZone {
    let beside: ZoneBeside = told(&part.beside);
    let (rows, areas) = match &part.shape {
        Shape::Seats(seats) => {
            let rows = seats.rows.iter().map(|row| export_row(part, row)).collect();
            let fixtures = seats.fixtures.as_ref();
            (rows, fixtures.map(|all| all.iter().map(|fixture| export_fixture(part, fixture)).collect()))
        }
        Shape::Block(_) => (export_block(part), None),
        Shape::Stage(size) => (Vec::new(), Some(vec![drawn_area(part, *size, HOUSE, ON_HOUSE)])),
        Shape::Standing(standing) => {
            let size = Size { width: standing.width, height: standing.height };
            (Vec::new(), Some(vec![drawn_area(part, size, FLOOR, HOUSE)]))
        }
        Shape::Label(label) => (Vec::new(), Some(vec![word(part, label.height, HOUSE)])),
    };
    PretixZone {
        name: part.name.clone(),
        zone_id: beside.zone_id,
        uuid: beside.uuid,
        displayed: beside.displayed,
        position: part.at.moved(shift),
        rows,
        areas,
    }
}

fn export_row(part: &Part, row: &SeatRow) -> PretixRow {
    let beside: RowBeside = told(&row.beside);
    let seats = row.seats.iter().map(|seat| {
        let beside: SeatBeside = told(&seat.beside);
        PretixSeat {
            seat_guid: seat.id.clone(),
            seat_number: seat.column.clone(),
            uuid: beside.uuid,
            start_direction: beside.start_direction,
            radius: beside.radius,
            position: seat.at.turned(part.turn),
            category: seat.category.clone(),
        }
    });
    PretixRow {
        row_number: row.label.clone(),
        row_label: beside.row_label,
        seat_label: beside.seat_label,
        uuid: beside.uuid,
        seats: seats.collect(),
        number_of_seats: beside.number_of_seats,
        seats_spacing: beside.seats_spacing,
        row_number_position: beside.row_number_position,
        position: row.at.map(|at| at.turned(part.turn)),
    }
}

fn export_block(part: &Part) -> Vec<PretixRow> {
    let hundredths = |value: f64| (value * 100.0).round() / 100.0;
    let rows = Laid::of(part).rows.into_iter().map(|row| {
        let seats = row.seats.into_iter().map(|seat| PretixSeat {
            seat_guid: seat.id,
            seat_number: seat.column,
            uuid: None,
            start_direction: None,
            radius: None,
            position: Spot::new(hundredths(seat.at.x - part.at.x), hundredths(seat.at.y - part.at.y)),
            category: seat.category,
        });
        PretixRow { position: Some(Spot::default()), ..PretixRow::new(row.label, seats.collect()) }
    });
    rows.collect()
}

fn export_fixture(part: &Part, fixture: &Fixture) -> PretixArea {
    let area: PretixArea = told(&fixture.written);
    let is_moved = area.position.unwrap_or_default() != fixture.at || part.turn != 0.0;
    let position = if is_moved { Some(fixture.at.turned(part.turn)) } else { area.position };
    PretixArea { position, ..area }
}

fn drawn_area(part: &Part, size: Size, color: &str, on_color: &str) -> PretixArea {
    let text = part.name.clone().filter(|name| !name.is_empty());
    PretixArea {
        color: Some(color.to_owned()),
        border_color: Some(color.to_owned()),
        rotation: Some(Number(part.turn)),
        position: Some(Spot::default()),
        shape: Some("rectangle".to_owned()),
        rectangle: Some(Size { width: size.width.round(), height: size.height.round() }),
        text: text.map(|text| PretixText::styled(text, on_color, 16.0)),
        ..PretixArea::default()
    }
}

fn word(part: &Part, height: f64, color: &str) -> PretixArea {
    PretixArea {
        rotation: Some(Number(part.turn)),
        position: Some(Spot::default()),
        shape: Some("text".to_owned()),
        text: Some(PretixText::styled(part.name.clone().unwrap_or_default(), color, height.round())),
        ..PretixArea::default()
    }
}

//! What a seating plan must be like.

use super::Violations;
use onsale_core::plan::{Area, PlacedSeat, Point, Row, Seat, SeatingPlan, Zone};
use std::collections::HashSet;

/// The most seats of a plan.
pub const SEATS_MAX: usize = 60_000;
/// The most zones of a plan.
pub const ZONES_MAX: usize = 500;
/// The most rows of a zone.
pub const ROWS_MAX: usize = 1_000;
/// The most standing areas of a plan.
pub const AREAS_MAX: usize = 500;
/// The longest label of a row or seat, and the longest category, in characters.
pub const LABEL_MAX: usize = 64;
/// The farthest that a position may lie from the origin, in plan units.
const EXTENT_MAX: f32 = 1_000_000.0;

/// Everything that is wrong with a plan.
#[must_use]
pub fn violations(plan: &SeatingPlan) -> Violations {
    let mut wrong = Violations::new();
    text(&mut wrong, "name", &plan.name, 200);
    size(&mut wrong, "width", plan.width);
    size(&mut wrong, "height", plan.height);
    point(&mut wrong, "focalPoint", plan.focal_point);
    let seats = plan.seats().take(SEATS_MAX + 1).count();
    wrong.require(seats <= SEATS_MAX, "zones", "too_many_seats", format!("a plan has at most {SEATS_MAX} seats"));
    wrong.require(seats > 0 || !plan.areas.is_empty(), "zones", "empty", "draw at least one seat or one standing area");
    wrong.require(plan.zones.len() <= ZONES_MAX, "zones", "too_many", format!("use at most {ZONES_MAX} zones"));
    wrong.require(plan.areas.len() <= AREAS_MAX, "areas", "too_many", format!("use at most {AREAS_MAX} areas"));
    if !wrong.is_empty() {
        // Beyond its bounds a plan is not worth a closer look.
        return wrong;
    }
    let mut known = Known::default();
    for (index, zone) in plan.zones.iter().enumerate() {
        check_zone(&mut wrong, &mut known, index, zone);
    }
    for (index, area) in plan.areas.iter().enumerate() {
        check_area(&mut wrong, index, area);
    }
    wrong
}

/// The categories of a plan's seats, in the plan's order, each once.
#[must_use]
pub fn categories(plan: &SeatingPlan) -> Vec<String> {
    let mut seen = HashSet::new();
    plan.seats()
        .filter(|placed| seen.insert(&placed.seat.category))
        .map(|placed| placed.seat.category.clone())
        .collect()
}

/// The first seat of two plans that is not the same in both: its id, zone, row, number and category. Where seats stand
/// and what is to be known of them may differ.
#[must_use]
pub fn first_other_seat(before: &SeatingPlan, after: &SeatingPlan) -> Option<String> {
    let mut others = after.seats();
    for placed in before.seats() {
        let same = others.next().is_some_and(|other| {
            let place = |placed: &PlacedSeat<'_>| (placed.zone.zone_id, placed.row.label.clone());
            let seat = |placed: &PlacedSeat<'_>| {
                (placed.seat.seat_id.clone(), placed.seat.column.clone(), placed.seat.category.clone())
            };
            place(&placed) == place(&other) && seat(&placed) == seat(&other)
        });
        if !same {
            return Some(placed.seat.seat_id.to_string());
        }
    }
    others.next().map(|placed| placed.seat.seat_id.to_string())
}

#[derive(Default)]
struct Known<'a> {
    zones: HashSet<u16>,
    seats: HashSet<&'a str>,
    /// `/api/v1` names a seat by these three.
    places: HashSet<(u16, &'a str, &'a str)>,
}

fn check_zone<'a>(wrong: &mut Violations, known: &mut Known<'a>, index: usize, zone: &'a Zone) {
    let at = format!("zones[{index}]");
    wrong.require(
        known.zones.insert(zone.zone_id),
        format!("{at}.zoneId"),
        "duplicate",
        format!("zone {} is there twice: give each zone its own number", zone.zone_id),
    );
    text(wrong, &format!("{at}.name"), &zone.name, 200);
    if zone.rows.len() > ROWS_MAX {
        wrong.add(format!("{at}.rows"), "too_many", format!("use at most {ROWS_MAX} rows a zone"));
        return;
    }
    for (number, row) in zone.rows.iter().enumerate() {
        check_row(wrong, known, &format!("{at}.rows[{number}]"), zone.zone_id, row);
    }
}

fn check_row<'a>(wrong: &mut Violations, known: &mut Known<'a>, at: &str, zone_id: u16, row: &'a Row) {
    text(wrong, &format!("{at}.label"), &row.label, LABEL_MAX);
    for (number, seat) in row.seats.iter().enumerate() {
        if seat_is_plain(known, zone_id, row, seat) {
            continue;
        }
        check_seat(wrong, known, &format!("{at}.seats[{number}]"), zone_id, row, seat);
    }
}

/// The quick way for the seats with nothing to say about; it remembers those it passes.
fn seat_is_plain<'a>(known: &mut Known<'a>, zone_id: u16, row: &'a Row, seat: &'a Seat) -> bool {
    let place = (zone_id, row.label.as_str(), seat.column.as_str());
    let plain = is_text(&seat.column, LABEL_MAX)
        && is_text(&seat.category, LABEL_MAX)
        && is_near(seat.position)
        && !known.seats.contains(seat.seat_id.as_str())
        && !known.places.contains(&place);
    if plain {
        known.seats.insert(seat.seat_id.as_str());
        known.places.insert(place);
    }
    plain
}

fn check_seat(wrong: &mut Violations, known: &Known<'_>, at: &str, zone_id: u16, row: &Row, seat: &Seat) {
    text(wrong, &format!("{at}.column"), &seat.column, LABEL_MAX);
    text(wrong, &format!("{at}.category"), &seat.category, LABEL_MAX);
    point(wrong, &format!("{at}.position"), seat.position);
    wrong.require(
        !known.seats.contains(seat.seat_id.as_str()),
        format!("{at}.seatId"),
        "duplicate",
        format!("seat {} is there twice: seat ids are unique in the plan", seat.seat_id),
    );
    wrong.require(
        !known.places.contains(&(zone_id, row.label.as_str(), seat.column.as_str())),
        format!("{at}.column"),
        "duplicate",
        format!("zone {zone_id} has row {} seat {} twice", row.label, seat.column),
    );
}

fn check_area(wrong: &mut Violations, index: usize, area: &Area) {
    let at = format!("areas[{index}]");
    wrong.require(area.name.chars().count() <= 200, format!("{at}.name"), "too_long", "use at most 200 characters");
    point(wrong, &format!("{at}.position"), area.position);
    size(wrong, &format!("{at}.width"), area.width);
    size(wrong, &format!("{at}.height"), area.height);
}

fn is_text(text: &str, length_max: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= length_max && !text.chars().any(char::is_control)
}

fn text(wrong: &mut Violations, field: &str, value: &str, length_max: usize) {
    wrong.require(
        is_text(value, length_max),
        field,
        "invalid",
        format!("write 1 to {length_max} characters, no control characters"),
    );
}

fn is_near(at: Point) -> bool {
    at.x.abs() <= EXTENT_MAX && at.y.abs() <= EXTENT_MAX
}

fn point(wrong: &mut Violations, field: &str, at: Point) {
    wrong.require(is_near(at), field, "out_of_range", format!("x and y lie within ± {EXTENT_MAX}"));
}

fn size(wrong: &mut Violations, field: &str, value: f32) {
    let good = value > 0.0 && value <= EXTENT_MAX;
    wrong.require(good, field, "out_of_range", format!("give a size above 0, at most {EXTENT_MAX}"));
}

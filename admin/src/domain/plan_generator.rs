//! Draws a plan from its description: blocks of rows, straight or curved around the stage.

use super::Violations;
use super::plan_rules::{ROWS_MAX, SEATS_MAX, ZONES_MAX};
use onsale_core::SeatId;
use onsale_core::api::admin::{PlanGenerator, ZoneGenerator};
use onsale_core::plan::{Point, Row, Seat, SeatingPlan, Zone};

/// Between the middles of neighbouring seats, in plan units.
const SEAT_SPACING: f32 = 5.5;
/// Between rows.
const ROW_SPACING: f32 = 9.0;
/// Between a block and the next.
const ZONE_GAP: f32 = 14.0;
/// The width of an aisle.
const AISLE: f32 = 12.0;
/// From the stage to the first row.
const STAGE_GAP: f32 = 30.0;
/// Around the drawing.
const MARGIN: f32 = 20.0;
/// A bent row is drawn at most so much wider than its seats are: what lies far back stays a block, not a scatter.
const STRETCH_MAX: f32 = 2.2;
/// The widest that a row may bend around the stage.
const CURVE_MAX: f32 = 300.0;

/// The plan that is described, or everything that is wrong with the description.
pub fn generate(description: &PlanGenerator) -> Result<SeatingPlan, Violations> {
    let wrong = violations(description);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut wrong = Violations::new();
    let mut depth = STAGE_GAP;
    let mut zones = Vec::with_capacity(description.zones.len());
    for (index, zone) in description.zones.iter().enumerate() {
        zones.push(draw_zone(&mut wrong, index, zone, &mut depth));
        depth += ZONE_GAP;
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let name = description.name.clone().unwrap_or_else(|| "Seating plan".to_owned());
    let mut plan = SeatingPlan {
        name,
        width: 0.0,
        height: 0.0,
        focal_point: Point { x: 0.0, y: 0.0 },
        zones,
        areas: description.areas.clone(),
    };
    move_into_frame(&mut plan);
    Ok(plan)
}

fn violations(description: &PlanGenerator) -> Violations {
    let mut wrong = Violations::new();
    let zones = &description.zones;
    wrong.require(zones.len() <= ZONES_MAX, "zones", "too_many", format!("use at most {ZONES_MAX} zones"));
    let seats: u64 = zones.iter().map(|zone| u64::from(zone.rows) * u64::from(zone.seats_per_row)).sum();
    wrong.require(
        seats <= SEATS_MAX as u64,
        "zones",
        "too_many_seats",
        format!("a plan has at most {SEATS_MAX} seats"),
    );
    for (index, zone) in zones.iter().enumerate() {
        let at = |field: &str| format!("zones[{index}].{field}");
        wrong.require(
            (1..=ROWS_MAX as u64).contains(&u64::from(zone.rows)),
            at("rows"),
            "out_of_range",
            format!("use 1 to {ROWS_MAX} rows"),
        );
        wrong.require(
            (1..=1000).contains(&zone.seats_per_row),
            at("seatsPerRow"),
            "out_of_range",
            "use 1 to 1000 seats a row",
        );
        wrong.require(
            (0.0..=CURVE_MAX).contains(&zone.curve_degrees),
            at("curveDegrees"),
            "out_of_range",
            "use 0 (straight) to 300 degrees",
        );
        wrong.require(zone.aisles_after.len() <= 100, at("aislesAfter"), "too_many", "use at most 100 aisles");
    }
    wrong
}

fn draw_zone(wrong: &mut Violations, index: usize, zone: &ZoneGenerator, depth: &mut f32) -> Zone {
    let columns = columns(zone);
    let prefix = zone.seat_id_prefix.clone().unwrap_or_else(|| format!("{}-", zone.zone_id));
    let mut rows = Vec::with_capacity(zone.rows as usize);
    for row in 0..zone.rows {
        let radius = (*depth).max(radius_min(zone, &columns));
        *depth = radius + ROW_SPACING;
        let label = row_label(row);
        let mut seats = Vec::with_capacity(columns.len());
        for column in &columns {
            let id = format!("{prefix}{label}{}", column.number);
            match SeatId::new(id) {
                Ok(seat_id) => seats.push(draw_seat(zone, seat_id, row, radius, column, &columns)),
                Err(error) => {
                    wrong.add(format!("zones[{index}].seatIdPrefix"), "invalid", format!("seat ids {error}"));
                    return Zone { zone_id: zone.zone_id, name: zone.name.clone(), rows };
                }
            }
        }
        rows.push(Row { label, seats });
    }
    Zone { zone_id: zone.zone_id, name: zone.name.clone(), rows }
}

/// A column: its number, how far it lies from the row's left end, and whether an aisle is before it.
struct Column {
    number: u32,
    offset: f32,
    gap_before: bool,
}

fn columns(zone: &ZoneGenerator) -> Vec<Column> {
    let mut offset = 0.0;
    let mut columns = Vec::with_capacity(zone.seats_per_row as usize);
    for number in 1..=zone.seats_per_row {
        let gap_before = number > 1 && zone.aisles_after.contains(&(number - 1));
        if number > 1 {
            offset += if gap_before { AISLE } else { SEAT_SPACING };
        }
        columns.push(Column { number, offset, gap_before });
    }
    columns
}

fn row_width(columns: &[Column]) -> f32 {
    columns.last().map_or(0.0, |last| last.offset)
}

/// A curved row keeps its seats apart: the nearest that it may come to the stage.
fn radius_min(zone: &ZoneGenerator, columns: &[Column]) -> f32 {
    if zone.curve_degrees > 0.0 { row_width(columns) / zone.curve_degrees.to_radians() } else { 0.0 }
}

fn draw_seat(
    zone: &ZoneGenerator,
    seat_id: SeatId,
    row: u32,
    radius: f32,
    column: &Column,
    columns: &[Column],
) -> Seat {
    let width = row_width(columns);
    let position = if zone.curve_degrees > 0.0 && width > 0.0 {
        let span = zone.curve_degrees.to_radians().min(STRETCH_MAX * width / radius);
        let angle = (column.offset / width - 0.5) * span;
        Point { x: radius * angle.sin(), y: radius * angle.cos() }
    } else {
        Point { x: column.offset - width / 2.0, y: radius }
    };
    let at_an_end =
        column.number <= zone.accessible_at_ends || column.number + zone.accessible_at_ends > zone.seats_per_row;
    Seat {
        seat_id,
        column: column.number.to_string(),
        position: Point { x: tenths(position.x), y: tenths(position.y) },
        category: zone.category.clone(),
        accessible: zone.accessible_at_ends > 0 && row + 1 == zone.rows && at_an_end,
        companion: false,
        restricted_view: false,
        gap_before: column.gap_before,
    }
}

/// Moves everything so that the drawing begins at the origin, and measures it.
fn move_into_frame(plan: &mut SeatingPlan) {
    let start = (plan.focal_point, plan.focal_point);
    let (low, high) = plan.seats().map(|placed| placed.seat.position).fold(start, |(low, high), at| {
        (Point { x: low.x.min(at.x), y: low.y.min(at.y) }, Point { x: high.x.max(at.x), y: high.y.max(at.y) })
    });
    let shift = Point { x: MARGIN - low.x, y: MARGIN - low.y };
    for seat in plan.zones.iter_mut().flat_map(|zone| &mut zone.rows).flat_map(|row| &mut row.seats) {
        seat.position = Point { x: tenths(seat.position.x + shift.x), y: tenths(seat.position.y + shift.y) };
    }
    plan.focal_point = Point { x: tenths(shift.x), y: tenths(shift.y) };
    plan.width = tenths(high.x - low.x + 2.0 * MARGIN);
    plan.height = tenths(high.y - low.y + 2.0 * MARGIN);
}

/// A tenth of a plan unit is a centimetre: finer is noise in the document.
fn tenths(value: f32) -> f32 {
    (value * 10.0).round() / 10.0
}

/// A to Z, then AA, AB, …
#[must_use]
pub fn row_label(index: u32) -> String {
    let letter = |digit: u32| char::from(b'A' + u8::try_from(digit % 26).unwrap_or(0));
    let mut label = String::new();
    let mut rest = index;
    loop {
        label.insert(0, letter(rest));
        if rest < 26 {
            return label;
        }
        rest = rest / 26 - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone() -> ZoneGenerator {
        ZoneGenerator {
            zone_id: 1,
            name: "Stalls".into(),
            category: "A".into(),
            rows: 3,
            seats_per_row: 10,
            seat_id_prefix: None,
            curve_degrees: 90.0,
            aisles_after: vec![5],
            accessible_at_ends: 1,
        }
    }

    fn plan(zones: Vec<ZoneGenerator>) -> Result<SeatingPlan, Violations> {
        generate(&PlanGenerator { name: None, zones, areas: Vec::new() })
    }

    #[test]
    fn rows_are_lettered_like_columns_of_a_sheet() {
        let labels: Vec<_> = [0, 25, 26, 51, 52, 701, 702].into_iter().map(row_label).collect();
        assert_eq!(labels, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn seats_keep_their_distance_and_lie_inside() {
        let plan = plan(vec![zone(), ZoneGenerator { zone_id: 2, curve_degrees: 0.0, ..zone() }]).expect("a plan");
        let seats: Vec<_> = plan.seats().map(|placed| placed.seat.clone()).collect();
        assert_eq!(seats.len(), 60);
        for (index, a) in seats.iter().enumerate() {
            assert!(a.position.x >= 0.0 && a.position.x <= plan.width, "{a:?}");
            assert!(a.position.y >= 0.0 && a.position.y <= plan.height, "{a:?}");
            for b in &seats[index + 1..] {
                let apart = (a.position.x - b.position.x).hypot(a.position.y - b.position.y);
                assert!(apart > 4.5, "{} and {} are {apart} apart", a.seat_id, b.seat_id);
            }
        }
        assert_eq!(seats.iter().filter(|seat| seat.accessible).count(), 4);
        assert_eq!(seats.iter().filter(|seat| seat.gap_before).count(), 6);
        assert!(super::super::plan_rules::violations(&plan).is_empty());
    }

    #[test]
    fn a_block_far_from_the_stage_stays_together() {
        let front = ZoneGenerator { rows: 40, seats_per_row: 40, ..zone() };
        let plan = plan(vec![front, ZoneGenerator { zone_id: 2, ..zone() }]).expect("a plan");
        for row in plan.zones.iter().flat_map(|zone| &zone.rows) {
            for pair in row.seats.windows(2).filter(|pair| !pair[1].gap_before) {
                let apart = (pair[0].position.x - pair[1].position.x).hypot(pair[0].position.y - pair[1].position.y);
                assert!((4.5..=12.3).contains(&apart), "{} and its neighbour are {apart} apart", pair[0].seat_id);
            }
        }
    }

    #[test]
    fn too_much_is_refused_before_it_is_drawn() {
        let huge = ZoneGenerator { rows: 1000, seats_per_row: 1000, ..zone() };
        assert!(plan(vec![huge]).is_err());
        let bad_prefix = ZoneGenerator { seat_id_prefix: Some("not good ".into()), ..zone() };
        assert!(plan(vec![bad_prefix]).is_err());
    }
}

//! The halls of the seasons.

use onsale_admin::service::add_plan::PlanSource;
use onsale_core::SeatId;
use onsale_core::api::admin::{PlanGenerator, ZoneGenerator};
use onsale_core::plan::{Area, Point, Row, Seat, SeatingPlan, Zone};

/// A hall, by what is in it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Hall {
    /// Blocks of curved or straight rows, one behind the other.
    Blocks(&'static [Block]),
    /// Rings of blocks around a floor.
    Arena(&'static [Ring]),
    /// Standing only.
    Standing,
}

/// A block of rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub name: &'static str,
    pub category: &'static str,
    pub rows: u32,
    pub seats_per_row: u32,
    /// How far the rows bend around the stage, in degrees.
    pub curve: u16,
    pub aisles_after: &'static [u32],
    /// Seats at each end of the last row without a step.
    pub accessible: u32,
}

/// A ring of an arena: blocks side by side around the floor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ring {
    /// The first block's number, e.g. 101.
    pub first: u16,
    pub category: &'static str,
    pub blocks: u16,
    pub rows: u16,
    pub seats_per_row: u16,
    /// From the middle of the floor to the first row, in plan units.
    pub radius: u16,
}

/// What the rings leave open for the stage, in degrees.
const STAGE_DEGREES: f32 = 60.0;
/// Between the rows of an arena, in plan units.
const ROW_SPACING: f32 = 8.5;
/// The part of its angle that a block's seats fill; the rest is stairs.
const BLOCK_FILL: f32 = 0.92;
/// Around the drawing.
const MARGIN: f32 = 40.0;

impl Hall {
    /// The plan to add; nothing where nobody sits.
    pub(super) fn source(&self, name: &str) -> Option<PlanSource> {
        match self {
            Self::Blocks(blocks) => Some(PlanSource::Described(blocks_plan(name, blocks))),
            Self::Arena(rings) => Some(PlanSource::Drawn(arena_plan(name, rings))),
            Self::Standing => None,
        }
    }
}

fn blocks_plan(name: &str, blocks: &[Block]) -> PlanGenerator {
    let zones = blocks.iter().zip(1_u16..).map(|(block, zone_id)| ZoneGenerator {
        zone_id,
        name: block.name.to_owned(),
        category: block.category.to_owned(),
        rows: block.rows,
        seats_per_row: block.seats_per_row,
        seat_id_prefix: Some(format!("{zone_id}-")),
        curve_degrees: f32::from(block.curve),
        aisles_after: block.aisles_after.to_vec(),
        accessible_at_ends: block.accessible,
    });
    PlanGenerator { name: Some(name.to_owned()), zones: zones.collect(), areas: Vec::new() }
}

fn arena_plan(name: &str, rings: &[Ring]) -> SeatingPlan {
    let outermost = rings.iter().map(|ring| f32::from(ring.radius) + f32::from(ring.rows) * ROW_SPACING);
    let reach = outermost.fold(0.0, f32::max) + MARGIN;
    let middle = Point { x: reach, y: reach };
    let stage = Point { x: reach, y: reach - 250.0 };
    let zones = rings.iter().flat_map(|ring| (0..ring.blocks).map(move |block| arena_block(ring, block, middle)));
    SeatingPlan {
        name: name.to_owned(),
        width: 2.0 * reach,
        height: 2.0 * reach,
        focal_point: stage,
        zones: zones.collect(),
        areas: vec![Area { name: "Floor".to_owned(), position: middle, width: 420.0, height: 380.0, capacity: None }],
    }
}

fn arena_block(ring: &Ring, block: u16, middle: Point) -> Zone {
    let number = ring.first + block;
    let share = (360.0 - STAGE_DEGREES) / f32::from(ring.blocks);
    // Angles run clockwise from the stage, which is at the top.
    let centre = STAGE_DEGREES / 2.0 + share * (f32::from(block) + 0.5);
    let rows = (0..ring.rows).map(|row| {
        let radius = f32::from(ring.radius) + f32::from(row) * ROW_SPACING;
        let label = (row + 1).to_string();
        let seats = (0..ring.seats_per_row).map(|seat| {
            let across = (f32::from(seat) + 0.5) / f32::from(ring.seats_per_row) - 0.5;
            let angle = (centre + across * share * BLOCK_FILL).to_radians();
            arena_seat(
                ring,
                number,
                row,
                seat,
                Point { x: tenths(middle.x + radius * angle.sin()), y: tenths(middle.y - radius * angle.cos()) },
            )
        });
        Row { label, seats: seats.flatten().collect() }
    });
    Zone { zone_id: number, name: format!("Block {number}"), rows: rows.collect() }
}

fn arena_seat(ring: &Ring, block: u16, row: u16, seat: u16, position: Point) -> Option<Seat> {
    Some(Seat {
        seat_id: SeatId::new(format!("{block}-{}-{}", row + 1, seat + 1)).ok()?,
        column: (seat + 1).to_string(),
        position,
        category: ring.category.to_owned(),
        // The first row of the lowest ring is level with the doors.
        accessible: ring.first < 200 && row == 0 && seat < 4,
        companion: false,
        restricted_view: false,
        gap_before: false,
    })
}

/// `HOT_EVENT_001`: a hundred straight rows of a hundred, `SEAT-0` to `SEAT-9999`.
pub(super) fn hot_plan() -> PlanSource {
    const SIDE: u16 = 100;
    let rows = (0..SIDE).map(|row| {
        let seats = (0..SIDE).map(|column| {
            Some(Seat {
                seat_id: SeatId::new(format!("SEAT-{}", u32::from(row) * u32::from(SIDE) + u32::from(column))).ok()?,
                column: (column + 1).to_string(),
                position: Point { x: 20.0 + f32::from(column) * 5.5, y: 60.0 + f32::from(row) * 9.0 },
                category: "STANDARD".to_owned(),
                accessible: false,
                companion: false,
                restricted_view: false,
                gap_before: false,
            })
        });
        Row { label: (row + 1).to_string(), seats: seats.flatten().collect() }
    });
    let zone = Zone { zone_id: 1, name: "STANDARD".to_owned(), rows: rows.collect() };
    PlanSource::Drawn(SeatingPlan {
        name: "Hot event".to_owned(),
        width: 590.0,
        height: 990.0,
        focal_point: Point { x: 292.0, y: 20.0 },
        zones: vec![zone],
        areas: Vec::new(),
    })
}

fn tenths(value: f32) -> f32 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_of_an_arena_keep_their_distance() {
        let rings = [Ring { first: 101, category: "A", blocks: 20, rows: 10, seats_per_row: 20, radius: 450 }];
        let plan = arena_plan("Arena", &rings);
        assert_eq!(plan.seats().count(), 4000);
        let seats: Vec<_> = plan.zones[3].rows.iter().flat_map(|row| &row.seats).collect();
        for (index, a) in seats.iter().enumerate() {
            for b in &seats[index + 1..] {
                let apart = (a.position.x - b.position.x).hypot(a.position.y - b.position.y);
                assert!(apart > 4.5, "{} and {} are {apart} apart", a.seat_id, b.seat_id);
            }
        }
    }

    #[test]
    fn the_hot_event_has_the_seats_that_load_tests_name() {
        let PlanSource::Drawn(plan) = hot_plan() else { panic!("it is drawn") };
        let ids: Vec<_> = plan.seats().map(|placed| placed.seat.seat_id.to_string()).collect();
        assert_eq!(ids.len(), 10_000);
        assert_eq!((ids[0].as_str(), ids[9_999].as_str()), ("SEAT-0", "SEAT-9999"));
    }
}

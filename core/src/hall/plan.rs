//! From a hall to the plan that is sold from, and back.

use super::{
    Category, Fixture, Hall, Laid, LaidRow, Part, PlacedSeat, SeatKind, SeatRow, Seats, Shape, Size, Spot, Standing,
};
use crate::ids::SeatId;
use crate::plan::{Area, Point, Row, Seat, SeatingPlan, Zone};
use std::sync::Arc;

/// Around the drawing, in plan units.
const MARGIN: f64 = 20.0;

impl Hall {
    /// How far everything moves so that the drawing begins at its origin, and the drawing's size. What came with a
    /// size and is within it stays where it is, as does what was not drawn here.
    #[must_use]
    pub fn framed(&self) -> (Spot, Option<Size>) {
        let seats = self.parts.iter().flat_map(|part| {
            let laid = Laid::of(part);
            laid.seats().map(|seat| seat.at).collect::<Vec<_>>()
        });
        let areas: Vec<Placed> = self.parts.iter().flat_map(|part| placed_areas(part)).collect();
        let (low, high) = reach(seats.chain(areas.iter().flat_map(Placed::corners)));
        let fits = |size: &Size| low.x >= 0.0 && low.y >= 0.0 && high.x <= size.width && high.y <= size.height;
        if self.parts.iter().all(|part| matches!(part.shape, Shape::Seats(_))) || self.size.as_ref().is_some_and(fits) {
            return (Spot::default(), self.size);
        }
        let (shift, size) = self.frame((low, high));
        (
            Spot::new(shift.x.round(), shift.y.round()),
            Some(Size { width: size.width.ceil(), height: size.height.ceil() }),
        )
    }

    /// The plan that is sold from. A seat whose id cannot be one is left out: [`problems`](super::problems) names it.
    #[must_use]
    pub fn plan(&self) -> SeatingPlan {
        let mut zones: Vec<(Zone, Vec<Spot>)> = Vec::new();
        for part in &self.parts {
            if matches!(part.shape, Shape::Block(_) | Shape::Seats(_)) {
                zones.push(zone(part));
            }
        }
        let mut areas: Vec<Placed> = self.parts.iter().flat_map(|part| placed_areas(part)).collect();
        let corners = areas.iter().flat_map(Placed::corners);
        let (low, high) = reach(zones.iter().flat_map(|(_, spots)| spots.iter().copied()).chain(corners));
        let focal = self.focal(&areas).unwrap_or(Spot::new(f64::midpoint(low.x, high.x), low.y - MARGIN / 2.0));
        let told =
            self.size.filter(|size| low.x >= 0.0 && low.y >= 0.0 && high.x <= size.width && high.y <= size.height);
        let (shift, size) = match told {
            Some(size) => (Spot::default(), size),
            None => self.frame(reach([low, high, focal].into_iter())),
        };
        for (zone, spots) in &mut zones {
            let seats = zone.rows.iter_mut().flat_map(|row| &mut row.seats);
            seats.zip(spots).for_each(|(seat, spot)| seat.position = self.point(*spot, shift));
        }
        areas.iter_mut().for_each(|area| area.at = area.at.moved(shift));
        let areas = areas.into_iter().filter(|area| !area.is_stage).map(Placed::area).collect();
        SeatingPlan {
            name: self.name.clone(),
            width: single(size.width),
            height: single(size.height),
            focal_point: self.point(focal, shift),
            zones: zones.into_iter().map(|(zone, _)| zone).filter(|zone| !zone.rows.is_empty()).collect(),
            areas,
        }
    }

    /// A tenth of a plan unit is a centimetre: finer is noise, but what was told is kept.
    fn point(&self, spot: Spot, shift: Spot) -> Point {
        let spot = spot.moved(shift);
        let fine = |value: f64| if self.size.is_some() { value } else { (value * 10.0).round() / 10.0 };
        Point { x: single(fine(spot.x)), y: single(fine(spot.y)) }
    }

    fn frame(&self, (low, high): (Spot, Spot)) -> (Spot, Size) {
        let size = Size { width: high.x - low.x + 2.0 * MARGIN, height: high.y - low.y + 2.0 * MARGIN };
        if self.parts.iter().all(|part| matches!(part.shape, Shape::Seats(_))) && low.x >= 0.0 && low.y >= 0.0 {
            // Nothing was drawn here: what came from elsewhere stays where it was.
            let size = Size { width: high.x + MARGIN / 2.0, height: high.y + MARGIN / 2.0 };
            return (Spot::default(), size);
        }
        (Spot::new(MARGIN - low.x, MARGIN - low.y), size)
    }

    /// Where the eyes go: the edge of the stage.
    fn focal(&self, areas: &[Placed]) -> Option<Spot> {
        let drawn = self.parts.iter().find_map(|part| match &part.shape {
            Shape::Stage(size) => Some(Spot::new(0.0, size.height / 2.0).turned(part.turn).moved(part.at)),
            _ => None,
        });
        drawn.or_else(|| areas.iter().find(|area| is_stage(&area.name)).map(|area| area.at))
    }
}

/// Whether what is written on an area says that it is the stage.
fn is_stage(name: &str) -> bool {
    const WORDS: [&str; 6] = ["stage", "bühne", "scène", "escenario", "palco", "podium"];
    let name = name.to_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}

#[expect(clippy::cast_possible_truncation, reason = "plans are drawn in single precision")]
fn single(value: f64) -> f32 {
    value as f32
}

fn reach(spots: impl Iterator<Item = Spot>) -> (Spot, Spot) {
    let (mut low, mut high) = (Spot::default(), Spot::default());
    for (nth, at) in spots.enumerate() {
        if nth == 0 {
            (low, high) = (at, at);
        }
        low = Spot::new(low.x.min(at.x), low.y.min(at.y));
        high = Spot::new(high.x.max(at.x), high.y.max(at.y));
    }
    (low, high)
}

/// A part's zone, and where its seats stand.
fn zone(part: &Part) -> (Zone, Vec<Spot>) {
    let mut spots = Vec::new();
    let rows = Laid::of(part).rows.into_iter().map(|row| {
        let seats = row.seats.into_iter().filter_map(|seat| {
            let seat_id = SeatId::new(seat.id).ok()?;
            spots.push(seat.at);
            Some(Seat {
                seat_id,
                column: seat.column,
                position: Point { x: 0.0, y: 0.0 },
                category: seat.category,
                accessible: seat.kind.accessible,
                companion: seat.kind.companion,
                restricted_view: seat.kind.restricted_view,
                gap_before: seat.gap_before,
            })
        });
        Row { label: row.label, seats: seats.collect() }
    });
    let rows: Vec<Row> = rows.filter(|row| !row.seats.is_empty()).collect();
    let name = part.name.clone().filter(|name| !name.trim().is_empty());
    let name = name.unwrap_or_else(|| format!("Zone {}", part.number));
    (Zone { zone_id: part.number, name, rows }, spots)
}

/// An area where it is in the hall.
struct Placed {
    name: String,
    at: Spot,
    size: Size,
    capacity: Option<u32>,
    is_stage: bool,
}

impl Placed {
    fn corners(&self) -> [Spot; 2] {
        let (wide, high) = (self.size.width / 2.0, self.size.height / 2.0);
        [Spot::new(self.at.x - wide, self.at.y - high), Spot::new(self.at.x + wide, self.at.y + high)]
    }

    fn area(self) -> Area {
        Area {
            name: self.name,
            position: Point { x: single(self.at.x), y: single(self.at.y) },
            width: single(self.size.width),
            height: single(self.size.height),
            capacity: self.capacity,
        }
    }
}

fn placed_areas(part: &Part) -> Vec<Placed> {
    let name = part.name.clone().unwrap_or_default();
    match &part.shape {
        Shape::Stage(size) => vec![Placed { name, at: part.at, size: *size, capacity: None, is_stage: true }],
        Shape::Standing(Standing { width, height, capacity }) => {
            let size = Size { width: *width, height: *height };
            vec![Placed { name, at: part.at, size, capacity: Some(*capacity), is_stage: false }]
        }
        Shape::Seats(seats) => {
            let placed = |fixture: &Fixture| {
                let at = fixture.at.turned(part.turn).moved(part.at);
                Some(Placed { name: fixture.name.clone(), at, size: fixture.size?, capacity: None, is_stage: false })
            };
            seats.fixtures.iter().flatten().filter_map(placed).collect()
        }
        Shape::Block(_) | Shape::Label(_) => Vec::new(),
    }
}

/// Laid-out rows as seats that were placed one by one.
pub(super) fn seats_of(laid: Laid) -> Seats {
    let row = |row: LaidRow| SeatRow {
        label: row.label,
        at: None,
        seats: row
            .seats
            .into_iter()
            .map(|seat| PlacedSeat {
                id: seat.id,
                column: seat.column,
                at: seat.at,
                category: seat.category,
                kind: seat.kind,
                gap_before: seat.gap_before,
                beside: String::new(),
            })
            .collect(),
        beside: String::new(),
    };
    Seats { rows: laid.rows.into_iter().map(row).collect(), fixtures: None }
}

/// The hall of a plan that was sold from, to be drawn on: its seats keep their ids, rows, numbers and zones.
#[must_use]
pub fn drawn_from(plan: &SeatingPlan) -> Hall {
    let spot = |at: Point| Spot::new(f64::from(at.x), f64::from(at.y));
    let mut categories: Vec<Category> = Vec::new();
    for placed in plan.seats() {
        if !categories.iter().any(|known| known.name == placed.seat.category) {
            categories.push(Category { name: placed.seat.category.clone(), color: None });
        }
    }
    let seat = |seat: &Seat| PlacedSeat {
        id: seat.seat_id.to_string(),
        column: seat.column.clone(),
        at: spot(seat.position),
        category: seat.category.clone(),
        kind: SeatKind {
            accessible: seat.accessible,
            companion: seat.companion,
            restricted_view: seat.restricted_view,
        },
        gap_before: seat.gap_before,
        beside: String::new(),
    };
    let part = |number: u16, name: &str, at: Spot, shape: Shape| {
        Arc::new(Part { number, name: Some(name.to_owned()), at, turn: 0.0, shape, beside: String::new() })
    };
    let mut parts: Vec<Arc<Part>> = Vec::new();
    for zone in &plan.zones {
        let rows = zone.rows.iter().map(|row| SeatRow {
            label: row.label.clone(),
            at: None,
            seats: row.seats.iter().map(seat).collect(),
            beside: String::new(),
        });
        let seats = Seats { rows: rows.collect(), fixtures: None };
        parts.push(part(zone.zone_id, &zone.name, Spot::default(), Shape::Seats(seats)));
    }
    let mut next = plan.zones.iter().map(|zone| zone.zone_id).max().unwrap_or(0).saturating_add(1);
    for area in &plan.areas {
        let (width, height) = (f64::from(area.width), f64::from(area.height));
        let shape = match area.capacity {
            None if is_stage(&area.name) => Shape::Stage(Size { width, height }),
            capacity => Shape::Standing(Standing { width, height, capacity: capacity.unwrap_or(0) }),
        };
        parts.push(part(next, &area.name, spot(area.position), shape));
        next = next.saturating_add(1);
    }
    if !parts.iter().any(|part| matches!(part.shape, Shape::Stage(_))) {
        let size = Size { width: 120.0, height: 20.0 };
        let at = spot(plan.focal_point).moved(Spot::new(0.0, -size.height / 2.0));
        parts.push(part(next, "", at, Shape::Stage(size)));
        next = next.saturating_add(1);
    }
    let size = Some(Size { width: f64::from(plan.width), height: f64::from(plan.height) });
    Hall { name: plan.name.clone(), size, categories, next, parts }
}

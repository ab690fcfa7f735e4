//! Reads seating plans in pretix's exchange format
//! (<https://github.com/pretix/pretix/blob/master/src/pretix/static/seating/seating-plan.schema.json>, draft-07).
//!
//! Positions there are relative: a seat's to its row's, a row's to its zone's.

use super::Violations;
use super::plan_rules::SEATS_MAX;
use onsale_core::SeatId;
use onsale_core::plan::{Area, Point, Row, Seat, SeatingPlan, Zone};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use utoipa::ToSchema;

/// A plan in pretix's format.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub struct PretixPlan {
    /// What the organiser calls it.
    pub name: String,
    /// The categories that seats refer to by name.
    pub categories: Vec<PretixCategory>,
    /// The drawing's size; measured from the seats when absent.
    #[serde(default)]
    pub size: Option<PretixSize>,
    /// The zones.
    pub zones: Vec<PretixZone>,
}

/// A category of seats.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub struct PretixCategory {
    /// Its name.
    pub name: String,
    /// How pretix draws it; not kept.
    #[serde(default)]
    pub color: Option<String>,
}

/// The size of the drawing.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
pub struct PretixSize {
    /// To the right.
    pub width: f32,
    /// Downwards.
    pub height: f32,
}

/// A zone.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub struct PretixZone {
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Where its origin is.
    pub position: Point,
    /// Its rows.
    pub rows: Vec<PretixRow>,
    /// Its areas: stage, standing, bars.
    #[serde(default)]
    pub areas: Vec<PretixArea>,
}

/// A row.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub struct PretixRow {
    /// Its letter or number.
    pub row_number: String,
    /// Where its origin is, from the zone's.
    #[serde(default)]
    pub position: Option<Point>,
    /// Its seats.
    pub seats: Vec<PretixSeat>,
}

/// A seat.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub struct PretixSeat {
    /// Its id.
    pub seat_guid: String,
    /// Its number.
    pub seat_number: String,
    /// Where it stands, from the row's origin.
    pub position: Point,
    /// The name of its category.
    pub category: String,
}

/// An area.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub struct PretixArea {
    /// Where its middle is, from the zone's origin.
    pub position: Point,
    /// Its width, where it is a plain rectangle.
    #[serde(default)]
    pub width: Option<f32>,
    /// Its height, where it is a plain rectangle.
    #[serde(default)]
    pub height: Option<f32>,
    /// Its width and height in newer files.
    #[serde(default)]
    pub rectangle: Option<PretixSize>,
    /// What is written on it: a text, or in newer files an object with a `text`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub text: Option<PretixText>,
}

/// What is written on an area.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub enum PretixText {
    /// The text alone.
    Plain(String),
    /// The text with its looks.
    Styled {
        /// The text.
        #[serde(default)]
        text: String,
    },
}

impl PretixText {
    fn as_str(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Styled { text } => text,
        }
    }
}

/// The plan in our own form, or everything that keeps it from being one.
pub fn import(plan: &PretixPlan) -> Result<SeatingPlan, Violations> {
    let mut wrong = Violations::new();
    let count: usize = plan.zones.iter().flat_map(|zone| &zone.rows).map(|row| row.seats.len()).sum();
    if count > SEATS_MAX {
        wrong.add("zones", "too_many_seats", format!("a plan has at most {SEATS_MAX} seats"));
        return Err(wrong);
    }
    let categories: HashSet<&str> = plan.categories.iter().map(|category| category.name.as_str()).collect();
    let mut zones = Vec::with_capacity(plan.zones.len());
    for (index, zone) in plan.zones.iter().enumerate() {
        zones.push(import_zone(&mut wrong, &categories, index, zone));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let areas: Vec<Area> = plan.zones.iter().flat_map(import_areas).collect();
    let size = plan.size.unwrap_or_else(|| extent(&zones, &areas));
    let focal_point = stage(&areas).unwrap_or(Point { x: size.width / 2.0, y: 0.0 });
    Ok(SeatingPlan { name: plan.name.clone(), width: size.width, height: size.height, focal_point, zones, areas })
}

fn import_zone(wrong: &mut Violations, categories: &HashSet<&str>, index: usize, zone: &PretixZone) -> Zone {
    let number = u16::try_from(index + 1).unwrap_or(u16::MAX);
    let rows = zone.rows.iter().enumerate().map(|(row_index, row)| {
        let at = format!("zones[{index}].rows[{row_index}]");
        let origin = add(zone.position, row.position.unwrap_or(Point { x: 0.0, y: 0.0 }));
        let seats = row.seats.iter().enumerate().filter_map(|(seat_index, seat)| {
            import_seat(wrong, categories, &format!("{at}.seats[{seat_index}]"), origin, seat)
        });
        Row { label: row.row_number.clone(), seats: seats.collect() }
    });
    let rows = rows.collect();
    let name = zone.name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(|| format!("Zone {number}"));
    Zone { zone_id: number, name, rows }
}

fn import_seat(
    wrong: &mut Violations,
    categories: &HashSet<&str>,
    at: &str,
    origin: Point,
    seat: &PretixSeat,
) -> Option<Seat> {
    wrong.require(
        categories.contains(seat.category.as_str()),
        format!("{at}.category"),
        "unknown",
        "name one of the plan's categories",
    );
    let seat_id = SeatId::new(seat.seat_guid.as_str());
    if let Err(error) = &seat_id {
        wrong.add(format!("{at}.seat_guid"), "invalid", error.to_string());
    }
    Some(Seat {
        seat_id: seat_id.ok()?,
        column: seat.seat_number.clone(),
        position: add(origin, seat.position),
        category: seat.category.clone(),
        accessible: false,
        restricted_view: false,
        gap_before: false,
    })
}

fn import_areas(zone: &PretixZone) -> impl Iterator<Item = Area> {
    zone.areas.iter().filter_map(|area| {
        let size = match (area.width, area.height) {
            (Some(width), Some(height)) => PretixSize { width, height },
            _ => area.rectangle?,
        };
        let name = area.text.as_ref().map(PretixText::as_str).unwrap_or_default().to_owned();
        Some(Area { name, position: add(zone.position, area.position), width: size.width, height: size.height })
    })
}

/// The middle of the area that calls itself a stage.
fn stage(areas: &[Area]) -> Option<Point> {
    const WORDS: [&str; 6] = ["stage", "bühne", "scène", "escenario", "palco", "podium"];
    let is_stage = |area: &&Area| WORDS.iter().any(|word| area.name.to_lowercase().contains(word));
    areas.iter().find(is_stage).map(|area| area.position)
}

/// How far seats and areas reach.
fn extent(zones: &[Zone], areas: &[Area]) -> PretixSize {
    let seats = zones.iter().flat_map(|zone| &zone.rows).flat_map(|row| &row.seats).map(|seat| seat.position);
    let corners = areas.iter().map(|area| add(area.position, Point { x: area.width / 2.0, y: area.height / 2.0 }));
    let far =
        seats.chain(corners).fold(Point { x: 0.0, y: 0.0 }, |far, at| Point { x: far.x.max(at.x), y: far.y.max(at.y) });
    PretixSize { width: far.x + 10.0, height: far.y + 10.0 }
}

fn add(a: Point, b: Point) -> Point {
    Point { x: a.x + b.x, y: a.y + b.y }
}

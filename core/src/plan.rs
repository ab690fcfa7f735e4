//! A seating plan: zones of rows of seats, and standing areas. Immutable once a version is published.

use crate::ids::SeatId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A point of the plan, in plan units (about a decimetre), y downwards.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Downwards.
    pub y: f32,
}

/// The plan of a hall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeatingPlan {
    /// What the organiser calls it.
    pub name: String,
    /// Width of the drawing, in plan units.
    pub width: f32,
    /// Height of the drawing, in plan units.
    pub height: f32,
    /// Where the eyes go: the middle of the stage's edge. Best seats are nearest to it.
    pub focal_point: Point,
    /// The zones, in the plan's order. Seats are counted through zones, rows and seats in this order.
    pub zones: Vec<Zone>,
    /// Standing areas.
    #[serde(default)]
    pub areas: Vec<Area>,
}

/// A part of the hall with rows of seats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Zone {
    /// A small integer, unique in the plan.
    pub zone_id: u16,
    /// What stands over the door.
    pub name: String,
    /// The rows, from the front.
    pub rows: Vec<Row>,
}

/// A row of seats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The letter or number on the row.
    pub label: String,
    /// The seats, side by side. A gap (an aisle) splits them into runs: see [`Seat::gap_before`].
    pub seats: Vec<Seat>,
}

/// A seat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Seat {
    /// Unique in the plan.
    pub seat_id: SeatId,
    /// The number on the seat.
    pub column: String,
    /// Where it stands.
    pub position: Point,
    /// Its price category.
    pub category: String,
    /// Reachable without a step.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub accessible: bool,
    /// For whoever accompanies somebody in the seat beside it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub companion: bool,
    /// The view is restricted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restricted_view: bool,
    /// An aisle lies between this seat and the one before it in the row: they are not adjacent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gap_before: bool,
}

/// A standing area: its places are sold by ticket type, not by seat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Area {
    /// What the organiser calls it.
    pub name: String,
    /// Its middle.
    pub position: Point,
    /// Its size.
    pub width: f32,
    /// Its size.
    pub height: f32,
    /// How many people may stand there, where it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
}

/// A seat and where in the hall it is.
#[derive(Debug, Clone, Copy)]
pub struct PlacedSeat<'a> {
    /// Its place in the plan's order, from 0: the index into `/seats`' states.
    pub number: usize,
    /// Its zone.
    pub zone: &'a Zone,
    /// Its row.
    pub row: &'a Row,
    /// The seat.
    pub seat: &'a Seat,
}

impl SeatingPlan {
    /// Every seat in the plan's order.
    pub fn seats(&self) -> impl Iterator<Item = PlacedSeat<'_>> {
        self.zones
            .iter()
            .flat_map(|zone| zone.rows.iter().map(move |row| (zone, row)))
            .flat_map(|(zone, row)| row.seats.iter().map(move |seat| (zone, row, seat)))
            .enumerate()
            .map(|(number, (zone, row, seat))| PlacedSeat { number, zone, row, seat })
    }
}

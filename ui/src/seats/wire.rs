//! Reads the API's plan without keeping what the map does not need: each seat's price is its category's.

use super::plan::{Category, Plan, PlanBuilder};
use onsale_core::plan::{Area, Point};
use onsale_core::{Currency, Money};
use serde::Deserialize;
use std::borrow::Cow;

/// More seats than this are no house.
const SEATS_MAX: usize = 200_000;

/// The plan was none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(String);

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "this is not a seating plan: {}", self.0)
    }
}

impl std::error::Error for Unreadable {}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePlan<'a> {
    version: i32,
    currency: Currency,
    width: f32,
    height: f32,
    focal_point: Point,
    #[serde(borrow)]
    zones: Vec<WireZone<'a>>,
    #[serde(default)]
    areas: Vec<Area>,
    prices: Vec<WirePrice>,
}

#[derive(Deserialize)]
struct WirePrice {
    category: String,
    name: String,
    price: WireTotal,
}

/// What a total is made of is told before paying, not on the map.
#[derive(Deserialize)]
struct WireTotal {
    total: Money,
}

#[derive(Deserialize)]
struct WireZone<'a> {
    #[serde(rename = "zoneId")]
    zone_id: u16,
    name: String,
    #[serde(borrow)]
    rows: Vec<WireRow<'a>>,
}

#[derive(Deserialize)]
struct WireRow<'a> {
    label: String,
    #[serde(borrow)]
    seats: Vec<WireSeat<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireSeat<'a> {
    #[serde(borrow)]
    seat_id: Cow<'a, str>,
    #[serde(borrow)]
    column: Cow<'a, str>,
    position: Point,
    #[serde(borrow)]
    category: Cow<'a, str>,
    #[serde(default)]
    accessible: bool,
    #[serde(default)]
    restricted_view: bool,
}

impl Plan {
    /// Reads the answer of `GET /api/events/{id}/plan`.
    pub fn read(json: &[u8]) -> Result<Self, Unreadable> {
        let wire: WirePlan<'_> = serde_json::from_slice(json).map_err(|error| Unreadable(error.to_string()))?;
        let seats: usize = wire.zones.iter().flat_map(|zone| &zone.rows).map(|row| row.seats.len()).sum();
        if seats > SEATS_MAX {
            return Err(Unreadable(format!("{seats} seats")));
        }
        let prices = wire.prices.iter().map(|price| (price.category.as_str(), price.name.as_str(), price.price.total));
        let categories = Category::of_prices(prices);
        let size = (wire.width, wire.height);
        let focal = (wire.focal_point.x, wire.focal_point.y);
        let mut builder = PlanBuilder::new(wire.version, wire.currency, size, focal, categories);
        for zone in wire.zones {
            builder.zone(zone.zone_id, zone.name);
            for row in zone.rows {
                builder.row(row.label);
                for seat in row.seats {
                    let marks = (seat.accessible, seat.restricted_view);
                    let at = (seat.position.x, seat.position.y);
                    builder.seat(&seat.seat_id, &seat.column, at, &seat.category, marks);
                }
            }
        }
        Ok(builder.finish(wire.areas))
    }
}

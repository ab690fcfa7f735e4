//! An event as buyers see it: plan, seats, ticket types.

use crate::domain::inventory::Inventory;
use crate::service::seat_map::SeatMap;
use crate::state::State;
use crate::store;
use axum::body::Bytes;
use moka::future::Cache;
use onsale_core::EventId;
use onsale_core::Price;
use onsale_core::api::events::{
    CategoryPrice, PlanView, RowView, SeatStates, SeatView, TicketTypeView, TicketTypes, ZoneView,
};
use onsale_core::plan::{Point, Seat, Zone};
use onsale_platform::problem::Problem;
use std::sync::Arc;

/// How many bytes of written plans stay in memory.
const PLAN_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// The plans as they are sent, written once for all who ask. Cheap to clone.
#[derive(Clone)]
pub struct Plans(Cache<(i32, i32), Bytes>);

impl Default for Plans {
    fn default() -> Self {
        let weigh = |_: &(i32, i32), bytes: &Bytes| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        Self(Cache::builder().weigher(weigh).max_capacity(PLAN_BYTES_MAX).build())
    }
}

impl Plans {
    /// The plan of one version of an offer, in JSON.
    pub async fn of(&self, inventory: &Arc<Inventory>) -> Result<Bytes, Problem> {
        let key = (inventory.event_no, inventory.offer.version);
        let inventory = Arc::clone(inventory);
        let written = self.0.try_get_with(key, async move {
            // An arena takes some milliseconds: off the threads that answer others.
            tokio::task::spawn_blocking(move || serde_json::to_vec(&plan(&inventory)).map(Bytes::from))
                .await
                .map_err(|error| error.to_string())?
                .map_err(|error| error.to_string())
        });
        written.await.map_err(|error: Arc<String>| Problem::internal(error.as_str()))
    }
}

fn plan(inventory: &Inventory) -> PlanView {
    let offer = &inventory.offer;
    let plan = offer.plan.as_ref();
    let prices = offer.ticket_types.iter().filter_map(|kind| {
        Some(CategoryPrice {
            category: kind.category.clone()?,
            ticket_type: kind.ticket_type.clone(),
            name: kind.name.clone(),
            price: kind.price.clone(),
        })
    });
    PlanView {
        event_id: offer.event_id.clone(),
        version: offer.version,
        name: plan.map(|plan| plan.name.clone()).unwrap_or_default(),
        currency: offer.sale.currency,
        width: plan.map_or(0.0, |plan| plan.width),
        height: plan.map_or(0.0, |plan| plan.height),
        focal_point: plan.map_or(Point { x: 0.0, y: 0.0 }, |plan| plan.focal_point),
        zones: plan.iter().flat_map(|plan| &plan.zones).map(|zone| zone_view(inventory, zone)).collect(),
        areas: plan.map(|plan| plan.areas.clone()).unwrap_or_default(),
        prices: prices.collect(),
    }
}

fn zone_view(inventory: &Inventory, zone: &Zone) -> ZoneView {
    let rows = zone.rows.iter().map(|row| RowView {
        label: row.label.clone(),
        seats: row.seats.iter().filter_map(|seat| seat_view(inventory, seat)).collect(),
    });
    ZoneView {
        zone_id: zone.zone_id,
        name: zone.name.clone(),
        row_count: zone.rows.len(),
        col_count: zone.rows.iter().map(|row| row.seats.len()).max().unwrap_or(0),
        rows: rows.collect(),
    }
}

fn seat_view(inventory: &Inventory, seat: &Seat) -> Option<SeatView> {
    Some(SeatView {
        seat_id: seat.seat_id.clone(),
        column: seat.column.clone(),
        position: seat.position,
        category: seat.category.clone(),
        price: default_price(inventory, &seat.category)?,
        accessible: seat.accessible,
        companion: seat.companion,
        restricted_view: seat.restricted_view,
    })
}

fn default_price(inventory: &Inventory, category: &str) -> Option<Price> {
    let mut kinds = inventory.offer.ticket_types.iter();
    kinds.find(|kind| kind.category.as_deref() == Some(category)).map(|kind| kind.price.clone())
}

/// The state of every seat, at most a few hundred milliseconds old.
pub async fn seats(state: &State, event: &EventId) -> Result<SeatStates, Problem> {
    let inventory = state.inventories.latest(event).await?;
    let map = state.seat_maps.of(inventory.event_no).await?;
    Ok(states(state, &map, inventory.offer.version))
}

/// The state of every seat of a map now, in the order of this version of the plan.
pub(crate) fn states(state: &State, map: &SeatMap, plan_version: i32) -> SeatStates {
    let counter = map.counter;
    SeatStates {
        version: counter.version,
        plan_version,
        states: map.digits(state.clock.now()),
        free: counter.free,
        held: counter.held,
        sold: counter.sold,
    }
}

/// The general-admission ticket types.
pub async fn ticket_types(state: &State, event: &EventId) -> Result<TicketTypes, Problem> {
    let inventory = state.inventories.latest(event).await?;
    let mut conn = state.pool.acquire().await?;
    let stocks = store::stock::of_event(&mut conn, inventory.event_no).await?;
    let counter = store::counters::of_event(&mut conn, inventory.event_no).await?;
    let version = counter.map_or(0, |counter| counter.version);
    let standing = inventory.offer.ticket_types.iter().filter(|kind| kind.category.is_none());
    let items = standing.filter_map(|kind| {
        let number = inventory.stock_of_type(kind)?;
        let (_, stock) = stocks.values().find(|(known, _)| *known == number)?;
        Some(TicketTypeView {
            kind: kind.ticket_type.clone(),
            name: kind.name.clone(),
            price: kind.price.clone(),
            total: stock.capacity,
            available: stock.available(),
            reserved: stock.held,
            sold: stock.sold,
            version,
        })
    });
    Ok(TicketTypes { items: items.collect() })
}

//! Where and how fast an event sells: by category, and by the minute.

use crate::domain::inventory::Inventory;
use crate::domain::rows::{EventNo, Occupancy, StockRow};
use crate::service::report_sales;
use crate::service::seat_map::SeatMap;
use crate::state::State;
use crate::store;
use crate::store::sold_tickets::SoldAlike;
use crate::store::stock::ByName;
use chrono::{DateTime, TimeDelta, Utc};
use moka::future::Cache;
use onsale_core::api::sales_desk::{CategorySales, EventSalesDetail, MinuteSales};
use onsale_core::{EventId, Money, SeatId};
use onsale_platform::identity::Caller;
use onsale_platform::problem::Problem;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How far back minutes are counted.
const MINUTES_MAX: TimeDelta = TimeDelta::minutes(60);
/// How long what was counted is shown without counting again, however many look.
const FRESH_FOR: Duration = Duration::from_secs(3);
const EVENTS_MAX: u64 = 1_000;

/// What was counted a moment ago. Cheap to clone.
#[derive(Clone)]
pub struct RecentDetails(Cache<EventNo, Arc<EventSalesDetail>>);

impl Default for RecentDetails {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(EVENTS_MAX).time_to_live(FRESH_FOR).build())
    }
}

/// An event's sales by category and minute.
pub async fn of_event(state: &State, caller: &Caller, event: &EventId) -> Result<Arc<EventSalesDetail>, Problem> {
    let organised = report_sales::organised(&mut *state.pool.acquire().await?, caller, event).await?;
    let inventory = state.inventories.latest(event).await?;
    let counted = state.details.0.try_get_with(organised.event_no, count(state, &inventory));
    counted.await.map_err(|error: Arc<sqlx::Error>| Problem::from(store::again(&error)))
}

async fn count(state: &State, inventory: &Inventory) -> Result<Arc<EventSalesDetail>, sqlx::Error> {
    let event = inventory.event_no;
    let map = state.seat_maps.of(event).await?;
    let now = state.clock.now();
    let mut conn = state.pool.acquire().await?;
    let stocks = store::stock::of_event(&mut conn, event).await?;
    let sold = store::sold_tickets::by_seat(&mut conn, &inventory.offer.event_id).await?;
    let minutes = store::order_sums::by_minute(&mut conn, event, now - MINUTES_MAX).await?;
    let minutes = minutes.into_iter().map(|(at, tickets)| MinuteSales { at, tickets });
    let mut categories = seated(inventory, &map, now);
    categories.extend(standing(inventory, &stocks));
    for alike in &sold {
        take(inventory, &mut categories, alike);
    }
    Ok(Arc::new(EventSalesDetail {
        event_id: inventory.offer.event_id.clone(),
        categories,
        minutes: minutes.collect(),
        at: now,
    }))
}

/// The seat categories in the plan's order of first mention, with their seats counted.
fn seated(inventory: &Inventory, map: &SeatMap, now: DateTime<Utc>) -> Vec<CategorySales> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut categories: Vec<CategorySales> = Vec::new();
    for (number, (state, ends_at)) in (0..).zip(&map.seats) {
        let Some(seat) = inventory.seat(number) else { continue };
        let place = *places.entry(&seat.category).or_insert_with(|| {
            categories.push(empty(inventory, &seat.category, category_name(inventory, &seat.category), true));
            categories.len() - 1
        });
        let Some(category) = categories.get_mut(place) else { continue };
        match state {
            Occupancy::Held if *ends_at > now => category.held += 1,
            Occupancy::Free | Occupancy::Held => category.free += 1,
            Occupancy::Sold => category.sold += 1,
            Occupancy::Blocked => category.blocked += 1,
        }
    }
    categories
}

/// What a category is called: as its first ticket type is where it has one alone, else by its own word.
fn category_name<'a>(inventory: &'a Inventory, category: &'a str) -> &'a str {
    let mut kinds = inventory.offer.ticket_types.iter().filter(|kind| kind.category.as_deref() == Some(category));
    match (kinds.next(), kinds.next()) {
        (Some(only), None) => &only.name,
        _ => category,
    }
}

/// The general-admission ticket types.
fn standing(inventory: &Inventory, stocks: &ByName) -> Vec<CategorySales> {
    let kinds = inventory.offer.ticket_types.iter().filter(|kind| kind.category.is_none());
    let sales = kinds.map(|kind| {
        let stock = stocks.get(&format!("type:{}", kind.ticket_type)).map(|(_, stock)| stock);
        CategorySales {
            free: stock.map_or(0, StockRow::available),
            held: stock.map_or(0, |stock| stock.held),
            sold: stock.map_or(0, |stock| stock.sold),
            ..empty(inventory, &kind.ticket_type, &kind.name, false)
        }
    });
    sales.collect()
}

fn empty(inventory: &Inventory, category: &str, name: &str, seated: bool) -> CategorySales {
    CategorySales {
        category: category.to_owned(),
        name: name.to_owned(),
        seated,
        free: 0,
        held: 0,
        sold: 0,
        blocked: 0,
        takings: Money::zero(inventory.offer.sale.currency),
    }
}

/// Adds what sold tickets cost to the category that they are of.
fn take(inventory: &Inventory, categories: &mut [CategorySales], alike: &SoldAlike) {
    let seat = alike.seat_id.as_ref().and_then(|seat| SeatId::new(seat.clone()).ok());
    let seat = seat.and_then(|seat| inventory.seat_no(&seat)).and_then(|seat| inventory.seat(seat));
    let (name, seated) = seat.map_or((&alike.ticket_type, false), |seat| (&seat.category, true));
    let mut of = categories.iter_mut();
    if let Some(category) = of.find(|one| one.seated == seated && one.category == *name) {
        category.takings.minor += alike.sum;
    }
}

//! The lowest price among what is left of an event, for lists and searches.

use crate::domain::inventory::Inventory;
use crate::domain::rows::{EventNo, StockNo};
use crate::state::State;
use crate::store;
use crate::store::counters::Counter;
use futures::StreamExt;
use moka::sync::Cache;
use onsale_core::EventId;
use onsale_platform::problem::Problem;
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

/// How long is reckoned for one answer. What is not reckoned then is as it was, or unknown, and comes with a later one.
const RECKONING_MAX: Duration = Duration::from_millis(400);
/// Events that are reckoned at the same time: next to those who sell.
const AT_ONCE: usize = 2;

/// The lowest price of each event at the version of its counts. Cheap to clone.
#[derive(Clone)]
pub struct LowestPrices(Cache<EventNo, (i64, Option<i64>)>);

impl Default for LowestPrices {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(100_000).time_to_idle(Duration::from_secs(3_600)).build())
    }
}

/// An event of which something, but not all, is left.
struct Changed {
    event_no: EventNo,
    event: EventId,
    version: i64,
}

/// The lowest prices in minor units of the events whose counts these are. Without one are events of which all or nothing
/// is left, and those where it is not known yet.
pub async fn lowest_prices(state: &State, counters: &[(EventNo, EventId, Counter)]) -> BTreeMap<EventNo, i64> {
    let known = &state.lowest_prices.0;
    let parted = counters.iter().filter(|(_, _, counter)| counter.free > 0 && counter.held + counter.sold > 0);
    let parted: Vec<_> = parted.collect();
    let changed = parted
        .iter()
        .filter(|(event_no, _, counter)| known.get(event_no).is_none_or(|(version, _)| version != counter.version));
    let changed: Vec<Changed> = changed
        .map(|(event_no, event, counter)| Changed {
            event_no: *event_no,
            event: event.clone(),
            version: counter.version,
        })
        .collect();
    let reckoning = futures::stream::iter(changed).for_each_concurrent(AT_ONCE, |event| async move {
        match reckon(state, &event).await {
            Ok(reckoned) => known.insert(event.event_no, reckoned),
            Err(problem) => tracing::debug!(event = %event.event, code = problem.code(), "no lowest price"),
        }
    });
    // Late is not wrong: whoever asks asks again soon.
    let _late = tokio::time::timeout(RECKONING_MAX, reckoning).await;
    parted.iter().filter_map(|(event_no, ..)| Some((*event_no, known.get(event_no)?.1?))).collect()
}

/// The lowest price, and the version of the counts that it is of, which may be an earlier one.
async fn reckon(state: &State, event: &Changed) -> Result<(i64, Option<i64>), Problem> {
    let inventory = state.inventories.latest(&event.event).await?;
    let mut version = event.version;
    let mut categories = HashSet::new();
    if inventory.seat_count() > 0 {
        let map = state.seat_maps.of(event.event_no).await?;
        version = map.counter.version;
        let now = state.clock.now();
        let free = (0..).zip(0..inventory.seat_count()).filter(|(place, _)| map.is_free(*place, now));
        categories.extend(free.filter_map(|(_, seat)| Some(inventory.seat(seat)?.category.as_str())));
    }
    let mut left = BTreeMap::new();
    if !inventory.stocks().is_empty() {
        let mut conn = state.pool.acquire().await?;
        let stocks = store::stock::of_event(&mut conn, event.event_no).await?;
        left.extend(stocks.into_values().map(|(number, stock)| (number, stock.available())));
    }
    Ok((version, lowest_of(&inventory, &categories, &left)))
}

/// The lowest price in minor units, where seats of these categories are free, and so many of each stock are left.
fn lowest_of(inventory: &Inventory, categories: &HashSet<&str>, left: &BTreeMap<StockNo, i64>) -> Option<i64> {
    let kinds = (0..).zip(&inventory.offer.ticket_types);
    let can_be_had = kinds.filter(|(number, kind)| {
        let has_seats = kind.category.as_deref().is_none_or(|category| categories.contains(category));
        has_seats && inventory.draws_of_one(*number).iter().all(|draw| left.get(&draw.stock).is_some_and(|n| *n > 0))
    });
    can_be_had.map(|(_, kind)| kind.price.total.minor).min()
}

//! The list of an event's tickets for devices that decide without a network, in signed pages; and what changed since.

use crate::domain::qr::sign_list;
use crate::service::report_sales;
use crate::state::State;
use crate::store;
use crate::store::tickets::ListPlace;
use onsale_core::EventId;
use onsale_core::api::check_in::GateList;
use onsale_core::gate::ListPage;
use onsale_platform::cursor;
use onsale_platform::identity::Caller;
use onsale_platform::problem::Problem;
use uuid::Uuid;

/// How many tickets a page has: about 50 kB.
const PAGE: i64 = 2_000;
/// Before all tickets.
const BEGIN: ListPlace = ListPlace(0, Uuid::nil());

/// The page after a cursor, or the first one.
pub async fn page(state: &State, caller: &Caller, event: &EventId, after: Option<&str>) -> Result<GateList, Problem> {
    let place = after.map(cursor::decode).transpose()?.unwrap_or(BEGIN);
    if place.0 < 0 {
        return Err(Problem::malformed("after", "send a nextCursor as it was given, or none for the first page"));
    }
    let mut conn = state.pool.acquire().await?;
    let organised = report_sales::organised(&mut conn, caller, event).await?;
    let mut rows = store::tickets::changed(&mut conn, organised.event_no, place, PAGE + 1).await?;
    drop(conn);
    let inventory = state.inventories.latest(event).await?;
    let more = cursor::next(&mut rows, PAGE, |(_, place)| *place).is_some();
    let last = rows.last().map_or(place, |(_, place)| *place);
    let next_cursor = cursor::encode(&last);
    let now = state.clock.now();
    let page = ListPage {
        event_id: event.clone(),
        after: after.unwrap_or_default().to_owned(),
        next: next_cursor.clone(),
        made_at: now,
        more,
        entries: rows.into_iter().map(|(entry, _)| entry).collect(),
    };
    let list = sign_list(&state.ticket_key, &page);
    let offer = &inventory.offer;
    Ok(GateList {
        event_id: event.clone(),
        name: offer.name.clone(),
        starts_at: offer.starts_at,
        time_zone: offer.venue.time_zone.clone(),
        now,
        list,
        next_cursor,
        more,
    })
}

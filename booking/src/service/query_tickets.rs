//! What counters, partners and reports ask: answered from the projection, never from the write tables.

use crate::state::State;
use crate::store;
use crate::store::sold_tickets::{Sales, SoldTicket};
use onsale_core::api::box_office::{AveragePrice, BoxOfficeTicket, Revenue, SoldCount, ZoneSoldCount};
use onsale_core::api::page::{LIMIT_MAX, Page, PageQuery};
use onsale_core::{EventId, Money, TicketId, VenueId};
use onsale_platform::cursor;
use onsale_platform::identity::Reach;
use onsale_platform::problem::Problem;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long a ticket is waited for that the projection does not have yet (API.md, "Box office").
const PROJECTED_WITHIN: Duration = Duration::from_millis(500);
/// How often is looked meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A ticket that was sold; 404 when the projection does not have it in half a second.
pub async fn ticket(state: &State, reach: Reach, id: TicketId) -> Result<BoxOfficeTicket, Problem> {
    let deadline = Instant::now() + PROJECTED_WITHIN;
    loop {
        let found = store::sold_tickets::find(&mut *state.pool.acquire().await?, id).await?;
        if let Some(ticket) = found {
            must_reach(state, reach, &ticket.event).await.map_err(|_| Problem::not_found("ticket"))?;
            return Ok(view(ticket));
        }
        if Instant::now() + LOOK_EVERY > deadline {
            return Err(Problem::not_found("ticket"));
        }
        sleep(LOOK_EVERY).await;
    }
}

/// A page of the sold tickets, newest first.
pub async fn tickets(state: &State, reach: Reach, page: &PageQuery) -> Result<Page<BoxOfficeTicket>, Problem> {
    let limit = cursor::limit(page, LIMIT_MAX)?;
    let before: Option<TicketId> = page.cursor.as_deref().map(cursor::decode).transpose()?;
    let mut rows =
        store::sold_tickets::page(&mut *state.pool.acquire().await?, reach.only(), before, limit + 1).await?;
    let next_cursor = cursor::next(&mut rows, limit, |ticket| ticket.id);
    Ok(Page { items: rows.into_iter().map(view).collect(), next_cursor })
}

/// How many tickets of an event are sold; 404 when there is no such event.
pub async fn count(state: &State, reach: Reach, event: EventId) -> Result<SoldCount, Problem> {
    must_reach(state, reach, &event).await?;
    let counts = store::sold_tickets::count(&mut *state.pool.acquire().await?, &event).await?;
    if counts.is_empty() {
        state.inventories.latest(&event).await?;
    }
    let sold_count = counts.iter().map(|(_, sold)| sold).sum();
    let zones = counts
        .into_iter()
        .filter_map(|(zone, sold_count)| Some(ZoneSoldCount { zone_id: zone?, sold_count }))
        .collect();
    Ok(SoldCount { event_id: event, sold_count, zones })
}

/// What an event's sold tickets cost together; 404 when there is no such event at that venue.
pub async fn revenue(state: &State, reach: Reach, venue: VenueId, event: EventId) -> Result<Revenue, Problem> {
    must_reach(state, reach, &event).await?;
    let sales = sales(state, &venue, &event).await?;
    let total_revenue = sales.iter().map(|sold| sold.sum.major()).fold(0.0, |total, sum| total + sum);
    Ok(Revenue { venue_id: venue, event_id: event, total_revenue })
}

/// What a sold ticket of an event cost on average; nothing while none is sold.
pub async fn average_price(
    state: &State,
    reach: Reach,
    venue: VenueId,
    event: EventId,
) -> Result<AveragePrice, Problem> {
    must_reach(state, reach, &event).await?;
    let sales = sales(state, &venue, &event).await?;
    // An event sells in one currency.
    let ticket_price = sales.first().and_then(average).map_or(0.0, Money::major);
    Ok(AveragePrice { event_id: event, ticket_price })
}

/// 404 for an event of another organisation. One that is not there is told by whoever looks for it.
async fn must_reach(state: &State, reach: Reach, event: &EventId) -> Result<(), Problem> {
    if reach == Reach::Everything {
        return Ok(());
    }
    let organised = store::inventories::organised(&mut *state.pool.acquire().await?, &[event.as_str()]).await?;
    let is_others = organised.iter().any(|event| !reach.covers(event.organisation));
    if is_others { Err(Problem::not_found("event")) } else { Ok(()) }
}

async fn sales(state: &State, venue: &VenueId, event: &EventId) -> Result<Vec<Sales>, Problem> {
    let sales = store::sold_tickets::sales(&mut *state.pool.acquire().await?, venue, event).await?;
    if sales.is_empty() && state.inventories.latest(event).await?.offer.venue.id != *venue {
        return Err(Problem::not_found("event at this venue"));
    }
    Ok(sales)
}

/// The average, half up on whole minor units; nothing where nothing was sold.
fn average(sold: &Sales) -> Option<Money> {
    let (sum, tickets) = (i128::from(sold.sum.minor), i128::from(sold.tickets));
    let minor = (2 * sum + tickets).checked_div_euclid(2 * tickets)?;
    Some(Money::new(i64::try_from(minor).ok()?, sold.sum.currency))
}

fn view(ticket: SoldTicket) -> BoxOfficeTicket {
    let status = if ticket.cancelled_at.is_some() { "CANCELLED" } else { "SOLD" };
    let (zone_id, row, column) = match ticket.place {
        Some(place) => (Some(place.zone), Some(place.row), Some(place.column)),
        None => (None, None, None),
    };
    BoxOfficeTicket {
        ticket_id: ticket.id,
        status: status.to_owned(),
        user_id: ticket.user,
        venue_id: ticket.venue,
        event_id: ticket.event,
        zone_id,
        row_label: row.clone(),
        col_label: column.clone(),
        row,
        column,
        price: ticket.price.major(),
        created_on: ticket.created_on,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onsale_core::Currency;

    #[test]
    fn the_average_is_rounded_half_up_on_whole_cents() {
        let of = |minor, tickets| average(&Sales { tickets, sum: Money::new(minor, Currency::EUR) });
        assert_eq!(of(10_001, 2).map(|average| average.minor), Some(5_001));
        assert_eq!(of(10_000, 3).map(|average| average.minor), Some(3_333));
        assert_eq!(of(0, 0), None);
    }
}

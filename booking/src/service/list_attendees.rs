//! Who comes: the good tickets of an event with the people behind them, newest order first, page by page.

use crate::domain::inventory::Inventory;
use crate::domain::rows::TicketRow;
use crate::service::list_sold_orders::{ordered_seat, people};
use crate::service::report_sales;
use crate::state::State;
use crate::store;
use crate::store::inventories::Organised;
use crate::store::orders::{OfEvent, OrderRow};
use onsale_core::api::internal::Contact;
use onsale_core::api::page::{Page, PageQuery};
use onsale_core::api::sales_desk::Attendee;
use onsale_core::{EventId, Money, OrderId, OrderStatus, TicketStatus};
use onsale_platform::cursor;
use onsale_platform::identity::Caller;
use onsale_platform::problem::Problem;

/// How many orders' tickets a page has when nothing is said.
const LIMIT_DEFAULT: u32 = 50;
/// Orders with good tickets.
const GOOD: [OrderStatus; 3] = [OrderStatus::Confirmed, OrderStatus::Processing, OrderStatus::Completed];

/// A page of an event's attendees.
pub async fn page(
    state: &State,
    caller: &Caller,
    event: &EventId,
    page: &PageQuery,
) -> Result<Page<Attendee>, Problem> {
    let limit = cursor::limit(page, LIMIT_DEFAULT)?;
    let before: Option<OrderId> = page.cursor.as_deref().map(cursor::decode).transpose()?;
    let organised = report_sales::organised(&mut *state.pool.acquire().await?, caller, event).await?;
    let (items, last) = some(state, &organised, before, limit).await?;
    Ok(Page { items, next_cursor: last.map(|last| cursor::encode(&last)) })
}

/// The tickets of the next `orders` orders before one of them, and the last of those where there are more.
pub(super) async fn some(
    state: &State,
    organised: &Organised,
    before: Option<OrderId>,
    orders: i64,
) -> Result<(Vec<Attendee>, Option<OrderId>), Problem> {
    let mut conn = state.pool.acquire().await?;
    let which = OfEvent { statuses: &GOOD, before, ..OfEvent::default() };
    let mut found = store::orders::of_event(&mut conn, organised.event_no, &which, orders + 1).await?;
    let more = i64::try_from(found.len()).is_ok_and(|count| count > orders);
    found.truncate(usize::try_from(orders).unwrap_or(usize::MAX));
    let last = found.last().map(|order| order.life.id).filter(|_| more);
    let holds: Vec<_> = found.iter().map(|order| order.reservation).collect();
    let holds = store::reservations::find_all(&mut conn, &holds).await?;
    let ids: Vec<_> = found.iter().map(|order| order.life.id).collect();
    let mut tickets = store::tickets::of_orders(&mut conn, &ids).await?;
    drop(conn);
    let people = people(state, holds.values().map(|hold| hold.account).collect()).await;
    let mut attendees = Vec::new();
    for order in &found {
        let Some(hold) = holds.get(&order.reservation) else { continue };
        let inventory = state.inventories.version(hold.event, hold.offer_version).await?;
        let good = tickets.remove(&order.life.id).unwrap_or_default().into_iter();
        let good = good.filter(|ticket| ticket.status != TicketStatus::Cancelled);
        attendees.extend(good.map(|ticket| attendee(order, &ticket, &inventory, people.get(&hold.account))));
    }
    Ok((attendees, last))
}

fn attendee(order: &OrderRow, ticket: &TicketRow, inventory: &Inventory, person: Option<&Contact>) -> Attendee {
    let place = ticket.seat.and_then(|seat| ordered_seat(inventory, seat));
    let category = ticket.seat.and_then(|seat| inventory.seat(seat)).map(|seat| seat.category.clone());
    let (zone, row, seat) = place.map_or((None, None, None), |at| (Some(at.zone), Some(at.row), Some(at.column)));
    Attendee {
        ticket_id: ticket.id,
        order_id: order.life.id,
        order_number: order.details.number.clone(),
        zone,
        row,
        seat,
        category,
        ticket_type: inventory.ticket_type(ticket.kind).map(|kind| kind.name.clone()).unwrap_or_default(),
        price: Money::new(ticket.price, inventory.offer.sale.currency),
        status: ticket.status,
        name: person.map(|person| person.name.clone()),
        email: person.map(|person| person.email.clone()),
        bought_at: order.details.created_at,
    }
}

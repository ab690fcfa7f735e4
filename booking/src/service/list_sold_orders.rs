//! The orders of an event, for whoever runs it: found by number or address, and one with all that happened to it.

use crate::domain::inventory::Inventory;
use crate::domain::order_number::OrderNumber;
use crate::domain::rows::{ReservationRow, SeatNo, TicketRow};
use crate::service::find::{self, Found};
use crate::service::{report_sales, tell_order, view};
use crate::state::State;
use crate::store;
use crate::store::events::Happened;
use crate::store::order_notes::NoteRow;
use crate::store::orders::{OfEvent, OrderRow};
use onsale_core::api::internal::{Contact, Contacts, FindContacts};
use onsale_core::api::page::{Page, PageQuery};
use onsale_core::api::sales::{
    Buyer, OrderStep, OrderedSeat, OrderedTickets, SoldOrder, SoldOrderDetail, SoldTicketView,
};
use onsale_core::api::sales_desk::OrderNote;
use onsale_core::{EventId, Money, OrderId, OrderStatus, UserId};
use onsale_platform::ServiceRole;
use onsale_platform::cursor;
use onsale_platform::identity::Caller;
use onsale_platform::problem::Problem;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// How many orders a page has when nothing is said.
const LIMIT_DEFAULT: u32 = 20;
/// How much of an order's history is shown.
const STEPS_MAX: i64 = 200;
/// A list does not wait longer for names.
const NAMES_WITHIN: Duration = Duration::from_secs(2);

/// Which orders are asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// An order's number, or a buyer's address.
    pub query: Option<String>,
    /// Only those of these states; of all when empty.
    pub statuses: Vec<OrderStatus>,
    /// Which page.
    pub page: PageQuery,
}

/// A page of an event's orders, newest first.
pub async fn page(
    state: &State,
    caller: &Caller,
    event: &EventId,
    wanted: &Wanted,
) -> Result<Page<SoldOrder>, Problem> {
    let limit = cursor::limit(&wanted.page, LIMIT_DEFAULT)?;
    let before: Option<OrderId> = wanted.page.cursor.as_deref().map(cursor::decode).transpose()?;
    let organised = report_sales::organised(&mut *state.pool.acquire().await?, caller, event).await?;
    let nothing = Page { items: Vec::new(), next_cursor: None };
    let Some(which) = which(state, wanted, before).await? else { return Ok(nothing) };
    let mut conn = state.pool.acquire().await?;
    let mut orders = store::orders::of_event(&mut conn, organised.event_no, &which, limit + 1).await?;
    let next_cursor = cursor::next(&mut orders, limit, |order| order.life.id);
    let holds: Vec<_> = orders.iter().map(|order| order.reservation).collect();
    let mut holds = store::reservations::find_all(&mut conn, &holds).await?;
    drop(conn);
    let accounts = holds.values().map(|hold| hold.account).collect();
    let people = people(state, accounts).await;
    let mut items = Vec::with_capacity(orders.len());
    for order in orders {
        let Some(hold) = holds.remove(&order.reservation) else { continue };
        let inventory = state.inventories.version(hold.event, hold.offer_version).await?;
        items.push(sold_order(&order, &hold, &inventory, &people));
    }
    Ok(Page { items, next_cursor })
}

/// What the database is asked for; nothing when the words can be nobody's.
async fn which<'a>(state: &State, wanted: &'a Wanted, before: Option<OrderId>) -> Result<Option<OfEvent<'a>>, Problem> {
    let all = OfEvent { statuses: &wanted.statuses, before, ..OfEvent::default() };
    let query = wanted.query.as_deref().map(str::trim).filter(|query| !query.is_empty());
    let Some(query) = query else { return Ok(Some(all)) };
    if query.contains('@') {
        let account = account_of(state, query).await?;
        return Ok(account.map(|account| OfEvent { account: Some(account), ..all }));
    }
    let number: Option<OrderNumber> = query.parse().ok();
    Ok(number.map(|number| OfEvent { number: Some(number.to_string()), ..all }))
}

pub(super) async fn account_of(state: &State, email: &str) -> Result<Option<UserId>, Problem> {
    let wanted = FindContacts { ids: Vec::new(), email: Some(email.to_owned()) };
    let auth = state.upstreams.to(ServiceRole::Auth);
    let found: Contacts = auth.post("/internal/users/find", &wanted).await.map_err(|error| {
        let detail = "Addresses cannot be looked up just now: search by the order's number, or try again.";
        Problem::unavailable(detail, Duration::from_secs(1)).with_source(error)
    })?;
    Ok(found.items.first().map(|contact| contact.id))
}

/// The people behind accounts; without auth nobody's name is known, and the orders are there all the same.
pub(super) async fn people(state: &State, mut ids: Vec<UserId>) -> BTreeMap<UserId, Contact> {
    ids.sort_unstable();
    ids.dedup();
    let wanted = FindContacts { ids, email: None };
    let auth = state.upstreams.to(ServiceRole::Auth).within(NAMES_WITHIN);
    match auth.post::<_, Contacts>("/internal/users/find", &wanted).await {
        Ok(found) => found.items.into_iter().map(|contact| (contact.id, contact)).collect(),
        Err(error) => {
            tracing::warn!(%error, "the buyers' names cannot be shown");
            BTreeMap::new()
        }
    }
}

/// One order of an event with its tickets and what happened to it.
pub async fn one(state: &State, caller: &Caller, event: &EventId, id: OrderId) -> Result<SoldOrderDetail, Problem> {
    let Found { row, inventory } = sold(state, caller, event, id).await?;
    let (Some(life), Some(details)) = (row.life.order.clone(), row.order.clone()) else {
        return Err(Problem::not_found("order"));
    };
    let aggregates = [row.id.to_string(), id.to_string()];
    let mut conn = state.pool.acquire().await?;
    let happened = store::events::of(&mut conn, &aggregates, STEPS_MAX).await?;
    let notes = store::order_notes::of_order(&mut conn, id, STEPS_MAX).await?;
    drop(conn);
    let mut accounts = vec![row.account];
    accounts.extend(notes.iter().map(|note| UserId(note.author_id)));
    let (people, told) = futures::join!(people(state, accounts), tell_order::told(state, id));
    let price = view::price(&row, &inventory);
    let issued = row.issued.iter().map(|ticket| ticket_view(ticket, &inventory)).collect();
    let payment_method = details.method.clone();
    let order = OrderRow { reservation: row.id, life, details, counts: row.order_counts };
    Ok(SoldOrderDetail {
        order: sold_order(&order, &row, &inventory, &people),
        payment_method,
        lines: price.total.lines,
        issued,
        history: happened.into_iter().map(step).collect(),
        payments: told.payments,
        mails: told.mails,
        notes: notes.into_iter().map(|note| noted(note, &people)).collect(),
        missing: told.missing,
    })
}

/// An order that the caller may look after; 404 where it is of another event, or the event is another's.
pub(super) async fn sold(state: &State, caller: &Caller, event: &EventId, id: OrderId) -> Result<Found, Problem> {
    let organised = report_sales::organised(&mut *state.pool.acquire().await?, caller, event).await?;
    let found = find::order(state, id, None).await?;
    if found.row.event == organised.event_no { Ok(found) } else { Err(Problem::not_found("order")) }
}

fn noted(note: NoteRow, people: &BTreeMap<UserId, Contact>) -> OrderNote {
    let author_id = UserId(note.author_id);
    let author = people.get(&author_id).map(|person| person.name.clone());
    OrderNote { at: note.at, author_id, author, text: note.text }
}

fn sold_order(
    order: &OrderRow,
    hold: &ReservationRow,
    inventory: &Inventory,
    people: &BTreeMap<UserId, Contact>,
) -> SoldOrder {
    let currency = inventory.offer.sale.currency;
    let person = people.get(&hold.account);
    let tickets = hold.tickets.iter().filter_map(|held| {
        let name = inventory.ticket_type(held.kind)?.name.clone();
        Some(OrderedTickets { name, quantity: u32::try_from(held.quantity).unwrap_or(0) })
    });
    SoldOrder {
        order_id: order.life.id,
        order_number: order.details.number.clone(),
        status: order.life.status,
        buyer: Buyer {
            user_id: hold.account,
            name: person.map(|person| person.name.clone()),
            email: person.map(|person| person.email.clone()),
        },
        seats: hold.seats.iter().filter_map(|held| ordered_seat(inventory, held.seat)).collect(),
        tickets: tickets.collect(),
        total: Money::new(hold.cost.total, currency),
        refunded: (order.life.refunded > 0).then(|| Money::new(order.life.refunded, currency)),
        failure: order.details.failure.clone(),
        created_at: order.details.created_at,
    }
}

pub(super) fn ordered_seat(inventory: &Inventory, seat: SeatNo) -> Option<OrderedSeat> {
    let facts = inventory.seat(seat)?;
    let mut zones = inventory.offer.plan.iter().flat_map(|plan| &plan.zones);
    let zone = zones.find(|zone| zone.zone_id == facts.zone_id).map(|zone| zone.name.clone());
    Some(OrderedSeat { zone: zone.unwrap_or_default(), row: facts.row.clone(), column: facts.column.clone() })
}

fn ticket_view(ticket: &TicketRow, inventory: &Inventory) -> SoldTicketView {
    SoldTicketView {
        ticket_id: ticket.id,
        seat: ticket.seat.and_then(|seat| ordered_seat(inventory, seat)),
        name: inventory.ticket_type(ticket.kind).map(|kind| kind.name.clone()).unwrap_or_default(),
        price: Money::new(ticket.price, inventory.offer.sale.currency),
        status: ticket.status,
    }
}

/// What of an event's data is shown.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Said {
    status: Option<OrderStatus>,
    refunded: Option<Money>,
    failure: Option<String>,
    tickets: Option<Vec<serde::de::IgnoredAny>>,
}

fn step(happened: Happened) -> OrderStep {
    let said: Said = serde_json::from_value(happened.data).unwrap_or_default();
    OrderStep {
        at: happened.at,
        kind: happened.kind,
        status: said.status,
        refunded: said.refunded.filter(|refunded| refunded.minor > 0),
        failure: said.failure,
        tickets: said.tickets.map(|tickets| tickets.len()),
    }
}

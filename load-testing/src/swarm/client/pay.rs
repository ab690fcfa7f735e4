//! Over a hold: filling in the form, giving back, closing the page, or paying and seeing the tickets.

use super::buyer::Buyer;
use super::lines::ask;
use super::person::Fate;
use crate::client::Answer;
use crate::swarm::figures::{Call, Served};
use onsale_core::api::booking::{Order, Reservation};
use onsale_core::{OrderStatus, ReservationStatus};
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

/// How often an order is looked at whose payment is being decided.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Looks at such an order before its buyer complains.
const LOOKS_MAX: usize = 120;

/// What becomes of a hold.
pub(super) async fn pay(buyer: &mut Buyer, hold: Reservation) {
    let crowd = buyer.crowd.clone();
    if show_hold(buyer, &hold).await.is_none() {
        return;
    }
    let typing = buyer.person.types(crowd.script.typing_s);
    match buyer.person.fate() {
        Fate::Pays => {}
        Fate::Vanishes => {
            buyer.is_settled = true;
            let at = crowd.since_opening_ms();
            let mut tally = crowd.tally.borrow_mut();
            tally.counts.vanished += 1;
            tally.last_vanished_ms = tally.last_vanished_ms.max(at);
            return;
        }
        Fate::Releases => {
            tokio::time::sleep(typing / 2).await;
            return give_back(buyer, &hold).await;
        }
    }
    if buyer.person.reloads() {
        tokio::time::sleep(typing / 2).await;
        crowd.tally.borrow_mut().counts.reloaded += 1;
        if show_hold(buyer, &hold).await.is_none() {
            return;
        }
        tokio::time::sleep(typing / 2).await;
    } else {
        tokio::time::sleep(typing).await;
    }
    let Some(order) = confirm(buyer, &hold).await else { return };
    let at_ms = crowd.since_opening_ms();
    let Some(tickets) = tickets_of(buyer, &hold, &order) else { return };
    let seats: Vec<_> = tickets.iter().filter_map(|(_, seat)| crowd.hall.find(seat)).collect();
    let rival = crowd.board.borrow_mut().claim(&seats, buyer.user, crate::swarm::wall_ms(), i64::MAX);
    if let Some((seat, other)) = rival {
        let seat = crowd.hall.id(seat);
        crowd.wrong("a ticket for a seat of somebody else", buyer.user, &format!("{seat} is person {other}'s"));
    }
    buyer.is_settled = true;
    {
        let mut tally = crowd.tally.borrow_mut();
        tally.counts.ordered += 1;
        tally.counts.sold += u64::try_from(tickets.len()).unwrap_or(0);
        let order = order.order_id.to_string();
        tally.served.push(Served { user: buyer.user, order, tickets: tickets.clone(), at_ms });
    }
    see_tickets(buyer, &order, &tickets).await;
}

/// The page of the hold: it is there, with the seats.
async fn show_hold(buyer: &Buyer, hold: &Reservation) -> Option<()> {
    let (crowd, bearer) = (&buyer.crowd, buyer.bearer());
    let path = format!("/api/bookings/reservations/{}", hold.reservation_id);
    let request = ask("GET", &path, &[("authorization", &bearer)], None);
    let answer = buyer.call(Call::Hold, Instant::now(), &request).await?;
    if answer.status != 200 {
        crowd.unexpected(Call::Hold, buyer.user, &answer);
        return None;
    }
    let shown: Reservation = crowd.read(Call::Hold, buyer.user, &answer)?;
    if shown.status != ReservationStatus::Active || shown.seats != hold.seats {
        crowd.wrong("another hold than was told", buyer.user, &format!("{shown:?}"));
    }
    Some(())
}

async fn give_back(buyer: &mut Buyer, hold: &Reservation) {
    buyer.is_settled = true;
    let (crowd, bearer) = (&buyer.crowd, buyer.bearer());
    let seats: Vec<_> = hold.seats.iter().filter_map(|seat| crowd.hall.find(seat.seat_id.as_str())).collect();
    // From the moment of asking on they may be somebody else's.
    crowd.board.borrow_mut().unclaim(&seats);
    let path = format!("/api/bookings/reservations/{}", hold.reservation_id);
    let request = ask("DELETE", &path, &[("authorization", &bearer)], None);
    let Some(answer) = buyer.call(Call::Release, Instant::now(), &request).await else { return };
    match answer.status {
        204 => crowd.tally.borrow_mut().counts.released += 1,
        _ => crowd.unexpected(Call::Release, buyer.user, &answer),
    }
}

/// Pays; the order once it has its tickets.
async fn confirm(buyer: &Buyer, hold: &Reservation) -> Option<Order> {
    let (crowd, bearer, key) = (&buyer.crowd, buyer.bearer(), buyer.person.key());
    let body =
        json!({"reservationId": hold.reservation_id, "paymentMethod": "CREDIT_CARD", "expectedTotal": hold.total});
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", &key)];
    let request = ask("POST", "/api/bookings/confirm", &headers, Some(&body.to_string()));
    let mut answer = buyer.call(Call::Confirm, Instant::now(), &request).await?;
    for _ in 0..LOOKS_MAX {
        // The first of two requests by the same key is at it, or its outcome is not known here.
        let is_open = answer.status == 504 || (answer.status == 409 && has_code(&answer, "in_progress"));
        if !is_open {
            break;
        }
        tokio::time::sleep(LOOK_EVERY).await;
        answer = buyer.call(Call::Confirm, Instant::now(), &request).await?;
    }
    if !matches!(answer.status, 200 | 202) {
        crowd.unexpected(Call::Confirm, buyer.user, &answer);
        return None;
    }
    let mut order: Order = crowd.read(Call::Confirm, buyer.user, &answer)?;
    if answer.status == 200 && !is_ticketed(order.status) {
        crowd.wrong("200 without tickets", buyer.user, &format!("{:?}", order.status));
    }
    for _ in 0..LOOKS_MAX {
        match order.status {
            OrderStatus::Pending => {
                tokio::time::sleep(LOOK_EVERY).await;
                order = show_order(buyer, &order).await?;
            }
            status if is_ticketed(status) => return Some(order),
            status => {
                crowd.wrong(
                    "paid by a good card, and no order",
                    buyer.user,
                    &format!("{status:?}: {:?}", order.failure),
                );
                return None;
            }
        }
    }
    crowd.wrong("an order that never was decided", buyer.user, &order.order_id.to_string());
    None
}

fn is_ticketed(status: OrderStatus) -> bool {
    matches!(status, OrderStatus::Confirmed | OrderStatus::Processing | OrderStatus::Completed)
}

fn has_code(answer: &Answer, code: &str) -> bool {
    crate::client::text_member(&answer.body, "code").as_deref() == Some(code)
}

async fn show_order(buyer: &Buyer, order: &Order) -> Option<Order> {
    let (crowd, bearer) = (&buyer.crowd, buyer.bearer());
    let request = ask("GET", &format!("/api/bookings/{}", order.order_id), &[("authorization", &bearer)], None);
    let answer = buyer.call(Call::Order, Instant::now(), &request).await?;
    if answer.status != 200 {
        crowd.unexpected(Call::Order, buyer.user, &answer);
        return None;
    }
    crowd.read(Call::Order, buyer.user, &answer)
}

/// Ticket and seat, pairs; nothing, and an error, where they are not those of the hold.
fn tickets_of(buyer: &Buyer, hold: &Reservation, order: &Order) -> Option<Vec<(String, String)>> {
    let mut held: Vec<_> = hold.seats.iter().map(|seat| seat.seat_id.to_string()).collect();
    let seat = |ticket: &onsale_core::api::booking::Ticket| Some(ticket.seat_id.as_ref()?.to_string());
    let tickets: Option<Vec<_>> =
        order.tickets.iter().map(|ticket| Some((ticket.ticket_id.to_string(), seat(ticket)?))).collect();
    let tickets = tickets.unwrap_or_default();
    let mut seats: Vec<_> = tickets.iter().map(|(_, seat)| seat.clone()).collect();
    held.sort_unstable();
    seats.sort_unstable();
    if held != seats || order.reservation_id != hold.reservation_id || order.total != hold.total {
        buyer.crowd.wrong("other tickets than were held", buyer.user, &format!("{order:?}"));
        return None;
    }
    Some(tickets)
}

/// The page of the order shows the same tickets.
async fn see_tickets(buyer: &Buyer, order: &Order, tickets: &[(String, String)]) {
    let Some(shown) = show_order(buyer, order).await else { return };
    let ids = |order: &Order| order.tickets.iter().map(|ticket| ticket.ticket_id.to_string()).collect::<Vec<_>>();
    let told: Vec<_> = tickets.iter().map(|(ticket, _)| ticket.clone()).collect();
    if !is_ticketed(shown.status) || ids(&shown) != told {
        buyer.crowd.wrong("tickets that went away", buyer.user, &format!("{shown:?}"));
    }
}

//! What the page is about: the hold, where it stands, and its event.

use crate::api::{self, Failure};
use crate::browser;
use crate::buying::{Stage, stage};
use crate::components::Happening;
use crate::islands::buying::zones::{self, kind_name};
use onsale_core::api::booking::{HeldSeat, Order, Reservation};
use onsale_core::api::page::Page;
use serde::Deserialize;

/// An order of this hold is among the newest.
const ORDERS_LOOKED_AT: &str = "/api/bookings?limit=10";

/// A hold with what is known around it.
#[derive(Clone)]
pub(super) struct Facts {
    pub(super) hold: Reservation,
    pub(super) stage: Stage,
    /// Nothing while search is away; the hold can be paid all the same.
    pub(super) event: Option<Happening>,
    /// Where mail goes, where it could be asked.
    pub(super) email: Option<String>,
    pub(super) zones: zones::Names,
}

impl Facts {
    /// Whether there are numbered seats.
    pub(super) fn seated(&self) -> bool {
        !self.hold.seats.is_empty()
    }

    /// Whether the event takes bank transfers.
    pub(super) fn transfers(&self) -> bool {
        self.event.as_ref().is_some_and(|event| event.sale.bank_transfers)
    }

    /// How many tickets.
    pub(super) fn tickets(&self) -> usize {
        self.hold.seats.len() + self.hold.tickets.iter().map(|held| held.quantity as usize).sum::<usize>()
    }

    /// What a seat's part of the house is called.
    pub(super) fn part(&self, seat: &HeldSeat) -> String {
        let zone = self.zones.name(seat.zone_id).map(str::to_owned);
        zone.unwrap_or_else(|| self.kind(&seat.ticket_type, Some(&seat.category)))
    }

    /// What a ticket type is called.
    pub(super) fn kind(&self, ticket_type: &str, category: Option<&str>) -> String {
        kind_name(self.event.as_ref(), ticket_type, category)
    }

    /// Where seats or tickets are chosen.
    pub(super) fn choosing(&self) -> String {
        let place = if self.seated() { "/seats" } else { "#tickets" };
        browser::link(&format!("/events/{}{place}", self.hold.event_id))
    }
}

/// What of an account is said here.
#[derive(Deserialize)]
struct Address {
    email: String,
}

/// Asks for all of it.
pub(super) async fn look(reservation: &str) -> Result<Facts, Failure> {
    let path = format!("/api/bookings/reservations/{reservation}");
    let hold: Reservation = api::get_mine(&path).await?;
    let event = format!("/api/events/{}", hold.event_id);
    let (orders, event, account, zones) = futures::join!(
        api::get_mine::<Page<Order>>(ORDERS_LOOKED_AT),
        api::get::<Happening>(&event),
        api::get_mine::<Address>("/api/auth/me"),
        zones::of(&hold.event_id, !hold.seats.is_empty()),
    );
    let stage = stage(&hold, &orders?.items);
    Ok(Facts { hold, stage, event: event.ok(), email: account.ok().map(|account| account.email), zones })
}

//! Where a hold stands for the one who pays it, told from the hold and the account's orders alone, so that a reload
//! at any step finds the truth.

use chrono::{DateTime, Utc};
use onsale_core::api::booking::{NextAction, Order, Reservation, TransferInstructions};
use onsale_core::{OrderId, OrderStatus, ReservationStatus};

/// Where a hold stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// It can be paid.
    Open {
        /// Why the last attempt was declined, where there was one.
        declined: Option<String>,
    },
    /// The payer has to approve at the provider's page.
    AtBank {
        /// The order.
        order: OrderId,
        /// The page.
        url: String,
    },
    /// The money of a bank transfer is awaited.
    Transfer {
        /// The order.
        order: OrderId,
        /// What to write on it.
        transfer: TransferInstructions,
        /// Until when it must have arrived.
        until: Option<DateTime<Utc>>,
        /// The provider's page that says the same.
        url: String,
    },
    /// A payment is being decided.
    Deciding(OrderId),
    /// It is paid; the order is not known when it is an old one.
    Sold(Option<OrderId>),
    /// It came to its end unpaid.
    Ended(Ended),
}

/// How a hold ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Its time was over.
    TimeOver,
    /// Its holder gave it back.
    GivenBack,
}

/// Where a hold stands, given the newest orders of its holder.
#[must_use]
pub fn stage(hold: &Reservation, orders: &[Order]) -> Stage {
    let order = orders.iter().find(|order| order.reservation_id == hold.reservation_id);
    match (order.map(stage_of_order), hold.status) {
        (Some(sold @ Stage::Sold(_)), _) => sold,
        (_, ReservationStatus::Confirmed) => Stage::Sold(order.map(|order| order.order_id)),
        (_, ReservationStatus::Released) => Stage::Ended(Ended::GivenBack),
        (_, ReservationStatus::Expired) => Stage::Ended(Ended::TimeOver),
        (Some(stage), ReservationStatus::Active) => stage,
        (None, ReservationStatus::Active) => Stage::Open { declined: None },
    }
}

/// Where an order's hold stands.
#[must_use]
pub fn stage_of_order(order: &Order) -> Stage {
    match order.status {
        // Given up before there were any tickets.
        OrderStatus::Cancelled if order.tickets.is_empty() => Stage::Ended(Ended::GivenBack),
        OrderStatus::Confirmed | OrderStatus::Processing | OrderStatus::Completed | OrderStatus::Cancelled => {
            Stage::Sold(Some(order.order_id))
        }
        OrderStatus::Failed => Stage::Ended(Ended::TimeOver),
        OrderStatus::Pending => match (&order.failure, &order.next_action) {
            (Some(reason), _) => Stage::Open { declined: Some(reason.clone()) },
            (None, Some(next)) => stage_of_action(order.order_id, next),
            (None, None) => Stage::Deciding(order.order_id),
        },
    }
}

fn stage_of_action(order: OrderId, next: &NextAction) -> Stage {
    let url = next.url.clone();
    match next.transfer.clone() {
        Some(transfer) => Stage::Transfer { order, transfer, until: next.until, url },
        None => Stage::AtBank { order, url },
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use onsale_core::api::booking::Ticket;
    use onsale_core::{Currency, EventId, Money, Price, ReservationId, TicketStatus, UserId};

    fn id<T: std::str::FromStr>(last: u8) -> T {
        let text = format!("0193f0c4-1111-7222-8333-4444555566{last:02x}");
        text.parse().unwrap_or_else(|_| panic!("an id"))
    }

    fn hold(status: ReservationStatus) -> Reservation {
        Reservation {
            reservation_id: id::<ReservationId>(1),
            event_id: EventId::new("EVT001").expect("an id"),
            status,
            seats: Vec::new(),
            tickets: Vec::new(),
            total: Money::new(23_100, Currency::EUR),
            lines: Vec::new(),
            promo_code: None,
            expires_at: DateTime::UNIX_EPOCH,
            expires_in_ms: 600_000,
            fencing_token: 1,
        }
    }

    pub(in crate::buying) fn order(status: OrderStatus) -> Order {
        Order {
            order_id: id(2),
            order_number: "7H4K-20".to_owned(),
            status,
            event_id: EventId::new("EVT001").expect("an id"),
            reservation_id: id(1),
            user_id: id::<UserId>(3),
            total: Money::new(23_100, Currency::EUR),
            lines: Vec::new(),
            refunded: None,
            tickets: Vec::new(),
            next_action: None,
            failure: None,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    /// An order that has got its ticket.
    pub(in crate::buying) fn sold(status: OrderStatus) -> Order {
        let ticket = Ticket {
            ticket_id: id(4),
            seat_id: None,
            zone_id: None,
            row: None,
            column: None,
            category: None,
            ticket_type: "adult".to_owned(),
            price: Price { total: Money::new(23_100, Currency::EUR), lines: Vec::new() },
            status: TicketStatus::Valid,
            qr: String::new(),
        };
        Order { tickets: vec![ticket], ..order(status) }
    }

    fn redirect() -> Option<NextAction> {
        Some(NextAction {
            kind: "redirect".to_owned(),
            url: "https://bank.example/1".to_owned(),
            transfer: None,
            until: None,
        })
    }

    #[test]
    fn a_hold_without_an_order_can_be_paid_until_it_ends() {
        assert_eq!(stage(&hold(ReservationStatus::Active), &[]), Stage::Open { declined: None });
        assert_eq!(stage(&hold(ReservationStatus::Expired), &[]), Stage::Ended(Ended::TimeOver));
        assert_eq!(stage(&hold(ReservationStatus::Released), &[]), Stage::Ended(Ended::GivenBack));
        let other = Order { reservation_id: id(9), ..order(OrderStatus::Confirmed) };
        assert_eq!(stage(&hold(ReservationStatus::Active), &[other]), Stage::Open { declined: None });
    }

    #[test]
    fn a_pending_order_is_decided_by_the_payer_or_the_bank() {
        let active = hold(ReservationStatus::Active);
        let pending = order(OrderStatus::Pending);
        assert_eq!(stage(&active, std::slice::from_ref(&pending)), Stage::Deciding(pending.order_id));
        let at_bank = Order { next_action: redirect(), ..pending.clone() };
        assert!(matches!(stage(&active, &[at_bank]), Stage::AtBank { .. }));
        let transfer = TransferInstructions {
            account_holder: "Onsale".to_owned(),
            iban: "DE00123456789012345678".to_owned(),
            bic: "SANDDEFFXXX".to_owned(),
            reference: "6AE04643CB".to_owned(),
        };
        let action = redirect().map(|next| NextAction { transfer: Some(transfer.clone()), ..next });
        let sent_by_bank = Order { next_action: action, ..pending.clone() };
        let stage_of_transfer = stage(&active, &[sent_by_bank]);
        assert!(matches!(stage_of_transfer, Stage::Transfer { transfer: told, .. } if told == transfer));
        let declined = Order { failure: Some("insufficient_funds".to_owned()), ..pending.clone() };
        let open = Stage::Open { declined: Some("insufficient_funds".to_owned()) };
        assert_eq!(stage(&active, std::slice::from_ref(&declined)), open);
        assert_eq!(stage(&hold(ReservationStatus::Expired), &[declined]), Stage::Ended(Ended::TimeOver));
    }

    #[test]
    fn a_paid_order_wins_over_what_the_hold_says() {
        for status in [OrderStatus::Confirmed, OrderStatus::Processing, OrderStatus::Completed, OrderStatus::Cancelled]
        {
            let paid = sold(status);
            let sold = Stage::Sold(Some(paid.order_id));
            assert_eq!(stage(&hold(ReservationStatus::Active), std::slice::from_ref(&paid)), sold);
            assert_eq!(stage(&hold(ReservationStatus::Confirmed), &[paid]), sold);
        }
        assert_eq!(stage(&hold(ReservationStatus::Confirmed), &[]), Stage::Sold(None));
        let given_up = order(OrderStatus::Cancelled);
        assert_eq!(stage(&hold(ReservationStatus::Active), &[given_up]), Stage::Ended(Ended::GivenBack));
        let failed = order(OrderStatus::Failed);
        assert_eq!(stage(&hold(ReservationStatus::Active), &[failed]), Stage::Ended(Ended::TimeOver));
    }
}

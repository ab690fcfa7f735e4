//! Where a hold stands for the one who pays it, told from the hold and the account's orders alone, so that a reload
//! at any step finds the truth.

use onsale_core::api::booking::{Order, Reservation};
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
        OrderStatus::Confirmed | OrderStatus::Processing | OrderStatus::Completed | OrderStatus::Cancelled => {
            Stage::Sold(Some(order.order_id))
        }
        OrderStatus::Failed => Stage::Ended(Ended::TimeOver),
        OrderStatus::Pending => match (&order.failure, &order.next_action) {
            (Some(reason), _) => Stage::Open { declined: Some(reason.clone()) },
            (None, Some(next)) => Stage::AtBank { order: order.order_id, url: next.url.clone() },
            (None, None) => Stage::Deciding(order.order_id),
        },
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use chrono::DateTime;
    use onsale_core::api::booking::NextAction;
    use onsale_core::{Currency, EventId, Money, ReservationId, UserId};

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
        let declined = Order { failure: Some("insufficient_funds".to_owned()), ..pending.clone() };
        let open = Stage::Open { declined: Some("insufficient_funds".to_owned()) };
        assert_eq!(stage(&active, std::slice::from_ref(&declined)), open);
        assert_eq!(stage(&hold(ReservationStatus::Expired), &[declined]), Stage::Ended(Ended::TimeOver));
    }

    #[test]
    fn a_paid_order_wins_over_what_the_hold_says() {
        for status in [OrderStatus::Confirmed, OrderStatus::Processing, OrderStatus::Completed, OrderStatus::Cancelled]
        {
            let paid = order(status);
            let sold = Stage::Sold(Some(paid.order_id));
            assert_eq!(stage(&hold(ReservationStatus::Active), std::slice::from_ref(&paid)), sold);
            assert_eq!(stage(&hold(ReservationStatus::Confirmed), &[paid]), sold);
        }
        assert_eq!(stage(&hold(ReservationStatus::Confirmed), &[]), Stage::Sold(None));
        let failed = order(OrderStatus::Failed);
        assert_eq!(stage(&hold(ReservationStatus::Active), &[failed]), Stage::Ended(Ended::TimeOver));
    }
}

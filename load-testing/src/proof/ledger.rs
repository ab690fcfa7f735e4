//! What was acknowledged, and whether it is there.

use super::faults::Faults;
use sqlx::{PgConnection, Row};
use std::collections::BTreeMap;

/// What the owner of an acknowledged hold was told last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is held.
    Held,
    /// Paying was asked for; no final answer came.
    Paying,
    /// It is paid: the order's id.
    Paid(String),
    /// The card was declined; the hold stays until it ends.
    Declined,
    /// The hold, or the payer's time, is over.
    Gone,
    /// Cancelling tickets of this order was asked for; no answer came.
    Cancelling(String),
    /// So many tickets of this order are left.
    Cancelled(String, usize),
    /// Giving it back was asked for; no answer came.
    Releasing,
    /// It was given back.
    Released,
}

impl Fate {
    /// The states of a reservation that fit what was told; whether holds may have ended by themselves.
    fn fits(&self, status: &str, end: bool) -> bool {
        match self {
            Self::Held | Self::Declined => status == "ACTIVE" || (end && status == "EXPIRED"),
            Self::Paying => matches!(status, "ACTIVE" | "CONFIRMED") || (end && status == "EXPIRED"),
            Self::Paid(_) | Self::Cancelling(_) | Self::Cancelled(..) => status == "CONFIRMED",
            // Money that came late may have got the seats after all.
            Self::Gone => end && matches!(status, "EXPIRED" | "CONFIRMED"),
            Self::Releasing => matches!(status, "ACTIVE" | "RELEASED") || (end && status == "EXPIRED"),
            Self::Released => status == "RELEASED",
        }
    }

    /// The order that was acknowledged as paid.
    fn order(&self) -> Option<&str> {
        match self {
            Self::Paid(order) | Self::Cancelling(order) | Self::Cancelled(order, _) => Some(order),
            _ => None,
        }
    }

    /// How many of its seats and tickets must be there; nothing where that was not told.
    fn left(&self, seats: usize) -> Option<usize> {
        match self {
            Self::Cancelling(_) => None,
            Self::Cancelled(_, left) => Some(*left),
            _ => Some(seats),
        }
    }
}

/// Acknowledged holds by id, with their number of seats.
#[derive(Debug, Default)]
pub struct Ledger {
    holds: BTreeMap<String, (usize, Fate)>,
    end: bool,
}

struct Reservation {
    status: String,
    seats: i64,
}

struct Order {
    reservation: String,
    status: String,
    tickets: i64,
}

impl Ledger {
    /// One of holds that may end by themselves.
    #[must_use]
    pub fn of_ending() -> Self {
        Self { end: true, ..Self::default() }
    }

    /// Whether holds may have ended by themselves.
    #[must_use]
    pub fn may_end(&self) -> bool {
        self.end
    }

    /// A hold was acknowledged.
    pub fn held(&mut self, reservation: &str, seats: usize) {
        self.holds.insert(reservation.to_owned(), (seats, Fate::Held));
    }

    /// Its owner was told something else, or asks for it.
    pub fn now(&mut self, reservation: &str, fate: Fate) {
        if let Some(hold) = self.holds.get_mut(reservation) {
            hold.1 = fate;
        }
    }

    /// How many holds were acknowledged.
    #[must_use]
    pub fn holds(&self) -> usize {
        self.holds.len()
    }

    /// How many orders were acknowledged as paid.
    #[must_use]
    pub fn orders(&self) -> usize {
        self.holds.values().filter(|(_, fate)| fate.order().is_some()).count()
    }

    /// How many owners were told last what `is` says.
    #[must_use]
    pub fn count(&self, is: impl Fn(&Fate) -> bool) -> usize {
        self.holds.values().filter(|(_, fate)| is(fate)).count()
    }

    /// Every acknowledged hold and order is there, with its seats and tickets.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn compare(&self, database: &mut PgConnection, faults: &mut Faults) -> anyhow::Result<()> {
        let (reservations, orders) = (reservations(database).await?, orders(database).await?);
        for (id, (seats, fate)) in &self.holds {
            let Some(found) = reservations.get(id) else {
                faults.add(format!("the acknowledged hold {id} is not there"));
                continue;
            };
            let fits = fate.fits(&found.status, self.end);
            faults.unless(fits, || format!("hold {id} was told {fate:?} and is {}", found.status));
            let left = fate.left(*seats).map(i64::try_from).transpose()?;
            let is_live = matches!(found.status.as_str(), "ACTIVE" | "CONFIRMED");
            let has_seats = !is_live || left.is_none_or(|left| found.seats == left);
            faults.unless(has_seats, || format!("hold {id}, {fate:?}, has {} of its {left:?} seats", found.seats));
            let Some(order) = fate.order() else { continue };
            let there = orders.get(order).is_some_and(|order| {
                let sold = matches!(order.status.as_str(), "CONFIRMED" | "PROCESSING" | "COMPLETED");
                let fits = match left {
                    Some(left) => sold == (left > 0) && order.tickets == left,
                    None => sold || order.status == "CANCELLED",
                };
                fits && order.reservation == *id
            });
            faults.unless(there, || {
                format!("the acknowledged order {order} of hold {id}, {fate:?}, is not there with its tickets")
            });
        }
        Ok(())
    }
}

async fn reservations(database: &mut PgConnection) -> anyhow::Result<BTreeMap<String, Reservation>> {
    let query =
        "WITH had AS (SELECT reservation_id, count(*) AS seats FROM booking.seats WHERE state IN (1, 2) GROUP BY 1)
        SELECT r.id::text AS id, r.status, coalesce(had.seats, 0) AS seats
        FROM booking.reservations r LEFT JOIN had ON had.reservation_id = r.id";
    let rows = sqlx::query(query).fetch_all(database).await?;
    let read = |row: &sqlx::postgres::PgRow| -> Result<_, sqlx::Error> {
        Ok((row.try_get("id")?, Reservation { status: row.try_get("status")?, seats: row.try_get("seats")? }))
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

async fn orders(database: &mut PgConnection) -> anyhow::Result<BTreeMap<String, Order>> {
    let query = "SELECT o.id::text AS id, o.reservation_id::text AS reservation, o.status,
            count(t.id) FILTER (WHERE t.status = 'VALID') AS tickets
        FROM booking.orders o LEFT JOIN booking.tickets t ON t.order_id = o.id GROUP BY o.id";
    let rows = sqlx::query(query).fetch_all(database).await?;
    let read = |row: &sqlx::postgres::PgRow| -> Result<_, sqlx::Error> {
        let (reservation, status) = (row.try_get("reservation")?, row.try_get("status")?);
        Ok((row.try_get("id")?, Order { reservation, status, tickets: row.try_get("tickets")? }))
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_last_counts() {
        let mut ledger = Ledger::default();
        ledger.held("r-1", 2);
        ledger.held("r-2", 2);
        ledger.now("r-2", Fate::Paid("o-1".to_owned()));
        assert_eq!((ledger.holds(), ledger.orders()), (2, 1));
        assert!(Fate::Paying.fits("CONFIRMED", false) && Fate::Paying.fits("ACTIVE", false));
        assert!(!Fate::Held.fits("EXPIRED", false) && !Fate::Released.fits("ACTIVE", true));
        assert!(Fate::Held.fits("EXPIRED", true) && !Fate::Paid("o-1".to_owned()).fits("EXPIRED", true));
    }

    #[test]
    fn what_is_left_after_a_cancellation_is_what_must_be_there() {
        let order = || "o-1".to_owned();
        assert_eq!(Fate::Paid(order()).left(2), Some(2));
        assert_eq!(Fate::Cancelled(order(), 1).left(2), Some(1));
        assert_eq!(Fate::Cancelling(order()).left(2), None);
        assert_eq!(Fate::Cancelled(order(), 0).order(), Some("o-1"));
    }
}

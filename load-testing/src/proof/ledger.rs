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
    /// Giving it back was asked for; no answer came.
    Releasing,
    /// It was given back.
    Released,
}

impl Fate {
    /// The states of a reservation that fit what was told.
    fn fits(&self, status: &str) -> bool {
        match self {
            Self::Held => status == "ACTIVE",
            Self::Paying => matches!(status, "ACTIVE" | "CONFIRMED"),
            Self::Paid(_) => status == "CONFIRMED",
            Self::Releasing => matches!(status, "ACTIVE" | "RELEASED"),
            Self::Released => status == "RELEASED",
        }
    }
}

/// Acknowledged holds by id, with their number of seats.
#[derive(Debug, Default)]
pub struct Ledger {
    holds: BTreeMap<String, (usize, Fate)>,
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

    /// How many orders were acknowledged.
    #[must_use]
    pub fn orders(&self) -> usize {
        self.holds.values().filter(|(_, fate)| matches!(fate, Fate::Paid(_))).count()
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
            faults.unless(fate.fits(&found.status), || format!("hold {id} was told {fate:?} and is {}", found.status));
            let seats = i64::try_from(*seats)?;
            let has_seats = !matches!(found.status.as_str(), "ACTIVE" | "CONFIRMED") || found.seats == seats;
            faults.unless(has_seats, || format!("hold {id} has {} of its {seats} seats", found.seats));
            let Fate::Paid(order) = fate else { continue };
            let there = orders.get(order).is_some_and(|order| {
                let sold = matches!(order.status.as_str(), "CONFIRMED" | "PROCESSING" | "COMPLETED");
                sold && order.reservation == *id && order.tickets == seats
            });
            faults
                .unless(there, || format!("the acknowledged order {order} of hold {id} is not there with its tickets"));
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
        assert!(Fate::Paying.fits("CONFIRMED") && Fate::Paying.fits("ACTIVE"));
        assert!(!Fate::Held.fits("EXPIRED") && !Fate::Released.fits("ACTIVE"));
    }
}

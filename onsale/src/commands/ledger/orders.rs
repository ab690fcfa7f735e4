//! Compares booking's orders with what payment's ledger says was paid for them.

use super::Watch;
use onsale_core::OrderId;
use onsale_payment::check::{Books, Difference, OrderBooks, Watcher};
use onsale_platform::ServiceRole;
use onsale_platform::env::Env;
use onsale_platform::pg::{self, PgConfig};
use sqlx::PgPool;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use uuid::Uuid;

/// Orders read at once.
const PAGE: i64 = 1_000;
/// What differs at first may be on its way: it is looked at again after this.
const SECOND_LOOK_AFTER: Duration = Duration::from_secs(5);
/// More than this are told without a second look.
const SUSPECTS_MAX: usize = 10_000;

/// An order as booking has it. Amounts are in minor units.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
struct Order {
    id: Uuid,
    number: String,
    status: String,
    saga: String,
    amount: i64,
    refunded: i64,
    given_up: bool,
}

impl Order {
    /// What should have been captured less what should have been given back; nothing while that is being decided.
    fn expected_minor(&self) -> Option<i64> {
        match (self.saga.as_str(), self.status.as_str()) {
            // It was cancelled before it was paid, and what came all the same went back whole.
            ("OPEN" | "SETTLED", _) if self.given_up => Some(0),
            ("OPEN" | "SETTLED", "CONFIRMED" | "PROCESSING" | "COMPLETED" | "CANCELLED") => {
                Some(self.amount - self.refunded)
            }
            ("OPEN" | "SETTLED", _) => Some(0),
            _ => None,
        }
    }
}

/// Compares every order with the ledger, and every paid order with booking.
pub(super) async fn check(env: &Env, books: &Books, watch: &mut Watch<'_>) -> anyhow::Result<()> {
    // As booking itself: payment's role does not reach its orders.
    let config = PgConfig { connections_max: 1, ..PgConfig::of(env, ServiceRole::Booking)? };
    let pool = pg::connect(&config, ServiceRole::Booking).await?;
    let suspects = of_booking(&pool, books, watch).await?;
    let unknown = of_payment(&pool, books).await?;
    if !suspects.is_empty() || !unknown.is_empty() {
        tokio::time::sleep(SECOND_LOOK_AFTER).await;
        look_again(&pool, books, &suspects, watch).await?;
        for id in still_unknown(&pool, unknown).await? {
            watch.differs(Difference {
                subject: format!("order {id}"),
                found: "payment has attempts for it, and booking has no such order".to_owned(),
                remedy: "was booking's database put back from an older copy? else void or refund its payments",
            });
        }
    }
    pool.close().await;
    Ok(())
}

/// The orders that seem to differ.
async fn of_booking(pool: &PgPool, books: &Books, watch: &mut Watch<'_>) -> anyhow::Result<Vec<Uuid>> {
    let mut suspects = Vec::new();
    let mut after = Uuid::nil();
    loop {
        let orders: Vec<Order> = sqlx::query_as(
            "SELECT id, number, status, saga, amount, refunded, given_up FROM booking.orders
             WHERE id > $1 ORDER BY id LIMIT $2",
        )
        .bind(after)
        .bind(PAGE)
        .fetch_all(pool)
        .await?;
        let Some(last) = orders.last() else { return Ok(suspects) };
        after = last.id;
        let paid = paid_for(books, &orders).await?;
        let differing = orders.iter().filter(|order| compare(order, paid.get(&order.id)).is_some());
        suspects.extend(differing.map(|order| order.id));
        suspects.truncate(SUSPECTS_MAX);
        watch.looked_at(orders.len());
    }
}

/// The orders that payment has attempts for and booking does not know.
async fn of_payment(pool: &PgPool, books: &Books) -> anyhow::Result<Vec<OrderId>> {
    let mut unknown = Vec::new();
    let mut after = None;
    loop {
        let page = books.orders_after(after).await?;
        let Some(last) = page.last().copied() else { return Ok(unknown) };
        after = Some(last);
        unknown.extend(still_unknown(pool, page).await?);
        unknown.truncate(SUSPECTS_MAX);
    }
}

async fn still_unknown(pool: &PgPool, ids: Vec<OrderId>) -> anyhow::Result<Vec<OrderId>> {
    let named: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let known: Vec<Uuid> =
        sqlx::query_scalar("SELECT id FROM booking.orders WHERE id = ANY($1)").bind(&named).fetch_all(pool).await?;
    let known: HashSet<Uuid> = known.into_iter().collect();
    Ok(ids.into_iter().filter(|id| !known.contains(&id.0)).collect())
}

async fn look_again(pool: &PgPool, books: &Books, ids: &[Uuid], watch: &mut Watch<'_>) -> anyhow::Result<()> {
    for page in ids.chunks(1_000) {
        let orders: Vec<Order> = sqlx::query_as(
            "SELECT id, number, status, saga, amount, refunded, given_up FROM booking.orders
             WHERE id = ANY($1) ORDER BY id",
        )
        .bind(page)
        .fetch_all(pool)
        .await?;
        let paid = paid_for(books, &orders).await?;
        for order in &orders {
            if let Some(found) = compare(order, paid.get(&order.id)) {
                watch.differs(Difference {
                    subject: format!("order {} ({})", order.number, order.id),
                    found,
                    remedy: "are booking and payment running? their sagas and reconciler put it right; else compare \
                             booking.events of the order with payment.journal",
                });
            }
        }
    }
    Ok(())
}

async fn paid_for(books: &Books, orders: &[Order]) -> anyhow::Result<HashMap<Uuid, OrderBooks>> {
    let ids: Vec<OrderId> = orders.iter().map(|order| OrderId(order.id)).collect();
    Ok(books.of_orders(&ids).await?.into_iter().map(|paid| (paid.order_id.0, paid)).collect())
}

/// What differs, if anything does.
fn compare(order: &Order, paid: Option<&OrderBooks>) -> Option<String> {
    let expected = order.expected_minor()?;
    let money = paid.map_or(0, |paid| paid.money_minor);
    let moving = if paid.is_some_and(|paid| paid.is_moving) { ", of which some is still moving" } else { "" };
    (expected != money).then(|| {
        format!("it is {} and worth {expected} minor units, the ledger has {money} for it{moving}", order.status)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(status: &str, saga: &str, refunded: i64) -> Order {
        Order {
            id: Uuid::nil(),
            number: "A1".to_owned(),
            status: status.to_owned(),
            saga: saga.to_owned(),
            amount: 5_000,
            refunded,
            given_up: false,
        }
    }

    fn paid(money_minor: i64) -> OrderBooks {
        OrderBooks { order_id: OrderId(Uuid::nil()), money_minor, is_moving: false }
    }

    #[test]
    fn an_order_is_worth_what_was_captured_less_what_was_given_back() {
        for (order, money) in [
            (order("COMPLETED", "SETTLED", 0), 5_000),
            (order("CANCELLED", "SETTLED", 4_500), 500),
            (order("FAILED", "SETTLED", 5_000), 0),
            (order("PENDING", "OPEN", 0), 0),
            (Order { given_up: true, ..order("CANCELLED", "SETTLED", 0) }, 0),
            (Order { given_up: true, ..order("CANCELLED", "SETTLED", 5_000) }, 0),
        ] {
            assert_eq!(compare(&order, Some(&paid(money))), None, "{order:?}");
            assert!(compare(&order, Some(&paid(money + 1))).is_some(), "{order:?}");
        }
        assert!(compare(&order("CONFIRMED", "SETTLED", 0), None).is_some(), "tickets without money");
        assert_eq!(compare(&order("CONFIRMED", "CAPTURING", 0), None), None, "the money is under way");
    }
}

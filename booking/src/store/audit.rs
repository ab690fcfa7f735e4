//! `booking.audit`: what staff did to orders. It only grows.

use crate::domain::life::Time;
use onsale_core::{OrderId, UserId};
use sqlx::PgConnection;

/// The action of settling an invoice.
pub(crate) const SETTLE: &str = "order.settle";

/// Notes an act on an order, once: gives when it was noted first, by whomever.
pub(crate) async fn note(
    conn: &mut PgConnection,
    actor: UserId,
    action: &'static str,
    order: OrderId,
) -> Result<Time, sqlx::Error> {
    sqlx::query!(
        "INSERT INTO booking.audit (actor_id, action, order_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        actor.0,
        action,
        order.0,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query_scalar!("SELECT at FROM booking.audit WHERE order_id = $1 AND action = $2", order.0, action)
        .fetch_one(conn)
        .await
}

//! `booking.audit`: what staff did to orders. It only grows.

use crate::domain::life::Time;
use onsale_core::{OrderId, OrganisationId, UserId};
use sqlx::PgConnection;

/// Notes that an invoice was settled, once: gives when it was noted first, by whomever.
pub(crate) async fn settle(
    conn: &mut PgConnection,
    actor: UserId,
    organisation: OrganisationId,
    order: OrderId,
) -> Result<Time, sqlx::Error> {
    sqlx::query!(
        "INSERT INTO booking.audit (actor_id, organisation_id, action, order_id) VALUES ($1, $2, 'order.settle', $3)
         ON CONFLICT DO NOTHING",
        actor.0,
        organisation.0,
        order.0,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query_scalar!("SELECT at FROM booking.audit WHERE order_id = $1 AND action = 'order.settle'", order.0)
        .fetch_one(conn)
        .await
}

//! `booking.order_notes`. It only grows.

use crate::domain::life::Time;
use onsale_core::{OrderId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NoteRow {
    /// Who wrote it.
    pub author_id: Uuid,
    /// When.
    pub at: Time,
    /// What.
    pub text: String,
}

/// Keeps a note; the same one again is kept once.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    (id, order): (Uuid, OrderId),
    author: UserId,
    at: Time,
    text: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO booking.order_notes (note_id, order_id, author_id, at, text) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
        id,
        order.0,
        author.0,
        at,
        text,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How many notes an order has.
pub(crate) async fn count(conn: &mut PgConnection, order: OrderId) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM booking.order_notes WHERE order_id = $1"#, order.0)
        .fetch_one(conn)
        .await
}

/// The notes of an order, first to last.
pub(crate) async fn of_order(conn: &mut PgConnection, order: OrderId, limit: i64) -> Result<Vec<NoteRow>, sqlx::Error> {
    sqlx::query_as!(
        NoteRow,
        "SELECT author_id, at, text FROM booking.order_notes WHERE order_id = $1 ORDER BY at, note_id LIMIT $2",
        order.0,
        limit,
    )
    .fetch_all(conn)
    .await
}

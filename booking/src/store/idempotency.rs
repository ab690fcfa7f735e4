//! `booking.idempotency_keys`, a batch at a time.

use onsale_platform::idempotency::{ScopedKey, Stored};
use sqlx::PgConnection;

/// The stored answers of these keys, in their order; none older than 24 hours.
pub(crate) async fn find(conn: &mut PgConnection, keys: &[&ScopedKey]) -> Result<Vec<Option<Stored>>, sqlx::Error> {
    let mut found = vec![None; keys.len()];
    if keys.is_empty() {
        return Ok(found);
    }
    let rows = sqlx::query!(
        r#"SELECT wanted.place AS "place!", k.body_hash, k.status, k.body
           FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY AS wanted (account_id, route, key, place)
           JOIN booking.idempotency_keys k
             ON k.account_id = wanted.account_id AND k.route = wanted.route AND k.key = wanted.key
           WHERE k.created_at > clock_timestamp() - interval '24 hours'"#,
        &keys.iter().map(|key| key.account.0).collect::<Vec<_>>(),
        &keys.iter().map(|key| key.route.to_owned()).collect::<Vec<_>>(),
        &keys.iter().map(|key| key.key.clone()).collect::<Vec<_>>(),
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let place = usize::try_from(row.place - 1).unwrap_or(usize::MAX);
        if let Some(slot) = found.get_mut(place) {
            let status = u16::try_from(row.status).unwrap_or(500);
            *slot = Some(Stored { body_hash: row.body_hash, status, body: row.body });
        }
    }
    Ok(found)
}

/// Keeps answers.
pub(crate) async fn keep(conn: &mut PgConnection, answers: &[(&ScopedKey, u16, String)]) -> Result<(), sqlx::Error> {
    if answers.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO booking.idempotency_keys (account_id, route, key, body_hash, status, body)
         SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::smallint[], $6::text[])
         ON CONFLICT (account_id, route, key) DO UPDATE
         SET body_hash = excluded.body_hash, status = excluded.status, body = excluded.body, created_at = now()",
        &answers.iter().map(|(key, ..)| key.account.0).collect::<Vec<_>>(),
        &answers.iter().map(|(key, ..)| key.route.to_owned()).collect::<Vec<_>>(),
        &answers.iter().map(|(key, ..)| key.key.clone()).collect::<Vec<_>>(),
        &answers.iter().map(|(key, ..)| key.body_hash.to_vec()).collect::<Vec<_>>(),
        &answers.iter().map(|(_, status, _)| i16::try_from(*status).unwrap_or(500)).collect::<Vec<_>>(),
        &answers.iter().map(|(.., body)| body.clone()).collect::<Vec<_>>(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets answers older than 24 hours, a bounded number at a time.
pub(crate) async fn forget_old(conn: &mut PgConnection, rows_max: u32) -> Result<u64, sqlx::Error> {
    let result = sqlx::query!(
        "DELETE FROM booking.idempotency_keys WHERE ctid IN (
             SELECT ctid FROM booking.idempotency_keys WHERE created_at < now() - interval '24 hours' LIMIT $1)",
        i64::from(rows_max),
    )
    .execute(conn)
    .await?;
    Ok(result.rows_affected())
}

//! `gateway.sightings`: which accounts were signed in on which device.

use chrono::{DateTime, Utc};
use onsale_core::api::queue::SharedDevice;
use onsale_core::{EventId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Notes accounts that were seen with the entries of these positions.
pub(crate) async fn note(
    conn: &mut PgConnection,
    events: &[String],
    positions: &[i32],
    accounts: &[Uuid],
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "INSERT INTO gateway.sightings (event_id, device, account_id, at)
         SELECT DISTINCT e.event_id, e.device, seen.account, $4::timestamptz
         FROM unnest($1::text[], $2::int[], $3::uuid[]) AS seen (event, place, account)
         JOIN gateway.entries e ON e.event_id = seen.event AND e.position = seen.place
         ORDER BY 1, 2, 3
         ON CONFLICT DO NOTHING",
        events,
        positions,
        accounts,
        at,
    );
    sql.execute(conn).await.map(|_| ())
}

/// Devices on which several accounts were signed in, most accounts first.
pub(crate) async fn shared(conn: &mut PgConnection, event: &EventId) -> Result<Vec<SharedDevice>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT device, (array_agg(account_id ORDER BY at))[1:20] AS "accounts!", count(*) AS "count!",
                  min(at) AS "first_at!", max(at) AS "last_at!"
           FROM gateway.sightings WHERE event_id = $1 GROUP BY device HAVING count(*) > 1
           ORDER BY count(*) DESC, device LIMIT 100"#,
        event.as_str(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| SharedDevice {
            device: hex::encode(&row.device[..row.device.len().min(8)]),
            accounts: row.accounts.into_iter().map(UserId).collect(),
            account_count: row.count,
            first_at: row.first_at,
            last_at: row.last_at,
        })
        .collect())
}

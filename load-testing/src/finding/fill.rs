//! Puts the catalogue where search keeps its rows, as its own consumers would have written them.

use super::catalogue::{Catalogue, Event};
use chrono::{DateTime, SecondsFormat, TimeDelta};
use onsale_core::text::words;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use std::collections::BTreeSet;

/// How many rows are written at once.
const ROWS_MAX: usize = 1_000;
/// 1 January 2099, 20:00 UTC.
const FIRST_EVENING: i64 = 4_070_980_800;
/// Places of an event.
const CAPACITY: i64 = 500;

/// When an event of this day begins, in RFC 3339.
#[must_use]
pub fn begins(day: u64) -> String {
    let first = DateTime::from_timestamp(FIRST_EVENING, 0).unwrap_or_default();
    let days = TimeDelta::days(i64::try_from(day).unwrap_or(0));
    (first + days).to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Writes all events, listed, and notes that the index has none of them.
///
/// # Errors
/// When the database refuses.
pub async fn fill(database_url: &str, catalogue: &Catalogue) -> anyhow::Result<()> {
    let mut conn = PgConnection::connect(database_url).await?;
    let mut vocabulary = BTreeSet::new();
    for events in catalogue.events.chunks(ROWS_MAX) {
        let rows: Vec<Value> = events.iter().map(|event| row(catalogue, event)).collect();
        for row in &rows {
            for field in ["name_folded", "venue_folded", "city_folded", "kind_folded"] {
                let text = row[field].as_str().unwrap_or_default();
                vocabulary.extend(text.split(' ').filter(|word| word.chars().count() >= 3).map(str::to_owned));
            }
        }
        sqlx::query(
            "INSERT INTO search.events
                 (id, version, listed, slug, name, description, kind, venue_id, venue_name, city, country, time_zone,
                  latitude, longitude, starts_at, on_sale_at, currency, price_min, price_max, minor_per_major,
                  capacity, available, name_folded, venue_folded, city_folded, kind_folded, text_folded)
             SELECT id, 1, true, id, name, description, kind, venue_id, venue_name, city, country, time_zone,
                    latitude, longitude, starts_at, starts_at - interval '60 days', 'EUR', price_min, price_min * 3, 100,
                    $2, $2, name_folded, venue_folded, city_folded, kind_folded, text_folded
             FROM jsonb_to_recordset($1) AS r (
                 id text, name text, description text, kind text, venue_id text, venue_name text, city text,
                 country text, time_zone text, latitude float8, longitude float8, starts_at timestamptz,
                 price_min bigint, name_folded text, venue_folded text, city_folded text, kind_folded text,
                 text_folded text)",
        )
        .bind(Value::from(rows))
        .bind(CAPACITY)
        .execute(&mut conn)
        .await?;
    }
    let vocabulary: Vec<String> = vocabulary.into_iter().collect();
    sqlx::query("INSERT INTO search.words SELECT unnest($1::text[]) ON CONFLICT DO NOTHING")
        .bind(vocabulary)
        .execute(&mut conn)
        .await?;
    sqlx::query("INSERT INTO search.unindexed (event_id, revision) SELECT id, revision FROM search.events ON CONFLICT DO NOTHING")
        .execute(&mut conn)
        .await?;
    sqlx::query("ANALYZE search.events").execute(&mut conn).await?;
    conn.close().await?;
    Ok(())
}

fn row(catalogue: &Catalogue, event: &Event) -> Value {
    let (venue, city) = (&catalogue.venues[event.venue], catalogue.city_of(event));
    let kind = catalogue.kind(event.kind);
    json!({
        "id": event.id,
        "name": event.name,
        "description": event.description,
        "kind": kind,
        "venue_id": format!("venue-{}", event.venue),
        "venue_name": venue.name,
        "city": city.name,
        "country": city.country,
        "time_zone": city.zone,
        "latitude": city.latitude,
        "longitude": city.longitude,
        "starts_at": begins(event.day),
        "price_min": event.price_minor,
        "name_folded": words(&event.name),
        "venue_folded": words(&venue.name),
        "city_folded": words(city.name),
        "kind_folded": words(kind),
        "text_folded": words(&event.description),
    })
}

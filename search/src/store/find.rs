//! Searching `search.events`, and completing what one types.

use super::events::Raw;
use crate::domain::query::Search;
use onsale_core::EventId;
use onsale_core::api::events::{EventSummary, FacetCount, Facets, Suggestion};
use sqlx::PgPool;
use sqlx::types::Json;

/// How alike a word and a part of an event's keywords are at least, by pg_trgm's word similarity:
/// one typo in a short word, two in a long one.
const SIMILARITY_MIN: f32 = 0.5;
/// How many completions there are at most.
const SUGGESTIONS_MAX: i64 = 10;

/// How words are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Matching {
    /// By a query of PostgreSQL's full text; empty for everything.
    Written(String),
    /// By how alike they are.
    Alike,
}

/// What a search finds.
pub(crate) struct Found {
    /// The ids of the page, in order.
    pub ids: Vec<String>,
    /// How many there are in all.
    pub total: i64,
    pub facets: Facets,
}

/// Finds the events of one page, and counts the others.
///
/// A facet counts what there would be with another value of its own: its own filter is not applied to it.
pub(crate) async fn search(pool: &PgPool, search: &Search, matching: &Matching) -> Result<Found, sqlx::Error> {
    let written = if let Matching::Written(query) = matching { query.clone() } else { search.text_query() };
    let row = sqlx::query!(
        r#"WITH matched AS MATERIALIZED (
               SELECT e.id, e.city, e.kind, e.starts_at, e.price_from::numeric / e.minor_per_major AS price,
                      ($3::text IS NULL OR e.city_folded = $3) AS in_city,
                      ($4::text IS NULL OR e.kind_folded = $4) AS in_kind,
                      CASE
                          WHEN $1 = '' THEN 0
                          WHEN $15 THEN (SELECT avg(public.word_similarity(term, e.keywords)
                                                    + public.word_similarity(term, e.name_folded))
                                         FROM unnest($2::text[]) AS term)
                          ELSE ts_rank(e.document, to_tsquery('simple', $1))
                               + greatest(public.word_similarity(whole, name_folded), public.word_similarity(whole, place))
                               + 1.5 * greatest(public.similarity(whole, name_folded),
                                                public.similarity(whole, venue_folded), public.similarity(whole, place))
                               + 0.7 * (kind_folded = ANY ($18))::int + 0.5 * (city_folded = ANY ($2))::int
                      END AS rank
               FROM search.events e, LATERAL (SELECT array_to_string($2::text[], ' '), venue_folded || ' ' || city_folded)
                   AS asked (whole, place)
               WHERE e.listed AND NOT e.cancelled
                 AND e.starts_at >= $5 AND ($6::timestamptz IS NULL OR e.starts_at <= $6)
                 AND ($1 = ''
                      OR (NOT $15 AND e.document @@ to_tsquery('simple', $1))
                      OR ($15 AND (SELECT bool_and(public.word_similarity(term, e.keywords) >= $16)
                                   FROM unnest($2::text[]) AS term)))
                 AND ($7::text IS NULL OR e.price_max >= $7::text::numeric * e.minor_per_major)
                 AND ($8::text IS NULL OR e.price_from <= $8::text::numeric * e.minor_per_major) AND (NOT $9 OR e.available > 0)
                 AND ($10::float8 IS NULL
                      OR 2 * 6371.0088 * asin(least(1, sqrt(
                             power(sin(radians(e.latitude - $10) / 2), 2)
                             + cos(radians($10)) * cos(radians(e.latitude))
                               * power(sin(radians(e.longitude - $11::float8) / 2), 2)))) <= $12::float8)
           )
           SELECT
               (SELECT count(*) FROM matched WHERE in_city AND in_kind) AS "total!",
               ARRAY(SELECT id FROM matched WHERE in_city AND in_kind
                     ORDER BY CASE $17 WHEN 'relevance' THEN -rank WHEN 'price' THEN price END, starts_at, id
                     LIMIT $13 OFFSET $14) AS "ids!: Vec<String>",
               (SELECT coalesce(jsonb_agg(jsonb_build_object('value', city, 'count', n) ORDER BY n DESC, city), '[]')
                FROM (SELECT city, count(*) AS n FROM matched WHERE in_kind
                      GROUP BY city ORDER BY n DESC, city LIMIT 50) f) AS "city!: Json<Vec<FacetCount>>",
               (SELECT coalesce(jsonb_agg(jsonb_build_object('value', kind, 'count', n) ORDER BY n DESC, kind), '[]')
                FROM (SELECT kind, count(*) AS n FROM matched WHERE in_city
                      GROUP BY kind ORDER BY n DESC, kind LIMIT 50) f) AS "category!: Json<Vec<FacetCount>>""#,
        written,
        &search.terms,
        search.city,
        search.category,
        search.from,
        search.to,
        search.min_price,
        search.max_price,
        search.available,
        search.near.map(|near| near.latitude),
        search.near.map(|near| near.longitude),
        search.near.map(|near| near.radius_km),
        i64::from(search.limit),
        i64::from(search.offset),
        *matching == Matching::Alike,
        SIMILARITY_MIN,
        search.sort.as_str(),
        &search.marked(),
    )
    .fetch_one(pool)
    .await?;
    Ok(Found { ids: row.ids, total: row.total, facets: Facets { city: row.city.0, category: row.category.0 } })
}

/// These events, in this order.
pub(crate) async fn summaries(pool: &PgPool, ids: &[String]) -> Result<Vec<EventSummary>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Raw,
        "SELECT e.id, slug, name, description, kind, venue_id, venue_name, city, time_zone, starts_at, on_sale_at,
                currency, price_from, price_max, capacity, available, held
         FROM unnest($1::text[]) WITH ORDINALITY AS wanted (id, place) JOIN search.events e ON e.id = wanted.id
         ORDER BY wanted.place",
        ids,
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(Raw::read).collect()
}

/// Cities, venues and events whose words begin with, or are like, a folded text.
pub(crate) async fn suggest(pool: &PgPool, text: &str) -> Result<Vec<Suggestion>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"WITH listed AS (
               SELECT id, name, name_folded, venue_name, venue_folded, city, city_folded, starts_at
               FROM search.events WHERE listed AND NOT cancelled
           ), candidates AS (
               SELECT city AS shown, city_folded AS folded, 'city' AS kind, NULL AS id, min(starts_at) AS at
               FROM listed GROUP BY 1, 2
               UNION ALL
               SELECT venue_name, venue_folded, 'venue', NULL, min(starts_at) FROM listed GROUP BY 1, 2
               UNION ALL
               SELECT name, name_folded, 'event', id, starts_at FROM listed
           ), scored AS (
               SELECT shown, kind, id, at,
                      CASE WHEN starts_with(folded, $1) THEN 3
                           WHEN position(' ' || $1 IN ' ' || folded) > 0 THEN 2
                           WHEN length($1) >= 4 AND public.word_similarity($1, folded) >= $2
                               THEN public.word_similarity($1, folded)
                           ELSE 0 END AS score
               FROM candidates
           )
           SELECT shown AS "shown!", kind AS "kind!", id FROM scored
           WHERE score > 0 ORDER BY score DESC, kind, at, shown LIMIT $3"#,
        text,
        SIMILARITY_MIN,
        SUGGESTIONS_MAX,
    )
    .fetch_all(pool)
    .await?;
    let read = |id: String| EventId::new(id).map_err(|error| sqlx::Error::Decode(Box::new(error)));
    rows.into_iter()
        .map(|row| Ok(Suggestion { text: row.shown, kind: row.kind, id: row.id.map(read).transpose()? }))
        .collect()
}

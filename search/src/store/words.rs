//! `search.words`: the vocabulary of all events' keywords.

use sqlx::{PgConnection, PgExecutor};

/// The most words that are looked at more closely for one that was typed.
const CANDIDATES_MAX: i64 = 2_000;
/// Words less alike than this are only looked at when they begin alike, by pg_trgm's similarity.
const SIMILARITY_MIN: f32 = 0.2;

/// Adds the words of an event's keywords to the vocabulary.
pub(crate) async fn remember(conn: &mut PgConnection, keywords: &str) -> Result<(), sqlx::Error> {
    // In one order, so that two transactions never wait for each other's words.
    sqlx::query!(
        "INSERT INTO search.words (word)
         SELECT DISTINCT word FROM unnest(string_to_array($1, ' ')) AS word WHERE length(word) BETWEEN 3 AND 64
         ORDER BY word
         ON CONFLICT (word) DO NOTHING",
        keywords,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Words of about the length of one that was typed, the most alike first.
pub(crate) async fn candidates(executor: impl PgExecutor<'_>, term: &str) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT word FROM search.words
         WHERE length(word) BETWEEN length($1) - 2 AND length($1) + 2
           AND (left(word, 1) = left($1, 1) OR public.similarity(word, $1) >= $2)
         ORDER BY public.similarity(word, $1) DESC, word LIMIT $3",
        term,
        SIMILARITY_MIN,
        CANDIDATES_MAX,
    )
    .fetch_all(executor)
    .await
}

//! Reading the dead letters of schema `bus`.

use super::PgBus;
use crate::bus::letters::{LETTERS_MAX, LetterPlace};

impl PgBus {
    /// The newest letters, oldest first.
    pub(in super::super) async fn letters(&self) -> Result<Vec<(LetterPlace, String)>, sqlx::Error> {
        let limit = i64::try_from(LETTERS_MAX).unwrap_or(i64::MAX);
        let rows = sqlx::query!(
            r#"SELECT topic, partition, "offset", value FROM bus.messages
               WHERE topic LIKE '%.dlq' ORDER BY position DESC LIMIT $1"#,
            limit
        )
        .fetch_all(self.pool())
        .await?;
        let letters = rows.into_iter().rev().map(|row| {
            let topic = row.topic.trim_end_matches(".dlq").to_owned();
            (LetterPlace { topic, partition: i32::from(row.partition), offset: row.offset }, row.value)
        });
        Ok(letters.collect())
    }
}

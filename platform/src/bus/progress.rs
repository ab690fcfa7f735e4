//! How far a group that needs order has come with each aggregate. Kept in schema `bus`, also beside Kafka.

use super::{Bus, BusError};
use std::collections::HashMap;

/// How far a group has come with an aggregate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last sequence it is done with; 0 before the first.
    pub sequence: i64,
    /// What follows became a dead letter.
    pub parked: bool,
}

impl Bus {
    /// How far the group has come with these aggregates; those it never met are not in the answer.
    pub(crate) async fn load_progress(
        &self,
        group: &str,
        subjects: &[String],
    ) -> Result<HashMap<String, Progress>, BusError> {
        let Some(database) = self.database() else { return Ok(HashMap::new()) };
        let rows = sqlx::query!(
            "SELECT subject, sequence, parked FROM bus.progress WHERE consumer_group = $1 AND subject = ANY ($2)",
            group,
            subjects,
        )
        .fetch_all(database.pool())
        .await?;
        Ok(rows.into_iter().map(|row| (row.subject, Progress { sequence: row.sequence, parked: row.parked })).collect())
    }

    /// Saves how far the group has come; a sequence never goes back.
    pub(crate) async fn save_progress(&self, group: &str, moved: &[(String, Progress)]) -> Result<(), BusError> {
        let Some(database) = self.database().filter(|_| !moved.is_empty()) else { return Ok(()) };
        sqlx::query!(
            "INSERT INTO bus.progress AS p (consumer_group, subject, sequence, parked)
             SELECT $1, subject, sequence, parked
             FROM unnest($2::text[], $3::bigint[], $4::bool[]) AS moved (subject, sequence, parked)
             ON CONFLICT (consumer_group, subject) DO UPDATE
                 SET sequence = greatest(p.sequence, excluded.sequence), parked = excluded.parked",
            group,
            &moved.iter().map(|(subject, _)| subject.clone()).collect::<Vec<_>>(),
            &moved.iter().map(|(_, progress)| progress.sequence).collect::<Vec<_>>(),
            &moved.iter().map(|(_, progress)| progress.parked).collect::<Vec<_>>(),
        )
        .execute(database.pool())
        .await?;
        Ok(())
    }
}

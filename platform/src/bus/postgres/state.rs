//! How schema `bus` is.

use super::PgBus;
use crate::bus::PARTITIONS;
use crate::bus::state::{Group, TopicState, names};
use std::collections::HashMap;

impl PgBus {
    /// How many messages of its topics a group has still to handle. What was forgotten before it was read counts too, so
    /// that nothing but partitions and offsets is read.
    pub(in super::super) async fn lag(&self, group: &Group) -> Result<i64, sqlx::Error> {
        sqlx::query_scalar!(
            r#"SELECT coalesce(sum(p.next_offset - coalesce(o.next_offset, 0)), 0)::bigint AS "lag!"
               FROM bus.partitions p LEFT JOIN bus.offsets o
                   ON o.consumer_group = $1 AND o.topic = p.topic AND o.partition = p.partition
               WHERE p.topic = ANY($2)"#,
            group.name,
            &group.topics,
        )
        .fetch_one(self.pool())
        .await
    }

    /// Its topics; those that nobody has written to are empty.
    pub(in super::super) async fn topics(&self, groups: &[Group]) -> Result<Vec<TopicState>, sqlx::Error> {
        // What is kept begins with the oldest message that was not forgotten.
        let kept = sqlx::query!(
            r#"SELECT p.topic, p.partition, p.next_offset AS "end!",
                      coalesce((SELECT min(m."offset") FROM bus.messages m
                                WHERE m.topic = p.topic AND m.partition = p.partition), p.next_offset) AS "begin!"
               FROM bus.partitions p"#
        )
        .fetch_all(self.pool())
        .await?;
        let committed = sqlx::query!("SELECT consumer_group, topic, partition, next_offset FROM bus.offsets")
            .fetch_all(self.pool())
            .await?;
        let committed: HashMap<_, _> = committed
            .into_iter()
            .map(|row| ((row.consumer_group, row.topic, row.partition), row.next_offset))
            .collect();
        let states = names().map(|name| {
            let places = || kept.iter().filter(|place| place.topic == name);
            let readers = groups.iter().filter(|group| group.topics.contains(&name));
            let lag = |group: &Group| {
                let behind = places().map(|place| {
                    let next = committed.get(&(group.name.clone(), name.clone(), place.partition));
                    place.end - next.copied().unwrap_or(0).max(place.begin)
                });
                (group.name.clone(), behind.sum())
            };
            TopicState {
                partitions: usize::try_from(PARTITIONS).unwrap_or(0),
                replicas: 1,
                in_sync: 1,
                messages: places().map(|place| place.end - place.begin).sum(),
                lags: readers.map(lag).collect(),
                name: name.clone(),
            }
        });
        Ok(states.collect())
    }
}

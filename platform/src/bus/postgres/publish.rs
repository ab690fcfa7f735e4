//! Publishing: one transaction a call, whatever the number of messages.

use super::super::Message;
use super::wake::CHANNEL;
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};

/// Messages one statement writes at most.
const MESSAGES_MAX: usize = 4_000;

pub(super) async fn publish(pool: &PgPool, mut messages: Vec<Message>) -> Result<(), sqlx::Error> {
    while !messages.is_empty() {
        let rest = messages.split_off(messages.len().min(MESSAGES_MAX));
        publish_chunk(pool, messages).await?;
        messages = rest;
    }
    Ok(())
}

async fn publish_chunk(pool: &PgPool, messages: Vec<Message>) -> Result<(), sqlx::Error> {
    let places: Vec<i16> = messages.iter().map(Message::partition).collect();
    let mut counts: BTreeMap<(&str, i16), i64> = BTreeMap::new();
    for (message, partition) in messages.iter().zip(&places) {
        *counts.entry((&message.topic, *partition)).or_default() += 1;
    }
    let topics: BTreeSet<&str> = counts.keys().map(|(topic, _)| *topic).collect();
    let topics = topics.into_iter().collect::<Vec<_>>().join(",");

    let mut transaction = pool.begin().await?;
    // In the order of topic and partition, as every publisher does: no two can wait for each other.
    let raised = sqlx::query!(
        r#"INSERT INTO bus.partitions AS p (topic, partition, next_offset)
           SELECT * FROM unnest($1::text[], $2::smallint[], $3::bigint[])
           ON CONFLICT (topic, partition) DO UPDATE SET next_offset = p.next_offset + excluded.next_offset
           RETURNING topic, partition, next_offset"#,
        &counts.keys().map(|(topic, _)| (*topic).to_owned()).collect::<Vec<_>>(),
        &counts.keys().map(|(_, partition)| *partition).collect::<Vec<_>>(),
        &counts.values().copied().collect::<Vec<_>>(),
    )
    .fetch_all(&mut *transaction)
    .await?;
    let mut next: BTreeMap<(&str, i16), i64> = BTreeMap::new();
    for row in &raised {
        let count = counts.get(&(row.topic.as_str(), row.partition)).copied().unwrap_or(0);
        next.insert((&row.topic, row.partition), row.next_offset - count);
    }
    let mut offsets = Vec::with_capacity(messages.len());
    for (message, partition) in messages.iter().zip(&places) {
        let next = next
            .get_mut(&(message.topic.as_str(), *partition))
            .ok_or_else(|| sqlx::Error::Protocol("a partition was not raised".to_owned()))?;
        offsets.push(*next);
        *next += 1;
    }
    let (mut names, mut keys, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for Message { topic, key, value } in messages {
        names.push(topic);
        keys.push(key);
        values.push(value);
    }
    sqlx::query!(
        r#"INSERT INTO bus.messages (topic, partition, "offset", key, value)
           SELECT topic, partition, "offset", key, value
           FROM unnest($1::text[], $2::smallint[], $3::bigint[], $4::text[], $5::text[])
                WITH ORDINALITY AS m (topic, partition, "offset", key, value, place)
           ORDER BY place"#,
        &names,
        &places,
        &offsets,
        &keys,
        &values,
    )
    .execute(&mut *transaction)
    .await?;
    sqlx::query!("SELECT pg_notify($1, $2)", CHANNEL, topics).execute(&mut *transaction).await?;
    transaction.commit().await
}

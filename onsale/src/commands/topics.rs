//! `onsale topics`: how the bus is.

use crate::commands::bus::with_bus;
use crate::table::table;
use onsale_platform::bus::TopicState;
use onsale_platform::env::Env;
use std::path::Path;
use std::process::ExitCode;

/// A line a topic and group; fails when a topic has fewer replicas in sync than it should.
pub(crate) async fn run(env: &Env, home: &Path) -> anyhow::Result<ExitCode> {
    let topics = with_bus(env, home, async |bus| Ok(bus.topics().await?)).await?;
    let are_in_sync = topics.iter().all(|topic| topic.in_sync == topic.replicas);
    let rows = topics.iter().flat_map(lines).collect();
    table(["TOPIC", "PARTITIONS", "REPLICAS", "IN SYNC", "MESSAGES", "GROUP", "BEHIND BY"], rows);
    Ok(if are_in_sync { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn lines(topic: &TopicState) -> Vec<[String; 7]> {
    let line = |group: &str, lag: String| {
        let numbers = [topic.partitions, topic.replicas, topic.in_sync].map(|number| number.to_string());
        let [partitions, replicas, in_sync] = numbers;
        [topic.name.clone(), partitions, replicas, in_sync, topic.messages.to_string(), group.to_owned(), lag]
    };
    if topic.lags.is_empty() {
        return vec![line("-", "-".to_owned())];
    }
    topic.lags.iter().map(|(group, lag)| line(group, lag.to_string())).collect()
}

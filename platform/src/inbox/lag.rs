//! How far a consumer's group is behind, as a metric. Each of its processes tells the same, so that it is also told while
//! none of them reads.

use crate::Platform;
use onsale_core::events::Topic;
use std::time::Duration;

/// Asking Kafka takes connections of its own each time: rarely.
const EVERY: Duration = Duration::from_secs(15);

pub(super) async fn measure(platform: &Platform, group: &'static str, topics: &'static [Topic]) {
    while platform.shutdown.sleep(EVERY).await {
        match platform.bus.lag(group, topics).await {
            Ok(messages) => metrics::gauge!("onsale_consumer_lag_messages", "consumer" => group)
                .set(u32::try_from(messages).map_or(f64::MAX, f64::from)),
            Err(error) => tracing::debug!(consumer = group, %error, "the group's lag could not be measured"),
        }
    }
}

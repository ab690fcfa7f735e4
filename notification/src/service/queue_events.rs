//! Queues what comes over the bus for the webhooks that want it.

use crate::service::deliver_events::GIVE_UP_AFTER;
use crate::state::State;
use crate::store::{deliveries, webhooks};
use onsale_core::events::Topic;
use onsale_platform::inbox::{ConsumeError, Delivery};
use sqlx::PgPool;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// After how long it is asked again which topics are wanted: that late another process's new webhook is known here.
const FRESH: Duration = Duration::from_secs(1);

/// The topics that may be sent out: all but what is asked of notification itself, which holds single-use links of people.
pub(crate) const SENT_TOPICS: &[Topic] = &[
    Topic::TicketCreated,
    Topic::TicketConfirmed,
    Topic::TicketCancelled,
    Topic::PaymentInitiated,
    Topic::PaymentCompleted,
    Topic::PaymentFailed,
    Topic::PaymentRefunded,
    Topic::UserCreated,
    Topic::EventPublished,
    Topic::InventoryReady,
    Topic::EventUpdated,
    Topic::EventCancelled,
    Topic::ReservationCreated,
    Topic::ReservationChanged,
    Topic::ReservationReleased,
    Topic::ReservationExpired,
];

/// The topics that any webhook wants: most events want nothing of the database. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Subscribed {
    known: Arc<Mutex<Option<Known>>>,
}

struct Known {
    since: Instant,
    topics: HashSet<Topic>,
}

impl Subscribed {
    /// A webhook changed.
    pub(crate) async fn forget(&self) {
        *self.known.lock().await = None;
    }

    async fn wants(&self, pool: &PgPool, topic: Topic) -> Result<bool, sqlx::Error> {
        let mut known = self.known.lock().await;
        if let Some(Known { since, topics }) = &*known
            && since.elapsed() < FRESH
        {
            return Ok(topics.contains(&topic));
        }
        let names = webhooks::wanted_topics(pool).await?;
        // A name of another release is nobody's topic here.
        let topics: HashSet<Topic> = names.iter().filter_map(|name| name.parse().ok()).collect();
        let wants = topics.contains(&topic);
        *known = Some(Known { since: Instant::now(), topics });
        Ok(wants)
    }
}

/// Queues the event for every webhook that wants it, once.
pub(crate) async fn queue_event(state: &State, delivery: &Delivery) -> Result<(), ConsumeError> {
    let event = &delivery.event;
    if !state.subscribed.wants(&state.pool, event.topic).await? {
        return Ok(());
    }
    let body = serde_json::to_string(event).map_err(|error| ConsumeError::Poison(format!("the event: {error}")))?;
    let mut transaction = state.pool.begin().await?;
    if delivery.is_first(&mut transaction).await? {
        deliveries::queue(&mut transaction, event.id, event.topic, &body, GIVE_UP_AFTER).await?;
    }
    transaction.commit().await?;
    state.queued.notify_one();
    Ok(())
}

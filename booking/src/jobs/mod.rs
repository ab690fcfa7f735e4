//! What booking does in the background.

mod late_money;
mod sold_tickets;

use crate::service::build_inventory;
use crate::service::desk::LEASE;
use crate::service::{drive_order, expire_holds, tell_standing, wind_up_event};
use crate::state::State;
use crate::store;
use late_money::LateMoney;
use onsale_core::events::Topic;
use onsale_platform::audit::Sender;
use onsale_platform::inbox::{self, ConsumeError, Consumer, Delivery};
use onsale_platform::outbox::Relay;
use onsale_platform::{Platform, ServiceRole};
use sold_tickets::SoldTickets;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How often overdue holds are looked for.
const SWEPT_EVERY: Duration = Duration::from_millis(500);
/// How often sagas without an owner are looked for.
const RESUMED_EVERY: Duration = Duration::from_millis(500);
/// The same while there are more of them than were taken.
const RESUMED_SOON: Duration = Duration::from_millis(20);
/// How often events that were called off are looked for.
const WOUND_UP_EVERY: Duration = Duration::from_secs(1);
/// How many sagas are resumed at once.
const RESUMED_MAX: usize = 32;
/// How often the metrics learn how booking stands.
const TOLD_EVERY: Duration = Duration::from_secs(10);
/// How often old idempotency keys and handled messages are forgotten.
const FORGOTTEN_EVERY: Duration = Duration::from_secs(60);
/// How long it is known which messages were handled: longer than the bus keeps them.
const INBOX_KEPT_DAYS: u16 = 30;
/// How many keys or messages are forgotten at once.
const FORGOTTEN_MAX: u32 = 5_000;

/// Starts the relay, the sweeper, the resumption of sagas and the consumers.
pub fn spawn_jobs(platform: &Platform, state: &State) {
    let shutdown = &platform.shutdown;
    shutdown.spawn("booking-relay", Relay::new(platform, ServiceRole::Booking, state.pool().clone()).run());
    shutdown.spawn("booking-inventory", inbox::run(platform.clone(), PublishedEvents(state.clone())));
    shutdown.spawn("booking-late-money", inbox::run(platform.clone(), LateMoney(state.clone())));
    shutdown.spawn("booking-box-office", inbox::run(platform.clone(), SoldTickets::start(state)));
    if state.config.sweeper {
        shutdown.spawn("booking-sweeper", sweep(state.clone()));
    } else {
        tracing::warn!("BOOKING_SWEEPER=off: overdue holds end on contact only");
    }
    shutdown.spawn("booking-sagas", resume(state.clone()));
    shutdown.spawn("booking-called-off", wind_up(state.clone()));
    shutdown.spawn("booking-acts", Sender::new(platform, ServiceRole::Booking, state.pool().clone()).run());
    shutdown.spawn("booking-standing", tell(state.clone()));
    shutdown.spawn("booking-forget", forget(state.clone()));
}

struct PublishedEvents(State);

impl Consumer for PublishedEvents {
    const GROUP: &'static str = "booking.inventory";
    const TOPICS: &'static [Topic] = &[Topic::EventPublished, Topic::EventUpdated, Topic::EventCancelled];
    const ROLE: ServiceRole = ServiceRole::Booking;

    async fn handle(&self, delivery: Delivery) -> Result<(), ConsumeError> {
        build_inventory::handle(&self.0, &delivery).await
    }
}

async fn sweep(state: State) {
    while state.shutdown.sleep(SWEPT_EVERY).await {
        // Without a pause for as long as there is a whole bite.
        loop {
            match expire_holds::of_all(&state).await {
                Ok(ended) if ended >= usize::from(expire_holds::AT_ONCE_MAX) => {
                    tracing::debug!(ended, "overdue holds ended: more to come");
                }
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(%error, "overdue holds could not be looked for; on contact they end all the same");
                    break;
                }
            }
        }
    }
}

/// Each saga in a task of its own, so that no slow one keeps the others waiting; so many at once that the database and
/// payment bear it.
async fn resume(state: State) {
    let places = Arc::new(Semaphore::new(RESUMED_MAX));
    let mut pause = RESUMED_EVERY;
    while state.shutdown.sleep(pause).await {
        let free = places.available_permits();
        let taken = async {
            let mut conn = state.pool.acquire().await?;
            store::orders::take_over(&mut conn, LEASE, i64::try_from(free).unwrap_or(i64::MAX)).await
        };
        let holds = match taken.await {
            Ok(holds) => holds,
            Err(error) => {
                tracing::warn!(%error, "sagas could not be looked for");
                Vec::new()
            }
        };
        // A whole bite: more are waiting, which go on as soon as there is a place.
        pause = if free > 0 && holds.len() == free { RESUMED_SOON } else { RESUMED_EVERY };
        for hold in holds {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let state = state.clone();
            tokio::spawn(async move {
                drive_order::resume(&state, hold).await;
                drop(place);
            });
        }
    }
}

async fn wind_up(state: State) {
    while state.shutdown.sleep(WOUND_UP_EVERY).await {
        if let Err(error) = wind_up_event::round(&state).await {
            tracing::warn!(%error, "an event that was called off could not be wound up; it is tried again");
        }
    }
}

async fn tell(state: State) {
    begin_at_zero();
    let mut known = tell_standing::Known::default();
    loop {
        if let Err(error) = tell_standing::round(&state, &mut known).await {
            tracing::debug!(%error, "how booking stands could not be looked up for the metrics");
        }
        if !state.shutdown.sleep(TOLD_EVERY).await {
            return;
        }
    }
}

/// What never happened is a series all the same, so that the first time is seen.
fn begin_at_zero() {
    for reason in ["redis", "postgresql", "rules", "bulkhead"] {
        metrics::counter!("onsale_lock_failures_total", "reason" => reason).absolute(0);
    }
}

async fn forget(state: State) {
    while state.shutdown.sleep(FORGOTTEN_EVERY).await {
        if let Err(error) = forget_keys(&state).await {
            tracing::warn!(%error, "old idempotency keys could not be forgotten");
        }
        if let Err(error) = forget_messages(&state).await {
            tracing::warn!(%error, "handled messages could not be forgotten");
        }
    }
}

/// Bite by bite, for as long as there is a whole one.
async fn forget_keys(state: &State) -> Result<(), sqlx::Error> {
    let mut conn = state.pool.acquire().await?;
    while store::idempotency::forget_old(&mut conn, FORGOTTEN_MAX).await? >= u64::from(FORGOTTEN_MAX) {}
    Ok(())
}

async fn forget_messages(state: &State) -> Result<(), sqlx::Error> {
    let mut conn = state.pool.acquire().await?;
    let role = ServiceRole::Booking;
    while inbox::forget(&mut conn, role, INBOX_KEPT_DAYS, FORGOTTEN_MAX).await? >= u64::from(FORGOTTEN_MAX) {}
    Ok(())
}

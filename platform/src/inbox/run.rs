//! The loop of a consumer: fetch, hand out, collect, commit.

use super::attempt::{Outcome, attempt};
use super::dispatch::{Dispatch, Item, Step};
use super::{Consumer, lag};
use crate::Platform;
use crate::bus::{BusError, DeadLetter, Offsets, Record, Subscription, returned_to};
use crate::random::jittered;
use onsale_core::events::CloudEvent;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Messages in hand at most: those being handled, those behind them, those that pause.
const IN_HAND_MAX: usize = 1_024;
/// Messages one fetch takes at most, and the room that must be there for one.
const FETCH_MAX: usize = 256;
/// How often what is done is committed.
const COMMIT_EVERY: Duration = Duration::from_millis(200);
/// How often is looked for messages and at holes, at least.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The pause after the bus failed.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs a consumer until shutdown.
pub async fn run<C: Consumer>(platform: Platform, consumer: C) {
    begin_at_zero(C::GROUP);
    let measuring = lag::measure(&platform, C::GROUP, C::TOPICS);
    tokio::join!(consume(&platform, consumer), measuring);
}

/// What never happened is a series all the same, so that the first time is seen.
fn begin_at_zero(group: &'static str) {
    metrics::counter!("onsale_consumer_failures_total", "consumer" => group).absolute(0);
    metrics::counter!("onsale_consumer_handled_total", "consumer" => group).absolute(0);
    metrics::counter!("onsale_consumer_dead_letters_total", "consumer" => group).absolute(0);
    metrics::gauge!("onsale_consumer_in_hand", "consumer" => group).set(0.0);
}

async fn consume<C: Consumer>(platform: &Platform, consumer: C) {
    let consumer = Arc::new(consumer);
    let mut failing = false;
    while !platform.shutdown.is_requested() {
        let mut turn = match Turn::open(platform, Arc::clone(&consumer)).await {
            Ok(turn) => turn,
            Err(error) => {
                tracing::warn!(consumer = C::GROUP, %error, "could not subscribe; it is tried again");
                platform.shutdown.sleep(jittered(PAUSE)).await;
                continue;
            }
        };
        while let Err(error) = turn.run(&mut failing).await {
            turn.start_over().await;
            if matches!(error, BusError::Reassigned) {
                continue;
            }
            // Once for a row of failures.
            if !failing {
                tracing::warn!(consumer = C::GROUP, %error, "the bus failed; reading goes on from what was committed");
            }
            failing = true;
            if !platform.shutdown.sleep(jittered(PAUSE)).await {
                break;
            }
        }
        turn.start_over().await;
    }
}

/// A consumer at work.
struct Turn<'a, C> {
    platform: &'a Platform,
    consumer: Arc<C>,
    subscription: Subscription,
    dispatch: Dispatch,
    offsets: Offsets,
    handling: JoinSet<(Item, Outcome)>,
    room: Arc<Semaphore>,
    stop: CancellationToken,
    uncommitted_since: Option<Instant>,
}

impl<'a, C: Consumer> Turn<'a, C> {
    async fn open(platform: &'a Platform, consumer: Arc<C>) -> Result<Self, BusError> {
        platform.bus.register(C::GROUP, C::TOPICS).await?;
        Ok(Self {
            platform,
            consumer,
            subscription: platform.bus.subscribe(C::GROUP, C::TOPICS)?,
            dispatch: Dispatch::new(C::ORDERED),
            offsets: Offsets::default(),
            handling: JoinSet::new(),
            room: Arc::new(Semaphore::new(C::AT_ONCE)),
            stop: CancellationToken::new(),
            uncommitted_since: None,
        })
    }

    /// Works until shutdown (`Ok`), or until the bus fails.
    async fn run(&mut self, failing: &mut bool) -> Result<(), BusError> {
        let mut more = true;
        let mut contact = Instant::now();
        while !self.platform.shutdown.is_requested() {
            // A wake-up may be missed: it is looked now and then without one.
            more |= contact.elapsed() >= LOOK_EVERY;
            if more && self.has_room() {
                let records = self.subscription.fetch(FETCH_MAX).await?;
                more = records.len() == FETCH_MAX;
                contact = Instant::now();
                if *failing {
                    tracing::info!(consumer = C::GROUP, "the bus answers again");
                    *failing = false;
                }
                self.take(records).await?;
            } else if contact.elapsed() >= LOOK_EVERY {
                // Its hands are full: nothing more shall come, but who is silent loses its place to another.
                self.subscription.hold().await?;
                contact = Instant::now();
            }
            for subject in self.dispatch.behind_holes() {
                self.hand_out(&subject).await?;
            }
            self.commit_if_due(COMMIT_EVERY).await?;
            if more && self.has_room() {
                // There is more to fetch; what is finished meanwhile is collected on the way.
                while let Some(finished) = self.handling.try_join_next() {
                    self.collect(finished).await?;
                }
                continue;
            }
            more |= self.wait().await?;
        }
        self.stop.cancel();
        while let Some(finished) = self.handling.join_next().await {
            self.collect(finished).await?;
        }
        self.commit_if_due(Duration::ZERO).await
    }

    fn has_room(&self) -> bool {
        self.offsets.in_hand() + FETCH_MAX <= IN_HAND_MAX
    }

    /// Waits for something to do; says whether there may be something to fetch.
    async fn wait(&mut self) -> Result<bool, BusError> {
        let look = if self.uncommitted_since.is_some() { COMMIT_EVERY } else { LOOK_EVERY };
        let has_room = self.has_room();
        let finished = tokio::select! {
            () = self.platform.shutdown.requested() => return Ok(false),
            () = tokio::time::sleep(look) => return Ok(false),
            Some(finished) = self.handling.join_next() => finished,
            woken = self.subscription.wait(), if has_room => return woken.map(|()| true),
        };
        self.collect(finished).await?;
        Ok(false)
    }

    async fn take(&mut self, records: Vec<Record>) -> Result<(), BusError> {
        let mut items = Vec::with_capacity(records.len());
        for record in records {
            self.offsets.taken((record.topic, record.partition), record.offset);
            let returned = match returned_to(&record.value) {
                Some((group, _)) if group != C::GROUP => {
                    // A dead letter of another group, put back for that one.
                    self.done(&record);
                    continue;
                }
                returned => returned.map(|(_, how)| how),
            };
            match serde_json::from_str::<CloudEvent>(&record.value) {
                Ok(event) => items.push(Item { record, event, returned }),
                Err(error) => self.set_aside(&record, format!("no CloudEvent: {error}"), 1).await?,
            }
        }
        let unknown = self.dispatch.unknown(items.iter().map(|item| item.event.subject.as_str()));
        let progress = match unknown.is_empty() {
            true => std::collections::HashMap::new(),
            false => self.platform.bus.load_progress(C::GROUP, &unknown).await?,
        };
        let mut subjects: Vec<String> = Vec::new();
        for item in items {
            if subjects.last() != Some(&item.event.subject) {
                subjects.push(item.event.subject.clone());
            }
            self.dispatch.put(item, &progress);
        }
        for subject in subjects {
            self.hand_out(&subject).await?;
        }
        Ok(())
    }

    /// Starts what can be started of an aggregate.
    async fn hand_out(&mut self, subject: &str) -> Result<(), BusError> {
        while let Some(step) = self.dispatch.next(subject, Instant::now()) {
            match step {
                Step::Skip(item) => self.finish(&item),
                Step::SetAside(item, reason) => {
                    self.set_aside(&item.record, reason, 0).await?;
                    self.dispatch.finished(&item.event, true);
                }
                Step::Handle(item) => {
                    let (consumer, room, stop) =
                        (Arc::clone(&self.consumer), Arc::clone(&self.room), self.stop.clone());
                    self.handling.spawn(async move {
                        let outcome = attempt(&*consumer, item.event.clone(), &room, &stop).await;
                        (item, outcome)
                    });
                }
            }
        }
        Ok(())
    }

    async fn collect(&mut self, finished: Result<(Item, Outcome), tokio::task::JoinError>) -> Result<(), BusError> {
        // Handlers' panics are caught where they happen: what is left is a runtime that ends.
        let Ok((item, outcome)) = finished else { return Err(BusError::Reassigned) };
        match outcome {
            Outcome::Stopped => return Ok(()),
            Outcome::Done => {
                metrics::counter!("onsale_consumer_handled_total", "consumer" => C::GROUP).increment(1);
                self.finish(&item);
            }
            Outcome::Failed { error, attempts } => {
                self.set_aside(&item.record, error, attempts).await?;
                self.dispatch.finished(&item.event, true);
            }
        }
        self.hand_out(&item.event.subject).await
    }

    fn finish(&mut self, item: &Item) {
        self.done(&item.record);
        self.dispatch.finished(&item.event, false);
    }

    /// Its place need not be read again.
    fn done(&mut self, record: &Record) {
        self.offsets.done((record.topic, record.partition), record.offset);
        self.uncommitted_since.get_or_insert_with(Instant::now);
    }

    async fn set_aside(&mut self, record: &Record, error: String, attempts: u32) -> Result<(), BusError> {
        tracing::error!(
            consumer = C::GROUP, topic = %record.topic, aggregate = %record.key, offset = record.offset, attempts, error,
            "a message could not be handled and was set aside as a dead letter"
        );
        metrics::counter!("onsale_consumer_dead_letters_total", "consumer" => C::GROUP).increment(1);
        self.platform.bus.set_aside(record, &DeadLetter { group: C::GROUP, error, attempts }).await?;
        self.done(record);
        Ok(())
    }

    /// Commits what is done when the first of it has waited for `wait`. Progress goes first: what is behind the
    /// committed offset never comes again.
    async fn commit_if_due(&mut self, wait: Duration) -> Result<(), BusError> {
        if self.uncommitted_since.is_none_or(|since| since.elapsed() < wait) {
            return Ok(());
        }
        self.platform.bus.save_progress(C::GROUP, &self.dispatch.unsaved()).await?;
        self.dispatch.saved();
        let offsets = self.offsets.to_commit();
        self.subscription.commit(&offsets).await?;
        self.uncommitted_since = None;
        let in_hand = u32::try_from(self.offsets.in_hand()).unwrap_or(u32::MAX);
        metrics::gauge!("onsale_consumer_in_hand", "consumer" => C::GROUP).set(f64::from(in_hand));
        Ok(())
    }

    /// Forgets what is in hand: all that was not committed comes again.
    async fn start_over(&mut self) {
        self.stop.cancel();
        while self.handling.join_next().await.is_some() {}
        self.dispatch = Dispatch::new(C::ORDERED);
        self.offsets = Offsets::default();
        self.stop = CancellationToken::new();
        self.uncommitted_since = None;
    }
}

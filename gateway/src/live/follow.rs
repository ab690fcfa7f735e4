//! Follows one event: hears booking, tells the watchers, and ends when they have gone.

use super::source::{Message, Refusal, Source};
use super::{Live, Standing};
use onsale_core::EventId;
use onsale_core::told::ToldSeats;
use onsale_platform::fanout::{Channel, frame, seats};
use onsale_platform::random;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// The pause between two messages to watchers; the more watch, the longer (`Fanout::pause`).
const PAUSE_MIN: Duration = Duration::from_millis(250);
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// How often it is looked who still watches, and who needs a sign of life.
const CARED_EVERY: Duration = Duration::from_secs(1);
/// How long an event is followed after its last watcher left: who was cut off comes back soon.
const LINGER: Duration = Duration::from_secs(10);
/// The pause before booking is asked again, at first and at most.
const AGAIN_MIN: Duration = Duration::from_millis(250);
const AGAIN_MAX: Duration = Duration::from_secs(5);

/// Who follows an event.
pub(super) struct Follower {
    live: Live,
    event: EventId,
    standing: watch::Sender<Standing>,
    /// Nothing until booking was heard once.
    channel: Option<Channel<ToldSeats>>,
    /// What watchers have leads to what booking says next.
    is_whole: bool,
    /// When watchers may be told again.
    next_at: Instant,
    watched_at: Instant,
    cared_at: Instant,
}

/// Why following stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Nobody watches, or the process stops.
    Done,
    /// Booking is to be asked again.
    Cut,
}

impl Follower {
    pub(super) fn new(live: Live, event: EventId, standing: watch::Sender<Standing>) -> Self {
        let now = Instant::now();
        Self { live, event, standing, channel: None, is_whole: false, next_at: now, watched_at: now, cared_at: now }
    }

    pub(super) async fn run(mut self) {
        let shutdown = self.live.0.shutdown.clone();
        tokio::select! {
            () = self.follow() => {}
            () = shutdown.requested() => self.forget(),
        }
        if let Some(channel) = &self.channel {
            channel.close();
        }
    }

    async fn follow(&mut self) {
        let mut tries = 0;
        loop {
            let known = self.channel.as_ref().filter(|_| self.is_whole);
            let known = known.map(|channel| channel.look(ToldSeats::version));
            match Source::open(&self.live.0.booking, &self.event, known).await {
                Ok(source) => {
                    let began = Instant::now();
                    if self.relay(source).await == End::Done {
                        return;
                    }
                    if began.elapsed() > AGAIN_MAX {
                        tries = 0;
                    }
                }
                Err(refusal) if self.channel.is_none() => return self.refuse(refusal),
                Err(_) => {}
            }
            tries += 1;
            if self.channel.is_none() && tries > 1 {
                return self.refuse(Refusal::Away);
            }
            if !self.rest(random::backoff(tries, AGAIN_MIN, 2, AGAIN_MAX)).await {
                return;
            }
        }
    }

    /// Passes on what booking says until one of the ends.
    async fn relay(&mut self, mut source: Source) -> End {
        loop {
            tokio::select! {
                message = source.next() => {
                    if !message.is_some_and(|message| self.hear(message)) {
                        return End::Cut;
                    }
                }
                () = tokio::time::sleep_until(self.due_at()) => {}
            }
            if !self.care().await {
                return End::Done;
            }
            if source.is_silent() {
                return End::Cut;
            }
        }
    }

    /// Waits, and cares for the watchers all the same; `false` once nobody watches any more.
    async fn rest(&mut self, time: Duration) -> bool {
        let until = Instant::now() + time;
        while Instant::now() < until {
            tokio::time::sleep_until(self.due_at().min(until)).await;
            if !self.care().await {
                return false;
            }
        }
        true
    }

    /// Takes what booking says; `false` when something is missing before it.
    fn hear(&mut self, message: Message) -> bool {
        match (message, self.channel.clone()) {
            (Message::Snapshot(states), Some(channel)) => {
                channel.change(|told| told.hear_all(states));
                self.is_whole = true;
            }
            (Message::Snapshot(states), None) => {
                let channel = self.live.0.fanout.channel(ToldSeats::new(states));
                self.channel = Some(channel.clone());
                self.is_whole = true;
                self.standing.send_replace(Standing::Known(channel));
            }
            (Message::Delta(told), Some(channel)) => {
                self.is_whole = channel.change(|known| known.hear(&told.delta, told.counts));
            }
            (Message::Delta(_), None) => return false,
        }
        self.is_whole
    }

    /// When there is something to do next.
    fn due_at(&self) -> Instant {
        let cared = self.cared_at + CARED_EVERY;
        let has_news = self.channel.as_ref().is_some_and(|channel| channel.look(ToldSeats::has_news));
        if has_news { cared.min(self.next_at) } else { cared }
    }

    /// Tells watchers what they may be told by now; `false` once nobody watches any more.
    async fn care(&mut self) -> bool {
        let Some(channel) = self.channel.clone() else { return true };
        let now = Instant::now();
        if now >= self.next_at {
            let told =
                channel.tell(|told| seats::news(told, |_, delta| frame::message("delta", Some(delta.version), &delta)));
            if let Some(bytes) = told {
                self.next_at = now + self.live.0.fanout.pause(bytes, PAUSE_MIN, PAUSE_MAX);
                channel.wake().await;
            }
        }
        if now >= self.cared_at + CARED_EVERY {
            self.cared_at = now;
            channel.beat();
            if channel.watchers() > 0 {
                self.watched_at = now;
            }
        }
        let is_left = now.duration_since(self.watched_at) > LINGER;
        !(is_left && self.live.forget(&self.event, Some(&channel)))
    }

    fn refuse(&self, refusal: Refusal) {
        self.forget();
        self.standing.send_replace(match refusal {
            Refusal::Missing => Standing::Missing,
            Refusal::Away => Standing::Away,
        });
    }

    fn forget(&self) {
        self.live.forget(&self.event, None);
    }
}

//! Tells many the same: each message is written once, kept in a short ring, and read from there by all who watch.
//!
//! A [`Channel`] has what is told as a whole (`W`) and the last messages about its changes. A [`Watcher`] is a place in
//! that ring and nothing more: it is the body of an answer, of server-sent events. Who is new, or has fallen behind the
//! ring, is given the whole, written once for all who need it. Watchers have no queue of their own, no task and no timer.

mod channel;
pub mod frame;
mod pace;
pub mod seats;
mod watcher;

pub use channel::{Channel, Told, Whole};
pub use watcher::Watcher;

use crate::env::{Env, EnvError};
use pace::Bounds;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What a process tells to many. Cheap to clone.
#[derive(Clone)]
pub struct Fanout {
    watchers: Arc<AtomicUsize>,
    /// Processor time a second for it.
    share: Duration,
}

impl Fanout {
    /// `FANOUT_CPU_MS`: the processor time, in ms a second, that this process may spend on telling watchers; 500. With
    /// more watchers they are told less often. Several gateways of one machine share it (`onsale up --gateways`).
    pub fn of(env: &Env) -> Result<Self, EnvError> {
        let share_ms = env.get_or("FANOUT_CPU_MS", 500_u64)?.max(1);
        Ok(Self { watchers: Arc::default(), share: Duration::from_millis(share_ms) })
    }

    /// A part of it, `of` parts being all: with its own watchers, and its part of the processor time.
    #[must_use]
    pub fn part(&self, parts: u32, of: u32) -> Self {
        Self { watchers: Arc::default(), share: self.share * parts / of.max(1) }
    }

    /// Something that many will watch.
    #[must_use]
    pub fn channel<W: Whole>(&self, whole: W) -> Channel<W> {
        Channel::new(whole, Arc::clone(&self.watchers))
    }

    /// How many watch something in this process.
    #[must_use]
    pub fn watchers(&self) -> usize {
        self.watchers.load(Ordering::Relaxed)
    }

    /// How long to wait from one message of this many bytes to the next, between these bounds: 0.25–5 s for seats.
    #[must_use]
    pub fn pause(&self, bytes: usize, shortest: Duration, longest: Duration) -> Duration {
        pace::pause(self.watchers(), bytes, self.share, Bounds { shortest, longest })
    }
}

//! What many watch: the whole, the last messages about its changes, and who waits for the next.

use super::frame;
use super::watcher::{Place, Watcher};
use bytes::Bytes;
use onsale_core::told::Standing;
use parking_lot::{Mutex, MutexGuard};
use slab::Slab;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::time::Instant;

/// How many messages are kept, and how many bytes: who is further behind is given the whole.
const RING_MAX: usize = 64;
const RING_BYTES_MAX: usize = 1024 * 1024;
/// How many are woken before others have their turn: fewer than a worker's own queue holds.
const WOKEN_AT_ONCE: usize = 128;
/// How many are looked at while others wait for the channel.
const LOOKED_AT_ONCE: usize = 4_096;
/// Who hears nothing for so many seconds is sent a beat, each watcher in a second of its own.
const BEAT_TURNS: u64 = 15;
/// While messages come, nobody needs one.
const BEAT_AFTER: Duration = Duration::from_secs(5);

/// What watchers are told as a whole.
pub trait Whole: Send + 'static {
    /// All of it, as one message.
    fn write(&self) -> Bytes;

    /// Where somebody stands who has this version, for what is not told yet.
    fn standing(&self, _version: i64) -> Standing {
        Standing::Behind
    }
}

/// What became of the whole, for its watchers.
pub enum Told {
    /// Nothing: it is as it was.
    Nothing,
    /// They are told it anew.
    Whole,
    /// They are told what changed.
    Change {
        /// The message.
        frame: Bytes,
        /// What the whole is after it.
        version: i64,
        /// The versions that it follows.
        known: Vec<i64>,
    },
}

/// Something that many watch. Cheap to clone.
pub struct Channel<W>(Arc<Shared<W>>);

impl<W> Clone for Channel<W> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

pub(super) struct Shared<W> {
    state: Mutex<State<W>>,
    everywhere: Arc<AtomicUsize>,
}

struct State<W> {
    whole: W,
    /// It as a message, once somebody needed it.
    written: Option<Bytes>,
    ring: VecDeque<Kept>,
    ring_bytes: usize,
    /// The number of the next message.
    next: u64,
    slots: Slab<Slot>,
    is_closed: bool,
    told_at: Instant,
    /// The seconds for which beats were given out.
    beaten: u64,
    began: Instant,
}

struct Kept {
    frame: Bytes,
    version: i64,
    known: Vec<i64>,
}

#[derive(Default)]
struct Slot {
    waker: Option<Waker>,
    beat: bool,
    /// Whom [`Channel::wake_those`] tells it from others by; 0 where that is not known.
    key: u32,
}

impl<W: Whole> Channel<W> {
    pub(super) fn new(whole: W, everywhere: Arc<AtomicUsize>) -> Self {
        let now = Instant::now();
        let state = State {
            whole,
            written: None,
            ring: VecDeque::new(),
            ring_bytes: 0,
            next: 0,
            slots: Slab::new(),
            is_closed: false,
            told_at: now,
            beaten: 0,
            began: now,
        };
        Self(Arc::new(Shared { state: Mutex::new(state), everywhere }))
    }

    /// One more watches. Who has a version is told what followed it where that is still kept, everybody else the whole.
    #[must_use]
    pub fn watch(&self, last: Option<i64>) -> Watcher<W> {
        self.watch_as(last, 0)
    }

    /// The same for one that [`Channel::wake_those`] tells from others by a key.
    #[must_use]
    pub fn watch_as(&self, last: Option<i64>, key: u32) -> Watcher<W> {
        let mut state = self.0.lock();
        let place = match last {
            Some(version) => Place::After { version, asked: state.next },
            None => Place::New,
        };
        let slot = state.slots.insert(Slot { key, ..Slot::default() });
        drop(state);
        self.0.everywhere.fetch_add(1, Ordering::Relaxed);
        metrics::gauge!("onsale_live_watchers").increment(1.0);
        Watcher::new(Arc::clone(&self.0), place, slot)
    }

    /// How many watch.
    #[must_use]
    pub fn watchers(&self) -> usize {
        self.0.lock().slots.len()
    }

    /// Looks at the whole.
    pub fn look<T>(&self, look: impl FnOnce(&W) -> T) -> T {
        look(&self.0.lock().whole)
    }

    /// Changes the whole, of which watchers are told nothing yet; who comes now is told it as it is now.
    pub fn change<T>(&self, change: impl FnOnce(&mut W) -> T) -> T {
        let mut state = self.0.lock();
        state.written = None;
        change(&mut state.whole)
    }

    /// Keeps what watchers are to be told; gives its bytes. [`Channel::wake`] has them read it.
    pub fn tell(&self, news: impl FnOnce(&mut W) -> Told) -> Option<usize> {
        let mut state = self.0.lock();
        let told = news(&mut state.whole);
        if !matches!(told, Told::Nothing) {
            state.written = None;
        }
        match told {
            Told::Nothing => return None,
            Told::Whole => {
                state.ring.clear();
                state.ring_bytes = 0;
            }
            Told::Change { frame, version, known } => {
                state.ring_bytes += frame.len();
                state.ring.push_back(Kept { frame, version, known });
                while state.ring.len() > RING_MAX || state.ring_bytes > RING_BYTES_MAX {
                    let Some(oldest) = state.ring.pop_front() else { break };
                    state.ring_bytes -= oldest.frame.len();
                }
            }
        }
        state.next += 1;
        state.told_at = Instant::now();
        let newest = state.ring.back().map(|kept| kept.frame.len());
        Some(newest.unwrap_or_else(|| state.written().len()))
    }

    /// Wakes all who wait, some at a time, so that what else this process does is not behind thousands of them.
    pub async fn wake(&self) {
        self.wake_those(|_| true).await;
    }

    /// Wakes those of them whom `is_meant` chooses by their keys. The others read what was told when they are woken.
    pub async fn wake_those(&self, is_meant: impl Fn(u32) -> bool) {
        let mut from = 0;
        loop {
            let (woken, next) = self.0.lock().take_wakers(from, &is_meant);
            for waker in woken {
                waker.wake();
            }
            let Some(next) = next else { return };
            from = next;
            tokio::task::yield_now().await;
        }
    }

    /// Sends a beat to those whose turn has come. To be called once a second or oftener.
    pub fn beat(&self) {
        let woken = self.0.lock().take_beats();
        for waker in woken {
            waker.wake();
        }
    }

    /// Ends all streams, and those of whoever comes later.
    pub fn close(&self) {
        let mut state = self.0.lock();
        state.is_closed = true;
        let woken: Vec<Waker> = state.slots.iter_mut().filter_map(|(_, slot)| slot.waker.take()).collect();
        drop(state);
        for waker in woken {
            waker.wake();
        }
    }
}

impl<W> Shared<W> {
    fn lock(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock()
    }

    /// One watches no more.
    pub(super) fn leave(&self, slot: usize) {
        let left = self.lock().slots.try_remove(slot);
        drop(left);
        self.everywhere.fetch_sub(1, Ordering::Relaxed);
        metrics::gauge!("onsale_live_watchers").decrement(1.0);
    }
}

impl<W: Whole> Shared<W> {
    /// The next message for a watcher at a place; `None` at the end.
    pub(super) fn poll(&self, place: &mut Place, slot: usize, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut state = self.lock();
        if state.is_closed {
            return Poll::Ready(None);
        }
        if let Some(frame) = state.next_of(place) {
            return Poll::Ready(Some(frame));
        }
        let Some(slot) = state.slots.get_mut(slot) else { return Poll::Ready(None) };
        if std::mem::take(&mut slot.beat) {
            return Poll::Ready(Some(frame::BEAT));
        }
        match &mut slot.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}

impl<W: Whole> State<W> {
    fn written(&mut self) -> Bytes {
        self.written.get_or_insert_with(|| self.whole.write()).clone()
    }

    fn next_of(&mut self, place: &mut Place) -> Option<Bytes> {
        if let Place::After { version, asked } = *place {
            *place = match self.follows(version) {
                Some(number) => Place::At(number),
                // Another process told it that already; what is told next here will show.
                None if asked == self.next && self.whole.standing(version) == Standing::Ahead => return None,
                None => Place::New,
            };
        }
        if let Place::At(number) = *place {
            if number == self.next {
                return None;
            }
            let behind = usize::try_from(self.next - number).unwrap_or(usize::MAX);
            if let Some(index) = self.ring.len().checked_sub(behind) {
                *place = Place::At(number + 1);
                return Some(self.ring[index].frame.clone());
            }
            if !self.ring.is_empty() {
                metrics::counter!("onsale_live_resyncs_total").increment(1);
            }
        }
        *place = Place::At(self.next);
        Some(self.written())
    }

    /// The number of the message that follows a version; nothing where the whole must be told.
    fn follows(&self, version: i64) -> Option<u64> {
        let first = self.next - self.ring.len() as u64;
        // Also the one that ended in that version: what time alone changed in it may be news.
        let place = self.ring.iter().position(|kept| kept.version >= version);
        match place.map(|index| (index, &self.ring[index])) {
            Some((index, kept)) if kept.version == version || kept.known.contains(&version) => {
                Some(first + index as u64)
            }
            Some(_) => None,
            None => (self.whole.standing(version) == Standing::Following).then_some(self.next),
        }
    }

    fn take_wakers(&mut self, from: usize, is_meant: &impl Fn(u32) -> bool) -> (Vec<Waker>, Option<usize>) {
        let mut woken = Vec::with_capacity(WOKEN_AT_ONCE);
        for index in from..self.slots.capacity() {
            if woken.len() == WOKEN_AT_ONCE || index - from == LOOKED_AT_ONCE {
                return (woken, Some(index));
            }
            let slot = self.slots.get_mut(index).filter(|slot| slot.waker.is_some() && is_meant(slot.key));
            woken.extend(slot.and_then(|slot| slot.waker.take()));
        }
        (woken, None)
    }

    fn take_beats(&mut self) -> Vec<Waker> {
        let now = self.began.elapsed().as_secs();
        let turns = self.beaten..now;
        self.beaten = now;
        if turns.is_empty() || self.told_at.elapsed() < BEAT_AFTER {
            return Vec::new();
        }
        let has_turn = |slot: usize| {
            let turn = slot as u64 % BEAT_TURNS;
            turns.clone().rev().take(15).any(|second| second % BEAT_TURNS == turn)
        };
        let due = self.slots.iter_mut().filter(|(index, _)| has_turn(*index));
        due.filter_map(|(_, slot)| {
            slot.beat = true;
            slot.waker.take()
        })
        .collect()
    }
}

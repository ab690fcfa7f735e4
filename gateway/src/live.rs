//! The live map for a crowd: however many watch an event here, booking is watched once.
//!
//! A follower an event ([`follow`]) keeps its seats, told what changed by booking ([`source`]), and tells all watchers of
//! this process (`platform::fanout`). While booking is away streams stay open, and whoever comes is told what is known.

mod follow;
mod source;

use follow::Follower;
use onsale_core::EventId;
use onsale_core::told::ToldSeats;
use onsale_platform::Platform;
use onsale_platform::fanout::{Channel, Fanout, Watcher};
use onsale_platform::problem::Problem;
use onsale_platform::shutdown::Shutdown;
use onsale_platform::upstream::Upstream;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How many events may be watched at once.
const EVENTS_MAX: usize = 1_000;
/// How long somebody who comes first waits until the seats are known.
const FIRST_MAX: Duration = Duration::from_secs(5);
/// How often somebody is sent on who found a follower at its end.
const TRIES: usize = 3;
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The events that are watched in this process. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Live(Arc<Shared>);

struct Shared {
    watched: Mutex<HashMap<EventId, watch::Receiver<Standing>>>,
    booking: Upstream,
    fanout: Fanout,
    shutdown: Shutdown,
}

/// What is known of an event's seats.
#[derive(Clone)]
enum Standing {
    /// Booking was not heard yet.
    Asked,
    /// These.
    Known(Channel<ToldSeats>),
    /// Booking has no seats of it.
    Missing,
    /// Booking could not be asked.
    Away,
}

enum Join {
    Joined(Watcher<ToldSeats>),
    Wait(watch::Receiver<Standing>),
}

impl Live {
    pub(crate) fn new(booking: Upstream, platform: &Platform) -> Self {
        let (fanout, shutdown) = (platform.fanout.clone(), platform.shutdown.clone());
        Self(Arc::new(Shared { watched: Mutex::default(), booking, fanout, shutdown }))
    }

    /// The stream of an event's seats, from what the client has; 404 where there are none, 503 while nothing is known.
    pub(crate) async fn watch(&self, event: &EventId, last: Option<i64>) -> Result<Watcher<ToldSeats>, Problem> {
        for _ in 0..TRIES {
            let mut standing = match self.join(event, last)? {
                Join::Joined(watcher) => return Ok(watcher),
                Join::Wait(standing) => standing,
            };
            let told = standing.wait_for(|standing| !matches!(standing, Standing::Asked));
            let told = match tokio::time::timeout(FIRST_MAX, told).await {
                Ok(Ok(told)) => told.clone(),
                Ok(Err(_)) | Err(_) => return Err(away()),
            };
            match told {
                Standing::Missing => return Err(Problem::not_found("event")),
                Standing::Away => return Err(away()),
                Standing::Asked | Standing::Known(_) => {}
            }
        }
        Err(away())
    }

    /// Joins those who watch, under the lock under which a follower ends: nobody joins one that has ended.
    fn join(&self, event: &EventId, last: Option<i64>) -> Result<Join, Problem> {
        let mut watched = self.0.watched.lock();
        if let Some(standing) = watched.get(event) {
            return Ok(match &*standing.borrow() {
                Standing::Known(channel) => Join::Joined(channel.watch(last)),
                _ => Join::Wait(standing.clone()),
            });
        }
        if watched.len() >= EVENTS_MAX {
            return Err(Problem::unavailable("Too many events are watched just now.", RETRY_AFTER));
        }
        let (tell, standing) = watch::channel(Standing::Asked);
        watched.insert(event.clone(), standing.clone());
        let follower = Follower::new(self.clone(), event.clone(), tell);
        self.0.shutdown.spawn("live-seats", follower.run());
        Ok(Join::Wait(standing))
    }

    /// Forgets an event that nobody watches; `false` when somebody does.
    fn forget(&self, event: &EventId, channel: Option<&Channel<ToldSeats>>) -> bool {
        let mut watched = self.0.watched.lock();
        if channel.is_some_and(|channel| channel.watchers() > 0) {
            return false;
        }
        watched.remove(event);
        true
    }
}

fn away() -> Problem {
    Problem::unavailable("The seats cannot be told just now.", RETRY_AFTER)
}

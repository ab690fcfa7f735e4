//! The gate before a role: lets through as many requests at once as the role answers well, and all of people who are
//! inside. Whoever finds it full waits for some milliseconds at most, and is then told to come later, before anything
//! was begun; while many find booking's so, most hear it at the [`door`]. Streams, health and what the gateway has
//! itself pass no gate.

mod door;
mod limit;
mod line;
mod priority;
mod window;

pub(crate) use priority::Priority;

use crate::config::AdaptiveConfig;
use crate::state::Backend;
use axum::http::Method;
use door::Door;
use limit::Limit;
use line::Lines;
use onsale_platform::problem::Problem;
use onsale_platform::{pressure, random};
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};
use window::Window;

/// Around when whoever was refused is to come again.
const COMES_AGAIN_AFTER: Duration = Duration::from_secs(3);
/// The same for those who are inside, of whom there are few.
const INSIDE_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The gates of all roles that requests are passed on to; none where they are off.
pub(crate) struct Gates(Option<Built>);

struct Built {
    door: Arc<Door>,
    gates: [Arc<Gate>; Backend::ALL.len()],
}

impl Gates {
    pub(crate) fn new(config: Option<AdaptiveConfig>) -> Self {
        Self(config.map(|config| {
            let mut cpu = pressure::Cpu::default();
            let door = Arc::new(Door::new(move || cpu.is_short()));
            let gates = Backend::ALL.map(|backend| {
                let door = (backend == Backend::Booking).then(|| door.clone());
                Arc::new(Gate::new(backend.as_str(), config, door))
            });
            Built { door, gates }
        }))
    }

    /// Whether a request may come in at all; else 503. It is asked before anything is done for the request.
    pub(crate) fn pass_door(&self, method: &Method, path: &str) -> Result<(), Problem> {
        let Some(built) = self.0.as_ref().filter(|_| priority::meets_the_door(path)) else { return Ok(()) };
        built.door.pass(Priority::of(method, path))
    }

    /// The gate before a role; nothing before the sandbox, which stands in for somebody else's servers.
    pub(crate) fn before(&self, backend: Backend) -> Option<&Arc<Gate>> {
        let built = self.0.as_ref().filter(|_| backend != Backend::Sandbox)?;
        built.gates.get(backend as usize)
    }
}

/// The gate before one role.
pub(crate) struct Gate {
    inner: Mutex<Inner>,
    /// Where reserves that are refused here are to be refused earlier.
    door: Option<Arc<Door>>,
    meter: Meter,
}

struct Inner {
    limit: Limit,
    under_way: usize,
    lines: Lines<Place>,
    window: Window,
}

/// Leave to ask the role once, until it is dropped. Who is given up on tells nothing of the role.
pub(crate) struct Place {
    gate: Arc<Gate>,
    priority: Priority,
    entered: Instant,
    took: Option<Duration>,
}

impl Gate {
    fn new(role: &'static str, config: AdaptiveConfig, door: Option<Arc<Door>>) -> Self {
        let inner = Inner {
            limit: Limit::new(config.latency_max),
            under_way: 0,
            lines: Lines::default(),
            window: Window::new(Instant::now()),
        };
        Self { inner: Mutex::new(inner), door, meter: Meter::new(role) }
    }

    /// A place now or within some milliseconds, else 503.
    pub(crate) async fn enter(self: &Arc<Self>, priority: Priority) -> Result<Place, Problem> {
        let place = match self.take_or_wait(priority) {
            Taken::Place(place) => Some(place),
            Taken::Full => None,
            Taken::Waits(mut turn, patience) => match timeout(patience, &mut turn).await {
                Ok(turn) => turn.ok(),
                Err(_) => {
                    // It may have come at the very moment.
                    turn.close();
                    let place = turn.try_recv().ok();
                    self.inner.lock().lines.forget_who_left(priority);
                    place
                }
            },
        };
        if let Some(door) = self.door.as_ref().filter(|_| priority == Priority::Reserve) {
            let admitted = usize::from(place.is_some());
            door.learn(admitted, 1 - admitted);
        }
        match place {
            Some(place) => {
                self.meter.admitted[priority as usize].increment(1);
                Ok(place)
            }
            None => {
                self.meter.refused[priority as usize].increment(1);
                let again = match priority {
                    Priority::Inside => INSIDE_AGAIN_AFTER,
                    Priority::Reserve | Priority::Look => random::jittered(COMES_AGAIN_AFTER),
                };
                Err(Problem::unavailable("More people ask than can be answered well just now.", again))
            }
        }
    }

    fn take_or_wait(self: &Arc<Self>, priority: Priority) -> Taken {
        let now = Instant::now();
        let mut inner = self.inner.lock();
        if inner.has_room(priority) {
            inner.enter();
            return Taken::Place(self.place(priority, now));
        }
        match inner.lines.join(priority, now) {
            Some((turn, patience)) => Taken::Waits(turn, patience),
            None => Taken::Full,
        }
    }

    fn place(self: &Arc<Self>, priority: Priority, now: Instant) -> Place {
        Place { gate: self.clone(), priority, entered: now, took: None }
    }

    /// One leaves; the next in line that there is room for takes the place.
    fn leave(self: &Arc<Self>, priority: Priority, took: Option<Duration>) {
        let now = Instant::now();
        let (mut next, of) = {
            let mut inner = self.inner.lock();
            inner.under_way = inner.under_way.saturating_sub(1);
            if let Some(took) = took.and_then(|took| priority.tells(took)) {
                inner.window.record(took);
            }
            if let Some(seen) = inner.window.end(now) {
                inner.limit.step(seen);
                self.meter.limit.set(count(inner.limit.places()));
                self.meter.under_way.set(count(inner.under_way));
            }
            let room = |inner: &Inner, priority| inner.has_room(priority);
            let Some(of) = Priority::ALL.into_iter().find(|of| room(&inner, *of) && inner.lines.is_anybody(*of)) else {
                return;
            };
            let next = inner.lines.next(of, now);
            if next.is_some() {
                inner.enter();
            }
            (next, of)
        };
        let mut place = match &next {
            Some(_) => self.place(of, now),
            None => return,
        };
        while let Some(turn) = next {
            match turn.send(place) {
                Ok(()) => return,
                Err(back) => place = back,
            }
            next = self.inner.lock().lines.next(of, now);
        }
        // Nobody was there any more: its drop gives it back.
    }
}

enum Taken {
    Place(Place),
    Waits(oneshot::Receiver<Place>, Duration),
    Full,
}

impl Inner {
    fn has_room(&self, priority: Priority) -> bool {
        self.under_way < self.limit.places_for(priority)
    }

    fn enter(&mut self) {
        self.under_way += 1;
        self.window.under_way(self.under_way);
    }
}

impl Place {
    /// The role has answered, or was waited for in vain.
    pub(crate) fn answered(mut self) {
        self.took = Some(self.entered.elapsed());
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let gate = self.gate.clone();
        gate.leave(self.priority, self.took);
    }
}

/// Instruments, looked up once.
struct Meter {
    limit: metrics::Gauge,
    under_way: metrics::Gauge,
    admitted: [metrics::Counter; Priority::ALL.len()],
    refused: [metrics::Counter; Priority::ALL.len()],
}

impl Meter {
    fn new(role: &'static str) -> Self {
        Self {
            limit: metrics::gauge!("onsale_gate_limit", "role" => role),
            under_way: metrics::gauge!("onsale_gate_under_way", "role" => role),
            admitted: Priority::ALL.map(|priority| {
                metrics::counter!("onsale_gate_admitted_total", "role" => role, "priority" => priority.as_str())
            }),
            refused: Priority::ALL.map(|priority| {
                metrics::counter!("onsale_gate_refused_total", "role" => role, "priority" => priority.as_str())
            }),
        }
    }
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate() -> Arc<Gate> {
        Arc::new(Gate::new("booking", AdaptiveConfig { latency_max: Duration::from_millis(150) }, None))
    }

    async fn filled(gate: &Arc<Gate>, priority: Priority) -> Vec<Place> {
        let mut places = Vec::new();
        while let Ok(place) = gate.enter(priority).await {
            places.push(place);
        }
        places
    }

    #[tokio::test(start_paused = true)]
    async fn those_inside_find_room_when_lookers_and_buyers_have_filled_theirs() {
        let gate = gate();
        let looks = filled(&gate, Priority::Look).await;
        let reserves = filled(&gate, Priority::Reserve).await;
        let inside = filled(&gate, Priority::Inside).await;
        assert!(!looks.is_empty() && !reserves.is_empty());
        assert!(looks.len() + reserves.len() < gate.inner.lock().limit.places());
        assert_eq!(looks.len() + reserves.len() + inside.len(), Limit::PLACES_MAX, "the limit is not for them");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_is_let_in_when_one_leaves_and_refused_within_50_ms_otherwise() {
        let gate = gate();
        let mut places = filled(&gate, Priority::Inside).await;
        let began = Instant::now();
        assert!(gate.enter(Priority::Inside).await.is_err());
        assert!(began.elapsed() <= Duration::from_millis(50), "{:?}", began.elapsed());
        let waits = tokio::spawn({
            let gate = gate.clone();
            async move { gate.enter(Priority::Inside).await.is_ok() }
        });
        tokio::time::sleep(Duration::from_millis(2)).await;
        places.pop();
        assert!(waits.await.expect("it runs"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_is_never_lost_to_somebody_who_went_away() {
        let gate = gate();
        let mut places = filled(&gate, Priority::Inside).await;
        for _ in 0..10 {
            let waits = tokio::spawn({
                let gate = gate.clone();
                async move { gate.enter(Priority::Inside).await.map(drop) }
            });
            tokio::time::sleep(Duration::from_millis(1)).await;
            waits.abort();
            places.pop();
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(gate.inner.lock().under_way, Limit::PLACES_MAX - 10);
        places.clear();
        assert_eq!(gate.inner.lock().under_way, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn the_limit_follows_what_the_role_can_do() {
        let gate = gate();
        let before = gate.inner.lock().limit.places();
        for _ in 0..50 {
            let places = filled(&gate, Priority::Reserve).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            places.into_iter().for_each(Place::answered);
        }
        let slow = gate.inner.lock().limit.places();
        assert!(slow < before, "{slow}");
        for _ in 0..500 {
            let places = filled(&gate, Priority::Reserve).await;
            tokio::time::sleep(Duration::from_millis(5)).await;
            places.into_iter().for_each(Place::answered);
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        assert!(gate.inner.lock().limit.places() > before);
    }
}

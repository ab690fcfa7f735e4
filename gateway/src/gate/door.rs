//! The door before all gates: while booking's gate refuses many, whoever would be refused there anyway is told so at
//! once, before their token is read. Looks come first, where the processors of this machine are short: most who look
//! could buy nothing, and what looking costs is missing where people pay. Then reserves. (Shedding where a request comes
//! in rather than deep inside: Zhou et al., Overload Control for Scaling WeChat Microservices, 2018.)

use super::COMES_AGAIN_AFTER;
use super::priority::Priority;
use onsale_platform::problem::Problem;
use onsale_platform::random;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// How often it is learned from what the gate did.
const WINDOW: Duration = Duration::from_millis(200);
/// Of those who come, how many are let in, in thousandths.
const ALL: u32 = 1_000;
/// Some always are: without them nobody would learn that there is room again.
const LOOKS_MIN: u32 = 50;
const RESERVES_MIN: u32 = 20;

/// How many of those who look and who reserve are let in.
pub(crate) struct Door {
    seen: Mutex<Seen>,
    looks: Share,
    reserves: Share,
    /// Those who were refused here since the window began. Who may not look might have reserved.
    sent_away: AtomicU32,
    refused: [metrics::Counter; Priority::ALL.len()],
}

/// What booking's gate did since the window began.
struct Seen {
    began: Instant,
    admitted: usize,
    refused: usize,
    /// How many it let through in the last window in which it refused more.
    bears: usize,
    /// Whether the processors are short; looking costs something.
    is_cpu_short: Box<dyn FnMut() -> bool + Send>,
}

/// A share of those who come, spread evenly.
struct Share {
    let_in: AtomicU32,
    sum: AtomicU32,
}

impl Door {
    pub(super) fn new(is_cpu_short: impl FnMut() -> bool + Send + 'static) -> Self {
        let refused = Priority::ALL.map(
            |priority| metrics::counter!("onsale_gate_refused_total", "role" => "door", "priority" => priority.as_str()),
        );
        let is_cpu_short = Box::new(is_cpu_short);
        let seen = Seen { began: Instant::now(), admitted: 0, refused: 0, bears: 0, is_cpu_short };
        Self {
            seen: Mutex::new(seen),
            looks: Share::all(),
            reserves: Share::all(),
            sent_away: AtomicU32::new(0),
            refused,
        }
    }

    /// Whether a request may go on; else 503.
    pub(crate) fn pass(&self, priority: Priority) -> Result<(), Problem> {
        let share = match priority {
            Priority::Inside => return Ok(()),
            Priority::Reserve => &self.reserves,
            Priority::Look => &self.looks,
        };
        if share.is_all() {
            return Ok(());
        }
        // Where nobody reserves any more, nobody else would open it again.
        self.learn(0, 0);
        if share.takes_one() {
            return Ok(());
        }
        self.sent_away.fetch_add(1, Ordering::Relaxed);
        self.refused[priority as usize].increment(1);
        let again = random::jittered(COMES_AGAIN_AFTER);
        Err(Problem::unavailable("More people ask than can be answered well just now.", again))
    }

    /// booking's gate has let so many reserves through and refused so many.
    pub(super) fn learn(&self, admitted: usize, refused: usize) {
        let mut seen = self.seen.lock();
        seen.admitted += admitted;
        seen.refused += refused;
        let now = Instant::now();
        if now.saturating_duration_since(seen.began) < WINDOW {
            return;
        }
        self.step(&mut seen);
        (seen.began, seen.admitted, seen.refused) = (now, 0, 0);
    }

    /// Fewer, while more are refused at the gate than let through; more, while hardly any are; all, as soon as no more
    /// come than it bears. In between the gate has whom to choose from.
    fn step(&self, seen: &mut Seen) {
        let is_all = self.looks.is_all() && self.reserves.is_all();
        let sent_away = usize::try_from(self.sent_away.swap(0, Ordering::Relaxed)).unwrap_or(usize::MAX);
        if seen.refused > seen.admitted {
            seen.bears = seen.admitted;
            if self.looks.get() > LOOKS_MIN && (seen.is_cpu_short)() {
                self.looks.set((self.looks.get() * 3 / 4).max(LOOKS_MIN));
            } else {
                self.reserves.set((self.reserves.get() * 3 / 4).max(RESERVES_MIN));
            }
        } else if !is_all && seen.refused == 0 && seen.admitted + sent_away <= seen.bears {
            self.looks.set(ALL);
            self.reserves.set(ALL);
        } else if !is_all && seen.refused * 4 <= seen.admitted {
            let wider = |share: &Share| share.set((share.get() + share.get() / 8 + 5).min(ALL));
            wider(if self.reserves.is_all() { &self.looks } else { &self.reserves });
        }
        for (priority, share) in [(Priority::Look, &self.looks), (Priority::Reserve, &self.reserves)] {
            let open = f64::from(share.get()) / f64::from(ALL);
            metrics::gauge!("onsale_gate_door_open", "priority" => priority.as_str()).set(open);
        }
    }
}

impl Share {
    fn all() -> Self {
        Self { let_in: AtomicU32::new(ALL), sum: AtomicU32::new(0) }
    }

    fn get(&self) -> u32 {
        self.let_in.load(Ordering::Relaxed)
    }

    fn set(&self, let_in: u32) {
        self.let_in.store(let_in, Ordering::Relaxed);
    }

    fn is_all(&self) -> bool {
        self.get() == ALL
    }

    fn takes_one(&self) -> bool {
        let let_in = self.get();
        let before = self.sum.fetch_add(let_in, Ordering::Relaxed);
        before / ALL != before.wrapping_add(let_in) / ALL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn windows(door: &Door, count: usize, admitted: usize, refused: usize) {
        for _ in 0..count {
            tokio::time::sleep(WINDOW).await;
            door.learn(admitted, refused);
        }
    }

    fn let_in(door: &Door, priority: Priority) -> usize {
        (0..1_000).filter(|_| door.pass(priority).is_ok()).count()
    }

    #[tokio::test(start_paused = true)]
    async fn looks_are_shed_first_then_reserves_and_those_inside_never() {
        let door = Door::new(|| true);
        assert_eq!(let_in(&door, Priority::Look), 1_000);
        windows(&door, 5, 10, 90).await;
        let looks = let_in(&door, Priority::Look);
        assert!((150..350).contains(&looks), "{looks}");
        assert_eq!(let_in(&door, Priority::Reserve), 1_000);
        windows(&door, 20, 10, 90).await;
        assert_eq!(let_in(&door, Priority::Look), 50);
        let reserves = let_in(&door, Priority::Reserve);
        assert!((20..100).contains(&reserves), "{reserves}");
        assert_eq!(let_in(&door, Priority::Inside), 1_000);
    }

    #[tokio::test(start_paused = true)]
    async fn looks_are_served_where_processors_are_not_short() {
        let door = Door::new(|| false);
        windows(&door, 5, 10, 90).await;
        assert_eq!(let_in(&door, Priority::Look), 1_000);
        assert!(let_in(&door, Priority::Reserve) < 350);
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_again_at_once_also_when_nobody_reserves_any_more() {
        let door = Door::new(|| true);
        windows(&door, 60, 10, 990).await;
        assert!(let_in(&door, Priority::Reserve) < 50);
        let began = Instant::now();
        while door.pass(Priority::Look).is_err() || !door.looks.is_all() {
            tokio::time::sleep(WINDOW / 2).await;
            assert!(began.elapsed() < Duration::from_secs(1));
        }
        assert_eq!(let_in(&door, Priority::Reserve), 1_000);
    }
}

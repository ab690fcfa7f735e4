//! What the people of a process share: connections, the map as it was last told, and the counts.

use super::board::{Board, Hall};
use super::lines::Lines;
use super::view::Line;
use crate::client::{Answer, Connection, request};
use crate::swarm::figures::Call;
use crate::swarm::script::Script;
use crate::swarm::tally::Tally;
use crate::swarm::wall_ms;
use anyhow::{Context, ensure};
use onsale_core::api::events::PlanView;
use onsale_core::api::problem::ProblemBody;
use std::cell::{Cell, RefCell};
use std::net::IpAddr;
use std::time::Duration;
use tokio::time::Instant;

/// Bytes that are read of a stream at once.
const SCRATCH: usize = 64 << 10;
/// Whoever is told to come later does so at most so often.
const TRIES_MAX: u32 = 40;

/// What the people of a process share.
pub struct Crowd {
    /// The run.
    pub script: Script,
    /// Connections for calls.
    pub lines: Lines,
    /// The plan's seats.
    pub hall: Hall,
    /// Their states, as last told to anybody here.
    pub board: RefCell<Board>,
    /// The counts.
    pub tally: RefCell<Tally>,
    /// People who are still at it.
    pub busy: Cell<u32>,
    /// Where bytes of streams are read to.
    pub scratch: RefCell<Box<[u8]>>,
    /// The line as it was last told to anybody here.
    pub last_line: RefCell<Line>,
    sources: Vec<IpAddr>,
    begins: Instant,
    opens: Instant,
}

/// An answer that is no "come later", or none at all after all tries.
pub type Told = Option<Answer>;

impl Crowd {
    /// Fetches the plan, which browsers keep for ever.
    ///
    /// # Errors
    /// When there is no plan.
    pub async fn gather(script: Script, part: u32) -> anyhow::Result<Self> {
        let ask = request("GET", &format!("/api/events/{}/plan", script.event), None, None);
        let answer = Connection::new(script.address).call(&ask).await.context("ask for the plan")?;
        ensure!(answer.status == 200, "the plan was answered {}", answer.status);
        let plan: PlanView = serde_json::from_slice(&answer.body).context("understand the plan")?;
        let hall = Hall::of(&plan);
        let sources = Script::sources(part);
        Ok(Self {
            lines: Lines::new(script.address, sources.clone()),
            board: RefCell::new(Board::new(hall.len())),
            hall,
            tally: RefCell::default(),
            busy: Cell::new(0),
            scratch: RefCell::new(vec![0; SCRATCH].into()),
            last_line: RefCell::default(),
            sources,
            begins: instant_of(script.begins_ms),
            opens: instant_of(script.opens_ms),
            script,
        })
    }

    /// When people begin to arrive.
    pub fn begins(&self) -> Instant {
        self.begins
    }

    /// When the line begins to move.
    pub fn opens(&self) -> Instant {
        self.opens
    }

    /// Milliseconds since the opening; negative before.
    pub fn since_opening_ms(&self) -> i64 {
        wall_ms() - self.script.opens_ms
    }

    /// The address of this machine that a person calls from.
    pub fn source_of(&self, user: u32) -> IpAddr {
        self.sources[usize::try_from(user).unwrap_or(0) % self.sources.len()]
    }

    /// Something cannot be right.
    pub fn wrong(&self, kind: &str, user: u32, seen: &str) {
        let at = self.since_opening_ms();
        self.tally.borrow_mut().wrong(kind, format!("person {user}, {at} ms after the opening: {seen}"));
    }

    /// Asks, again as often as it is told to come later or hears nothing; each call counts from when it was due.
    pub async fn ask(&self, (call, user): (Call, u32), mut due: Instant, inside: bool, request: &[u8]) -> Told {
        for _ in 0..TRIES_MAX {
            let answer = self.lines.call(request).await;
            let status = answer.as_ref().map_or(0, |answer| answer.status);
            let pause = self.note(call, status, due, inside, answer.as_ref().ok());
            match (answer, pause) {
                (Ok(answer), None) => return Some(answer),
                (_, pause) => {
                    // Not all of those who were sent away come back in the same moment.
                    let spread = 1.0 + f64::from(user % 97) / 97.0;
                    due = Instant::now() + pause.unwrap_or(Duration::from_secs(1)).mul_f64(spread);
                    tokio::time::sleep_until(due).await;
                }
            }
        }
        self.wrong(&format!("{} never answered", call.name()), user, "every try was lost or sent away");
        None
    }

    /// Counts an answer; how long to wait where it says to come later, or where there was none.
    fn note(&self, call: Call, status: u16, due: Instant, inside: bool, answer: Option<&Answer>) -> Option<Duration> {
        let mut tally = self.tally.borrow_mut();
        tally.measured(call, status, due.elapsed());
        tally.counts.calls_inside += u64::from(inside);
        match status {
            0 => tally.counts.lost += 1,
            429 | 503 => {
                tally.counts.refused += 1;
                tally.counts.refused_inside += u64::from(inside);
            }
            _ => return None,
        }
        let seconds = answer.and_then(|answer| answer.retry_after).unwrap_or(1);
        Some(Duration::from_secs(u64::from(seconds.clamp(1, 30))))
    }

    /// The problem that an answer tells, checked to be one.
    pub fn problem(&self, call: Call, user: u32, answer: &Answer) -> Option<ProblemBody> {
        let problem: Option<ProblemBody> = serde_json::from_slice(&answer.body).ok();
        let problem = problem.filter(|problem| problem.status == answer.status && !problem.code.is_empty());
        if problem.is_none() {
            self.wrong(&format!("{} {} without a problem", call.name(), answer.status), user, &shown(answer));
        }
        problem
    }

    /// An answer that was not to be expected.
    pub fn unexpected(&self, call: Call, user: u32, answer: &Answer) {
        let problem = self.problem(call, user, answer);
        let code = problem.map(|problem| problem.code).unwrap_or_default();
        self.wrong(&format!("{} {} {code}", call.name(), answer.status), user, &shown(answer));
    }

    /// The body, as the API says it is; nothing, and an error, where it is not.
    pub fn read<T: serde::de::DeserializeOwned>(&self, call: Call, user: u32, answer: &Answer) -> Option<T> {
        match serde_json::from_slice(&answer.body) {
            Ok(body) => Some(body),
            Err(error) => {
                self.wrong(&format!("{} unreadable", call.name()), user, &format!("{error}: {}", shown(answer)));
                None
            }
        }
    }
}

/// An answer in a few words.
fn shown(answer: &Answer) -> String {
    let text: String = String::from_utf8_lossy(&answer.body).chars().take(300).collect();
    format!("{} {text}", answer.status)
}

fn instant_of(wall: i64) -> Instant {
    let ahead = wall - wall_ms();
    let by = Duration::from_millis(ahead.unsigned_abs());
    let now = Instant::now();
    if ahead >= 0 { now + by } else { now.checked_sub(by).unwrap_or(now) }
}

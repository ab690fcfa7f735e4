//! Redlock over the masters of `REDIS_URLS`: sheds those who come too late before they cost PostgreSQL
//! anything. The decision is pure: [`crate::domain::redlock`].
//!
//! Requests that arrive while a script runs go together into the next one, so that a crowd costs a
//! round trip a batch rather than one a request.

mod scripts;

use crate::domain::redlock::{Answer, Verdict, decide};
use crate::domain::rows::{EventNo, SeatNo};
use crate::store;
use onsale_core::ReservationId;
use onsale_platform::batch::Batcher;
use onsale_platform::redis::{Master, RESPONSE_MAX};
use onsale_platform::shutdown::Shutdown;
use redis::aio::ConnectionManager;
use scripts::{LOCK, MARK, UNLOCK};
use sqlx::PgPool;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// How long a lock lies when nobody takes it away: it covers the commit.
pub const LOCK_TTL: Duration = Duration::from_secs(5);
/// Older than this a lock may have run out before the commit: its member is refused.
pub const LOCK_GOOD_FOR: Duration = Duration::from_secs(4);
/// How long a mark of a hold or a sale sheds later comers.
const MARK_TTL: Duration = Duration::from_secs(30);
/// A silent master is asked so often whether it is back.
const PROBED_EVERY: Duration = Duration::from_millis(250);
/// How many marks one script sets.
const MARKS_MAX: usize = 512;
/// How many occupied seats are marked again on a master that came back.
const REBUILT_MAX: i64 = 200_000;

/// What is asked of one master.
struct Request {
    keys: Vec<String>,
    value: String,
}

struct Node {
    name: String,
    queue: Batcher<Request, Answer>,
    connection: ConnectionManager,
    /// It did not answer; until a probe says otherwise nobody waits for it.
    silent: AtomicBool,
    /// It answers again and learns which seats are taken: keys are taken away there, but nobody asks it yet.
    returning: AtomicBool,
}

/// A key and what it is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The event.
    pub event: EventNo,
    /// The seat.
    pub seat: SeatNo,
    /// Whose it is.
    pub reservation: ReservationId,
    /// Whether it is sold rather than held.
    pub sold: bool,
    /// For how long, at most; never more than 30 s.
    pub ttl: Duration,
    /// Only where the hold's own key still lies: one that was taken away meanwhile stays away.
    pub only_prolong: bool,
}

/// What came of asking for a lock.
#[derive(Debug)]
pub struct Attempt {
    /// What the masters' answers mean.
    pub verdict: Verdict,
    /// When the first master was asked.
    pub asked_at: Instant,
}

/// The locks of seats. Cheap to clone.
#[derive(Clone)]
pub struct SeatLocks {
    nodes: Arc<[Node]>,
    prefix: Arc<str>,
    marking: Arc<Semaphore>,
    pool: PgPool,
    shutdown: Shutdown,
}

impl SeatLocks {
    /// Locks on these masters, always asked in this order. Keys begin with `prefix`.
    #[must_use]
    pub fn start(masters: Vec<Master>, prefix: &str, pool: PgPool, shutdown: &Shutdown) -> Self {
        let nodes = masters.into_iter().map(|master| {
            let connection = master.connection.clone();
            let queue = Batcher::start(shutdown, "redlock", 8192, 128, move |requests| {
                run_lock_script(connection.clone(), requests)
            });
            Node {
                name: master.name,
                queue,
                connection: master.connection,
                silent: AtomicBool::new(false),
                returning: AtomicBool::new(false),
            }
        });
        Self {
            nodes: nodes.collect(),
            prefix: prefix.into(),
            marking: Arc::new(Semaphore::new(4)),
            pool,
            shutdown: shutdown.clone(),
        }
    }

    /// Whether there are masters at all.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        !self.nodes.is_empty()
    }

    /// How many masters answer, and how many do not, as was last seen.
    #[must_use]
    pub fn masters(&self) -> (usize, usize) {
        let lost = self.nodes.iter().filter(|node| node.silent.load(Ordering::Relaxed)).count();
        (self.nodes.len() - lost, lost)
    }

    /// Asks for all seats of one hold, or none. Only who wins the first live master asks the others,
    /// so that three clients cannot split three masters. Where it is refused, nothing stays locked.
    pub async fn lock(&self, event: EventNo, seats: &[SeatNo], reservation: ReservationId) -> Attempt {
        let asked_at = Instant::now();
        let mut answers = vec![Answer::Silent; self.nodes.len()];
        let mut first = 0;
        while first < self.nodes.len() {
            answers[first] = self.ask(first, event, seats, reservation).await;
            if answers[first] != Answer::Silent {
                break;
            }
            first += 1;
        }
        if answers.get(first) == Some(&Answer::Granted) {
            let others = (first + 1..self.nodes.len()).map(|node| self.ask(node, event, seats, reservation));
            for (node, answer) in (first + 1..).zip(futures::future::join_all(others).await) {
                answers[node] = answer;
            }
        }
        let verdict = decide(&answers);
        if matches!(verdict, Verdict::Refused(_)) && answers.contains(&Answer::Granted) {
            self.unlock(event, seats, reservation).await;
        }
        Attempt { verdict, asked_at }
    }

    async fn ask(&self, node: usize, event: EventNo, seats: &[SeatNo], reservation: ReservationId) -> Answer {
        let node_state = &self.nodes[node];
        if node_state.silent.load(Ordering::Relaxed) {
            return Answer::Silent;
        }
        let keys = seats.iter().map(|seat| self.key(event, *seat)).collect();
        let answer = node_state.queue.submit(Request { keys, value: reservation.to_string() }).await;
        let answer = answer.unwrap_or(Answer::Silent);
        if answer == Answer::Silent {
            self.skip(node);
        }
        answer
    }

    /// Takes a hold's keys away wherever they still say so.
    pub async fn unlock(&self, event: EventNo, seats: &[SeatNo], reservation: ReservationId) {
        let seats: Vec<_> = seats.iter().map(|seat| (event, *seat, reservation)).collect();
        self.unmark(&seats).await;
    }

    /// Takes keys away, on every live master, where they still name these holds.
    pub async fn unmark(&self, seats: &[(EventNo, SeatNo, ReservationId)]) {
        for chunk in seats.chunks(MARKS_MAX) {
            let reachable = |node: &&Node| !node.silent.load(Ordering::SeqCst) || node.returning.load(Ordering::SeqCst);
            let deletes = self.nodes.iter().filter(reachable).map(|node| async move {
                let mut invocation = UNLOCK.prepare_invoke();
                for (event, seat, hold) in chunk {
                    invocation.key(self.key(*event, *seat)).arg(hold.to_string());
                }
                let mut connection = node.connection.clone();
                let deleted = timeout(RESPONSE_MAX, invocation.invoke_async::<i64>(&mut connection)).await;
                if !matches!(deleted, Ok(Ok(_))) {
                    tracing::debug!(master = node.name, "a key was not taken away; it lapses by itself");
                }
            });
            futures::future::join_all(deletes).await;
        }
    }

    /// Sets marks on the first live master, best effort: it is asked first, so there they shed.
    /// Does nothing while four such scripts are under way.
    pub fn mark(&self, marks: Vec<Mark>) {
        let first = self.nodes.iter().position(|node| !node.silent.load(Ordering::Relaxed));
        let (Some(first), false) = (first, marks.is_empty()) else { return };
        let Ok(permit) = Arc::clone(&self.marking).try_acquire_owned() else { return };
        let locks = self.clone();
        tokio::spawn(async move {
            locks.set_marks(first, &marks).await;
            drop(permit);
        });
    }

    async fn set_marks(&self, node: usize, marks: &[Mark]) {
        let node = &self.nodes[node];
        for chunk in marks.chunks(MARKS_MAX) {
            let mut invocation = MARK.prepare_invoke();
            for mark in chunk {
                let ttl = mark.ttl.min(MARK_TTL).as_millis().max(1);
                let value = if mark.sold { format!("sold:{}", mark.reservation) } else { mark.reservation.to_string() };
                let ttl = u64::try_from(ttl).unwrap_or(1);
                invocation.key(self.key(mark.event, mark.seat)).arg(mark.reservation.to_string()).arg(value).arg(ttl);
                invocation.arg(u8::from(mark.only_prolong));
            }
            let mut connection = node.connection.clone();
            let marked = timeout(RESPONSE_MAX, invocation.invoke_async::<i64>(&mut connection)).await;
            if !matches!(marked, Ok(Ok(_))) {
                tracing::debug!(master = node.name, "marks were not set; PostgreSQL sheds instead");
                return;
            }
        }
    }

    fn key(&self, event: EventNo, seat: SeatNo) -> String {
        format!("{}seat:{event}:{seat}", self.prefix)
    }

    /// Nobody waits for this master until a probe has an answer.
    fn skip(&self, node: usize) {
        if self.nodes[node].silent.swap(true, Ordering::Relaxed) {
            return;
        }
        tracing::warn!(master = self.nodes[node].name, "a Redis master is silent; going on without it");
        metrics::counter!("onsale_redis_master_lost_total").increment(1);
        let locks = self.clone();
        self.shutdown.spawn("redis-probe", async move {
            while locks.shutdown.sleep(PROBED_EVERY).await {
                let mut connection = locks.nodes[node].connection.clone();
                let ping = redis::cmd("PING");
                let pong = timeout(RESPONSE_MAX, ping.query_async::<String>(&mut connection)).await;
                if matches!(pong, Ok(Ok(_))) {
                    locks.nodes[node].returning.store(true, Ordering::SeqCst);
                    locks.rebuild(node).await;
                    locks.nodes[node].silent.store(false, Ordering::SeqCst);
                    locks.nodes[node].returning.store(false, Ordering::SeqCst);
                    tracing::info!(master = locks.nodes[node].name, "a Redis master is back");
                    return;
                }
            }
        });
    }

    /// A master that came back empty learns again, from PostgreSQL, which seats are taken. What was given back
    /// while the marks were set is seen by the second look; what is given back later takes its key away itself.
    async fn rebuild(&self, node: usize) {
        let rebuilt = async {
            let marks = self.occupied().await?;
            self.set_marks(node, &marks).await;
            let still: HashSet<_> = self.occupied().await?.iter().map(Mark::holder).collect();
            let gone: Vec<_> = marks.iter().map(Mark::holder).filter(|holder| !still.contains(holder)).collect();
            self.unmark(&gone).await;
            Ok::<(), sqlx::Error>(())
        };
        if let Err(error) = rebuilt.await {
            tracing::warn!(%error, "a Redis master could not be told which seats are taken");
        }
    }

    async fn occupied(&self) -> Result<Vec<Mark>, sqlx::Error> {
        let mut conn = self.pool.acquire().await?;
        let seats = store::seats::occupied(&mut conn, REBUILT_MAX).await?;
        Ok(seats
            .into_iter()
            .map(|seat| Mark {
                event: seat.event_no,
                seat: seat.seat_no,
                reservation: ReservationId(seat.reservation_id),
                sold: seat.sold,
                ttl: Duration::from_millis(u64::try_from(seat.left_ms).unwrap_or(0)),
                only_prolong: false,
            })
            .collect())
    }
}

impl Mark {
    fn holder(&self) -> (EventNo, SeatNo, ReservationId) {
        (self.event, self.seat, self.reservation)
    }
}

async fn run_lock_script(mut connection: ConnectionManager, requests: Vec<Request>) -> Vec<Answer> {
    let mut invocation = LOCK.prepare_invoke();
    invocation.arg(u64::try_from(LOCK_TTL.as_millis()).unwrap_or(5_000));
    for request in &requests {
        for key in &request.keys {
            invocation.key(key);
        }
        invocation.arg(&request.value).arg(request.keys.len());
    }
    // Bounded here as well: a connection that is being made anew is otherwise waited for.
    let answer = timeout(RESPONSE_MAX, invocation.invoke_async::<Vec<Vec<usize>>>(&mut connection)).await;
    match answer {
        Ok(Ok(taken)) if taken.len() == requests.len() => taken
            .into_iter()
            .map(|taken| if taken.is_empty() { Answer::Granted } else { Answer::Taken(taken) })
            .collect(),
        Ok(Ok(_)) | Err(_) => requests.iter().map(|_| Answer::Silent).collect(),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a lock script had no answer");
            requests.iter().map(|_| Answer::Silent).collect()
        }
    }
}

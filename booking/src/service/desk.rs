//! The desk: every change of seats, holds and orders goes through here, in group commits.
//!
//! A batch is what gathered while the last one was committed. It is one transaction: advisory locks,
//! rows read under lock in one fixed order, [`crate::domain::allocate`] member by member, one write a
//! table with the events beside. Nothing is answered before the commit.

pub(super) mod facts;
mod load;
mod takings;
mod write;

use crate::domain::allocate;
use crate::domain::command::{Accepted, Command, Rejected};
use crate::domain::inventory::Inventory;
use crate::domain::life::Time;
use crate::domain::rows::{EventNo, Occupancy, ReservationRow, Rows, SeatKey, SeatNo, SeatRow};
use crate::error;
use crate::service::inventories::Inventories;
use crate::service::lock_seats::{Mark, SeatLocks};
use axum::http::StatusCode;
use onsale_core::{AdmissionId, ReservationId};
use onsale_platform::batch::{Batcher, SubmitError};
use onsale_platform::clock::Clock;
use onsale_platform::idempotency::{ScopedKey, Stored};
use onsale_platform::outbox::Metadata;
use onsale_platform::problem::Problem;
use onsale_platform::shutdown::Shutdown;
use onsale_platform::{pg, random};
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How many commands may wait.
const WAITING_MAX: usize = 8_192;
/// How many commands one transaction takes.
const BATCH_MAX: usize = 256;
/// How often a batch is tried that another one was in the way of.
const TRIES_MAX: u32 = 4;
/// While the database is away whoever asks is told so by then, the time in the queue included.
const IN_DOUBT_MAX: Duration = Duration::from_millis(600);
/// So long a batch tries at least, however long its members waited behind the one before.
const TRIED_MIN: Duration = Duration::from_millis(50);
/// How long a saga is its driver's before somebody else goes on with it.
pub const LEASE: Duration = Duration::from_secs(20);

/// Makes the answer that an idempotency key keeps, from what the command came to; nothing where it is not final.
pub type Respond = Arc<dyn Fn(&ReservationRow, &Inventory, Time) -> Option<(StatusCode, String)> + Send + Sync>;

/// A key whose answer is kept in the effect's own transaction.
#[derive(Clone)]
pub struct Idempotent {
    /// The key in its scope.
    pub key: ScopedKey,
    /// Makes the answer.
    pub respond: Respond,
}

/// One member of a batch.
#[derive(Clone)]
pub struct Member {
    /// What to do.
    pub command: Command,
    /// Why.
    pub why: Metadata,
    /// Keeps the answer under this key.
    pub idempotency: Option<Idempotent>,
    /// The waiting room's admission that it comes under.
    pub admission: Option<AdmissionId>,
    /// Past this moment its lock in Redis may have run out: it is refused.
    pub good_until: Option<Instant>,
}

impl Member {
    /// A member that nobody waits for by a key.
    #[must_use]
    pub fn of(command: Command, why: Metadata) -> Self {
        Self { command, why, idempotency: None, admission: None, good_until: None }
    }
}

/// What was committed.
#[derive(Debug, Clone)]
pub struct Done {
    /// The hold with its order as it stands after the command.
    pub row: ReservationRow,
    /// What the command came to.
    pub accepted: Accepted,
    /// The version of the offer that its prices are of.
    pub inventory: Arc<Inventory>,
    /// The batch's time, by PostgreSQL's clock.
    pub now: Time,
}

/// Why nothing was committed for a member.
#[derive(Debug, Clone)]
pub enum Declined {
    /// The rules say no. Where seats are taken: by whom, for Redis to shed the next ones.
    Rejected(Rejected, Vec<Mark>),
    /// The key was used before: this was the answer.
    Replayed(Stored),
    /// The key was used before with another body, or the database failed.
    Failed(Problem),
}

/// What came of a member.
pub type Answer = Result<Done, Declined>;

/// The way into the queue. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    queue: Batcher<(Instant, Member), Answer>,
}

struct Clerk {
    pool: PgPool,
    clock: Clock,
    inventories: Inventories,
    locks: SeatLocks,
    /// Whether the database was away when it was last asked.
    is_away: AtomicBool,
}

impl Desk {
    /// Starts the queue.
    #[must_use]
    pub fn start(pool: PgPool, clock: Clock, inventories: Inventories, locks: SeatLocks, shutdown: &Shutdown) -> Self {
        let clerk = Arc::new(Clerk { pool, clock, inventories, locks, is_away: AtomicBool::new(false) });
        let queue = Batcher::start(shutdown, "booking", WAITING_MAX, BATCH_MAX, move |members| {
            let clerk = Arc::clone(&clerk);
            async move { clerk.serve(members).await }
        });
        Self { queue }
    }

    /// Runs one command in some batch.
    pub async fn submit(&self, member: Member) -> Answer {
        match self.queue.submit((Instant::now(), member)).await {
            Ok(answer) => answer,
            Err(SubmitError::Full) => Err(Declined::Failed(Problem::unavailable(
                "Too many people ask at this moment.",
                Duration::from_secs(1),
            ))),
            Err(SubmitError::Closed) => Err(Declined::Failed(in_doubt())),
        }
    }
}

fn in_doubt() -> Problem {
    Problem::unavailable("The outcome is not known yet: ask again by the same key.", Duration::from_secs(1))
}

impl Clerk {
    async fn serve(&self, queued: Vec<(Instant, Member)>) -> Vec<Answer> {
        let now = Instant::now();
        let oldest = queued.iter().map(|(asked, _)| *asked).min().unwrap_or(now);
        let told_by = (oldest + IN_DOUBT_MAX).max(now + TRIED_MIN);
        let members: Vec<Member> = queued.into_iter().map(|(_, member)| member).collect();
        if members.iter().all(|member| member.good_until.is_none_or(|until| now < until)) {
            return self.run(members, false, told_by).await;
        }
        let fresh = |member: &Member| member.good_until.is_none_or(|until| now < until);
        let are_fresh: Vec<bool> = members.iter().map(fresh).collect();
        let mut answers = self.run(members.into_iter().filter(fresh).collect(), false, told_by).await.into_iter();
        let too_old =
            || Err(Declined::Failed(Problem::unavailable("It waited too long: ask again.", Duration::from_secs(1))));
        are_fresh
            .into_iter()
            .map(|fresh| if fresh { answers.next().unwrap_or_else(too_old) } else { too_old() })
            .collect()
    }

    /// Runs a batch until it stands or cannot stand. Sent again it carries the same ids, so that what
    /// was committed without an answer is found rather than done twice: `again` when that may be so from the start.
    /// While the database is away it ends at `told_by`.
    async fn run(&self, members: Vec<Member>, again: bool, told_by: Instant) -> Vec<Answer> {
        if members.is_empty() {
            return Vec::new();
        }
        let mut tries = 0;
        loop {
            tries += 1;
            // Once the database was away nobody waits for a connection beyond the time in which they are to be told.
            let is_away = self.is_away.load(Ordering::Relaxed);
            let patience = is_away.then(|| told_by.saturating_duration_since(Instant::now()));
            let outcome = self.attempt(&members, again || tries > 1, patience).await;
            self.is_away.store(outcome.as_ref().err().is_some_and(pg::is_unavailable), Ordering::Relaxed);
            let error = match outcome {
                Ok(answers) => return answers,
                Err(error) => error,
            };
            metrics::counter!("onsale_batch_failed_total").increment(1);
            if pg::is_retryable(&error) && tries < TRIES_MAX {
                tracing::debug!(%error, tries, "a batch was in another's way; again");
                tokio::time::sleep(random::jittered(Duration::from_millis(5 * u64::from(tries)))).await;
            } else if pg::is_unavailable(&error) {
                if Instant::now() >= told_by {
                    tracing::warn!(%error, members = members.len(), "the database is away; a batch is in doubt");
                    return members.iter().map(|_| Err(Declined::Failed(in_doubt()))).collect();
                }
                tokio::time::sleep(random::jittered(Duration::from_millis(50))).await;
            } else if members.len() > 1 {
                tracing::warn!(%error, members = members.len(), "a batch cannot stand; halving it");
                let mut first = members;
                let second = first.split_off(first.len() / 2);
                let mut answers = Box::pin(self.run(first, again || tries > 1, told_by)).await;
                answers.extend(Box::pin(self.run(second, again || tries > 1, told_by)).await);
                return answers;
            } else if pg::violated_constraint(&error) == Some("orders_number_key") {
                // Two orders drew the same number, once in some billions: drawn anew it will pass.
                return vec![Err(Declined::Failed(in_doubt()))];
            } else {
                return vec![Err(Declined::Failed(Problem::internal(error)))];
            }
        }
    }

    async fn attempt(
        &self,
        members: &[Member],
        again: bool,
        patience: Option<Duration>,
    ) -> Result<Vec<Answer>, sqlx::Error> {
        let started = Instant::now();
        let begin = self.pool.begin();
        let mut tx = match patience {
            None => begin.await?,
            Some(patience) => tokio::time::timeout(patience, begin).await.map_err(|_| sqlx::Error::PoolTimedOut)??,
        };
        let mut loaded = load::load(&mut tx, members, again).await?;
        let inventories = self.inventories_of(&loaded.rows, members).await?;
        let before = loaded.rows.seats.clone();
        let mut answers = Vec::with_capacity(members.len());
        let mut writing = write::Writing::default();
        for (member, stored) in members.iter().zip(loaded.stored.drain(..)) {
            let is_spent = member.admission.is_some_and(|admission| loaded.spent.contains(&admission));
            let answer = if is_spent && stored.is_none() {
                Err(Declined::Failed(error::admission_spent()))
            } else {
                answer(member, stored, &mut loaded.rows, &inventories, loaded.now, &mut writing, &self.clock)
            };
            answers.push(answer);
        }
        write::write(&mut tx, &loaded.rows, &writing).await?;
        tx.commit().await?;
        metrics::histogram!("onsale_batch_seconds", "queue" => "booking").record(started.elapsed().as_secs_f64());
        takings::count(answers.iter().flatten());
        self.tell_redis(&before, &loaded.rows, loaded.now).await;
        Ok(answers)
    }

    /// The inventories that a batch's holds are priced by. Almost always in memory already.
    async fn inventories_of(
        &self,
        rows: &Rows,
        members: &[Member],
    ) -> Result<BTreeMap<(EventNo, i32), Arc<Inventory>>, sqlx::Error> {
        let mut needed: BTreeMap<(EventNo, i32), Arc<Inventory>> = BTreeMap::new();
        let new = members.iter().filter_map(|member| match &member.command {
            Command::Reserve(reserve) => Some((reserve.event, reserve.offer_version)),
            _ => None,
        });
        let held = rows.reservations.values().map(|row| (row.event, row.offer_version));
        for (event, version) in new.chain(held) {
            if let std::collections::btree_map::Entry::Vacant(slot) = needed.entry((event, version)) {
                slot.insert(self.inventories.version(event, version).await?);
            }
        }
        Ok(needed)
    }

    /// After the commit: Redis learns what is held, sold and free again. Keys of freed seats go before
    /// the answer does, so that nobody is told of a hold that is over.
    async fn tell_redis(&self, before: &BTreeMap<SeatKey, SeatRow>, rows: &Rows, now: Time) {
        if !self.locks.is_configured() {
            return;
        }
        let mut marks = Vec::new();
        let mut freed: Vec<(EventNo, SeatNo, ReservationId)> = Vec::new();
        for key in &rows.changed.seats {
            let (Some(old), Some(new)) = (before.get(key), rows.seats.get(key)) else { continue };
            match mark(key.0, key.1, new, now) {
                Some(mark) => marks.push(mark),
                None => freed.extend(old.reservation.map(|reservation| (key.0, key.1, reservation))),
            }
        }
        self.locks.mark(marks);
        if !freed.is_empty() {
            self.locks.unmark(&freed).await;
        }
    }
}

/// Who has the seats that a member was refused.
fn holders(rejected: &Rejected, command: &Command, rows: &Rows, now: Time) -> Vec<Mark> {
    let (Rejected::SeatsTaken(seats), Command::Reserve(reserve)) = (rejected, command) else { return Vec::new() };
    let rows = seats.iter().filter_map(|seat| rows.seats.get(&(reserve.event, *seat)).map(|row| (*seat, row)));
    // Only sales: a hold may be given back before its mark is set, and the seat would be refused though free.
    rows.filter_map(|(seat, row)| mark(reserve.event, seat, row, now)).filter(|mark| mark.sold).collect()
}

/// What Redis is to say of a seat that somebody has.
fn mark(event: EventNo, seat: SeatNo, row: &SeatRow, now: Time) -> Option<Mark> {
    let sold = row.state == Occupancy::Sold;
    let left = (row.ends_at - now).to_std().unwrap_or_default();
    let ttl = if sold { Duration::MAX } else { left };
    row.reservation.map(|reservation| Mark { event, seat, reservation, sold, ttl, only_prolong: !sold })
}

/// One member against the rows as the members before it left them.
fn answer(
    member: &Member,
    stored: Option<Stored>,
    rows: &mut Rows,
    inventories: &BTreeMap<(EventNo, i32), Arc<Inventory>>,
    now: Time,
    writing: &mut write::Writing,
    clock: &Clock,
) -> Answer {
    if let (Some(stored), Some(idempotent)) = (stored, &member.idempotency) {
        return Err(match idempotent.key.compare(stored) {
            Ok(stored) => Declined::Replayed(stored),
            Err(problem) => Declined::Failed(problem),
        });
    }
    let accepted = allocate::apply(rows, &member.command, now).map_err(|rejected| {
        let holders = holders(&rejected, &member.command, rows, now);
        Declined::Rejected(rejected, holders)
    })?;
    let missing = || Declined::Failed(Problem::internal("a batch lost a row that it had accepted"));
    let row = rows.reservations.get(&accepted.reservation).ok_or_else(missing)?.clone();
    let inventory = inventories.get(&(row.event, row.offer_version)).ok_or_else(missing)?;
    if let Some(admission) = member.admission.filter(|_| accepted.changed) {
        writing.admitted.push((row.id, admission));
    }
    facts::record(&mut writing.events, member, &accepted, &row, inventory, now, clock);
    if let Some(idempotent) = &member.idempotency
        && let Some((status, body)) = (idempotent.respond)(&row, inventory, now)
    {
        writing.answers.push((idempotent.key.clone(), status.as_u16(), body));
    }
    Ok(Done { row, accepted, inventory: Arc::clone(inventory), now })
}

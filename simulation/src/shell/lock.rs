//! Redlock as a booking process runs it: the first live master alone, then the others in parallel.

use super::Operation;
use crate::goals::Goal;
use crate::ids::Millis;
use crate::master::Script;
use crate::message::{Event, Reply, ToShell};
use crate::planted::Planted;
use crate::store::Member;
use crate::world::{MASTERS, World};
use onsale_booking::domain::redlock::{Answer, Verdict, decide};

/// How long a lock lasts, in milliseconds: it covers the commit.
const LOCK_TTL: Millis = 5_000;
/// A member whose lock has less left than this is refused, in milliseconds.
const LOCK_MARGIN: Millis = 500;
/// A master that has not answered after so long counts as silent, in milliseconds.
const MASTER_TIMEOUT: Millis = 50;
/// A silent master is not asked for so long, in milliseconds.
const SKIP_FOR: Millis = 1_000;

/// The lock of one request.
#[derive(Debug)]
pub(super) struct Lock {
    /// The seats.
    pub(super) seats: Vec<i32>,
    asked_at: Millis,
    asked: [bool; MASTERS],
    answers: [Option<Answer>; MASTERS],
    /// The lives of the masters when they granted.
    lives: [Option<u32>; MASTERS],
    verdict: Option<Verdict>,
    member: Option<Member>,
}

impl Lock {
    /// Whether a majority granted it.
    pub(super) fn is_held(&self) -> bool {
        self.verdict == Some(Verdict::Locked)
    }
}

impl World {
    /// Asks the first live master.
    pub(super) fn begin_lock(&mut self, shell: usize, operation: u64, seats: Vec<i32>, member: Member) {
        let lock = Lock {
            seats,
            asked_at: self.now,
            asked: [false; MASTERS],
            answers: [const { None }; MASTERS],
            lives: [None; MASTERS],
            verdict: None,
            member: Some(member),
        };
        if let Some(taken) = self.shells[shell].operations.get_mut(&operation) {
            taken.lock = Some(lock);
        }
        let now = self.now;
        let skip_until = self.shells[shell].skip_until;
        if let Some(lock) = self.lock_of(shell, operation) {
            for master in (0..MASTERS).filter(|master| skip_until[*master] > now) {
                lock.asked[master] = true;
                lock.answers[master] = Some(Answer::Silent);
            }
        }
        self.go_on(shell, operation);
    }

    fn lock_of(&mut self, shell: usize, operation: u64) -> Option<&mut Lock> {
        self.shells[shell].operations.get_mut(&operation).and_then(|taken| taken.lock.as_mut())
    }

    /// A master answered; late answers change nothing.
    pub(super) fn master_answered(
        &mut self,
        shell: usize,
        operation: u64,
        master: usize,
        life: Option<u32>,
        answer: Answer,
    ) {
        let Some(lock) = self.lock_of(shell, operation) else { return };
        if lock.verdict.is_some() || lock.answers[master].is_some() {
            return;
        }
        lock.lives[master] = life.filter(|_| answer == Answer::Granted);
        lock.answers[master] = Some(answer);
        self.go_on(shell, operation);
    }

    /// A master did not answer: it is not asked again for a while.
    pub(super) fn master_silent(&mut self, shell: usize, operation: u64, master: usize) {
        let Some(lock) = self.lock_of(shell, operation) else { return };
        if lock.verdict.is_none() && lock.answers[master].is_none() {
            self.shells[shell].skip_until[master] = self.now + SKIP_FOR;
            self.master_answered(shell, operation, master, None, Answer::Silent);
        }
    }

    /// Asks the next master, or all the others, or decides.
    fn go_on(&mut self, shell: usize, operation: u64) {
        let Some(lock) = self.lock_of(shell, operation) else { return };
        let first = lock.answers.iter().flatten().find(|answer| **answer != Answer::Silent);
        let refused_at_once = matches!(first, Some(Answer::Taken(_)));
        let waiting = (0..MASTERS).any(|master| lock.asked[master] && lock.answers[master].is_none());
        let unasked: Vec<usize> = (0..MASTERS).filter(|master| !lock.asked[*master]).collect();
        if refused_at_once || (unasked.is_empty() && !waiting) {
            let answers: Vec<Answer> =
                lock.answers.iter().map(|answer| answer.clone().unwrap_or(Answer::Silent)).collect();
            self.decided(shell, operation, &decide(&answers));
            return;
        }
        if waiting {
            return;
        }
        let next = if first.is_none() { unasked.into_iter().take(1).collect() } else { unasked };
        for master in next {
            self.ask(shell, operation, master);
        }
    }

    fn ask(&mut self, shell: usize, operation: u64, master: usize) {
        let Some(Operation { reservation, lock: Some(lock), .. }) = self.shells[shell].operations.get_mut(&operation)
        else {
            return;
        };
        lock.asked[master] = true;
        let script = Script::Lock { seats: lock.seats.clone(), owner: *reservation, ttl: LOCK_TTL };
        let from = (shell, self.shells[shell].life);
        self.send(Event::ToMaster { master, from, operation, script });
        self.to_shell_life(MASTER_TIMEOUT, shell, ToShell::MasterSilent { operation, master });
    }

    fn decided(&mut self, shell: usize, operation: u64, verdict: &Verdict) {
        let Some(lock) = self.lock_of(shell, operation) else { return };
        lock.verdict = Some(verdict.clone());
        let member = lock.member.take();
        let (seats, until, lives) = (lock.seats.clone(), lock.asked_at + LOCK_TTL, lock.lives);
        match verdict {
            Verdict::Refused(_) => {
                self.reached(Goal::Shed);
                self.finish(shell, Some(operation), Reply::Taken);
                return;
            }
            Verdict::Undecided => self.reached(Goal::Undecided),
            Verdict::Locked => {
                self.lock_is_exclusive(operation, &seats, until, lives);
                if self.planted == Some(Planted::LockFreedBeforeCommit)
                    && let Some(taken) = self.shells[shell].operations.get(&operation)
                {
                    let owner = taken.reservation;
                    self.tell_masters(shell, &Script::Unlock { seats, owner });
                }
            }
        }
        self.shells[shell].queue.extend(member);
    }

    /// Whether the member's lock is too old to cover a commit.
    pub(super) fn lock_has_aged(&self, shell: usize, member: &Member) -> bool {
        let operation = member.operation.and_then(|operation| self.shells[shell].operations.get(&operation));
        let lock = operation.and_then(|operation| operation.lock.as_ref());
        lock.is_some_and(|lock| self.now - lock.asked_at > LOCK_TTL - LOCK_MARGIN)
    }

    /// Tells all masters, without waiting for them.
    pub(super) fn tell_masters(&mut self, shell: usize, script: &Script) {
        let from = (shell, self.shells[shell].life);
        for master in 0..MASTERS {
            self.send(Event::ToMaster { master, from, operation: 0, script: script.clone() });
        }
    }
}

//! A booking process: asks for locks, gathers commands into batches, drives payments, sweeps.
//!
//! All of its memory is lost when it dies. What it decides, it decides by booking's pure functions.

mod jobs;
mod lock;
mod pay;

use crate::goals::Goal;
use crate::ids::{self, EVENT, Millis, PRICE, STANDING};
use crate::master::Script;
use crate::message::{Event, Reply, Request, ToShell, What};
use crate::planted::Planted;
use crate::store::{Done, Member};
use crate::world::{MASTERS, World};
pub use jobs::LEASE;
use lock::Lock;
use onsale_booking::domain::command::{BeginPayment, Cancel, Change, Command, Rejected, Reserve};
use onsale_booking::domain::life::{self, Fact};
use onsale_booking::domain::rows::{Cost, Draw, HeldTickets, ReservationRow};
use onsale_core::{OrderId, OrderStatus, PaymentId, ReservationId, TicketId, TicketStatus};
use pay::Drive;
use std::collections::BTreeMap;
use std::rc::Rc;
use uuid::Uuid;

/// The most members of a batch.
const BATCH_MAX: usize = 16;
/// A batch without an answer is sent again after so long, in milliseconds.
const COMMIT_TIMEOUT: Millis = 1_500;
/// How often it is sent at most.
const COMMIT_TRIES: u32 = 6;
/// A request is answered 202 or 503 after so long, in milliseconds.
const ANSWER_WITHIN: Millis = 9_000;
/// How long a seat is marked in Redis after a commit, in milliseconds.
const MARK_TTL: Millis = 30_000;

/// A booking process.
#[derive(Debug)]
pub struct Shell {
    /// Whether it runs.
    pub alive: bool,
    /// Grows with each replacement.
    pub life: u32,
    /// Until when it stands still.
    pub paused_until: Millis,
    operations: BTreeMap<u64, Operation>,
    queue: Vec<Member>,
    flight: Option<Flight>,
    driving: BTreeMap<ReservationId, Drive>,
    skip_until: [Millis; MASTERS],
}

impl Default for Shell {
    fn default() -> Self {
        Self {
            alive: true,
            life: 0,
            paused_until: 0,
            operations: BTreeMap::new(),
            queue: Vec::new(),
            flight: None,
            driving: BTreeMap::new(),
            skip_until: [0; MASTERS],
        }
    }
}

/// A request that waits for its answer.
#[derive(Debug)]
struct Operation {
    request: Request,
    since: Millis,
    reservation: ReservationId,
    lock: Option<Lock>,
}

/// A batch on its way.
#[derive(Debug)]
struct Flight {
    batch: u64,
    members: Rc<Vec<Member>>,
    tries: u32,
}

impl Shell {
    /// Dies and forgets everything.
    pub fn die(&mut self) {
        *self = Self { alive: false, life: self.life + 1, ..Self::default() };
    }
}

impl World {
    /// A booking process handles a message, then sends off what it gathered.
    pub fn shell_gets(&mut self, shell: usize, message: ToShell) {
        match message {
            ToShell::Request(request) => self.request(shell, request),
            ToShell::MasterAnswered { operation, master, life, answer } => {
                self.master_answered(shell, operation, master, Some(life), answer);
            }
            ToShell::MasterSilent { operation, master } => self.master_silent(shell, operation, master),
            ToShell::Committed { batch, done } => self.committed(shell, batch, done),
            ToShell::StoreDown(batch) => self.store_refused(shell, batch),
            ToShell::StoreSilent { batch, tries } => self.store_silent(shell, batch, tries),
            ToShell::ProviderAnswered { reservation, attempt, call, standing } => {
                self.provider_answered(shell, reservation, attempt, &call, standing);
            }
            ToShell::ProviderSilent { reservation, tries } => self.provider_silent(shell, reservation, tries),
            ToShell::Webhook { reservation, attempt, told, again } => {
                self.webhook_came(shell, reservation, attempt, told, again);
            }
            ToShell::Waited(operation) => self.waited(shell, operation),
            ToShell::Tick => self.tick(shell),
            ToShell::RelayLooks => self.relay_looks(shell),
            ToShell::Relayed { up_to } => self.relayed(shell, up_to),
        }
        self.flush(shell);
    }

    /// Takes a request on: by its key when it had its effect already, else towards a batch.
    fn request(&mut self, shell: usize, request: Request) {
        self.note(|| format!("shell {shell}: {request:?}"));
        let operation = self.next_number();
        let key = request.key;
        let (reservation, id, command) = match &request.what {
            What::Reserve { seats, standing } => {
                let known = self.store.keys.get(&key).map(|(_, reservation)| *reservation);
                if let Some(row) = known.filter(|_| !self.store_down).and_then(|id| self.store.reservations.get(&id)) {
                    let reply = held(row);
                    self.reached(Goal::Replayed);
                    self.reply(&request, self.now, reply);
                    return;
                }
                let reservation: ReservationId = self.ids.make();
                let command = Command::Reserve(self.reserve_command(reservation, &request, seats, *standing));
                (reservation, reservation.0, Some(command))
            }
            What::Change { reservation, seat } => {
                (*reservation, self.ids.make(), self.change_command(&request, *reservation, *seat))
            }
            What::Pay { reservation, card } => {
                let attempt: PaymentId = self.ids.make();
                let row = self.readable(*reservation).cloned();
                let command = row.map(|row| Command::BeginPayment(self.begin_command(&row, attempt, card.token())));
                (*reservation, attempt.0, command)
            }
            What::Release { reservation } => {
                let account = ids::account(request.buyer);
                (*reservation, self.ids.make(), Some(Command::Release { reservation: *reservation, account }))
            }
            What::Cancel { reservation, all } => {
                let refund: Uuid = self.ids.make();
                (*reservation, refund, self.cancel_command(*reservation, refund, *all))
            }
        };
        let Some(command) = command else {
            self.reply(&request, self.now, Reply::Unknown);
            return;
        };
        let seats = match &command {
            Command::Reserve(reserve) => reserve.seats.iter().map(|(seat, _)| *seat).collect(),
            _ => Vec::new(),
        };
        let member = Member { operation: Some(operation), key: Some((key, id)), command };
        let taken = Operation { request, since: self.now, reservation, lock: None };
        self.shells[shell].operations.insert(operation, taken);
        self.to_shell_life(ANSWER_WITHIN, shell, ToShell::Waited(operation));
        if seats.is_empty() {
            self.shells[shell].queue.push(member);
        } else {
            self.begin_lock(shell, operation, seats, member);
        }
    }

    fn next_number(&mut self) -> u64 {
        self.ids.make::<Uuid>().as_u64_pair().1
    }

    /// A hold's row, where PostgreSQL answers.
    fn readable(&self, reservation: ReservationId) -> Option<&ReservationRow> {
        self.store.reservations.get(&reservation).filter(|_| !self.store_down)
    }

    fn reserve_command(&self, id: ReservationId, request: &Request, seats: &[i32], standing: i32) -> Reserve {
        let count = i64::try_from(seats.len()).unwrap_or(0) + i64::from(standing);
        Reserve {
            reservation: id,
            event: EVENT,
            offer_version: 1,
            account: ids::account(request.buyer),
            seats: seats.iter().map(|seat| (*seat, 0)).collect(),
            tickets: if standing > 0 { vec![HeldTickets { kind: 1, quantity: standing }] } else { Vec::new() },
            draws: if standing > 0 {
                vec![Draw { stock: STANDING, kind: Some(1), quantity: standing }]
            } else {
                Vec::new()
            },
            cost: Cost { total: PRICE * count, promo_code: None },
            hold_seconds: self.profile.hold_seconds,
            account_max: Some(self.profile.account_max),
        }
    }

    fn change_command(&self, request: &Request, reservation: ReservationId, seat: i32) -> Option<Command> {
        let row = self.readable(reservation)?;
        let mut seats: Vec<(i32, i16)> = row.seats.iter().map(|held| (held.seat, held.kind)).collect();
        match seats.iter().position(|(held, _)| *held == seat) {
            Some(place) if seats.len() > 1 => drop(seats.remove(place)),
            Some(_) => {}
            None => seats.push((seat, 0)),
        }
        let count =
            i64::try_from(seats.len()).unwrap_or(0) + row.tickets.iter().map(|t| i64::from(t.quantity)).sum::<i64>();
        Some(Command::Change(Change {
            event: EVENT,
            reservation,
            account: ids::account(request.buyer),
            from_version: row.counts.version,
            seats,
            tickets: row.tickets.clone(),
            draws: row.draws.clone(),
            cost: Cost { total: PRICE * count, promo_code: None },
            account_max: Some(self.profile.account_max),
        }))
    }

    fn begin_command(&mut self, row: &ReservationRow, attempt: PaymentId, token: &str) -> BeginPayment {
        let order: OrderId = self.ids.make();
        let count = usize::try_from(row.quantity()).unwrap_or(0);
        BeginPayment {
            reservation: row.id,
            account: row.account,
            from_version: row.counts.version,
            order,
            order_number: String::new(),
            attempt,
            method: String::new(),
            payment_token: Some(token.to_owned()),
            return_url: None,
            asked_under: None,
            expected_total: None,
            window_seconds: self.profile.window_seconds,
            ticket_ids: (0..count).map(|_| self.ids.make()).collect(),
            ticket_prices: vec![PRICE; count],
        }
    }

    fn cancel_command(&self, reservation: ReservationId, refund: Uuid, all: bool) -> Option<Command> {
        let row = self.readable(reservation)?;
        if row.life.order.as_ref().is_some_and(|order| order.status == OrderStatus::Pending) {
            return Some(Command::Happened {
                reservation,
                event: life::Event::GiveUp,
                ticket_ids: Vec::new(),
                ticket_prices: Vec::new(),
                note: None,
            });
        }
        let valid = row.issued.iter().filter(|ticket| ticket.status == TicketStatus::Valid);
        let tickets: Vec<(TicketId, i64)> =
            valid.take(if all { usize::MAX } else { 1 }).map(|ticket| (ticket.id, ticket.price)).collect();
        (!tickets.is_empty()).then_some(Command::Cancel(Cancel { reservation, refund, tickets }))
    }

    /// Sends what has gathered, unless a batch is on its way.
    fn flush(&mut self, shell: usize) {
        if self.shells[shell].flight.is_some() {
            return;
        }
        let mut members = Vec::new();
        while members.len() < BATCH_MAX && !self.shells[shell].queue.is_empty() {
            let member = self.shells[shell].queue.remove(0);
            if self.lock_has_aged(shell, &member) {
                self.finish(shell, member.operation, Reply::Unknown);
            } else {
                members.push(member);
            }
        }
        if members.is_empty() {
            return;
        }
        if self.planted == Some(Planted::AnsweredBeforeCommit) {
            self.answer_too_early(shell, &members);
        }
        let batch = self.next_number();
        let flight = Flight { batch, members: Rc::new(members), tries: 0 };
        self.shells[shell].flight = Some(flight);
        self.submit(shell);
    }

    fn submit(&mut self, shell: usize) {
        let from = (shell, self.shells[shell].life);
        let Some(flight) = &mut self.shells[shell].flight else { return };
        flight.tries += 1;
        let (batch, tries, members) = (flight.batch, flight.tries, Rc::clone(&flight.members));
        if tries > 1 {
            self.reached(Goal::SentAgain);
        }
        let delay = self.random.between(1, 4);
        self.after(delay, Event::ToStore { from, batch, members });
        self.to_shell_life(COMMIT_TIMEOUT, shell, ToShell::StoreSilent { batch, tries });
    }

    fn store_refused(&mut self, shell: usize, batch: u64) {
        let tries =
            self.shells[shell].flight.as_ref().filter(|flight| flight.batch == batch).map(|flight| flight.tries);
        if let Some(tries) = tries {
            self.to_shell_life(300, shell, ToShell::StoreSilent { batch, tries });
        }
    }

    /// The outcome of a batch is unknown: the same batch again, under the same ids.
    fn store_silent(&mut self, shell: usize, batch: u64, tries: u32) {
        let waits = |flight: &&Flight| flight.batch == batch && flight.tries == tries;
        let Some(flight) = self.shells[shell].flight.as_ref().filter(waits) else { return };
        if tries < COMMIT_TRIES {
            self.submit(shell);
            return;
        }
        let members = Rc::clone(&flight.members);
        self.shells[shell].flight = None;
        for member in members.iter() {
            self.finish(shell, member.operation, Reply::Unknown);
        }
    }

    fn committed(&mut self, shell: usize, batch: u64, done: Vec<Done>) {
        let Some(flight) = self.shells[shell].flight.take_if(|flight| flight.batch == batch) else { return };
        for (member, done) in flight.members.iter().zip(done) {
            self.member_done(shell, member, &done);
        }
    }

    fn member_done(&mut self, shell: usize, member: &Member, done: &Done) {
        if done.outcome.is_none() {
            self.reached(Goal::Replayed);
        }
        let seats: Vec<i32> = done.row.iter().flat_map(|row| row.seats.iter().map(|held| held.seat)).collect();
        if let Some(Ok(accepted)) = &done.outcome {
            let ended = |fact: &Fact| {
                matches!(fact, Fact::ReservationExpired | Fact::ReservationReleased | Fact::TicketCancelled)
            };
            if accepted.facts.iter().any(ended) {
                self.tell_masters(shell, &Script::Unlock { seats: seats.clone(), owner: accepted.reservation });
            }
        }
        let reply = match (&member.command, &done.outcome, &done.row) {
            (Command::BeginPayment(_) | Command::Happened { .. }, Some(Ok(_)) | None, Some(row)) => {
                let row = row.clone();
                self.drive(shell, &row);
                self.answer_payers(shell, &row);
                return;
            }
            (Command::Happened { .. }, ..) => return,
            (Command::Reserve(_), Some(Ok(_)) | None, Some(row)) => {
                self.tell_masters(shell, &Script::Mark { seats, owner: row.id, ttl: MARK_TTL });
                held(row)
            }
            (Command::Change(change), Some(Ok(_)), _) => Reply::Changed(change.reservation),
            (Command::Release { reservation, .. }, Some(Ok(_)), _) => Reply::Released(*reservation),
            (Command::Cancel(cancel), Some(Ok(_)) | None, Some(row)) => {
                let row = row.clone();
                self.drive(shell, &row);
                Reply::Cancelled(cancel.reservation)
            }
            (_, Some(Err(Rejected::SeatsTaken(_) | Rejected::StockExhausted { .. })), _) => Reply::Taken,
            _ => Reply::Refused,
        };
        self.finish(shell, member.operation, reply);
    }

    /// Answers a request and forgets it; its lock goes unless the hold stands.
    fn finish(&mut self, shell: usize, operation: Option<u64>, reply: Reply) {
        let Some(operation) = operation else { return };
        let Some(taken) = self.shells[shell].operations.remove(&operation) else { return };
        self.ledger.lock_ended(operation);
        if let Some(lock) = &taken.lock
            && matches!(reply, Reply::Taken | Reply::Refused)
        {
            if lock.is_held() && reply == Reply::Taken {
                self.reached(Goal::LockedButRefused);
            }
            self.tell_masters(shell, &Script::Unlock { seats: lock.seats.clone(), owner: taken.reservation });
        }
        self.reply(&taken.request, taken.since, reply);
    }

    /// A request has waited long enough: the payer looks again later, others do not know.
    fn waited(&mut self, shell: usize, operation: u64) {
        let Some(taken) = self.shells[shell].operations.get(&operation) else { return };
        let reply = match taken.request.what {
            What::Pay { reservation, .. } => Reply::Pending(reservation),
            _ => Reply::Unknown,
        };
        self.finish(shell, Some(operation), reply);
    }

    fn answer_too_early(&mut self, shell: usize, members: &[Member]) {
        for member in members {
            if let (Command::Reserve(reserve), Some(operation)) = (&member.command, member.operation) {
                let seats = reserve.seats.iter().map(|(seat, _)| *seat).collect();
                self.finish(shell, Some(operation), Reply::Held { reservation: reserve.reservation, seats });
            }
        }
    }
}

fn held(row: &ReservationRow) -> Reply {
    Reply::Held { reservation: row.id, seats: row.seats.iter().map(|held| held.seat).collect() }
}

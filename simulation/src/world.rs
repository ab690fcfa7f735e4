//! One simulated world: its processes, its virtual time and its queue of messages.

use crate::buyer::{Buyer, ToBuyer};
use crate::check::Ledger;
use crate::goals::{Counts, Goal};
use crate::ids::{self, Ids, Millis};
use crate::log::Appended;
use crate::master::{Master, Script};
use crate::message::{Event, ToShell};
use crate::planted::Planted;
use crate::profile::{Fault, Profile};
use crate::provider::{Call, Provider, Standing};
use crate::random::Random;
use crate::shell::Shell;
use crate::store::{Member, Store};
use onsale_booking::domain::life::Time;
use onsale_core::{PaymentId, ReservationId};
use std::collections::BTreeMap;
use std::rc::Rc;
use uuid::Uuid;

/// How many Redis masters there are.
pub const MASTERS: usize = 3;
/// Drawing faults of whole processes, in milliseconds.
const FAULTS_EVERY: Millis = 5_000;
/// All must have come to rest so long after the faults, in milliseconds.
const REST_WITHIN: Millis = 1_200_000;
/// A world that goes on for more messages than this is running in circles.
const STEPS_MAX: u64 = 100_000;
/// Looking whether it has, in milliseconds.
const REST_LOOK_EVERY: Millis = 10_000;

/// A world.
pub struct World {
    /// Virtual time.
    pub now: Millis,
    /// How far PostgreSQL's clock is ahead of it.
    pub clock_ahead: Millis,
    /// Chance.
    pub random: Random,
    /// How bad this world is.
    pub profile: Profile,
    /// Ids.
    pub ids: Ids,
    /// PostgreSQL.
    pub store: Store,
    /// Whether PostgreSQL is dead.
    pub store_down: bool,
    /// Whether the bus is away.
    pub bus_down: bool,
    /// What the ordered consumer keeps in its memory: messages that wait for the one before them.
    pub parked: BTreeMap<(Uuid, i64), Rc<Appended>>,
    /// How many payers are going to act.
    pub payers_under_way: usize,
    /// The Redis masters.
    pub masters: [Master; MASTERS],
    /// The payment provider.
    pub provider: Provider,
    /// The booking processes.
    pub shells: Vec<Shell>,
    /// The buyers.
    pub buyers: Vec<Buyer>,
    /// Whether the sweeper runs.
    pub sweeper: bool,
    /// The mistake that was put in.
    pub planted: Option<Planted>,
    /// What the checks remember.
    pub ledger: Ledger,
    /// What happened, in numbers.
    pub counts: Counts,
    /// The first promise that was broken.
    pub violation: Option<String>,
    /// What happened, in words, when somebody wants to read it.
    pub trace: Option<Vec<String>>,
    queue: BTreeMap<(Millis, u64), Event>,
    sequence: u64,
}

impl World {
    /// The world of that seed.
    #[must_use]
    pub fn new(seed: u64, planted: Option<Planted>, traced: bool) -> Self {
        let mut random = Random::new(seed);
        let profile = Profile::draw(&mut random);
        let mut world = Self {
            now: 0,
            clock_ahead: 0,
            store: Store::new(profile.seats, profile.standing),
            store_down: false,
            bus_down: false,
            parked: BTreeMap::new(),
            payers_under_way: 0,
            masters: Default::default(),
            provider: Provider::default(),
            shells: (0..profile.shells).map(|_| Shell::default()).collect(),
            buyers: (0..profile.buyers).map(|_| Buyer::default()).collect(),
            sweeper: true,
            planted,
            ids: Ids::default(),
            ledger: Ledger::default(),
            counts: Counts::default(),
            violation: None,
            trace: traced.then(Vec::new),
            queue: BTreeMap::new(),
            sequence: 0,
            random,
            profile,
        };
        if world.fault(Fault::SweeperOff) {
            world.sweeper = false;
        }
        for shell in 0..world.shells.len() {
            let delay = world.random.between(0, 2_000);
            world.to_shell_life(delay, shell, ToShell::Tick);
            world.to_shell_life(delay / 4, shell, ToShell::RelayLooks);
        }
        for buyer in 0..world.buyers.len() {
            let delay = world.random.between(0, 3_000);
            world.after(delay, Event::ToBuyer { buyer, message: ToBuyer::Wake });
        }
        world.after(FAULTS_EVERY, Event::DrawFaults);
        world
    }

    /// Runs to the end: faults, then quiet until all is at rest, or a promise is broken.
    pub fn run(&mut self) {
        let mut calm = false;
        let mut look_at = 0;
        while self.violation.is_none() {
            if !calm && self.now >= self.profile.chaos_ms {
                calm = true;
                self.calm();
            }
            if calm && self.now >= look_at {
                look_at = self.now + REST_LOOK_EVERY;
                match self.at_rest() {
                    Ok(()) => break,
                    Err(unrest) if self.now > self.profile.chaos_ms + REST_WITHIN => {
                        self.violate(format!("it never came to rest: {unrest}"));
                    }
                    Err(_) => {}
                }
            }
            if self.counts.steps > STEPS_MAX {
                self.violate("it never came to rest: it runs in circles".to_owned());
            }
            let Some(((at, _), event)) = self.queue.pop_first() else {
                self.violate("nothing happens any more".to_owned());
                break;
            };
            self.now = at;
            self.handle(event);
        }
    }

    /// PostgreSQL's clock.
    #[must_use]
    pub fn clock(&self) -> Time {
        ids::moment(self.now + self.clock_ahead)
    }

    /// Whether buyers still begin anything.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.now < self.profile.chaos_ms
    }

    /// Draws whether a fault happens, and counts it.
    pub fn fault(&mut self, fault: Fault) -> bool {
        let happens = self.random.chance(self.profile.rate(fault));
        if happens {
            self.counts.faults[fault.index()] += 1;
            self.note(|| format!("fault: {fault:?}"));
        }
        happens
    }

    /// Something worth reaching was reached.
    pub fn reached(&mut self, goal: Goal) {
        self.counts.goals[goal.index()] += 1;
    }

    /// A promise is broken.
    pub fn violate(&mut self, what: String) {
        self.note(|| format!("VIOLATION: {what}"));
        self.violation.get_or_insert(what);
    }

    /// Writes into the trace, if there is one.
    pub fn note(&mut self, what: impl FnOnce() -> String) {
        let now = self.now;
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{:>8}.{:03} {}", now / 1000, now % 1000, what()));
        }
    }

    /// Something happens after a delay, surely.
    pub fn after(&mut self, delay: Millis, event: Event) {
        self.sequence += 1;
        self.queue.insert((self.now + delay.max(0), self.sequence), event);
    }

    /// Sends over a network that loses, doubles and delays.
    pub fn send(&mut self, event: Event) {
        if self.fault(Fault::Drop) {
            return;
        }
        if self.fault(Fault::Duplicate) {
            let late = self.random.between(1, 3_000);
            self.after(late, event.clone());
        }
        let delay = if self.fault(Fault::Delay) { self.random.between(20, 8_000) } else { self.random.between(1, 4) };
        self.after(delay, event);
    }

    /// A message to this life of a process: a later one never gets it.
    pub fn to_shell_life(&mut self, delay: Millis, shell: usize, message: ToShell) {
        let life = self.shells[shell].life;
        self.after(delay, Event::ToShell { shell, life: Some(life), message });
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::ToShell { shell, life, message } => self.deliver_to_shell(shell, life, message),
            Event::ToMaster { master, from, operation, script } => self.master_runs(master, from, operation, &script),
            Event::ToStore { from, batch, members } => self.store_begins(from, batch, members),
            Event::StoreCommits { xid, from, batch, members } => self.store_commits(xid, from, batch, &members),
            Event::ToListener { listener, event } => self.listener_gets(listener, &event),
            Event::ToProvider { from, reservation, attempt, call } => {
                self.provider_does(from, reservation, attempt, call);
            }
            Event::PayerActs { reservation, attempt, act } => self.payer_acts(reservation, attempt, act),
            Event::ToBuyer { buyer, message } => self.buyer_gets(buyer, message),
            Event::DrawFaults => self.draw_faults(),
            Event::MasterBack(master) => self.masters[master].down = false,
            Event::StoreBack => self.store_down = false,
            Event::BusBack => self.bus_down = false,
            Event::ShellBack(shell) => self.replace_shell(shell),
        }
    }

    fn deliver_to_shell(&mut self, shell: usize, life: Option<u32>, message: ToShell) {
        let target = &self.shells[shell];
        if !target.alive || life.is_some_and(|life| life != target.life) {
            return;
        }
        if target.paused_until > self.now {
            let delay = target.paused_until - self.now;
            self.after(delay, Event::ToShell { shell, life, message });
            return;
        }
        self.counts.steps += u64::from(!message.is_timer());
        self.shell_gets(shell, message);
    }

    fn master_runs(&mut self, master: usize, from: (usize, u32), operation: u64, script: &Script) {
        let now = self.now;
        if self.masters[master].down {
            return;
        }
        self.counts.steps += 1;
        let answer = self.masters[master].run(script, now);
        self.note(|| format!("master {master}: {script:?} -> {answer:?}"));
        if let Some(answer) = answer {
            let life = self.masters[master].life;
            let message = ToShell::MasterAnswered { operation, master, life, answer };
            self.send(Event::ToShell { shell: from.0, life: Some(from.1), message });
        }
    }

    fn store_begins(&mut self, from: (usize, u32), batch: u64, members: Rc<Vec<Member>>) {
        self.counts.steps += 1;
        if self.store_down {
            let message = ToShell::StoreDown(batch);
            self.after(1, Event::ToShell { shell: from.0, life: Some(from.1), message });
            return;
        }
        let takes = if self.fault(Fault::CommitSlow) { self.random.between(100, 6_000) } else { 1 };
        let touched = self.store.touched(&members);
        let (xid, commits_at) = self.store.log.begin(touched, self.now + takes);
        self.after(commits_at - self.now, Event::StoreCommits { xid, from, batch, members });
    }

    fn store_commits(&mut self, xid: u64, from: (usize, u32), batch: u64, members: &Rc<Vec<Member>>) {
        if !self.store.log.end(xid) {
            // Rolled back: PostgreSQL has died since it began.
            return;
        }
        if self.fault(Fault::DatabaseCrash) {
            self.store_down = true;
            self.store.log.crash();
            let back = self.random.between(200, 20_000);
            self.after(back, Event::StoreBack);
            if self.random.chance(5000) {
                // It died before the commit: nothing of the batch stands.
                return;
            }
            self.commit(xid, from, members);
            self.store.log.batches.insert(batch);
            return;
        }
        let done = self.commit(xid, from, members);
        if !self.store.log.batches.insert(batch) {
            self.reached(Goal::Ambiguous);
        }
        if !self.fault(Fault::CommitAnswerLost) {
            let message = ToShell::Committed { batch, done };
            self.after(1, Event::ToShell { shell: from.0, life: Some(from.1), message });
        }
    }

    fn provider_does(&mut self, from: (usize, u32), reservation: ReservationId, attempt: PaymentId, call: Call) {
        self.counts.steps += 1;
        if matches!(call, Call::Capture(_)) && self.fault(Fault::AuthorisationLapsed) {
            self.provider.lapse(attempt);
        }
        let asked = self.provider.call(&Call::Ask(attempt));
        let standing = self.provider.call(&call);
        self.note(|| format!("provider: {call:?} -> {standing:?}"));
        self.check_provider(reservation, &call, asked);
        if let Some(told) = standing.filter(|_| asked != standing) {
            self.webhook(reservation, attempt, told);
        }
        if self.fault(Fault::ProviderAnswerLost) {
            return;
        }
        let slow = self.fault(Fault::ProviderSlow);
        let delay = if slow { self.random.between(500, 30_000) } else { self.random.between(5, 40) };
        let message = ToShell::ProviderAnswered { reservation, attempt, call, standing };
        self.after(delay, Event::ToShell { shell: from.0, life: Some(from.1), message });
    }

    /// The provider tells any process that something changed: at least once, mostly.
    pub(crate) fn webhook(&mut self, reservation: ReservationId, attempt: PaymentId, told: Standing) {
        if self.fault(Fault::WebhookLost) {
            return;
        }
        let times = if self.fault(Fault::WebhookTwice) { 2 } else { 1 };
        for time in 0..times {
            let shell = self.random.below(self.shells.len());
            let most = if self.fault(Fault::WebhookLate) { 90_000 } else { 5_000 };
            let delay = self.random.between(10, most);
            let message = ToShell::Webhook { reservation, attempt, told, again: time > 0 };
            self.after(delay, Event::ToShell { shell, life: None, message });
        }
    }

    fn draw_faults(&mut self) {
        if !self.is_open() {
            return;
        }
        self.after(FAULTS_EVERY, Event::DrawFaults);
        if self.fault(Fault::MasterLost) {
            let master = self.random.below(MASTERS);
            self.masters[master].lose();
            let back = self.random.between(10, 30_000);
            self.after(back, Event::MasterBack(master));
        }
        if self.fault(Fault::ProcessCrash) {
            let shell = self.random.below(self.shells.len());
            self.shells[shell].die();
            let back = self.random.between(100, 15_000);
            self.after(back, Event::ShellBack(shell));
        }
        if self.fault(Fault::BusAway) {
            self.bus_down = true;
            let back = self.random.between(500, 20_000);
            self.after(back, Event::BusBack);
        }
        if self.fault(Fault::ProcessPause) {
            let shell = self.random.below(self.shells.len());
            self.shells[shell].paused_until = self.now + self.random.between(100, 60_000);
        }
        if self.fault(Fault::ClockStep) {
            let most = if self.random.chance(7000) { 15_000 } else { 60_000 };
            self.clock_ahead += self.random.between(-most, most);
        }
    }

    fn replace_shell(&mut self, shell: usize) {
        if !self.shells[shell].alive {
            self.shells[shell].alive = true;
            self.to_shell_life(1, shell, ToShell::Tick);
            self.to_shell_life(2, shell, ToShell::RelayLooks);
        }
    }

    /// The faults end: everything that is dead comes back.
    fn calm(&mut self) {
        self.note(|| "the faults end".to_owned());
        self.profile.calm();
        self.sweeper = true;
        self.store_down = false;
        self.bus_down = false;
        for master in &mut self.masters {
            master.down = false;
        }
        for shell in 0..self.shells.len() {
            self.shells[shell].paused_until = self.now;
            self.replace_shell(shell);
        }
    }

    /// Where a payment stands, asked without being seen.
    #[must_use]
    pub fn standing(&self, attempt: PaymentId) -> Option<Standing> {
        self.provider.payments.get(&attempt).map(|payment| payment.standing)
    }
}

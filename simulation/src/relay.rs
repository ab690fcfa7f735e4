//! The relay and the bus: each event of the store reaches each consumer at least once, in any order.

use crate::goals::Goal;
use crate::ids::Millis;
use crate::log::{Appended, Position, Relaying};
use crate::message::{Event, ToShell};
use crate::planted::Planted;
use crate::profile::Fault;
use crate::world::World;
use std::rc::Rc;

/// How often a process looks whether there is something to relay, in milliseconds.
const LOOK_EVERY: Millis = 700;
/// A session that is idle in its transaction for longer than this is ended, in milliseconds.
const IDLE_MAX: Millis = 30_000;
/// A bus that is away is given up for this batch after so long, in milliseconds.
const BUS_TIMEOUT: Millis = 2_000;

/// Who listens to the bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listener {
    /// Sends a mail for each event: order does not matter, the inbox does.
    Mail,
    /// Keeps a copy of each order's tickets: order matters.
    Tickets,
}

impl World {
    /// Reads what is to be relayed and sends it, unless another process does.
    pub fn relay_looks(&mut self, shell: usize) {
        self.to_shell_life(LOOK_EVERY, shell, ToShell::RelayLooks);
        let locked = |relaying: Relaying| {
            let (process, life) = relaying.by;
            self.shells[process].alive && self.shells[process].life == life && relaying.until > self.now
        };
        if self.store_down || self.store.log.relaying.is_some_and(locked) {
            return;
        }
        let bounded = self.planted != Some(Planted::RelaySkipsLateCommit);
        let events = self.store.log.pending(bounded);
        let Some(up_to) = events.last().map(|event| event.at) else { return };
        self.counts.steps += 1;
        let by = (shell, self.shells[shell].life);
        self.store.log.relaying = Some(Relaying { by, until: self.now + IDLE_MAX });
        if self.planted == Some(Planted::WatermarkBeforeSend) {
            self.store.log.watermark = up_to;
        }
        if self.bus_down {
            self.to_shell_life(BUS_TIMEOUT, shell, ToShell::Relayed { up_to: None });
            return;
        }
        self.note(|| format!("shell {shell}: relays {} events up to {up_to:?}", events.len()));
        for event in events {
            if !self.store.log.sent.insert(event.at) {
                self.reached(Goal::RelayResumed);
            }
            if event.sequence.is_some() {
                self.publish(&event);
            }
        }
        let delay = self.random.between(3, 60);
        self.to_shell_life(delay, shell, ToShell::Relayed { up_to: Some(up_to) });
    }

    /// The bus has a batch, or could not be reached: the watermark follows, unless the session has ended meanwhile.
    pub(crate) fn relayed(&mut self, shell: usize, up_to: Option<Position>) {
        let by = (shell, self.shells[shell].life);
        let mine = |relaying: &mut Relaying| relaying.by == by;
        let Some(relaying) = self.store.log.relaying.take_if(mine) else { return };
        let cut = self.store_down || relaying.until <= self.now || self.fault(Fault::RelayCut);
        if let Some(up_to) = up_to.filter(|_| !cut) {
            self.store.log.watermark = self.store.log.watermark.max(up_to);
        }
    }

    fn publish(&mut self, event: &Rc<Appended>) {
        for listener in [Listener::Mail, Listener::Tickets] {
            let times = if self.fault(Fault::Duplicate) { 2 } else { 1 };
            for _ in 0..times {
                let delay =
                    if self.fault(Fault::Delay) { self.random.between(20, 8_000) } else { self.random.between(2, 30) };
                self.after(delay, Event::ToListener { listener, event: Rc::clone(event) });
            }
        }
    }

    /// The bus brings a message: it counts as handled when its offset is saved, after the effect.
    pub(crate) fn listener_gets(&mut self, listener: Listener, event: &Rc<Appended>) {
        self.counts.steps += 1;
        if self.store_down || self.bus_down {
            self.bring_again(listener, event);
            return;
        }
        let dies = self.fault(Fault::ConsumerCrash);
        if dies && self.random.chance(5_000) {
            self.listener_forgets(listener);
            if self.planted != Some(Planted::OffsetBeforeEffect) {
                self.bring_again(listener, event);
            }
            return;
        }
        match listener {
            Listener::Mail => self.send_mail(event),
            Listener::Tickets => self.follow_tickets(event),
        }
        if dies {
            self.listener_forgets(listener);
            self.bring_again(listener, event);
        }
    }

    fn bring_again(&mut self, listener: Listener, event: &Rc<Appended>) {
        let delay = self.random.between(200, 3_000);
        self.after(delay, Event::ToListener { listener, event: Rc::clone(event) });
    }

    /// What waited in the memory of a consumer that died comes again.
    fn listener_forgets(&mut self, listener: Listener) {
        if listener == Listener::Tickets {
            for event in std::mem::take(&mut self.parked).into_values() {
                self.bring_again(listener, &event);
            }
        }
    }

    fn send_mail(&mut self, event: &Appended) {
        if !self.store.inbox.insert(event.at) {
            self.reached(Goal::InboxDropped);
            if self.planted != Some(Planted::NoInbox) {
                return;
            }
        }
        let mails = self.store.mails.entry(event.at).or_default();
        *mails += 1;
        if *mails > 1 {
            let what = format!("the mail of event {:?} of hold {} went out {mails} times", event.at, event.hold);
            self.violate(what);
        }
    }

    /// In the order of the sequence, without holes: what is ahead of a hole waits.
    fn follow_tickets(&mut self, event: &Rc<Appended>) {
        let done = self.store.copies.get(&event.aggregate).map_or(0, |copy| copy.sequence);
        let sequence = event.sequence.unwrap_or(0);
        if sequence <= done {
            self.reached(Goal::OldSkipped);
            return;
        }
        if sequence > done + 1 && self.planted != Some(Planted::OrderIgnored) {
            self.reached(Goal::Parked);
            self.parked.insert((event.aggregate, sequence), Rc::clone(event));
            return;
        }
        let mut next = Some(Rc::clone(event));
        while let Some(event) = next {
            self.store.copies.entry(event.aggregate).or_default().follow(&event);
            next = self.parked.remove(&(event.aggregate, event.sequence.unwrap_or(0) + 1));
        }
    }
}

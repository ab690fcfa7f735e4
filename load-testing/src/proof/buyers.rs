//! Buyers under faults: each holds two seats, then pays, gives back or keeps them, and again. What they are told goes into
//! the [`Ledger`].

use super::faults::Faults;
use super::gate::Gate;
use super::ledger::{Fate, Ledger};
use super::people::{Crowd, Person, card, describe, is_unknown, seats_refused};
use super::random::Random;
use super::tell;
use super::watch::{Watch, What};
use crate::client::{Answer, text_member};
use crate::setup::{Admin, Hall, Sale};
use anyhow::bail;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// Several events, so that the hall does not fill up.
const HALL_SEATS: usize = 20_800;
const SEATS_PER_HOLD: usize = 2;
/// The longest hold, in seconds: it outlives every proof.
const HOUR: u32 = 3600;
/// Before the next try, where the house is away.
const PAUSE: Duration = Duration::from_millis(50);
/// Before it is asked again what was not decided when it was asked.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// How often a buyer asks again whether it is paid, or cancelled.
const TRIES_MAX: usize = 40;
/// How often it is told how far the buyers are.
const TELL_EVERY: Duration = Duration::from_secs(5);
/// So long may nobody get an order until it is given up.
const STUCK_AFTER: Duration = Duration::from_secs(180);

/// What buyers do, in percent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Habits {
    /// Of the holds: paid.
    pub pays: usize,
    /// Of the holds: given back. The others are kept.
    pub releases: usize,
    /// Of the paying: their first card is declined. Half of them have another one, half give up.
    pub is_declined: usize,
    /// Of the paying: they go to the bank's page and never come back.
    pub leaves: usize,
    /// Of the paid: both tickets are cancelled.
    pub cancels: usize,
    /// Of the paid: one ticket is cancelled.
    pub cancels_one: usize,
    /// Not in percent: how long each rests before the next hold, in milliseconds on average.
    pub rests_ms: usize,
    /// Half of them never pay, and give back whatever they held: so holding is seen apart from paying.
    pub half_only_hold: bool,
}

/// Where they buy.
pub struct Market {
    /// The gateway.
    pub address: SocketAddr,
    /// The events' ids.
    pub events: &'static [&'static str],
    /// How long a hold lasts; in less than an hour it may end meanwhile.
    pub hold_seconds: u32,
}

/// What the buyers share.
pub struct Load {
    /// Where all events are.
    pub hall: Hall,
    events: &'static [&'static str],
    habits: Habits,
    /// What they were told.
    pub ledger: RefCell<Ledger>,
    /// What should not have been answered.
    pub faults: RefCell<Faults>,
    /// Requests whose answer never came.
    pub lost: Cell<usize>,
    /// Told to come later.
    pub later: Cell<usize>,
    /// Answers that the outcome is not known yet.
    pub unknown: Cell<usize>,
    /// Refusals of a card.
    pub declined: Cell<usize>,
    /// Where they can be stopped between two holds.
    pub gate: Gate,
    /// Each answer and its time, where somebody wants to know.
    pub watch: Watch,
    ended: Cell<bool>,
}

/// An order as it was told.
struct Order {
    id: String,
    /// The tickets that are good.
    tickets: Vec<String>,
}

/// What paying came to.
enum Outcome {
    Paid(Order),
    Declined,
    /// Not known, or left to the bank's page.
    Open,
}

/// Makes the hall and its events; gives what buyers share, and who made them.
///
/// # Errors
/// When admin refuses them.
pub async fn open(market: &Market, database_url: &str, habits: Habits) -> anyhow::Result<(Rc<Load>, Admin)> {
    let admin = Admin::create(market.address, database_url).await?;
    let hall = admin.create_hall(HALL_SEATS).await?;
    for event in market.events {
        admin.publish(event, &Sale { hall: Some(&hall), hold_seconds: market.hold_seconds, standing: None }).await?;
    }
    let load = Load {
        hall,
        events: market.events,
        habits,
        ledger: RefCell::new(if market.hold_seconds < HOUR { Ledger::of_ending() } else { Ledger::default() }),
        faults: RefCell::default(),
        lost: Cell::new(0),
        later: Cell::new(0),
        unknown: Cell::new(0),
        declined: Cell::new(0),
        gate: Gate::default(),
        watch: Watch::default(),
        ended: Cell::new(false),
    };
    Ok((Rc::new(load), admin))
}

/// The buyers at work.
pub struct Buyers {
    load: Rc<Load>,
    tasks: Vec<JoinHandle<()>>,
}

impl Buyers {
    /// Sends them; in a [`tokio::task::LocalSet`].
    #[must_use]
    pub fn send(crowd: Crowd, seed: u64, load: &Rc<Load>) -> Self {
        let buyers = crowd.people.into_iter().enumerate().map(|(n, person)| {
            let random = Random::new(seed, 1 + n as u64);
            // Two by two, as crowds may be mixed of two kinds.
            let only_holds = load.habits.half_only_hold && (n / 2) % 2 == 1;
            tokio::task::spawn_local(act(person, random, only_holds, Rc::clone(load)))
        });
        Self { tasks: buyers.collect(), load: Rc::clone(load) }
    }

    /// Waits until so many orders were acknowledged as paid; says how far they are.
    ///
    /// # Errors
    /// When for minutes nobody gets one.
    pub async fn until_orders(&self, wanted: usize) -> anyhow::Result<()> {
        // Counted by its own pauses: a machine that stands still is no house that does.
        let (mut waited, mut told, mut last) = (Duration::ZERO, Instant::now(), 0);
        loop {
            let orders = self.load.ledger.borrow().orders();
            if orders >= wanted {
                return Ok(());
            }
            if orders > last {
                (last, waited) = (orders, Duration::ZERO);
            }
            if waited > STUCK_AFTER {
                let faults = self.load.faults.borrow();
                bail!("no order for {STUCK_AFTER:?} after {orders}; {:?}", faults.told());
            }
            if told.elapsed() > TELL_EVERY {
                tell(&self.load.progress());
                told = Instant::now();
            }
            tokio::time::sleep(PAUSE).await;
            waited += PAUSE;
        }
    }

    /// The same, and one more than there are now: what is killed has worked since it was started.
    ///
    /// # Errors
    /// When for minutes nobody gets one.
    pub async fn until_orders_since(&self, wanted: usize) -> anyhow::Result<()> {
        let orders = self.load.ledger.borrow().orders();
        self.until_orders(wanted.max(orders + 1)).await
    }

    /// Waits until so many holds were acknowledged, or for so long.
    pub async fn until_holds(&self, wanted: usize, within: Duration) {
        let began = Instant::now();
        while self.load.ledger.borrow().holds() < wanted && began.elapsed() < within {
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Lets everybody finish what they are at.
    ///
    /// # Errors
    /// When one of them died.
    pub async fn end(self) -> anyhow::Result<()> {
        self.load.ended.set(true);
        self.load.gate.open();
        for task in self.tasks {
            task.await?;
        }
        Ok(())
    }
}

async fn act(mut person: Person, random: Random, only_holds: bool, load: Rc<Load>) {
    while !load.ended.get() {
        let _turn = load.gate.pass().await;
        hold_one(&mut person, &random, only_holds, &load).await;
        if load.habits.rests_ms > 0 {
            let rest = u64::try_from(random.below(2 * load.habits.rests_ms)).unwrap_or(0);
            tokio::time::sleep(Duration::from_millis(rest)).await;
        }
    }
}

/// One hold, and what becomes of it.
async fn hold_one(person: &mut Person, random: &Random, only_holds: bool, load: &Load) {
    let event = load.events[random.below(load.events.len())];
    let first = random.below(load.hall.seats());
    let second = (first + 1 + random.below(100)) % load.hall.seats();
    let seats = [load.hall.seat_id(first), load.hall.seat_id(second)];
    let began = Instant::now();
    let answer = person.reserve(event, &seats).await;
    load.watch.see(What::Hold, began, &answer);
    let reservation = match &answer {
        Ok(got) if got.status == 201 => text_member(&got.body, "reservationId"),
        Ok(got) if seats_refused(got).is_some() => return,
        _ => {
            load.no_answer("reserve", &answer).await;
            return;
        }
    };
    let Some(reservation) = reservation else {
        load.faults.borrow_mut().add("a hold without an id");
        return;
    };
    load.ledger.borrow_mut().held(&reservation, SEATS_PER_HOLD);
    let chance = random.below(100);
    if only_holds {
        release(person, &reservation, load).await;
    } else if chance < load.habits.pays {
        buy(person, &reservation, random, load).await;
    } else if chance < load.habits.pays + load.habits.releases {
        release(person, &reservation, load).await;
    }
}

/// Pays, and perhaps cancels.
async fn buy(person: &mut Person, reservation: &str, random: &Random, load: &Load) {
    let (chance, habits) = (random.below(100), load.habits);
    let first = if chance < habits.is_declined {
        Some(card::DECLINED)
    } else {
        (chance < habits.is_declined + habits.leaves).then_some(card::ASKS)
    };
    let mut outcome = pay(person, reservation, first, load).await;
    if matches!(outcome, Outcome::Declined) {
        if random.below(2) == 0 {
            release(person, reservation, load).await;
            return;
        }
        outcome = pay(person, reservation, None, load).await;
    }
    let Outcome::Paid(order) = outcome else { return };
    let chance = random.below(100);
    if chance < habits.cancels {
        cancel(person, reservation, &order, None, load).await;
    } else if chance < habits.cancels + habits.cancels_one {
        cancel(person, reservation, &order, order.tickets.first(), load).await;
    }
}

/// Pays, and asks again until it is told: confirming twice is one order.
async fn pay(person: &mut Person, reservation: &str, by: Option<&str>, load: &Load) -> Outcome {
    load.now(reservation, Fate::Paying);
    for _ in 0..TRIES_MAX {
        let began = Instant::now();
        let answer = person.confirm(reservation, by).await;
        load.watch.see(What::Order, began, &answer);
        match &answer {
            Ok(got) if got.status == 200 => {
                let paid = order(&got.body).filter(|order| order.tickets.len() == SEATS_PER_HOLD);
                let Some(order) = paid else {
                    load.faults.borrow_mut().add(format!("an order without its tickets: {}", describe(&answer)));
                    return Outcome::Open;
                };
                load.now(reservation, Fate::Paid(order.id.clone()));
                return Outcome::Paid(order);
            }
            Ok(got) if got.status == 202 && by == Some(card::ASKS) && text_member(&got.body, "url").is_some() => {
                return Outcome::Open;
            }
            Ok(got) if got.status == 202 => {
                load.unknown.set(load.unknown.get() + 1);
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            Ok(got) if got.status == 402 && by == Some(card::DECLINED) => {
                load.declined.set(load.declined.get() + 1);
                load.now(reservation, Fate::Declined);
                return Outcome::Declined;
            }
            Ok(got) if got.status == 410 => {
                load.now(reservation, Fate::Gone);
                return Outcome::Open;
            }
            _ => load.no_answer("confirm", &answer).await,
        }
        if load.ended.get() {
            break;
        }
    }
    Outcome::Open
}

/// Cancels one ticket or all, and asks again until it is told what is left.
async fn cancel(person: &mut Person, reservation: &str, paid: &Order, ticket: Option<&String>, load: &Load) {
    load.now(reservation, Fate::Cancelling(paid.id.clone()));
    let wanted = ticket.map_or_else(|| json!({}), |ticket| json!({"tickets": [ticket]}));
    for _ in 0..TRIES_MAX {
        let answer = person.call("POST", &format!("/api/bookings/{}/cancel", paid.id), Some(&wanted)).await;
        let now = match &answer {
            Ok(got) if got.status == 200 => order(&got.body),
            // It may have been cancelled by a request whose answer was lost.
            Ok(got) if matches!(got.status, 409 | 422) => look(person, &paid.id).await,
            _ => {
                load.no_answer("cancel", &answer).await;
                None
            }
        };
        if let Some(now) = now {
            let left = now.tickets.len();
            let expected = if ticket.is_some() { SEATS_PER_HOLD - 1 } else { 0 };
            load.faults.borrow_mut().unless(left == expected, || {
                format!("{left} tickets of {} are left after cancelling: {}", paid.id, describe(&answer))
            });
            load.now(reservation, Fate::Cancelled(paid.id.clone(), left));
            return;
        }
        if load.ended.get() {
            return;
        }
    }
}

async fn look(person: &mut Person, id: &str) -> Option<Order> {
    let answer = person.call("GET", &format!("/api/bookings/{id}"), None).await.ok()?;
    order(&answer.body).filter(|_| answer.status == 200)
}

async fn release(person: &mut Person, reservation: &str, load: &Load) {
    load.now(reservation, Fate::Releasing);
    let answer = person.release(reservation).await;
    let ends = load.ledger.borrow().may_end();
    match &answer {
        Ok(got) if got.status == 204 => load.now(reservation, Fate::Released),
        Ok(got) if got.status == 410 && ends => load.now(reservation, Fate::Gone),
        _ => load.no_answer("release", &answer).await,
    }
}

/// An order with the tickets that are good.
fn order(body: &[u8]) -> Option<Order> {
    let order: Value = serde_json::from_slice(body).ok()?;
    let good = order["tickets"].as_array()?.iter().filter(|ticket| ticket["status"] == "VALID");
    let tickets = good.filter_map(|ticket| ticket["ticketId"].as_str().map(str::to_owned)).collect();
    Some(Order { id: order["orderId"].as_str()?.to_owned(), tickets })
}

impl Load {
    fn now(&self, reservation: &str, fate: Fate) {
        self.ledger.borrow_mut().now(reservation, fate);
    }

    /// How far the buyers are.
    pub fn progress(&self) -> String {
        let ledger = self.ledger.borrow();
        format!(
            "{} holds and {} orders; {} answers lost, {} told to come later, {} not known yet",
            ledger.holds(),
            ledger.orders(),
            self.lost.get(),
            self.later.get(),
            self.unknown.get()
        )
    }

    /// No answer, or 503: the house is away; 504: what was asked for may have been done. Anything else should not be.
    async fn no_answer(&self, what: &str, answer: &io::Result<Answer>) {
        match answer {
            Err(_) => self.lost.set(self.lost.get() + 1),
            Ok(got) if is_unknown(got) => self.unknown.set(self.unknown.get() + 1),
            Ok(got) if got.status == 503 && got.retry_after.is_some() => self.later.set(self.later.get() + 1),
            Ok(_) => self.faults.borrow_mut().add(format!("{what}: {}", describe(answer))),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The median and the longest of some times; nothing took no time.
#[must_use]
pub fn median_and_longest(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    let at = |index: usize| times.get(index).copied().unwrap_or_default();
    (at(times.len() / 2), at(times.len().saturating_sub(1)))
}

//! `kill -9` of the house under load, again and again: what was acknowledged is there.

use super::faults::Faults;
use super::house::House;
use super::ledger::{Fate, Ledger};
use super::options::{Crash, Options};
use super::people::{Crowd, Person, describe, seats_refused};
use super::random::Random;
use super::{check, expiry, tell};
use crate::client::text_member;
use crate::setup::{Admin, Hall, Sale};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::LocalSet;

/// Several, so that the hall does not fill up.
const EVENTS: [&str; 4] = ["PROOF-CRASH-1", "PROOF-CRASH-2", "PROOF-CRASH-3", "PROOF-CRASH-4"];
const HALL_SEATS: usize = 20_800;
const SEATS_PER_HOLD: usize = 2;
/// The shortest time of load between two kills.
const LOAD_MIN_MS: usize = 500;
/// How long it may take after a start until the clients are at full speed.
const BUSY_MAX: Duration = Duration::from_secs(30);
/// Before the next try, where the house is away.
const PAUSE: Duration = Duration::from_millis(50);
/// How often a buyer asks again whether it is paid.
const PAY_TRIES_MAX: usize = 40;

/// What the clients share.
struct Load {
    hall: Hall,
    ledger: RefCell<Ledger>,
    faults: RefCell<Faults>,
    /// Requests whose answer never came.
    lost: Cell<usize>,
    /// Told to come later.
    later: Cell<usize>,
    ended: Cell<bool>,
}

/// Runs it.
///
/// # Errors
/// When something cannot be started or asked.
pub async fn run(options: &Options, crash: &Crash, faults: &mut Faults) -> anyhow::Result<String> {
    tell("starting the house on fresh data");
    let mut house = House::fresh(options)?;
    house.start().await?;
    let admin = Admin::create(house.address, &house.database_url()?).await?;
    let hall = admin.create_hall(HALL_SEATS).await?;
    for event in EVENTS {
        admin.publish(event, &Sale { hall: Some(&hall), hold_seconds: 3600, standing: None }).await?;
    }
    expiry::publish(&admin, &hall).await?;
    let people = Crowd::gather(house.address, "crash", crash.clients).await?.people;
    let load = Rc::new(Load {
        hall,
        ledger: RefCell::default(),
        faults: RefCell::default(),
        lost: Cell::new(0),
        later: Cell::new(0),
        ended: Cell::new(false),
    });
    let began = Instant::now();
    let restarts = LocalSet::new().run_until(kills(options, crash, &mut house, people, &load)).await?;
    let ledger = load.ledger.take();
    faults.absorb(load.faults.take());
    let mut database = house.database().await?;
    let rest = check::rest(&mut database, faults).await?;
    ledger.compare(&mut database, faults).await?;
    let events = check::tables(&mut database, faults).await?;
    drop(database);
    let line = format!(
        "crash: {} kills in {:.0} s under {} clients, ready again after {:.1} s (median; longest {:.1} s); {} holds and \
         {} orders acknowledged, all there; {} answers lost, {} told to come later; decided {:.1} s after the end; \
         free + held + sold = capacity in {events} events",
        crash.kills,
        began.elapsed().as_secs_f64(),
        crash.clients,
        restarts[restarts.len() / 2].as_secs_f64(),
        restarts[restarts.len() - 1].as_secs_f64(),
        ledger.holds(),
        ledger.orders(),
        load.lost.get(),
        load.later.get(),
        rest.as_secs_f64(),
    );
    if crash.ending == 0 {
        return Ok(line);
    }
    tell(&line);
    Ok(format!("{line}; {}", expiry::run(&mut house, &load.hall, crash.ending, faults).await?))
}

/// Kills and starts while the clients act; gives how long the starts took, shortest first.
async fn kills(
    options: &Options,
    crash: &Crash,
    house: &mut House,
    people: Vec<Person>,
    load: &Rc<Load>,
) -> anyhow::Result<Vec<Duration>> {
    let clients: Vec<_> = people
        .into_iter()
        .enumerate()
        .map(|(n, person)| {
            let random = Random::new(options.seed, 1 + n as u64);
            tokio::task::spawn_local(act(person, random, Rc::clone(load)))
        })
        .collect();
    let random = Random::new(options.seed, 0);
    let longest = usize::try_from(crash.load_ms)?.max(LOAD_MIN_MS + 1);
    let mut restarts = vec![Duration::ZERO];
    for kill in 1..=crash.kills {
        let before = load.ledger.borrow().holds();
        load.until_busy(before + crash.clients).await;
        let wait = LOAD_MIN_MS + random.below(longest - LOAD_MIN_MS);
        tokio::time::sleep(Duration::from_millis(u64::try_from(wait)?)).await;
        let (holds, orders) = (load.ledger.borrow().holds(), load.ledger.borrow().orders());
        house.kill()?;
        load.faults.borrow_mut().unless(holds > before, || format!("kill {kill} came without load: it proves nothing"));
        let began = Instant::now();
        house.start().await?;
        restarts.push(began.elapsed());
        tell(&format!("kill {kill} of {} after {holds} holds and {orders} orders", crash.kills));
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    load.ended.set(true);
    for client in clients {
        client.await?;
    }
    restarts.sort_unstable();
    restarts.remove(0);
    restarts.extend(restarts.is_empty().then_some(Duration::ZERO));
    Ok(restarts)
}

/// A client: holds two seats, then pays, gives them back, or keeps them; and again.
async fn act(mut person: Person, random: Random, load: Rc<Load>) {
    while !load.ended.get() {
        let event = EVENTS[random.below(EVENTS.len())];
        let first = random.below(load.hall.seats());
        let second = (first + 1 + random.below(100)) % load.hall.seats();
        let seats = [load.hall.seat_id(first), load.hall.seat_id(second)];
        let answer = person.reserve(event, &seats).await;
        let reservation = match &answer {
            Ok(got) if got.status == 201 => text_member(&got.body, "reservationId"),
            Ok(got) if seats_refused(got).is_some() => continue,
            _ => {
                load.no_answer("reserve", &answer).await;
                continue;
            }
        };
        let Some(reservation) = reservation else {
            load.faults.borrow_mut().add("a hold without an id");
            continue;
        };
        load.ledger.borrow_mut().held(&reservation, SEATS_PER_HOLD);
        match random.below(10) {
            0..4 => pay(&mut person, &reservation, &load).await,
            4..7 => release(&mut person, &reservation, &load).await,
            _ => {}
        }
    }
}

/// Pays, and asks again until it is told: confirming twice is one order.
async fn pay(person: &mut Person, reservation: &str, load: &Load) {
    load.ledger.borrow_mut().now(reservation, Fate::Paying);
    for _ in 0..PAY_TRIES_MAX {
        let answer = person.confirm(reservation).await;
        match &answer {
            Ok(got) if got.status == 200 => {
                match order(&got.body) {
                    Some(order) => load.ledger.borrow_mut().now(reservation, Fate::Paid(order)),
                    None => {
                        load.faults.borrow_mut().add(format!("an order without its tickets: {}", describe(&answer)));
                    }
                }
                return;
            }
            Ok(got) if got.status == 202 => tokio::time::sleep(Duration::from_millis(500)).await,
            _ => load.no_answer("confirm", &answer).await,
        }
        if load.ended.get() {
            return;
        }
    }
}

async fn release(person: &mut Person, reservation: &str, load: &Load) {
    load.ledger.borrow_mut().now(reservation, Fate::Releasing);
    let answer = person.release(reservation).await;
    match &answer {
        Ok(got) if got.status == 204 => load.ledger.borrow_mut().now(reservation, Fate::Released),
        _ => load.no_answer("release", &answer).await,
    }
}

/// The order's id, where it is confirmed with its tickets.
fn order(body: &[u8]) -> Option<String> {
    let order: Value = serde_json::from_slice(body).ok()?;
    let tickets = order["tickets"].as_array()?.iter().filter(|ticket| ticket["status"] == "VALID").count();
    let sold = ["CONFIRMED", "PROCESSING", "COMPLETED"].iter().any(|status| order["status"] == *status);
    order["orderId"].as_str().filter(|_| sold && tickets == SEATS_PER_HOLD).map(str::to_owned)
}

impl Load {
    /// Waits until so many holds were acknowledged: a kill without load proves nothing.
    async fn until_busy(&self, holds: usize) {
        let began = Instant::now();
        while self.ledger.borrow().holds() < holds && began.elapsed() < BUSY_MAX {
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// No answer, or 503: the house is away. Anything else should not be.
    async fn no_answer(&self, what: &str, answer: &std::io::Result<crate::client::Answer>) {
        match answer {
            Err(_) => self.lost.set(self.lost.get() + 1),
            Ok(got) if got.status == 503 && got.retry_after.is_some() => self.later.set(self.later.get() + 1),
            Ok(_) => self.faults.borrow_mut().add(format!("{what}: {}", describe(answer))),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

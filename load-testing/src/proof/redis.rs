//! Redis masters killed under load and started again empty: refusals stay true, and with a majority gone reserve goes on.

use super::faults::Faults;
use super::history::{Held, History};
use super::house::House;
use super::options::{Options, Redis};
use super::people::{Crowd, Person, describe, seats_refused};
use super::races::{Place, crossings};
use super::random::Random;
use super::{check, tell};
use crate::client::text_member;
use crate::setup::{Admin, Hall, Sale};
use onsale_engines::RedisConfig;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::LocalSet;

const EVENT: &str = "PROOF-REDIS";
const MASTERS: usize = 3;
/// The longest that a client keeps its hold.
const KEEP_MAX_MS: usize = 40;
/// Before the next try, where one is told to come later.
const PAUSE: Duration = Duration::from_millis(100);
/// Clients of the crossing pairs.
const CROSSING: usize = 64;

/// What is killed, and what is started again, before a phase; in each clients act for the same time.
struct Phase {
    name: &'static str,
    killed: &'static [usize],
    started: &'static [usize],
    /// With a majority gone some may be told to come later.
    later_allowed: bool,
}

const PHASES: [Phase; 8] = [
    Phase { name: "three masters", killed: &[], started: &[], later_allowed: false },
    Phase { name: "the first killed", killed: &[0], started: &[], later_allowed: false },
    Phase { name: "it is back, empty", killed: &[], started: &[0], later_allowed: false },
    Phase { name: "the second killed", killed: &[1], started: &[], later_allowed: false },
    Phase { name: "two killed", killed: &[0], started: &[], later_allowed: true },
    Phase { name: "all killed", killed: &[2], started: &[], later_allowed: true },
    Phase { name: "all coming back, empty", killed: &[], started: &[0, 1, 2], later_allowed: true },
    Phase { name: "three masters again", killed: &[], started: &[], later_allowed: false },
];

/// What the clients were told in a phase.
#[derive(Debug, Clone, Copy, Default)]
struct Told {
    held: usize,
    refused: usize,
    later: usize,
    /// The longest wait for an answer.
    longest: Duration,
}

struct Load {
    hall: Hall,
    seats: usize,
    history: RefCell<History>,
    faults: RefCell<Faults>,
    phase: Cell<usize>,
    told: RefCell<[Told; PHASES.len()]>,
    ended: Cell<bool>,
}

/// The masters, each with its settings to be started by, and running or not.
struct Masters(Vec<(RedisConfig, Option<onsale_engines::Redis>)>);

impl Masters {
    async fn start(house: &House) -> anyhow::Result<Self> {
        let mut masters = Vec::new();
        for number in 1..=MASTERS {
            let config = RedisConfig::new(house.home().join(format!("master-{number}")));
            let server = onsale_engines::Redis::start(config.clone()).await?;
            masters.push((config, Some(server)));
        }
        Ok(Self(masters))
    }

    fn urls(&self) -> String {
        let urls = self.0.iter().filter_map(|(_, server)| Some(server.as_ref()?.url()));
        urls.collect::<Vec<_>>().join(",")
    }

    async fn change(&mut self, phase: &Phase) -> anyhow::Result<()> {
        for number in phase.killed {
            if let Some(server) = self.0[*number].1.take() {
                server.kill().await;
            }
        }
        for number in phase.started {
            let master = &mut self.0[*number];
            master.1 = Some(onsale_engines::Redis::start(master.0.clone()).await?);
        }
        Ok(())
    }
}

/// Runs it.
///
/// # Errors
/// When something cannot be started or asked.
pub async fn run(options: &Options, redis: &Redis, faults: &mut Faults) -> anyhow::Result<String> {
    tell("starting three Redis masters, and the house on fresh data");
    let mut house = House::fresh(options)?;
    let mut masters = Masters::start(&house).await?;
    house.set("REDIS_URLS", masters.urls());
    house.start().await?;
    let admin = Admin::create(house.address, &house.database_url()?).await?;
    let hall = admin.create_hall(redis.seats + 4 * redis.crossings).await?;
    admin.publish(EVENT, &Sale { hall: Some(&hall), hold_seconds: 3600, standing: None }).await?;
    let people = Crowd::gather(house.address, "redis", redis.clients).await?.people;
    let mut pairs = Crowd::gather(house.address, "pairs", CROSSING).await?;
    let load = Rc::new(Load {
        hall,
        seats: redis.seats,
        history: RefCell::default(),
        faults: RefCell::default(),
        phase: Cell::new(0),
        told: RefCell::default(),
        ended: Cell::new(false),
    });
    let time = Duration::from_secs(redis.seconds.max(1));
    let took = LocalSet::new().run_until(phases(options, &mut masters, people, &load, time)).await?;
    tell("all killed again: crossing pairs, which PostgreSQL decides alone");
    let gone = Phase { name: "", killed: &[0, 1, 2], started: &[], later_allowed: true };
    masters.change(&gone).await?;
    let place = Place { event: EVENT, hall: &load.hall, first_seat: redis.seats };
    let mut database = house.database().await?;
    let before = check::deadlocks(&mut database).await?;
    let crossed = crossings(&mut pairs, &place, redis.crossings, faults).await?;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let deadlocks = check::deadlocks(&mut database).await? - before;
    faults.unless(deadlocks == 0, || format!("{deadlocks} deadlocks"));
    check::tables(&mut database, faults).await?;
    faults.absorb(load.faults.take());
    let truth = load.history.borrow().judge(|seat, at| {
        faults.add(format!("{} was refused {at:.3} s after the beginning, and was free", load.hall.seat_id(seat)));
    });
    let told = *load.told.borrow();
    let figures: Vec<_> =
        PHASES.iter().zip(told).zip(took).map(|((phase, told), took)| told.line(phase, took)).collect();
    Ok(format!(
        "redis: {}; refusals true by a hold {}, by a request in flight {}, untrue {}; without Redis {crossed}, \
         {deadlocks} deadlocks",
        figures.join("; "),
        truth.by_hold,
        truth.by_request,
        truth.untrue
    ))
}

/// One phase after the other while the clients act; gives how long each lasted.
async fn phases(
    options: &Options,
    masters: &mut Masters,
    people: Vec<Person>,
    load: &Rc<Load>,
    time: Duration,
) -> anyhow::Result<Vec<Duration>> {
    let clients: Vec<_> = people
        .into_iter()
        .enumerate()
        .map(|(n, person)| {
            let random = Random::new(options.seed, n as u64);
            tokio::task::spawn_local(act(person, random, Rc::clone(load)))
        })
        .collect();
    let mut took = Vec::new();
    for (number, phase) in PHASES.iter().enumerate() {
        tell(phase.name);
        let began = Instant::now();
        load.phase.set(number);
        masters.change(phase).await?;
        tokio::time::sleep(time).await;
        took.push(began.elapsed());
    }
    load.ended.set(true);
    for client in clients {
        client.await?;
    }
    Ok(took)
}

/// A client: holds one or two seats for a moment and gives them back; and again.
async fn act(mut person: Person, random: Random, load: Rc<Load>) {
    while !load.ended.get() {
        let mut seats = vec![random.below(load.seats)];
        let second = random.below(load.seats * 2);
        if second < load.seats && second != seats[0] {
            seats.push(second);
        }
        let Some((reservation, held)) = reserve(&mut person, &seats, &load).await else { continue };
        let keep = u64::try_from(random.below(KEEP_MAX_MS)).unwrap_or(0);
        tokio::time::sleep(Duration::from_millis(keep)).await;
        let answer = person.release(&reservation).await;
        if answer.as_ref().is_ok_and(|got| got.status == 204) {
            load.history.borrow_mut().released(&held);
        } else {
            load.faults.borrow_mut().add(format!("release: {}", describe(&answer)));
        }
    }
}

async fn reserve(person: &mut Person, seats: &[usize], load: &Load) -> Option<(String, Held)> {
    let began_in = load.phase.get();
    let wanted: Vec<_> = seats.iter().map(|seat| load.hall.seat_id(*seat)).collect();
    let (began, sent) = (Instant::now(), load.history.borrow_mut().send());
    let answer = person.reserve(EVENT, &wanted).await;
    let phase = load.phase.get();
    load.tell(|told| told.longest = told.longest.max(began.elapsed()));
    let named = answer.as_ref().ok().and_then(seats_refused);
    let named = named.map(|named| seats.iter().copied().filter(|n| named.contains(&load.hall.seat_id(*n))).collect());
    match (&answer, named) {
        (Ok(got), _) if got.status == 201 => {
            load.tell(|told| told.held += 1);
            let held = load.history.borrow_mut().granted(&sent, seats);
            return Some((text_member(&got.body, "reservationId")?, held));
        }
        (_, Some::<Vec<usize>>(named)) if !named.is_empty() => {
            load.tell(|told| told.refused += 1);
            load.history.borrow_mut().refused(&sent, seats, &named);
        }
        (Ok(got), _) if got.status == 503 && got.retry_after.is_some() => {
            load.tell(|told| told.later += 1);
            load.history.borrow_mut().turned_away(&sent, seats);
            let allowed = PHASES[began_in].later_allowed || PHASES[phase].later_allowed;
            let name = PHASES[phase].name;
            load.faults.borrow_mut().unless(allowed, || format!("{name}: {}", describe(&answer)));
        }
        _ => {
            load.history.borrow_mut().lost(&sent, seats);
            load.faults.borrow_mut().add(format!("{}: reserve: {}", PHASES[phase].name, describe(&answer)));
        }
    }
    if answer.is_ok_and(|got| got.status != 409) {
        tokio::time::sleep(PAUSE).await;
    }
    None
}

impl Load {
    /// Counts in the phase that runs.
    fn tell(&self, count: impl FnOnce(&mut Told)) {
        count(&mut self.told.borrow_mut()[self.phase.get()]);
    }
}

impl Told {
    fn line(self, phase: &Phase, took: Duration) -> String {
        let took = took.as_secs_f64().max(0.001);
        let count = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / took;
        format!(
            "{}: {:.0} holds a second, {:.0} refused, {:.0} told to come later, longest {} ms",
            phase.name,
            count(self.held),
            count(self.refused),
            count(self.later),
            self.longest.as_millis()
        )
    }
}

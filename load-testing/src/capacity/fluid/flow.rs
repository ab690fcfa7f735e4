//! The state of the fluid, and one step of it.

use super::steps::{self, Step, StepCost};
use super::{Course, DT, Wait};
use crate::capacity::costs::{Costs, Tier};
use crate::capacity::plan::Cores;
use crate::capacity::sale::{Habits, Sale};
use std::collections::{BTreeMap, VecDeque};

/// In the lobby people are told to ask again after so many seconds (queue's `tell_status`).
const LOBBY_ASKS_S: f64 = 30.0;
/// After the start: so far from their turn, and after how many seconds to ask.
const ASKS: [(f64, f64); 3] = [(500.0, 2.0), (5_000.0, 5.0), (f64::INFINITY, 10.0)];
/// Whoever is called asks within so many seconds.
const CALLED_SPREAD_S: f64 = 3.0;
/// The line's rate, in people a second of one event (queue's `inflow`): at the start, unshown, at most, and its growth.
const RATE_AT_START: f64 = 50.0;
const RATE_UNSHOWN: f64 = 200.0;
const RATE_MAX: f64 = 2_000.0;
const GROWTH: f64 = 2.0;
const BEYOND_SHOWN: f64 = 1.7;
/// Reserves are very fast below, and slow above, in seconds.
const VERY_FAST_S: f64 = 0.15;
const SLOW_S: f64 = 0.6;
/// The rate falls once in so many seconds.
const FALL_EVERY_S: f64 = 3.0;
/// Cores of a gateway machine that telling watchers may take (`FANOUT_CPU_MS`).
const FANOUT_CORES: f64 = 0.5;
/// Over how many seconds a tier's load is looked at.
const BUSY_S: f64 = 5.0;
/// Less than this is nobody.
const NOBODY: f64 = 1e-6;

/// What happens to an amount of people later.
#[derive(Debug, Default)]
struct Later(VecDeque<f64>);

impl Later {
    /// In so many seconds.
    fn add(&mut self, seconds: f64, amount: f64) {
        let at = index(seconds / DT);
        if self.0.len() <= at {
            self.0.resize(at + 1, 0.0);
        }
        self.0[at] += amount;
    }

    /// Spread evenly over these times.
    fn spread(&mut self, times: &[f64], amount: f64) {
        let each = amount / times.iter().map(|_| 1.0).sum::<f64>().max(1.0);
        for time in times {
            self.add(*time, each);
        }
    }

    /// What is due now.
    fn due(&mut self) -> f64 {
        self.0.pop_front().unwrap_or(0.0)
    }

    fn sum(&self) -> f64 {
        self.0.iter().sum()
    }
}

/// Calls of a kind that wait for their answer.
#[derive(Debug, Default)]
struct Queue {
    waiting: f64,
    served: f64,
    longest: f64,
    /// Seconds waited, and how many did.
    waits: Vec<(f64, f64)>,
}

/// All of it.
pub(super) struct Flow<'a> {
    costs: &'a Costs,
    sale: &'a Sale,
    cores: &'a Cores,
    habits: &'a Habits,
    step_costs: BTreeMap<Step, StepCost>,
    time: f64,
    queues: BTreeMap<Step, Queue>,
    arrived: f64,
    /// In line and not called.
    waiting: f64,
    waiting_at_opening: f64,
    called: Later,
    choosing: Later,
    paying: Later,
    releasing: Later,
    vanishing: Later,
    /// Let in and not holding.
    shoppers: f64,
    free: f64,
    held: f64,
    tickets: f64,
    rate: f64,
    shown: f64,
    since_fall: f64,
    reserve_wait: f64,
    second: BTreeMap<Step, f64>,
    recent: BTreeMap<Tier, VecDeque<f64>>,
    course: Course,
}

impl<'a> Flow<'a> {
    pub(super) fn new(costs: &'a Costs, sale: &'a Sale, cores: &'a Cores, habits: &'a Habits) -> anyhow::Result<Self> {
        let events = f64::from(sale.events.max(1));
        Ok(Self {
            step_costs: steps::costs(costs, sale.tries)?,
            time: -(sale.ramp + sale.calm),
            queues: Step::ALL.into_iter().map(|step| (step, Queue::default())).collect(),
            arrived: 0.0,
            waiting: 0.0,
            waiting_at_opening: 0.0,
            called: Later::default(),
            choosing: Later::default(),
            paying: Later::default(),
            releasing: Later::default(),
            vanishing: Later::default(),
            shoppers: 0.0,
            free: sale.seats,
            held: 0.0,
            tickets: 0.0,
            rate: RATE_AT_START * events,
            shown: 0.0,
            since_fall: FALL_EVERY_S,
            reserve_wait: 0.0,
            second: BTreeMap::new(),
            recent: BTreeMap::new(),
            course: Course::default(),
            costs,
            sale,
            cores,
            habits,
        })
    }

    /// Seconds since the opening.
    pub(super) fn time(&self) -> f64 {
        self.time
    }

    /// Whether all is sold, or nobody is left who could buy.
    pub(super) fn is_over(&self) -> bool {
        let sold = self.tickets >= self.sale.seats - 0.5;
        let open: f64 = [&self.called, &self.choosing, &self.paying, &self.releasing, &self.vanishing]
            .iter()
            .map(|later| later.sum())
            .sum();
        let queued: f64 = self.queues.values().map(|queue| queue.waiting).sum();
        let nobody = self.waiting + self.shoppers + open + queued < 0.5;
        self.time > 0.0 && (sold || nobody)
    }

    pub(super) fn step(&mut self) {
        self.arrive();
        self.ask();
        self.let_in();
        self.act();
        let served = self.serve();
        self.pass_on(&served);
        self.course.waiting_max = self.course.waiting_max.max(self.waiting);
        if self.course.ticketed_s.is_none() && self.tickets >= 0.98 * self.sale.seats {
            self.course.ticketed_s = Some(self.time);
        }
        self.time += DT;
    }

    fn enqueue(&mut self, step: Step, amount: f64) {
        if let Some(queue) = self.queues.get_mut(&step) {
            queue.waiting += amount;
        }
    }

    fn arrive(&mut self) {
        let now = (self.sale.people / self.sale.ramp.max(DT) * DT).min(self.sale.people - self.arrived);
        self.arrived += now;
        self.enqueue(Step::Page, now);
    }

    /// Those in line look at their place.
    fn ask(&mut self) {
        if self.time < 0.0 {
            self.waiting_at_opening = self.waiting;
            return self.enqueue(Step::Poll, self.waiting * DT / LOBBY_ASKS_S);
        }
        if self.time < self.sale.burst {
            return self.enqueue(Step::Poll, self.waiting_at_opening * DT / self.sale.burst.max(DT));
        }
        let events = f64::from(self.sale.events.max(1));
        let (mut below, mut asks) = (0.0, 0.0);
        for (ahead, every) in ASKS {
            let here = self.waiting.min(ahead * events) - below;
            asks += here.max(0.0) * DT / every;
            below += here.max(0.0);
        }
        self.enqueue(Step::Poll, asks);
    }

    /// The line calls people.
    fn let_in(&mut self) {
        let due = self.called.due();
        self.enqueue(Step::Enter, due);
        if self.time < 0.0 {
            return;
        }
        let events = f64::from(self.sale.events.max(1));
        self.since_fall += DT;
        if self.reserve_wait > SLOW_S {
            if self.since_fall >= FALL_EVERY_S {
                (self.rate, self.since_fall) = (self.rate / 2.0, 0.0);
            }
        } else if self.reserve_wait < VERY_FAST_S {
            let most = (self.shown * BEYOND_SHOWN).max(RATE_UNSHOWN * events);
            self.rate = self.rate.max((self.rate * GROWTH.powf(DT)).min(most)).min(RATE_MAX * events);
        }
        let on_their_way = self.called.sum() + self.queues.get(&Step::Enter).map_or(0.0, |queue| queue.waiting);
        let wanted = self.free / self.habits.party - self.shoppers - on_their_way;
        let now = (self.rate * DT).min(wanted).min(self.waiting).max(0.0);
        self.waiting -= now;
        for third in [0.5, 1.5, 2.5] {
            self.called.add(CALLED_SPREAD_S * third / 3.0, now / 3.0);
        }
    }

    /// What people do when their time has come.
    fn act(&mut self) {
        let (choose, pay, release) = (self.choosing.due(), self.paying.due(), self.releasing.due());
        self.enqueue(Step::Reserve, choose);
        self.enqueue(Step::Confirm, pay);
        self.enqueue(Step::Release, release);
        let seats = self.vanishing.due() * self.habits.party;
        self.held -= seats;
        self.free += seats;
    }

    /// Each tier gives what it has, to each kind by what it asks for; what was served.
    fn serve(&mut self) -> BTreeMap<Step, f64> {
        let mut asked: BTreeMap<Tier, f64> = Tier::ALL.into_iter().map(|tier| (tier, self.standing(tier))).collect();
        let standing: f64 = asked.values().sum();
        for (step, queue) in &self.queues {
            for (tier, core_s) in &self.step_costs[step].core_s {
                *asked.entry(*tier).or_default() += core_s * queue.waiting;
            }
        }
        let all: f64 = asked.values().sum();
        let share = |there: f64, standing: f64, asked: f64| {
            if asked <= there { 1.0 } else { ((there - standing) / (asked - standing).max(1e-12)).clamp(0.0, 1.0) }
        };
        let shared = self.cores.shared().map(|cores| share(cores * DT, standing, all));
        let shares: BTreeMap<Tier, f64> = Tier::ALL
            .into_iter()
            .map(|tier| {
                let own = self.cores.of(tier).map(|cores| share(cores * DT, self.standing(tier), asked[&tier]));
                (tier, shared.or(own).unwrap_or(1.0))
            })
            .collect();
        let mut served = BTreeMap::new();
        let mut used: BTreeMap<Tier, f64> = Tier::ALL.into_iter().map(|tier| (tier, self.standing(tier))).collect();
        for (step, queue) in &mut self.queues {
            let cost = &self.step_costs[step].core_s;
            let slowest = cost.iter().filter(|(_, core_s)| **core_s > 0.0).map(|(tier, _)| shares[tier]);
            let now = queue.waiting * slowest.fold(1.0, f64::min);
            queue.longest = queue.longest.max(queue.waiting);
            queue.waiting -= now;
            queue.served += now;
            if now > NOBODY {
                queue.waits.push((queue.waiting / now * DT, now));
            }
            for (tier, core_s) in cost {
                *used.entry(*tier).or_default() += core_s * now;
            }
            served.insert(*step, now);
        }
        if let Some((wait, _)) = self.queues.get(&Step::Reserve).and_then(|queue| queue.waits.last()) {
            self.reserve_wait = *wait;
        }
        self.note(&used, &served);
        served
    }

    /// Core seconds that a tier uses in a step whoever calls: when idle, and for those at streams.
    fn standing(&self, tier: Tier) -> f64 {
        let idle = self.costs.idle_cores.get(&tier).copied().unwrap_or(0.0).max(0.0);
        if tier != Tier::Gateway {
            return idle * DT;
        }
        let told = self.waiting * self.costs.waiter.cpu_us_a_second.max(0.0)
            + self.shoppers * self.costs.watcher.cpu_us_a_second.max(0.0);
        let machines = match self.cores {
            Cores::Apart { plan, .. } => f64::from(plan.gateways),
            Cores::Shared(_) => 1.0,
        };
        (idle + (told / 1e6).min(FANOUT_CORES * machines)) * DT
    }

    /// Takes note of what was used in this step.
    fn note(&mut self, used: &BTreeMap<Tier, f64>, served: &BTreeMap<Step, f64>) {
        let all: f64 = used.values().sum();
        for (tier, core_s) in used {
            *self.course.cpu_s.entry(*tier).or_default() += core_s;
            let share = match (self.cores.shared(), self.cores.of(*tier)) {
                (Some(cores), _) => all / cores / DT,
                (None, Some(cores)) => core_s / cores / DT,
                (None, None) => continue,
            };
            let recent = self.recent.entry(*tier).or_default();
            recent.push_back(share);
            if recent.len() > index(BUSY_S / DT) {
                recent.pop_front();
            }
            let mean = recent.iter().sum::<f64>() * DT / BUSY_S;
            let busiest = self.course.busy.entry(*tier).or_default();
            *busiest = busiest.max(mean);
        }
        // A second's worth, faded in.
        for (step, now) in served {
            let a_second = self.second.entry(*step).or_default();
            *a_second += (now / DT - *a_second) * DT;
        }
        let a_second = |step: Step| self.second.get(&step).copied().unwrap_or(0.0);
        let sum = |of: fn(&StepCost) -> f64| -> f64 {
            self.step_costs.iter().map(|(step, cost)| of(cost) * a_second(*step)).sum()
        };
        let told = self.waiting * self.costs.waiter.bytes_a_second + self.shoppers * self.costs.watcher.bytes_a_second;
        let (commits, sent) = (sum(|cost| cost.commits), sum(|cost| cost.sent) + told);
        self.course.reserves_max = self.course.reserves_max.max(a_second(Step::Reserve) * self.sale.tries.max(1.0));
        self.course.orders_max = self.course.orders_max.max(a_second(Step::Confirm));
        self.course.commits_max = self.course.commits_max.max(commits);
        self.course.sent_max = self.course.sent_max.max(sent);
        self.shown = self.shown.max(a_second(Step::Reserve));
    }

    /// Who was answered goes on.
    fn pass_on(&mut self, served: &BTreeMap<Step, f64>) {
        let done = |step: Step| served.get(&step).copied().unwrap_or(0.0);
        self.enqueue(Step::Join, done(Step::Page));
        self.waiting += done(Step::Join);
        self.shoppers += done(Step::Enter);
        self.choosing.spread(&self.habits.choosing, done(Step::Enter));
        let party = self.habits.party;
        let wanted = done(Step::Reserve);
        let held = wanted.min(self.free / party);
        self.free -= held * party;
        self.held += held * party;
        self.shoppers -= held;
        // Who found nothing free looks again, until seats come back or all is sold.
        self.choosing.add(0.5, wanted - held);
        self.enqueue(Step::Hold, held);
        let looked = done(Step::Hold);
        self.paying.spread(&self.habits.typing, looked * self.habits.pays);
        let half: Vec<f64> = self.habits.typing.iter().map(|time| time / 2.0).collect();
        self.releasing.spread(&half, looked * self.habits.releases);
        self.vanishing.add(self.sale.hold, looked * (1.0 - self.habits.pays - self.habits.releases));
        let paid = done(Step::Confirm) * party;
        self.held -= paid;
        self.tickets += paid;
        self.enqueue(Step::Order, done(Step::Confirm));
        let back = done(Step::Release) * party;
        self.held -= back;
        self.free += back;
    }

    pub(super) fn course(mut self) -> Course {
        self.course.tickets = self.tickets;
        self.course.ended_s = self.time;
        let wait =
            |queue: &mut Queue| Wait { calls: queue.served, p99_s: p99(&mut queue.waits), queue_max: queue.longest };
        self.course.waits = self.queues.iter_mut().map(|(step, queue)| (*step, wait(queue))).collect();
        self.course
    }
}

/// The wait that 99 of 100 did not exceed.
fn p99(waits: &mut [(f64, f64)]) -> f64 {
    waits.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
    let all: f64 = waits.iter().map(|(_, amount)| amount).sum();
    let mut so_far = 0.0;
    for (wait, amount) in waits.iter() {
        so_far += amount;
        if so_far >= 0.99 * all {
            return *wait;
        }
    }
    0.0
}

/// A number of steps.
fn index(steps: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it saturates, which is what is wanted"
    )]
    let index = steps.max(0.0) as usize;
    index
}

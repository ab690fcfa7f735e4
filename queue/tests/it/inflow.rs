//! The inflow and the waits it leads to, in a simulated sale: people come or not, shop, leave, hold, pay or let go.

use onsale_core::api::queue::WaitRange;
use onsale_queue::domain::estimate;
use onsale_queue::domain::inflow::{EXPECTED_S, Inflow, Measured};

/// Who has been choosing for so long without taking anything keeps nobody out, whatever is left.
const UNTAKEN_S: f64 = 20.0;

/// A source of chance that a seed gives (SplitMix64).
struct Chance(u64);

impl Chance {
    /// Between 0 and 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn wait(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.next()).ln()
    }
}

/// What is to happen to somebody, and when.
#[derive(Debug, Clone, Copy)]
enum Next {
    Comes(f64),
    Reserves(f64),
    LeavesUnseen(f64),
    HoldEnds(f64, i64, bool),
    Gone,
}

/// The sale.
struct Sale {
    chance: Chance,
    people: Vec<Next>,
    called_at: Vec<f64>,
    came: u32,
    free: i64,
    held: i64,
    sold: i64,
    waiting: u32,
    latency_ms: u32,
    reserves: u32,
    /// Calls of reserve a second from which on they wait for each other; how long people choose, and pay.
    borne: f64,
    backlog: f64,
    slowest_ms: u32,
    choosing_s: f64,
    paying_s: f64,
    leaving: f64,
    inflow: Inflow,
    /// How long seats were free, people waited and nobody was shopping, in seconds, and the most of it at a stretch.
    idle_s: f64,
    idle_max_s: f64,
    fixed_rate: Option<f64>,
    paused: bool,
    by_hand: u32,
    /// The fewest seats that people want: who finds fewer goes on looking.
    wanted_min: i64,
}

impl Sale {
    fn new(seed: u64, seats: i64, waiting: u32) -> Self {
        Self {
            chance: Chance(seed),
            people: Vec::new(),
            called_at: Vec::new(),
            came: 0,
            free: seats,
            held: 0,
            sold: 0,
            waiting,
            latency_ms: 80,
            reserves: 0,
            borne: f64::INFINITY,
            backlog: 0.0,
            slowest_ms: 0,
            choosing_s: 30.0,
            paying_s: 40.0,
            leaving: 0.3,
            inflow: Inflow::default(),
            idle_s: 0.0,
            idle_max_s: 0.0,
            fixed_rate: None,
            paused: false,
            by_hand: 0,
            wanted_min: 1,
        }
    }

    fn shoppers(&self) -> u32 {
        let there = self.people.iter().filter(|next| matches!(next, Next::Reserves(_) | Next::LeavesUnseen(_)));
        u32::try_from(there.count()).expect("fits")
    }

    /// Lets a second pass: people act, then the line takes its step.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "calls and ms of a test, never below 0"
    )]
    fn second(&mut self, now: f64) -> u32 {
        for index in 0..self.people.len() {
            self.people[index] = self.act(self.people[index], now);
        }
        // What comes beyond what is borne waits, and all behind it.
        if self.borne.is_finite() {
            let asked = self.backlog + f64::from(self.reserves);
            let answered = asked.min(self.borne);
            self.backlog = asked - answered;
            self.reserves = answered as u32;
            self.latency_ms = 80 + (1_000.0 * self.backlog / self.borne) as u32;
            self.slowest_ms = self.slowest_ms.max(self.latency_ms);
        }
        let shoppers = self.shoppers();
        if self.free > 0 && self.waiting > 0 && shoppers == 0 && !self.paused {
            self.idle_s += 1.0;
            self.idle_max_s = self.idle_max_s.max(self.idle_s);
        } else {
            self.idle_s = 0.0;
        }
        let called_since = |age: f64| self.called_at.iter().filter(|at| now - **at < age).count();
        let came_since = |age: f64| {
            let people = self.people.iter().zip(&self.called_at);
            people.filter(|(next, at)| now - **at < age && !matches!(next, Next::Comes(_) | Next::Gone)).count()
        };
        let count = |number: usize| u32::try_from(number).expect("fits");
        let expected_s = f64::from(EXPECTED_S);
        let (lately, before) = (called_since(expected_s), called_since(expected_s + 60.0));
        let never = self.people.iter().zip(&self.called_at);
        let never = never.filter(|(next, at)| now - **at < expected_s && matches!(next, Next::Comes(_))).count();
        let measured = Measured {
            elapsed_s: 1.0,
            waiting: self.waiting,
            free: Some(self.free),
            taken: self.held + self.sold,
            came: self.came,
            shoppers,
            expected: count(never),
            called_before: count(before - lately),
            came_of_them: count(came_since(expected_s + 60.0).saturating_sub(came_since(expected_s))),
            latency_ms: Some(self.latency_ms),
            reserves: std::mem::take(&mut self.reserves),
            failed: 0.0,
            paused: self.paused,
            fixed_rate: self.fixed_rate,
            rate_max: None,
            by_hand: self.by_hand,
        };
        let (inflow, call) = self.inflow.step(&measured);
        self.inflow = inflow;
        self.by_hand -= call.by_hand;
        assert!(call.people <= self.waiting, "nobody is called twice");
        self.waiting -= call.people;
        for _ in 0..call.people {
            // 15 of 100 never come.
            let comes = if self.chance.next() < 0.15 { f64::INFINITY } else { now + 1.0 + self.chance.wait(2.0) };
            self.people.push(Next::Comes(comes));
            self.called_at.push(now);
        }
        let is_fed =
            call.people == call.by_hand || i64::from(shoppers) <= self.free || self.inflow.untaken_s > UNTAKEN_S;
        assert!(is_fed, "{} are called to {} free seats, where {shoppers} are choosing", call.people, self.free);
        call.people
    }

    fn act(&mut self, next: Next, now: f64) -> Next {
        match next {
            Next::Comes(at) if at <= now => {
                self.came += 1;
                if self.chance.next() < self.leaving {
                    // Closes the page while choosing: seen for ten seconds more.
                    Next::LeavesUnseen(now + 10.0 + self.chance.wait(15.0))
                } else {
                    Next::Reserves(now + self.choosing_s / 6.0 + self.chance.wait(self.choosing_s))
                }
            }
            Next::LeavesUnseen(at) if at <= now => Next::Gone,
            Next::Reserves(at) if at <= now => {
                self.reserves += 1;
                let wanted = 1 + (self.chance.next() * 4.0) as i64;
                if wanted < self.wanted_min {
                    return Next::Reserves(now + self.chance.wait(self.choosing_s));
                }
                let taken = wanted.min(self.free);
                if taken == 0 {
                    return Next::Gone;
                }
                (self.free, self.held) = (self.free - taken, self.held + taken);
                let pays = self.chance.next() < 0.85;
                let slow = f64::from(self.latency_ms) / 80.0;
                Next::HoldEnds(
                    now + if pays { self.paying_s * slow / 2.0 + self.chance.wait(self.paying_s) } else { 300.0 },
                    taken,
                    pays,
                )
            }
            Next::HoldEnds(at, seats, pays) if at <= now => {
                self.held -= seats;
                if pays {
                    self.sold += seats;
                } else {
                    self.free += seats;
                }
                Next::Gone
            }
            waits => waits,
        }
    }
}

#[test]
fn seats_are_never_idle_while_people_wait() {
    for seed in 0..20 {
        let mut sale = Sale::new(seed, 2_000, 6_000);
        for second in 0..3_600_u32 {
            // For a minute the back end takes five times as long, and later once more beyond what is fast.
            sale.latency_ms = if (120..180).contains(&second) { 900 } else { 80 };
            sale.second(f64::from(second));
            if sale.free == 0 && sale.held == 0 {
                break;
            }
        }
        assert!(sale.idle_max_s <= 10.0, "seed {seed}: seats were idle for {} s", sale.idle_max_s);
        assert_eq!((sale.free, sale.sold), (0, 2_000), "seed {seed}: all is sold in an hour; {} wait", sale.waiting);
    }
}

#[test]
fn who_does_not_want_what_is_left_keeps_nobody_out() {
    let mut sale = Sale::new(9, 3, 5_000);
    // Five at a time, which nobody ever finds.
    (sale.wanted_min, sale.leaving) = (5, 0.0);
    let called: Vec<u32> = (0..600).map(|second| sale.second(f64::from(second))).collect();
    let after = |from: usize| called[from..from + 60].iter().sum::<u32>();
    assert!(called[..10].iter().sum::<u32>() <= 4, "as many as three seats feed");
    assert!((1..=8).contains(&after(60)), "{} in the second minute", after(60));
    assert!(sale.shoppers() <= 8 * 4, "{} are choosing of three seats", sale.shoppers());
}

#[test]
fn a_slow_back_end_is_given_fewer_people() {
    let mut sale = Sale::new(7, 20_000, 60_000);
    let mut called = Vec::new();
    for second in 0..90_u32 {
        sale.latency_ms = if second >= 30 { 900 } else { 80 };
        called.push(sale.second(f64::from(second)));
    }
    let (fast, slow) = (called[20..30].iter().sum::<u32>(), called[80..90].iter().sum::<u32>());
    assert!(slow * 10 < fast, "{slow} in ten seconds against {fast}");
    assert!(slow > 0, "the line does not stand still");
}

#[test]
fn twenty_thousand_seats_are_paid_a_minute_after_the_opening() {
    for borne in [800.0, 1_500.0, 4_000.0] {
        let mut sale = Sale::new(11, 20_000, 100_000);
        // Programs, which neither choose long nor leave.
        (sale.borne, sale.choosing_s, sale.paying_s, sale.leaving) = (borne, 1.0, 2.0, 0.0);
        let ended = (0..120_u32).find(|second| {
            sale.second(f64::from(*second));
            sale.free == 0 && sale.held * 100 <= 20_000 * 20
        });
        let second = ended.expect("all is taken within two minutes");
        assert!(second <= 60, "{second} s where {borne} calls a second are borne");
        assert!(sale.slowest_ms < 1_000, "reserve took {} ms where {borne} are borne", sale.slowest_ms);
    }
}

#[test]
fn where_little_is_borne_the_rate_stays_near_it() {
    let mut sale = Sale::new(5, 100_000, 100_000);
    (sale.borne, sale.choosing_s, sale.paying_s, sale.leaving) = (60.0, 5.0, 5.0, 0.0);
    let called: Vec<u32> = (0..180).map(|second| sale.second(f64::from(second))).collect();
    let later: u32 = called[60..].iter().sum();
    // 85 of 100 come, and each asks once.
    assert!((4_000..=8_000).contains(&later), "{later} people in two minutes for 7,200 calls");
}

#[test]
fn the_organisers_word_is_kept() {
    let mut sale = Sale::new(3, 20_000, 60_000);
    sale.fixed_rate = Some(7.0);
    let called: u32 = (0..60).map(|second| sale.second(f64::from(second))).sum();
    assert!((413..=427).contains(&called), "{called} in a minute at seven a second");
    sale.paused = true;
    assert_eq!((60..90).map(|second| sale.second(f64::from(second))).sum::<u32>(), 0);
    sale.by_hand = 25;
    assert_eq!((90..100).map(|second| sale.second(f64::from(second))).sum::<u32>(), 25);
    // A fixed rate is not for more people than the seats feed.
    let mut small = Sale::new(3, 10, 60_000);
    small.fixed_rate = Some(1_000.0);
    assert!((0..5).map(|second| small.second(f64::from(second))).sum::<u32>() <= 8);
}

#[test]
fn nobody_is_called_while_booking_does_not_answer_or_nothing_is_free() {
    let mut sale = Sale::new(3, 0, 1_000);
    (sale.held, sale.sold) = (50, 50);
    assert_eq!((0..30).map(|second| sale.second(f64::from(second))).sum::<u32>(), 0);
    let measured = Measured {
        elapsed_s: 1.0,
        waiting: 100,
        free: None,
        taken: 0,
        came: 0,
        shoppers: 0,
        expected: 0,
        called_before: 0,
        came_of_them: 0,
        latency_ms: None,
        reserves: 0,
        failed: 0.0,
        paused: false,
        fixed_rate: None,
        rate_max: None,
        by_hand: 3,
    };
    let (_, call) = Inflow::default().step(&measured);
    assert_eq!((call.people, call.by_hand), (3, 3), "only by hand");
}

/// What somebody was told, and what came.
struct Told {
    at: f64,
    place: u32,
    range: WaitRange,
}

#[test]
fn nine_of_ten_waits_are_in_the_range_that_was_told() {
    let (mut told_in_all, mut right) = (0_u32, 0_u32);
    for seed in 0..10 {
        let mut sale = Sale::new(100 + seed, 3_000, 2_500);
        // A steady house: what the back end bears is less than what the seats feed.
        sale.fixed_rate = if seed % 2 == 0 { Some(2.0) } else { None };
        let (mut served, mut moves, mut told) = (0_u32, Vec::new(), Vec::<Told>::new());
        for second in 0..3_600_u32 {
            let now = f64::from(second);
            served += sale.second(now);
            moves.push(served);
            if second % 10 == 0 && sale.waiting > 0 {
                for ahead in [20_u32, 100, 300, 800] {
                    let called_in = |s: f64| {
                        let back = (0_u32..).take_while(|second| f64::from(*second) < s).count();
                        served - moves.get(moves.len().saturating_sub(1 + back)).copied().unwrap_or(0)
                    };
                    let range = (ahead < sale.waiting)
                        .then(|| estimate::wait(ahead, now, sale.inflow.fed, called_in))
                        .flatten();
                    told.extend(range.map(|range| Told { at: now, place: served + ahead + 1, range }));
                }
            }
        }
        for Told { at, place, range } in told {
            let Some(came) = moves.iter().position(|served| *served >= place) else { continue };
            let wait = came as f64 - at;
            told_in_all += 1;
            right +=
                u32::from((f64::from(range.from_seconds) - 1.0..=f64::from(range.to_seconds) + 1.0).contains(&wait));
        }
    }
    assert!(told_in_all > 500, "{told_in_all} were told something");
    assert!(right * 10 >= told_in_all * 9, "{right} of {told_in_all} ranges were right");
}

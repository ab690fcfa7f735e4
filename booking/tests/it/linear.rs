//! Each seat behaves as if all that is asked of it happened one after the other, at some moment between the asking and
//! the answer: several desks with connections of their own, many buyers, few seats, and a checker for the histories.
//!
//! `ROUNDS=2000` looks longer.

use crate::shop::Shop;
use futures::future::join_all;
use onsale_booking::domain::command::{BeginPayment, Cancel, Command, Rejected, Reserve};
use onsale_booking::domain::rows::{Cost, ReservationRow};
use onsale_booking::service::desk::{Answer, Declined, Desk, Member};
use onsale_booking::service::inventories::Inventories;
use onsale_booking::service::lock_seats::SeatLocks;
use onsale_core::{OrderId, PaymentId, ReservationId, TicketId, UserId};
use onsale_platform::ServiceRole;
use onsale_platform::outbox::Metadata;
use onsale_platform::shutdown::Shutdown;
use parking_lot::Mutex;
use stateright::semantics::{ConsistencyTester, LinearizabilityTester, SequentialSpec};
use std::sync::Arc;
use uuid::Uuid;

/// The event's number in a fresh database.
const EVENT: i32 = 1;
/// Everybody wants these.
const SEATS: i32 = 3;
/// Booking processes, each with connections of its own.
const DESKS: u128 = 4;
const BUYERS: u128 = 7;
/// What a buyer asks for in a round, one after the other.
const ASKED: usize = 3;
/// Whoever looks at the rows between two rounds.
const NOBODY: u128 = u128::MAX;

/// A seat, by the book: whose it is, and whether it is sold.
#[derive(Debug, Clone, Default)]
struct Seat {
    owner: Option<Uuid>,
    sold: bool,
}

/// What is asked of a seat, under a hold's id.
#[derive(Debug, Clone, PartialEq)]
enum Asked {
    Hold(Uuid),
    Release(Uuid),
    Sell(Uuid),
    Cancel(Uuid),
    Look,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq)]
enum Told {
    Done,
    /// It is another's.
    Taken,
    /// It could have been had, but not all that were asked for.
    LeftAlone,
    Refused,
    Is(Option<Uuid>, bool),
}

impl SequentialSpec for Seat {
    type Op = Asked;
    type Ret = Told;

    fn invoke(&mut self, asked: &Asked) -> Told {
        match asked {
            Asked::Hold(_) if self.owner.is_some() => return Told::Taken,
            Asked::Hold(id) => self.owner = Some(*id),
            Asked::Release(id) if self.owner == Some(*id) && !self.sold => self.owner = None,
            Asked::Sell(id) if self.owner == Some(*id) => self.sold = true,
            Asked::Cancel(id) if self.owner == Some(*id) && self.sold => *self = Self::default(),
            Asked::Release(_) | Asked::Sell(_) | Asked::Cancel(_) => return Told::Refused,
            Asked::Look => return Told::Is(self.owner, self.sold),
        }
        Told::Done
    }

    fn is_valid_step(&mut self, asked: &Asked, told: &Told) -> bool {
        match (asked, told) {
            (Asked::Hold(_), Told::LeftAlone) => self.owner.is_none(),
            _ => self.invoke(asked) == *told,
        }
    }
}

/// Something that a buyer began or was answered, in the order in which it happened.
#[derive(Debug, Clone)]
enum Moment {
    Begun(u128, i32, Asked),
    Answered(u128, i32, Told),
}

/// A buyer with a desk.
struct Buyer {
    number: u128,
    desk: Desk,
    random: u64,
    asked: u128,
    has: Option<ReservationRow>,
    history: Arc<Mutex<Vec<Moment>>>,
}

impl Buyer {
    fn below(&mut self, count: u64) -> u64 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) % count
    }

    fn new_id(&mut self) -> u128 {
        self.asked += 1;
        ((self.number + 1) << 64) | (self.asked << 8)
    }

    fn account(&self) -> UserId {
        UserId(Uuid::from_u128(0xacc0_0000 + self.number))
    }

    async fn ask(&mut self) {
        let Some(row) = self.has.take() else { return self.hold().await };
        let (id, account) = (row.id, self.account());
        if row.issued.is_empty() && self.below(2) == 0 {
            let answer = self.submit(&row, Asked::Release(id.0), Command::Release { reservation: id, account }).await;
            assert!(answer.is_ok(), "a hold in time can be given back: {answer:?}");
        } else if row.issued.is_empty() {
            let command = self.sale(&row);
            let answer = self.submit(&row, Asked::Sell(id.0), command).await;
            self.has = Some(answer.expect("a hold in time is sold").row);
        } else {
            let tickets = row.issued.iter().map(|ticket| (ticket.id, 0)).collect();
            let refund = Uuid::from_u128(self.new_id());
            let command = Command::Cancel(Cancel { reservation: id, refund, tickets });
            let answer = self.submit(&row, Asked::Cancel(id.0), command).await;
            assert!(answer.is_ok(), "good tickets can be given back: {answer:?}");
        }
    }

    async fn hold(&mut self) {
        let mut seats: Vec<i32> = (0..SEATS).filter(|_| self.below(2) == 0).collect();
        if seats.is_empty() {
            seats.push(0);
        }
        let reservation = ReservationId(Uuid::from_u128(self.new_id()));
        let command = Command::Reserve(Reserve {
            reservation,
            event: EVENT,
            offer_version: 1,
            account: self.account(),
            seats: seats.iter().map(|seat| (*seat, 0)).collect(),
            tickets: Vec::new(),
            draws: Vec::new(),
            cost: Cost { total: 0, promo_code: None },
            hold_seconds: 3_600,
            account_max: None,
        });
        self.begin(&seats, &Asked::Hold(reservation.0));
        match self.desk.submit(Member::of(command, Metadata::default())).await {
            Ok(done) => {
                self.answered(&seats, |_| Told::Done);
                self.has = Some(done.row);
            }
            Err(Declined::Rejected(Rejected::SeatsTaken(taken), _)) => {
                self.answered(&seats, |seat| if taken.contains(&seat) { Told::Taken } else { Told::LeftAlone });
            }
            Err(other) => panic!("a hold is refused for its seats only: {other:?}"),
        }
    }

    /// A sale of what costs nothing: one command.
    fn sale(&mut self, row: &ReservationRow) -> Command {
        let id = self.new_id();
        Command::BeginPayment(BeginPayment {
            reservation: row.id,
            account: row.account,
            from_version: row.counts.version,
            order: OrderId(Uuid::from_u128(id)),
            order_number: format!("{id:x}"),
            attempt: PaymentId(Uuid::from_u128(id)),
            method: "FREE".to_owned(),
            payment_token: None,
            return_url: None,
            asked_under: None,
            expected_total: None,
            window_seconds: 900,
            ticket_ids: (0..row.seats.len() as u128).map(|n| TicketId(Uuid::from_u128(id + n))).collect(),
            ticket_prices: vec![0; row.seats.len()],
        })
    }

    async fn submit(&self, row: &ReservationRow, asked: Asked, command: Command) -> Answer {
        let seats: Vec<i32> = row.seats.iter().map(|held| held.seat).collect();
        self.begin(&seats, &asked);
        let answer = self.desk.submit(Member::of(command, Metadata::default())).await;
        self.answered(&seats, |_| if answer.is_ok() { Told::Done } else { Told::Refused });
        answer
    }

    fn begin(&self, seats: &[i32], asked: &Asked) {
        let begun = seats.iter().map(|seat| Moment::Begun(self.number, *seat, asked.clone()));
        self.history.lock().extend(begun);
    }

    fn answered(&self, seats: &[i32], told: impl Fn(i32) -> Told) {
        let answered = seats.iter().map(|seat| Moment::Answered(self.number, *seat, told(*seat)));
        self.history.lock().extend(answered);
    }
}

/// Whether some order of what happened to a seat makes all the answers true.
fn is_linear(start: &Seat, seat: i32, history: &[Moment]) -> bool {
    let mut tester = LinearizabilityTester::new(start.clone());
    for moment in history {
        let outcome = match moment {
            Moment::Begun(who, of, asked) if *of == seat => tester.on_invoke(*who, asked.clone()).err(),
            Moment::Answered(who, of, told) if *of == seat => tester.on_return(*who, told.clone()).err(),
            _ => None,
        };
        assert_eq!(outcome, None, "the history is well formed");
    }
    tester.is_consistent()
}

async fn look(shop: &Shop) -> Vec<Seat> {
    let rows: Vec<(i16, Option<Uuid>)> =
        sqlx::query_as("SELECT state, reservation_id FROM booking.seats WHERE seat_no < $1 ORDER BY seat_no")
            .bind(SEATS)
            .fetch_all(shop.db.pool())
            .await
            .expect("seats");
    rows.into_iter().map(|(state, owner)| Seat { owner, sold: state == 2 }).collect()
}

async fn desk(shop: &Shop, shutdown: &Shutdown) -> Desk {
    let pool = shop.db.service_pool(ServiceRole::Booking, 3).await;
    let locks = SeatLocks::start(Vec::new(), "", pool.clone(), shutdown);
    let clock = shop.kit.platform().clock.clone();
    Desk::start(pool.clone(), clock, Inventories::new(pool), locks, shutdown)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_history_of_each_seat_is_linear() {
    let rounds = std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(40);
    let shop = Shop::open().await;
    let shutdown = Shutdown::new();
    let desks = join_all((0..DESKS).map(|_| desk(&shop, &shutdown))).await;
    let history = Arc::new(Mutex::new(Vec::new()));
    let mut buyers: Vec<Buyer> = (0..BUYERS)
        .map(|number| Buyer {
            number,
            desk: desks[(number % DESKS) as usize].clone(),
            random: number as u64,
            asked: 0,
            has: None,
            history: Arc::clone(&history),
        })
        .collect();
    let mut seats = vec![Seat::default(); SEATS as usize];
    let (mut taken, mut overlapping) = (0, 0);
    for round in 0..rounds {
        join_all(buyers.iter_mut().map(async |buyer| {
            for _ in 0..ASKED {
                buyer.ask().await;
            }
        }))
        .await;
        let mut moments = std::mem::take(&mut *history.lock());
        taken += moments.iter().filter(|moment| matches!(moment, Moment::Answered(_, _, Told::Taken))).count();
        let both_begun =
            |pair: &[Moment]| matches!(pair, [Moment::Begun(one, ..), Moment::Begun(two, ..)] if one != two);
        overlapping += moments.windows(2).filter(|pair| both_begun(pair)).count();
        let now = look(&shop).await;
        for (seat, is) in (0..SEATS).zip(&now) {
            moments.push(Moment::Begun(NOBODY, seat, Asked::Look));
            moments.push(Moment::Answered(NOBODY, seat, Told::Is(is.owner, is.sold)));
        }
        for (seat, start) in (0..SEATS).zip(&seats) {
            assert!(is_linear(start, seat, &moments), "round {round}, seat {seat} from {start:?}: {moments:#?}");
        }
        seats = now;
    }
    assert!(taken >= rounds && overlapping >= rounds, "{taken} refusals, {overlapping} at the same time: too kind");
    shop.check_books().await;
}

#[test]
fn a_seat_that_two_have_is_no_linear_history() {
    let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let held_twice = [
        Moment::Begun(1, 0, Asked::Hold(one)),
        Moment::Begun(2, 0, Asked::Hold(two)),
        Moment::Answered(1, 0, Told::Done),
        Moment::Answered(2, 0, Told::Done),
    ];
    assert!(!is_linear(&Seat::default(), 0, &held_twice));
    let refused_while_free = [
        Moment::Begun(1, 0, Asked::Hold(one)),
        Moment::Answered(1, 0, Told::Taken),
        Moment::Begun(2, 0, Asked::Hold(two)),
        Moment::Answered(2, 0, Told::Done),
    ];
    assert!(!is_linear(&Seat::default(), 0, &refused_while_free));
    let refused_by_who_comes_later = [
        Moment::Begun(1, 0, Asked::Hold(one)),
        Moment::Begun(2, 0, Asked::Hold(two)),
        Moment::Answered(1, 0, Told::Taken),
        Moment::Answered(2, 0, Told::Done),
    ];
    assert!(is_linear(&Seat::default(), 0, &refused_by_who_comes_later));
}

//! Those who come to the opening: most buy, some leave when they are let in, some without a word, some let a hold go.

use crate::client::{Answer, text_member};
use crate::proof::faults::Faults;
use crate::proof::people::{describe, payment};
use crate::proof::random::Random;
use crate::proof::visitor::Visitor;
use hdrhistogram::Histogram;
use onsale_core::api::queue::{QueueState, QueueStatus};
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Seats that one takes.
pub(super) const PARTY: u32 = 2;
/// What a page asks by while somebody chooses.
const SEEN_EVERY: Duration = Duration::from_secs(4);
/// Between two tries for seats.
const TRY_AGAIN: Duration = Duration::from_secs(3);
/// How often it is asked again whether it is paid.
const PAID_TRIES: usize = 60;
/// An answer that never came took so long, in micros.
const LOST_US: u64 = 30_000_000;

/// What somebody does once they are let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Habit {
    Buys,
    LetsGo,
    Leaves,
    Vanishes,
}

impl Habit {
    /// 30 of 100 leave, half of them without a word; 5 hold seats and never pay.
    fn of(n: usize) -> Self {
        match n % 20 {
            0..=2 => Self::Leaves,
            3..=5 => Self::Vanishes,
            6 => Self::LetsGo,
            _ => Self::Buys,
        }
    }
}

/// What the crowd is doing, and was told.
pub(super) struct Doing {
    /// When the sale opened.
    pub opened: Instant,
    /// The event.
    pub event: &'static str,
    /// People who are choosing seats.
    pub choosing: Cell<usize>,
    /// People who have paid.
    pub bought: Cell<usize>,
    /// How long reserve took, in micros.
    pub reserves: RefCell<Histogram<u64>>,
    /// Reserves that failed, or were not answered.
    pub failed: Cell<usize>,
    /// When somebody was told that all seats are held, and that all is sold, since the sale opened.
    pub told_all_held: RefCell<Vec<Duration>>,
    /// See `told_all_held`.
    pub told_sold_out: RefCell<Vec<Duration>>,
    /// What should not have been answered.
    pub faults: RefCell<Faults>,
    /// All is over.
    pub ended: Cell<bool>,
}

impl Doing {
    /// Nothing yet.
    ///
    /// # Errors
    /// Never: the histogram's bounds are good.
    pub(super) fn new(event: &'static str) -> anyhow::Result<Self> {
        Ok(Self {
            opened: Instant::now(),
            event,
            choosing: Cell::new(0),
            bought: Cell::new(0),
            reserves: RefCell::new(Histogram::new_with_bounds(1, 2 * LOST_US, 3)?),
            failed: Cell::new(0),
            told_all_held: RefCell::default(),
            told_sold_out: RefCell::default(),
            faults: RefCell::default(),
            ended: Cell::new(false),
        })
    }

    fn hear(&self, status: &QueueStatus) {
        if status.all_held.is_some() {
            self.told_all_held.borrow_mut().push(self.opened.elapsed());
        }
        if status.state == QueueState::SoldOut {
            self.told_sold_out.borrow_mut().push(self.opened.elapsed());
        }
    }
}

/// Counts somebody among those who choose until it is dropped.
struct Choosing<'a>(&'a Cell<usize>);

impl<'a> Choosing<'a> {
    fn begin(count: &'a Cell<usize>) -> Self {
        count.set(count.get() + 1);
        Self(count)
    }
}

impl Drop for Choosing<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// The `n`th one: waits for its turn, and does what it came for.
pub(super) async fn come(n: usize, mut visitor: Visitor, doing: Rc<Doing>) {
    let random = Random::new(n as u64, 1);
    if let Err(fault) = go(n, &mut visitor, &random, &doing).await {
        doing.faults.borrow_mut().add(format!("person {n}: {fault}"));
    }
}

async fn go(n: usize, visitor: &mut Visitor, random: &Random, doing: &Doing) -> anyhow::Result<()> {
    let Some(admission) = until_let_in(visitor, random, doing).await? else { return Ok(()) };
    let habit = Habit::of(n);
    if habit == Habit::Vanishes {
        return Ok(());
    }
    let choosing = Choosing::begin(&doing.choosing);
    look_about(visitor, seconds(random, 3, 8)).await?;
    if habit == Habit::Leaves {
        drop(choosing);
        return visitor.leave().await;
    }
    let Some(reservation) = hold(visitor, &admission, doing).await? else { return Ok(()) };
    drop(choosing);
    if habit == Habit::Buys {
        tokio::time::sleep(seconds(random, 2, 6)).await;
        pay(visitor, &reservation, doing).await?;
    }
    Ok(())
}

/// Between so many seconds and so many more.
fn seconds(random: &Random, least: u64, more: usize) -> Duration {
    Duration::from_secs(least) + Duration::from_millis(random.below(1_000 * more) as u64)
}

/// Waits for its turn; gives the admission, or nothing where all is over.
async fn until_let_in(visitor: &mut Visitor, random: &Random, doing: &Doing) -> anyhow::Result<Option<String>> {
    let mut is_called = false;
    while !doing.ended.get() {
        let Some(status) = visitor.status(is_called).await? else {
            tokio::time::sleep(Duration::from_secs(1)).await;
            continue;
        };
        doing.hear(&status);
        match status.state {
            QueueState::Admitted => {
                if let Some(admission) = status.admission {
                    return Ok(Some(admission.token));
                }
                anyhow::ensure!(!is_called, "it is let in, signed in, and gets no admission");
                is_called = true;
            }
            QueueState::Lobby | QueueState::Waiting | QueueState::SoldOut => {
                // All at the same moment is what nobody does.
                let rest = Duration::from_secs(u64::from(status.ask_again_seconds.min(5)));
                tokio::time::sleep(rest.mul_f64(0.8) + Duration::from_millis(random.below(400) as u64)).await;
            }
            state => anyhow::bail!("place {:?} is told {state:?}", status.number),
        }
    }
    Ok(None)
}

/// A page that asks where it is while its reader thinks.
async fn look_about(visitor: &mut Visitor, time: Duration) -> anyhow::Result<()> {
    let began = Instant::now();
    while began.elapsed() < time {
        visitor.status(true).await?;
        tokio::time::sleep(SEEN_EVERY.min(time.saturating_sub(began.elapsed()))).await;
    }
    Ok(())
}

/// Tries for seats until there are some, or all is over; gives the reservation.
async fn hold(visitor: &mut Visitor, admission: &str, doing: &Doing) -> anyhow::Result<Option<String>> {
    let wanted = json!({"eventId": doing.event, "bestAvailable": {"quantity": PARTY}});
    while !doing.ended.get() {
        let began = Instant::now();
        let answer = visitor.call("POST", "/api/bookings/reserve", &[("x-admission", admission)], Some(&wanted)).await;
        let took = if answer.is_ok() { u64::try_from(began.elapsed().as_micros())? } else { LOST_US };
        doing.reserves.borrow_mut().saturating_record(took.max(1));
        match &answer {
            Ok(got) if got.status == 201 => return Ok(text_member(&got.body, "reservationId")),
            Ok(got) if is_taken(got) => {}
            Ok(got) if got.status < 500 => anyhow::bail!("reserve was answered {}", describe(&answer)),
            _ => doing.failed.set(doing.failed.get() + 1),
        }
        look_about(visitor, TRY_AGAIN).await?;
    }
    Ok(None)
}

fn is_taken(answer: &Answer) -> bool {
    let code = text_member(&answer.body, "code").unwrap_or_default();
    answer.status == 409 && matches!(code.as_str(), "seats_unavailable" | "no_adjacent_seats" | "tickets_unavailable")
}

/// Pays, and asks again until it is told.
async fn pay(visitor: &mut Visitor, reservation: &str, doing: &Doing) -> anyhow::Result<()> {
    let body = payment(reservation, None);
    for _ in 0..PAID_TRIES {
        let answer = visitor.call("POST", "/api/bookings/confirm", &[], Some(&body)).await;
        match &answer {
            Ok(got) if got.status == 200 => {
                doing.bought.set(doing.bought.get() + 1);
                return Ok(());
            }
            Ok(got) if matches!(got.status, 202 | 502..=504) => {}
            Err(_) => {}
            Ok(_) => anyhow::bail!("confirm was answered {}", describe(&answer)),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    anyhow::bail!("it was not told within {PAID_TRIES} tries whether it is paid")
}

//! Buyers: they hold, change, pay, wander off, lose patience, click twice and give tickets back.

use crate::ids::Millis;
use crate::message::{Event, Reply, Request, ToShell, What};
use crate::provider::{Act, Card};
use crate::world::World;
use onsale_core::{PaymentId, ReservationId};

/// A buyer asks again after so long, in milliseconds.
const PATIENCE: Millis = 3_000;
/// How often a buyer asks at most.
const TRIES_MAX: u32 = 4;

/// A buyer.
#[derive(Debug, Default)]
pub struct Buyer {
    waiting: Option<(Request, u32)>,
    asked: u64,
    hold: Option<ReservationId>,
    orders: Vec<ReservationId>,
}

/// What reaches a buyer.
#[derive(Debug, Clone)]
pub enum ToBuyer {
    /// Time to do something.
    Wake,
    /// An answer to a request.
    Reply {
        /// The request's number.
        number: u64,
        /// The answer.
        reply: Reply,
    },
    /// No answer so far.
    Silence {
        /// The request's number.
        number: u64,
        /// At which try.
        tries: u32,
    },
}

impl World {
    /// A buyer wakes, gets an answer, or loses patience.
    pub fn buyer_gets(&mut self, buyer: usize, message: ToBuyer) {
        match message {
            ToBuyer::Wake => self.wake(buyer),
            ToBuyer::Reply { number, reply } => {
                self.counts.steps += 1;
                let waiting = self.buyers[buyer].waiting.take_if(|(request, _)| request.number == number);
                if waiting.is_some() {
                    self.note(|| format!("buyer {buyer}: told {reply:?}"));
                    self.learn(buyer, &reply);
                    self.think(buyer);
                }
            }
            ToBuyer::Silence { number, tries } => {
                let waits = |(request, tried): &&(Request, u32)| request.number == number && *tried == tries;
                let Some((request, _)) = self.buyers[buyer].waiting.as_ref().filter(waits) else { return };
                let request = request.clone();
                if tries < TRIES_MAX {
                    self.ask_shell(buyer, request, tries + 1);
                } else {
                    self.buyers[buyer].waiting = None;
                    self.think(buyer);
                }
            }
        }
    }

    /// Sends an answer, after looking whether it is true.
    pub fn reply(&mut self, request: &Request, since: Millis, reply: Reply) {
        self.check_reply(request, since, &reply);
        let message = ToBuyer::Reply { number: request.number, reply };
        self.send(Event::ToBuyer { buyer: request.buyer, message });
    }

    fn think(&mut self, buyer: usize) {
        let delay = match self.random.below(10) {
            0..5 => self.random.between(1, 300),
            5..9 => self.random.between(300, 9_000),
            _ => self.random.between(9_000, 40_000),
        };
        self.after(delay, Event::ToBuyer { buyer, message: ToBuyer::Wake });
    }

    fn wake(&mut self, buyer: usize) {
        if !self.is_open() || self.buyers[buyer].waiting.is_some() {
            return;
        }
        let Some(what) = self.choose(buyer) else {
            self.think(buyer);
            return;
        };
        self.buyers[buyer].asked += 1;
        let number = self.buyers[buyer].asked;
        let key = u64::try_from(buyer).unwrap_or(0) * 1_000_000 + number;
        self.ask_shell(buyer, Request { buyer, number, key, what }, 1);
    }

    fn ask_shell(&mut self, buyer: usize, request: Request, tries: u32) {
        let number = request.number;
        let shell = self.random.below(self.shells.len());
        let message = ToShell::Request(request.clone());
        self.send(Event::ToShell { shell, life: None, message });
        self.buyers[buyer].waiting = Some((request, tries));
        self.after(PATIENCE, Event::ToBuyer { buyer, message: ToBuyer::Silence { number, tries } });
    }

    fn choose(&mut self, buyer: usize) -> Option<What> {
        let dice = self.random.below(100);
        if let Some(reservation) = self.buyers[buyer].hold {
            return match dice {
                0..50 => Some(What::Pay { reservation, card: self.card() }),
                50..60 => Some(What::Release { reservation }),
                60..75 => Some(What::Change { reservation, seat: self.any_seat() }),
                75..82 => {
                    self.buyers[buyer].hold = None;
                    None
                }
                // Dawdles, perhaps beyond the end.
                _ => None,
            };
        }
        let orders = self.buyers[buyer].orders.len();
        if orders > 0 && dice < 30 {
            let reservation = self.buyers[buyer].orders[self.random.below(orders)];
            return Some(What::Cancel { reservation, all: self.random.chance(6000) });
        }
        if self.profile.standing > 0 && dice < 50 {
            let standing = i32::try_from(self.random.between(1, 3)).unwrap_or(1);
            return Some(What::Reserve { seats: Vec::new(), standing });
        }
        let mut seats: Vec<i32> = (0..self.random.between(1, 3)).map(|_| self.any_seat()).collect();
        seats.sort_unstable();
        seats.dedup();
        Some(What::Reserve { seats, standing: 0 })
    }

    fn any_seat(&mut self) -> i32 {
        i32::try_from(self.random.between(0, i64::from(self.profile.seats) - 1)).unwrap_or(0)
    }

    fn card(&mut self) -> Card {
        match self.random.below(100) {
            0..52 => Card::Good,
            52..70 => Card::Bad,
            70..88 => Card::Redirect,
            _ => Card::Transfer,
        }
    }

    fn learn(&mut self, buyer: usize, reply: &Reply) {
        match reply {
            Reply::Held { reservation, .. } => self.buyers[buyer].hold = Some(*reservation),
            Reply::Paid(reservation) | Reply::Pending(reservation) => {
                self.buyers[buyer].hold = None;
                self.buyers[buyer].orders.push(*reservation);
            }
            Reply::Redirect(reservation, attempt) => {
                self.buyers[buyer].hold = None;
                self.buyers[buyer].orders.push(*reservation);
                self.visit_provider(*reservation, *attempt);
            }
            Reply::Released(_) | Reply::Gone(_) => self.buyers[buyer].hold = None,
            Reply::Refused if self.random.chance(3000) => self.buyers[buyer].hold = None,
            Reply::Refused
            | Reply::Taken
            | Reply::Unknown
            | Reply::Changed(_)
            | Reply::Declined(..)
            | Reply::Cancelled(_) => {}
        }
    }

    /// Most payers act on the provider's page, some never, some at the last moment or too late.
    fn visit_provider(&mut self, reservation: ReservationId, attempt: PaymentId) {
        let card = self.provider.payments.get(&attempt).map(|payment| payment.card);
        let (comes, of_window) = if card == Some(Card::Transfer) { (9_000, 2_500) } else { (7_500, 1_200) };
        if self.random.chance(comes) {
            let delay = self.random.between(500, i64::from(self.profile.window_seconds) * of_window);
            let act = match self.random.below(10) {
                0..6 => Act::Agrees,
                6..8 => Act::Fumbles,
                _ => Act::Refuses,
            };
            self.payer_will(delay, reservation, attempt, act);
        }
    }

    /// A payer is going to act.
    fn payer_will(&mut self, delay: Millis, reservation: ReservationId, attempt: PaymentId, act: Act) {
        self.payers_under_way += 1;
        self.after(delay, Event::PayerActs { reservation, attempt, act });
    }

    /// A payer acts on the provider's page, or at the bank.
    pub(crate) fn payer_acts(&mut self, reservation: ReservationId, attempt: PaymentId, act: Act) {
        self.counts.steps += 1;
        self.payers_under_way -= 1;
        self.note(|| format!("payer acts for {reservation}: {act:?}"));
        if let Some(told) = self.provider.payer_acts(attempt, act) {
            self.webhook(reservation, attempt, told);
        }
        if act == Act::Fumbles {
            let delay = self.random.between(1_000, 20_000);
            self.payer_will(delay, reservation, attempt, Act::Agrees);
        }
    }
}

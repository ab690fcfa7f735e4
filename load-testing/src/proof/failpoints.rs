//! The house dies at each place of the saga in turn (`platform::failpoint`): before and after each call to payment and
//! each commit. Whoever asked then asks again until told, and at the end every order and all money is decided.

use super::faults::Faults;
use super::house::House;
use super::options::{Failpoints, Options};
use super::people::{Crowd, Person, card, describe};
use super::{check, tell};
use crate::client::{Answer, text_member};
use crate::setup::{Admin, Sale};
use anyhow::{Context, ensure};
use serde_json::{Value, json};
use std::io;
use std::time::{Duration, Instant};

const EVENT: &str = "PROOF-FAILPOINTS";
const HALL_SEATS: usize = 400;
/// How long the payer has: short, so that what is given up is given up while somebody looks.
const WINDOW_SECONDS: &str = "3";
/// How long the house may live on after what should have killed it.
const DIES_WITHIN: Duration = Duration::from_secs(20);
/// How long a buyer asks: longer than a dead driver's lease (20 s) and what is done afterwards.
const TOLD_WITHIN: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(500);

/// What the buyer does when the house dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Pays.
    Pays,
    /// Pays with a card that is declined.
    IsDeclined,
    /// Goes to the bank's page and never comes back.
    GoesAway,
    /// Gives back what was paid.
    Cancels,
}

/// The places and what leads there.
pub const PLACES: &[(&str, Act)] = &[
    ("saga.begin.before", Act::Pays),
    ("saga.begin.after", Act::Pays),
    ("saga.authorise.before", Act::Pays),
    ("saga.authorise.after", Act::Pays),
    ("saga.commit-authorised.before", Act::Pays),
    ("saga.commit-authorised.after", Act::Pays),
    ("saga.capture.before", Act::Pays),
    ("saga.capture.after", Act::Pays),
    ("saga.commit-captured.before", Act::Pays),
    ("saga.commit-captured.after", Act::Pays),
    ("saga.commit-declined.before", Act::IsDeclined),
    ("saga.commit-declined.after", Act::IsDeclined),
    ("saga.void.before", Act::GoesAway),
    ("saga.void.after", Act::GoesAway),
    ("saga.cancel.before", Act::Cancels),
    ("saga.cancel.after", Act::Cancels),
    ("saga.refund.before", Act::Cancels),
    ("saga.refund.after", Act::Cancels),
    ("saga.commit-refunded.before", Act::Cancels),
    ("saga.commit-refunded.after", Act::Cancels),
];

/// Somebody whose house died under them.
struct Victim {
    place: &'static str,
    act: Act,
    person: Person,
    reservation: String,
    order: Option<String>,
}

/// Runs it.
///
/// # Errors
/// When something cannot be started or asked, or the executable has no such places.
pub async fn run(options: &Options, chosen: &Failpoints, faults: &mut Faults) -> anyhow::Result<String> {
    let places: Vec<_> =
        PLACES.iter().filter(|(name, _)| chosen.place.as_deref().is_none_or(|only| only == *name)).collect();
    let names = || PLACES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    ensure!(!places.is_empty(), "there is no such place; there are {}", names());
    tell("starting the house on fresh data");
    let mut house = House::fresh(options)?;
    house.set("BOOKING_PAYMENT_WINDOW_SECONDS", WINDOW_SECONDS.to_owned());
    house.start().await?;
    let admin = Admin::create(house.address, &house.database_url()?).await?;
    let hall = admin.create_hall(HALL_SEATS).await?;
    admin.publish(EVENT, &Sale { hall: Some(&hall), hold_seconds: 3600, standing: None }).await?;
    let people = Crowd::gather(house.address, "failpoints", places.len()).await?.people;
    house.kill()?;
    let began = Instant::now();
    let mut victims = Vec::new();
    for (n, ((place, act), person)) in places.iter().zip(people).enumerate() {
        house.set("FAILPOINT", (*place).to_owned());
        house.start().await?;
        let mut victim = Victim::with_hold(place, *act, person, &hall.seat_id(n)).await?;
        victim.act().await;
        ensure!(
            house.has_died(DIES_WITHIN).await,
            "the house did not die at {place}: build it by `cargo build --features failpoints`"
        );
        tell(&format!("{} of {}: died at {place}", n + 1, places.len()));
        victims.push(victim);
    }
    house.set("FAILPOINT", String::new());
    house.start().await?;
    for victim in &mut victims {
        let told = victim.asks_again().await?;
        faults.unless(told, || format!("{}: not told within {TOLD_WITHIN:?}", victim.place));
    }
    let mut database = house.database().await?;
    let rest = check::rest(&mut database, faults).await?;
    check::tables(&mut database, faults).await?;
    Ok(format!(
        "failpoints: the house died at {} places of the saga in {:.0} s; every buyer was told in the end, decided {:.1} s \
         after",
        victims.len(),
        began.elapsed().as_secs_f64(),
        rest.as_secs_f64(),
    ))
}

impl Victim {
    async fn with_hold(place: &'static str, act: Act, mut person: Person, seat: &str) -> anyhow::Result<Self> {
        let answer = person.reserve(EVENT, &[seat.to_owned()]).await;
        let held = answer.as_ref().ok().filter(|answer| answer.status == 201);
        let reservation = held.and_then(|answer| text_member(&answer.body, "reservationId"));
        let reservation = reservation.with_context(|| format!("{place}: no hold: {}", describe(&answer)))?;
        Ok(Self { place, act, person, reservation, order: None })
    }

    /// What the house dies of; the answer may never come.
    async fn act(&mut self) {
        if self.act == Act::Cancels {
            let paid = self.confirm().await;
            self.order = paid.ok().and_then(|answer| text_member(&answer.body, "orderId"));
            let _may_be_lost = self.cancel().await;
        } else {
            let _may_be_lost = self.confirm().await;
        }
    }

    async fn confirm(&mut self) -> io::Result<Answer> {
        let card = match self.act {
            Act::IsDeclined => Some(card::DECLINED),
            Act::GoesAway => Some(card::ASKS),
            Act::Pays | Act::Cancels => None,
        };
        self.person.confirm(&self.reservation, card).await
    }

    async fn cancel(&mut self) -> io::Result<Answer> {
        let order = self.order.clone().unwrap_or_default();
        self.person.call("POST", &format!("/api/bookings/{order}/cancel"), Some(&json!({}))).await
    }

    /// Asks until there is an answer that is final: paid, declined, given back, or over.
    async fn asks_again(&mut self) -> anyhow::Result<bool> {
        if self.act == Act::Cancels {
            ensure!(self.order.is_some(), "{}: the order was not paid before", self.place);
        }
        let began = Instant::now();
        while began.elapsed() < TOLD_WITHIN {
            let is_told = match self.act {
                Act::Pays => self.confirm().await.is_ok_and(|answer| answer.status == 200),
                Act::IsDeclined => self.confirm().await.is_ok_and(|answer| answer.status == 402),
                Act::GoesAway => self.confirm().await.is_ok_and(|answer| answer.status == 410),
                Act::Cancels => self.is_given_back().await,
            };
            if is_told {
                return Ok(true);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(false)
    }

    async fn is_given_back(&mut self) -> bool {
        let _again = self.cancel().await;
        let order = self.order.clone().unwrap_or_default();
        let Ok(answer) = self.person.call("GET", &format!("/api/bookings/{order}"), None).await else { return false };
        let order: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        order["status"] == "CANCELLED"
    }
}

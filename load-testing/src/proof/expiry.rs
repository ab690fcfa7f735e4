//! Holds end by themselves: with the sweeper off, and a `kill -9` in between, what was held can be had by the next who
//! asks, from its end on and not before.

use super::check;
use super::faults::Faults;
use super::house::House;
use super::people::{Crowd, Person, describe, seats_refused};
use super::tell;
use crate::client::Answer;
use crate::setup::{Admin, Hall, Sale};
use futures::future::join_all;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const EVENT: &str = "PROOF-ENDING";
const STANDING: &str = "PROOF-ENDING-STANDING";
/// The shortest hold that an event may have.
const HOLD_SECONDS_MIN: usize = 60;
/// Holds are asked for at this pace a second, and end at it.
const PACE: u32 = 150;
/// A pause, the kill and the start after it happen between the last hold and the first end, in seconds.
const BETWEEN: usize = 40;
/// So many hold, each again and again, and so many wait for what they held.
const PEOPLE_MAX: usize = 500;
/// General-admission tickets, all held by one account in each hold of ten.
const STANDING_PLACES: u32 = 100;
/// How late a seat may be to be had (RELIABILITY.md, I5).
const LATE_MAX: Duration = Duration::from_secs(1);
/// When the next in line begin to ask, before the end, and how often.
const ASK_BEFORE: Duration = Duration::from_secs(2);
const ASK_EVERY: Duration = Duration::from_millis(150);
/// After so long it is given up.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long so many holds last, in seconds: until all are made, and longer.
fn hold_seconds(seats: usize) -> u32 {
    u32::try_from((seats / PACE as usize + BETWEEN).max(HOLD_SECONDS_MIN)).unwrap_or(u32::MAX)
}

/// Makes the events for so many holds.
///
/// # Errors
/// When admin refuses them.
pub async fn publish(admin: &Admin, hall: &Hall, seats: usize) -> anyhow::Result<()> {
    let hold_seconds = hold_seconds(seats);
    admin.publish(EVENT, &Sale { hall: Some(hall), hold_seconds, standing: None }).await?;
    admin.publish(STANDING, &Sale { hall: None, hold_seconds, standing: Some(STANDING_PLACES) }).await
}

/// A hold and between which moments it ends, as far as its owner can know.
struct Ending {
    wanted: Value,
    earliest: Instant,
    latest: Instant,
}

/// When the next one got it, counted from the end.
struct Got {
    /// After the latest moment that the end can have been.
    late: Duration,
}

/// Runs it; gives the figures.
///
/// # Errors
/// When something cannot be started or asked.
pub async fn run(house: &mut House, hall: &Hall, seats: usize, faults: &mut Faults) -> anyhow::Result<String> {
    tell("starting the house again with BOOKING_SWEEPER=off");
    house.kill()?;
    house.set("BOOKING_SWEEPER", "off".to_owned());
    house.start().await?;
    let tickets = json!([{"ticketType": "standing", "quantity": 10}]);
    let mut wanted: Vec<Value> = (0..seats.min(hall.seats()))
        .map(|n| json!({"eventId": EVENT, "seats": [{"seatId": hall.seat_id(n)}]}))
        .collect();
    wanted.extend((0..STANDING_PLACES / 10).map(|_| json!({"eventId": STANDING, "tickets": tickets})));
    let people = wanted.len().min(PEOPLE_MAX);
    let crowd = Crowd::gather(house.address, "ending", 2 * people).await?;
    let (holders, next) = crowd.people.split_at(people);
    let began = Instant::now();
    let holds = wanted.into_iter().enumerate().map(|(n, wanted)| {
        let at = began + Duration::from_secs(1) * u32::try_from(n).unwrap_or(u32::MAX) / PACE;
        hold(holders[n % people].beside(), wanted, at)
    });
    let holds = join_all(holds).await;
    let mut endings = Vec::new();
    for held in holds {
        match held {
            Ok(ending) => endings.push(ending),
            Err(fault) => faults.add(fault),
        }
    }
    let seconds = hold_seconds(seats);
    tell(&format!("{} holds of {seconds} s; a kill -9 in between", endings.len()));
    tokio::time::sleep(Duration::from_secs(10)).await;
    house.kill()?;
    house.start().await?;
    let gone = endings.iter().enumerate().map(|(n, ending)| ask(&next[n % people], ending));
    let mut late = Vec::new();
    for got in join_all(gone).await {
        match got {
            Ok(got) => late.push(got.late),
            Err(fault) => faults.add(fault),
        }
    }
    late.sort_unstable();
    check::tables(&mut house.database().await?, faults).await?;
    let at = |share: usize| late.get((late.len() * share / 100).min(late.len().saturating_sub(1)));
    let ms = |share| at(share).map_or(0, Duration::as_millis);
    Ok(format!(
        "sweeper off: {} holds of {seconds} s, none to be had before its end, each to be had again {} ms (median; \
         longest {} ms) after it",
        endings.len(),
        ms(50),
        ms(100)
    ))
}

async fn reserve(person: &mut Person, wanted: &Value) -> std::io::Result<Answer> {
    person.call("POST", "/api/bookings/reserve", Some(wanted)).await
}

async fn hold(mut person: Person, wanted: Value, at: Instant) -> Result<Ending, String> {
    tokio::time::sleep_until(at.into()).await;
    let sent = Instant::now();
    let answer = reserve(&mut person, &wanted).await;
    let answered = Instant::now();
    let body = answer.as_ref().ok().filter(|got| got.status == 201);
    let body: Option<Value> = body.and_then(|got| serde_json::from_slice(&got.body).ok());
    let left = body.and_then(|body| body["expiresInMs"].as_u64()).map(Duration::from_millis);
    let Some(left) = left else { return Err(format!("a hold to be ended: {}", describe(&answer))) };
    // Told in whole milliseconds, rounded down.
    Ok(Ending { wanted, earliest: sent + left, latest: answered + left + Duration::from_millis(1) })
}

/// Asks from before the end on until it has it; each refusal before the end is true.
async fn ask(person: &Person, ending: &Ending) -> Result<Got, String> {
    let what = &ending.wanted;
    tokio::time::sleep_until((ending.earliest - ASK_BEFORE).into()).await;
    let mut person = person.beside();
    loop {
        let sent = Instant::now();
        let answer = reserve(&mut person, what).await;
        let now = Instant::now();
        match &answer {
            Ok(got) if got.status == 201 && now < ending.earliest => {
                return Err(format!("{what} was given away {:?} before its hold ended", ending.earliest - now));
            }
            Ok(got) if got.status == 201 => {
                let late = now.saturating_duration_since(ending.latest);
                return if late <= LATE_MAX { Ok(Got { late }) } else { Err(format!("{what} was {late:?} late")) };
            }
            Ok(got) if got.status == 409 && (seats_refused(got).is_some() || what["tickets"].is_array()) => {
                if sent > ending.latest + PATIENCE {
                    return Err(format!("{what} was not to be had {PATIENCE:?} after its end"));
                }
            }
            _ => return Err(format!("{what}: {}", describe(&answer))),
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}

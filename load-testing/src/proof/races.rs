//! Many clients at one seat, at too few tickets, and at crossing seats.

use super::check;
use super::faults::Faults;
use super::history::{History, Truth};
use super::house::House;
use super::options::{Options, Races};
use super::people::{Crowd, Person, describe, seats_refused};
use super::tell;
use crate::client::text_member;
use crate::setup::{Admin, Hall, Sale};
use futures::future::join_all;
use serde_json::json;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const EVENT: &str = "PROOF-RACES";
const STANDING: &str = "PROOF-STANDING";
/// Crossing pairs at once.
const PAIRS_AT_ONCE: usize = 32;
/// Seats of a crossing pair: one of each request alone, two that both want.
const SEATS_PER_PAIR: usize = 4;

/// Runs them all on one house.
///
/// # Errors
/// When something cannot be started or asked.
pub async fn run(options: &Options, races: &Races, faults: &mut Faults) -> anyhow::Result<String> {
    tell("starting the house on fresh data");
    let mut house = House::fresh(options)?;
    house.start().await?;
    let admin = Admin::create(house.address, &house.database_url()?).await?;
    let hall = admin.create_hall(races.rounds + races.crossings * SEATS_PER_PAIR).await?;
    admin.publish(EVENT, &Sale { hall: Some(&hall), hold_seconds: 3600, standing: None }).await?;
    admin.publish(STANDING, &Sale { hall: None, hold_seconds: 3600, standing: Some(races.tickets) }).await?;
    let size = races.clients.max(races.buyers).max(2 * PAIRS_AT_ONCE);
    tell(&format!("signing {size} people in"));
    let mut crowd = Crowd::gather(house.address, "races", size).await?;
    let seats = one_seat(races, &mut crowd, &hall, &house, faults).await?;
    let tickets = too_few_tickets(races, &mut crowd, &house, faults).await?;
    tell(&format!("{} crossing pairs", races.crossings));
    let mut database = house.database().await?;
    let before = check::deadlocks(&mut database).await?;
    let place = Place { event: EVENT, hall: &hall, first_seat: races.rounds };
    let crossed = crossings(&mut crowd, &place, races.crossings, faults).await?;
    // PostgreSQL tells its counts once a second.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let deadlocks = check::deadlocks(&mut database).await? - before;
    faults.unless(deadlocks == 0, || format!("{deadlocks} deadlocks"));
    check::tables(&mut database, faults).await?;
    Ok(format!("races: {seats}; {tickets}; {crossed}, {deadlocks} deadlocks"))
}

/// Seat after seat, all clients at once.
async fn one_seat(
    races: &Races,
    crowd: &mut Crowd,
    hall: &Hall,
    house: &House,
    faults: &mut Faults,
) -> anyhow::Result<String> {
    let began = Instant::now();
    let mut won = BTreeMap::new();
    let mut truth = Truth::default();
    for round in 0..races.rounds {
        if round % 100 == 0 {
            tell(&format!("{} clients at one seat: round {} of {}", races.clients, round + 1, races.rounds));
        }
        crowd.refresh().await?;
        // Whoever is sent first has the best chance: that goes round.
        crowd.people.rotate_left(7);
        let people = crowd.people.iter_mut().take(races.clients);
        let (winner, seen) = race(people, round, &hall.seat_id(round), faults).await;
        truth.by_hold += seen.by_hold;
        truth.by_request += seen.by_request;
        won.extend(winner.map(|winner| (hall.seat_id(round), winner)));
    }
    let seconds = began.elapsed().as_secs_f64();
    still_theirs(house, &won, faults).await?;
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let rate = (races.rounds * races.clients) as f64 / seconds;
    Ok(format!(
        "{} clients at one seat × {} rounds: {} winners, {} refused while it was held and {} while another asked, \
         {rate:.0} answers a second",
        races.clients,
        races.rounds,
        won.len(),
        truth.by_hold,
        truth.by_request
    ))
}

/// All at one seat: who got it, and why the others did not.
async fn race(
    people: impl Iterator<Item = &mut Person>,
    number: usize,
    seat: &str,
    faults: &mut Faults,
) -> (Option<String>, Truth) {
    let history = RefCell::new(History::default());
    let wanted = [seat.to_owned()];
    let tries = people.map(|person| async {
        let sent = history.borrow_mut().send();
        let answer = person.reserve(EVENT, &wanted).await;
        let named = answer.as_ref().ok().and_then(seats_refused);
        match (&answer, named) {
            (Ok(got), _) if got.status == 201 => {
                history.borrow_mut().granted(&sent, &[number]);
                return Ok(text_member(&got.body, "reservationId"));
            }
            (Ok(_), Some(named)) if named == wanted => history.borrow_mut().refused(&sent, &[number], &[number]),
            _ => {
                history.borrow_mut().lost(&sent, &[number]);
                return Err(format!("{seat}: {}", describe(&answer)));
            }
        }
        Ok(None)
    });
    let mut winners = Vec::new();
    for outcome in join_all(tries).await {
        match outcome {
            Ok(winner) => winners.extend(winner),
            Err(fault) => faults.add(fault),
        }
    }
    faults.unless(winners.len() == 1, || format!("{seat} was given to {} clients", winners.len()));
    let truth = history.borrow().judge(|_, at| faults.add(format!("{seat}: an untrue refusal after {at:.3} s")));
    (winners.pop(), truth)
}

/// In SQL each seat is held by the one who was told so, and was never anybody else's.
async fn still_theirs(house: &House, won: &BTreeMap<String, String>, faults: &mut Faults) -> anyhow::Result<()> {
    let query = "SELECT r.id::text FROM booking.reservations r JOIN booking.inventories i USING (event_no)
        WHERE i.event_id = $1 AND r.status = 'ACTIVE'";
    let held: Vec<String> = sqlx::query_scalar(query).bind(EVENT).fetch_all(&mut house.database().await?).await?;
    faults.unless(held.len() == won.len(), || format!("{} holds in SQL, {} were acknowledged", held.len(), won.len()));
    let held: std::collections::BTreeSet<_> = held.into_iter().collect();
    for (seat, reservation) in won {
        faults.unless(held.contains(reservation), || format!("{seat}: the hold {reservation} is not there"));
    }
    Ok(())
}

/// More buyers than tickets, all at once.
async fn too_few_tickets(
    races: &Races,
    crowd: &mut Crowd,
    house: &House,
    faults: &mut Faults,
) -> anyhow::Result<String> {
    tell(&format!("{} clients for {} tickets", races.buyers, races.tickets));
    crowd.refresh().await?;
    let body = json!({"eventId": STANDING, "tickets": [{"ticketType": "standing", "quantity": 1}]});
    let tries = crowd.people.iter_mut().take(races.buyers).map(|person| {
        let body = &body;
        async move { person.call("POST", "/api/bookings/reserve", Some(body)).await }
    });
    let (mut sold, mut refused) = (0, 0);
    for answer in join_all(tries).await {
        match &answer {
            Ok(got) if got.status == 201 => sold += 1,
            Ok(got)
                if got.status == 409 && text_member(&got.body, "code").as_deref() == Some("tickets_unavailable") =>
            {
                refused += 1;
            }
            _ => faults.add(format!("general admission: {}", describe(&answer))),
        }
    }
    let wanted = races.buyers.min(usize::try_from(races.tickets)?);
    faults.unless(sold == wanted, || format!("{sold} of {wanted} general-admission tickets were acknowledged"));
    let query = "SELECT sum(held + sold)::bigint FROM booking.stock k JOIN booking.inventories i USING (event_no)
        WHERE i.event_id = $1 AND is_place";
    let held: i64 = sqlx::query_scalar(query).bind(STANDING).fetch_one(&mut house.database().await?).await?;
    faults.unless(usize::try_from(held).is_ok_and(|held| held == sold), || format!("{held} held in SQL, {sold} told"));
    Ok(format!("{} clients for {} tickets: {sold} got one, {refused} refused", races.buyers, races.tickets))
}

/// Where pairs cross.
pub struct Place<'a> {
    /// The event.
    pub event: &'a str,
    /// Its hall.
    pub hall: &'a Hall,
    /// The first seat that nobody has wanted yet.
    pub first_seat: usize,
}

/// Pairs of requests for three seats each that want two of the same in opposite order: one of the two gets all its
/// seats, the other none. Gives the figures.
///
/// # Errors
/// When people cannot be signed in.
pub async fn crossings(
    crowd: &mut Crowd,
    place: &Place<'_>,
    count: usize,
    faults: &mut Faults,
) -> anyhow::Result<String> {
    let (began, mut won, mut busy) = (Instant::now(), 0, 0);
    for first in (0..count).step_by(PAIRS_AT_ONCE) {
        crowd.refresh().await?;
        crowd.people.rotate_left(5);
        let pairs = crowd.people.chunks_exact_mut(2).take(PAIRS_AT_ONCE.min(count - first)).enumerate();
        let pairs = pairs.map(|(n, people)| cross(people, place, first + n));
        for outcome in join_all(pairs).await {
            match outcome {
                Ok(Crossed::Won) => won += 1,
                Ok(Crossed::Busy) => busy += 1,
                Err(fault) => faults.add(fault),
            }
        }
    }
    let took = began.elapsed().as_secs_f64();
    Ok(format!("{count} crossing pairs in {took:.1} s: {won} with one winner, {busy} told to come later"))
}

enum Crossed {
    /// One got all its seats, the other was refused with the names of seats that both wanted.
    Won,
    /// Nobody got them, as one was told to come later (503).
    Busy,
}

async fn cross(people: &mut [Person], place: &Place<'_>, number: usize) -> Result<Crossed, String> {
    let [one, other] = people else { return Err("a pair is two".to_owned()) };
    let seat = |n: usize| place.hall.seat_id(place.first_seat + number * SEATS_PER_PAIR + n);
    let (forth, back) = ([seat(0), seat(1), seat(2)], [seat(3), seat(2), seat(1)]);
    let (one, other) = tokio::join!(one.reserve(place.event, &forth), other.reserve(place.event, &back));
    let told = || format!("crossing pair {number}: {}; {}", describe(&one), describe(&other));
    let (mut won, mut later) = (0, 0);
    for answer in [&one, &other] {
        let answer = answer.as_ref().map_err(|_| told())?;
        match (answer.status, seats_refused(answer)) {
            (201, _) => won += 1,
            (503, _) if answer.retry_after.is_some() => later += 1,
            (_, Some(named)) if !named.is_empty() && named.iter().all(|name| forth[1..].contains(name)) => {}
            _ => return Err(told()),
        }
    }
    match (won, later) {
        (1, _) => Ok(Crossed::Won),
        (0, 1..) => Ok(Crossed::Busy),
        _ => Err(told()),
    }
}

//! Thousands in line while a gateway, Redis and PostgreSQL are killed, a gateway stands still, and all roles are started
//! anew one by one: every place is there, the same for whoever has it, and people are let in by their places.

mod blows;
mod people;
mod verdict;

use super::faults::Faults;
use super::options::{Line, Options, Tools};
use super::tell;
use super::visitor::{self, Visitor};
use crate::chaos::engines::Place;
use crate::chaos::house::House;
use crate::setup::{Admin, Sale, sign_up};
use anyhow::ensure;
use blows::Blows;
use people::{Crowd, Person};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use std::time::{Duration, Instant};
use tokio::task::LocalSet;

const EVENT: &str = "PROOF-LINE";
/// More than all who join can take, so that the line moves to its end.
const HALL_SEATS: usize = 20_800;
/// When the lobby ends after the last one joined.
const STARTS_AFTER_S: u32 = 4;
/// How long after the last blow the line may take to its end, beside what its rate takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs it.
///
/// # Errors
/// When something cannot be started or asked.
pub async fn run(options: &Options, line: &Line, faults: &mut Faults) -> anyhow::Result<String> {
    ensure!(line.people >= 100 && line.rate > 0, "a line of a hundred people at least, that moves");
    tell("starting the house in processes of its own on fresh data");
    let mut house = House::start(options, &Tools::default(), Place::Home).await?;
    let [gateway, other] = house.gateways();
    let admin = Admin::create(gateway, &house.database_url()?).await?;
    let hall = admin.create_hall(HALL_SEATS).await?;
    admin.publish(EVENT, &Sale { hall: Some(&hall), hold_seconds: 3600, standing: None }).await?;
    admin.set_line(EVENT, &room(&house, 3600, line.rate).await?).await?;
    visitor::until_known(EVENT, &[gateway, other]).await?;
    tell(&format!("{} people register", line.people));
    let accounts = sign_up(gateway, line.people, "proof-line-").await?;
    let visitors = accounts.into_iter().enumerate();
    let visitors = visitors.map(|(n, account)| Visitor::new(EVENT, n, account, [gateway, other])).collect();
    let run = stand_in_line(&mut house, &admin, line, visitors, faults);
    let (mut people, blows, joining) = Box::pin(LocalSet::new().run_until(run)).await?;
    let mut database = database(&house).await?;
    let told = verdict::of(&house, &mut database, EVENT, &mut people, faults).await?;
    let blows = blows.told(&mut database, EVENT, faults).await?;
    Ok(format!(
        "line: {} people joined at {:.0} a second; {blows}; {told}; calls tried again {} times",
        line.people,
        rate(line.people, joining),
        people.iter().map(Person::tried_again).sum::<usize>(),
    ))
}

async fn database(house: &House) -> anyhow::Result<PgConnection> {
    Ok(PgConnection::connect(&house.database_url()?).await?)
}

/// A lobby that has been open for long, and ends in so many seconds.
async fn room(house: &House, starts_in_s: u32, rate: u32) -> anyhow::Result<Value> {
    let starts_at = visitor::in_seconds(&mut database(house).await?, starts_in_s).await?;
    Ok(json!({"mode": "LOBBY", "opensAt": "2020-01-01T00:00:00Z", "startsAt": starts_at, "admissionSeconds": 3600,
        "fixedRate": rate}))
}

/// All join, the lobby ends, and while the line moves things are broken; gives what all were told, when what was broken,
/// and how long joining took.
async fn stand_in_line(
    house: &mut House,
    admin: &Admin,
    line: &Line,
    visitors: Vec<Visitor>,
    faults: &mut Faults,
) -> anyhow::Result<(Vec<Person>, Blows, Duration)> {
    let began = Instant::now();
    let people = people::join(visitors).await?;
    let joining = began.elapsed();
    tell(&format!("{} people joined in {:.1} s", people.len(), joining.as_secs_f64()));
    admin.set_line(EVENT, &room(house, STARTS_AFTER_S, line.rate).await?).await?;
    let crowd = Crowd::send(people);
    let blows = blows::deal(house, EVENT, line.people).await?;
    tell("all was broken that is to be broken; the line goes on to its end");
    let patience = PATIENCE + Duration::from_secs_f64(rate(line.people, Duration::from_secs(u64::from(line.rate))));
    crowd.until_all_are_in(patience).await;
    Ok((crowd.end(faults).await?, blows, joining))
}

fn rate(people: usize, time: Duration) -> f64 {
    f64::from(u32::try_from(people).unwrap_or(u32::MAX)) / time.as_secs_f64().max(0.001)
}

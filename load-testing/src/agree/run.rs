//! The run: the swarm's sale, k6's sale, and k6's other scenarios.

use super::compare::{self, Figure, Swarm, Within};
use super::k6::{Script, Summary};
use super::options::{Options, SCENARIOS};
use crate::client::{Connection, request};
use crate::report::write;
use crate::server::{emptied, isolated};
use crate::setup::Admin;
use crate::swarm::house::{House, Wanted};
use crate::swarm::stage::{self, EVENT};
use crate::swarm::wall_ms;
use anyhow::{Context, bail, ensure};
use chrono::{DateTime, SecondsFormat};
use serde::Serialize;
use sqlx::{Connection as _, PgConnection};
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// From the first arrival to the last, and from there to the opening, in seconds.
const RAMP_S: u32 = 15;
const CALM_S: u32 = 5;
/// k6 makes its virtual users, and the swarm's processes read their people, before anybody arrives, in seconds.
const GATHER_S: u32 = 5;
const HOLD_S: u32 = 60;
/// The sale is over by then, with holds that nobody paid, in seconds.
const LAST_S: u32 = 150;
/// How long the load season's events may take to be on sale.
const SEASON_MAX: Duration = Duration::from_secs(120);
/// The load season's event that scenarios buy at.
const SEASON_EVENT: &str = "EVT001";

/// Everything that was found.
#[derive(Debug, Serialize)]
pub struct Findings {
    /// Both sides of the sale.
    pub sale: Vec<Figure>,
    /// Each scenario, and whether its thresholds held.
    pub scenarios: Vec<(&'static str, bool)>,
    /// What was not so, in words.
    pub faults: Vec<String>,
}

/// Runs what is wanted, and tells it.
///
/// # Errors
/// When something cannot be run, a threshold was crossed, or the two differ.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    ensure!(options.unknown().is_empty(), "there is no scenario {}", options.unknown().join(", "));
    let home = emptied(&options.home)?;
    let mut findings = Findings { sale: Vec::new(), scenarios: Vec::new(), faults: Vec::new() };
    if options.wants(SCENARIOS[0]) {
        let swarm = swarm_sells(options, &home)?;
        let summary = k6_sells(options, &home, &mut findings).await?;
        let within = Within { share: options.within, ms: options.within_ms };
        findings.sale = compare::figures(&summary, &swarm, within);
        findings.scenarios.push((SCENARIOS[0], summary.is_green));
        if swarm.errors > 0 {
            findings.faults.push(format!("the swarm was answered wrongly {} times", swarm.errors));
        }
    }
    if SCENARIOS[1..].iter().any(|scenario| options.wants(scenario)) {
        others(options, &home, &mut findings).await?;
    }
    write(&options.json, &serde_json::to_vec_pretty(&findings)?)?;
    tell(&findings, options)
}

fn tell(findings: &Findings, options: &Options) -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    if !findings.sale.is_empty() {
        write!(output, "{}", compare::table(&findings.sale))?;
    }
    for (scenario, is_green) in &findings.scenarios {
        writeln!(output, "{scenario:28}{}", if *is_green { "thresholds green" } else { "thresholds CROSSED" })?;
    }
    for fault in &findings.faults {
        writeln!(output, "FAULT  {fault}")?;
    }
    writeln!(output, "written to {}", options.json.display())?;
    let apart = findings.sale.iter().filter(|figure| !figure.agrees).count();
    let crossed = findings.scenarios.iter().filter(|(_, is_green)| !is_green).count();
    ensure!(findings.faults.is_empty(), "what was told was not so");
    ensure!(crossed == 0, "{crossed} scenarios crossed a threshold");
    ensure!(apart == 0, "{apart} figures of k6 and of the swarm are apart");
    Ok(())
}

/// Its figures, of people who have no streams either.
fn swarm_sells(options: &Options, home: &Path) -> anyhow::Result<Swarm> {
    say("the swarm's sale");
    let program = match &options.swarm {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("swarm"),
    };
    let json = home.join("swarm.json");
    let mut command = isolated(&program);
    command.arg("--onsale").arg(&options.onsale).arg("--home").arg(home.join("swarm"));
    command.arg("--json").arg(&json).arg("--html").arg(home.join("swarm.html"));
    for (name, value) in [
        ("--users", options.users.to_string()),
        ("--seats", options.seats.to_string()),
        ("--typing", options.typing.to_string()),
        ("--ramp", RAMP_S.to_string()),
        ("--calm", CALM_S.to_string()),
        ("--hold", HOLD_S.to_string()),
        ("--gateways", "1".to_owned()),
    ] {
        command.arg(name).arg(value);
    }
    // Its bars are for more people: what it says of itself is not asked here.
    let log = std::fs::File::create(home.join("swarm.log"))?;
    command.args(["--no-streams", "--only-right"]).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    let status = command.status().with_context(|| format!("run {}", program.display()))?;
    let text = std::fs::read(&json)
        .with_context(|| format!("the swarm ended with {status}; see {}", home.join("swarm.log").display()))?;
    serde_json::from_slice(&text).context("understand the swarm's figures")
}

async fn k6_sells(options: &Options, home: &Path, findings: &mut Findings) -> anyhow::Result<Summary> {
    say("k6's sale");
    let house = House::start(&wanted(options, home, "sale", &[])).await?;
    let admin = Admin::create(house.address, &house.database_url()?).await?;
    stage::make(&admin, stage::seats(options.seats), HOLD_S).await?;
    let people = house.home().join("people");
    let file = people.to_str().context("the folder's name is text")?;
    house.onsale(&["seed", "swarm", "--users", &options.users.to_string(), "--out", file])?;
    let opens_ms = wall_ms() + i64::from(GATHER_S + RAMP_S + CALM_S) * 1_000;
    stage::open_line(&admin, wall_ms(), opens_ms).await?;
    let opens = DateTime::from_timestamp_millis(opens_ms).context("a time of this age")?;
    let settings = vec![
        ("EVENT", EVENT.to_owned()),
        ("PEOPLE", file.to_owned()),
        ("OPENS", opens.to_rfc3339_opts(SecondsFormat::Millis, true)),
        ("TYPING_SECONDS", options.typing.to_string()),
        ("CALM_SECONDS", CALM_S.to_string()),
        ("LAST_SECONDS", LAST_S.to_string()),
    ];
    let summary = Script { k6: &options.k6, file: "onsale-100k.js", settings, address: house.address, folder: home }
        .run()
        .await?;
    let told = summary.number("tickets_sold", "count").unwrap_or(0.0);
    let (stored, seats) = stored(&house.database_url()?).await?;
    #[expect(clippy::cast_precision_loss, reason = "an event has far fewer seats than 2^52")]
    let is_equal = (stored as f64 - told).abs() < 0.5;
    if !is_equal || stored != seats {
        findings.faults.push(format!("k6 was told of {told} tickets; {stored} are stored, for {seats} seats"));
    }
    Ok(summary)
}

/// Live tickets of the event, and the seats that they are for.
async fn stored(database_url: &str) -> anyhow::Result<(i64, i64)> {
    let mut database = PgConnection::connect(database_url).await?;
    let sql = "SELECT count(*), count(DISTINCT t.seat_no)
        FROM booking.tickets t JOIN booking.inventories i ON i.event_no = t.event_no
        WHERE i.event_id = $1 AND t.status <> 'CANCELLED'";
    Ok(sqlx::query_as(sql).bind(EVENT).fetch_one(&mut database).await?)
}

fn wanted(options: &Options, home: &Path, name: &str, settings: &[(&str, &str)]) -> Wanted {
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Wanted { onsale: options.onsale.clone(), home: home.join(name), gateways: 1, cluster: None, settings }
}

/// The scenarios that buy at the load season's event, each with its size.
async fn others(options: &Options, home: &Path, findings: &mut Findings) -> anyhow::Result<()> {
    say("starting a house with the load season");
    let lifted = [
        ("LIMITS", "off"),
        ("LIMITS_LOGIN", "off"),
        ("BOOKING_LIMITS_PER_ACCOUNT", "off"),
        ("ARGON2_PROFILE", "minimal"),
    ];
    let house = House::start(&wanted(options, home, "season", &lifted)).await?;
    house.onsale(&["seed", "load"])?;
    on_sale(house.address).await?;
    let (rate, most) = (options.rate.to_string(), (options.rate * 4).to_string());
    let seconds = format!("{}s", options.seconds);
    let typing = ("TYPING_SECONDS", options.typing.to_string());
    let sized: [(&'static str, Vec<(&str, String)>); 5] = [
        ("smoke", Vec::new()),
        ("booking", vec![("RATE", rate), ("DURATION", seconds.clone()), typing.clone()]),
        ("spike", vec![("RATE", most.clone()), typing.clone()]),
        ("stress", vec![("RATE", most), typing.clone()]),
        ("soak", vec![("VUS", "10".to_owned()), ("DURATION", seconds), typing]),
    ];
    for (scenario, settings) in sized.into_iter().filter(|(scenario, _)| options.wants(scenario)) {
        say(&format!("k6's {scenario}"));
        let file = format!("{scenario}.js");
        let script = Script { k6: &options.k6, file: &file, settings, address: house.address, folder: home };
        findings.scenarios.push((scenario, script.run().await?.is_green));
    }
    Ok(())
}

/// Waits until the load season can be bought and found.
async fn on_sale(address: SocketAddr) -> anyhow::Result<()> {
    let began = Instant::now();
    let asks = [format!("/api/events/{SEASON_EVENT}/seats"), "/api/search/events?query=concert&limit=1".to_owned()];
    for path in asks {
        let ask = request("GET", &path, None, None);
        loop {
            let answer = Connection::new(address).call(&ask).await;
            if answer.is_ok_and(|answer| answer.status == 200 && !answer.body.starts_with(b"{\"items\":[]")) {
                break;
            }
            if began.elapsed() > SEASON_MAX {
                bail!("{path} does not answer {SEASON_MAX:?} after the season was sown");
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
    Ok(())
}

fn say(text: &str) {
    let _nowhere_to_say = writeln!(std::io::stderr(), "==> {text}");
}

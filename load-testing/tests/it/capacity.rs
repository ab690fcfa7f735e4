//! A crowd's way through machines, by costs that are made up for the test: what a good plan is, and what is wrong with
//! others.

use clap::Parser;
use onsale_load_testing::capacity::check::{self, Run};
use onsale_load_testing::capacity::costs::{Cost, Costs, Stream, Tier};
use onsale_load_testing::capacity::fluid::{self, Step};
use onsale_load_testing::capacity::options::{Options, Part};
use onsale_load_testing::capacity::plan::{Cores, Machine, Plan};
use onsale_load_testing::capacity::sale::Sale;
use onsale_load_testing::capacity::{size, tables};
use onsale_load_testing::swarm::figures::Call;
use std::collections::BTreeMap;

fn cost(gateway: f64, services: f64, postgres: f64, redis: f64) -> Cost {
    let cpu_us = [
        (Tier::Gateway, gateway),
        (Tier::Services, services),
        (Tier::Postgres, postgres),
        (Tier::Redis, redis),
        (Tier::Sandbox, 0.0),
    ];
    Cost { cpu_us: cpu_us.into(), commits: 0.1, answer_bytes: 500.0, explained: 1.0, ..Cost::default() }
}

fn costs() -> Costs {
    let calls = [
        (Call::Page, cost(50.0, 0.0, 0.0, 0.0)),
        (Call::Join, cost(60.0, 0.0, 20.0, 0.0)),
        (Call::Status, cost(25.0, 0.0, 0.0, 0.0)),
        (Call::Map, cost(60.0, 40.0, 0.0, 0.0)),
        (Call::Reserve, cost(30.0, 80.0, 60.0, 30.0)),
        (Call::Hold, cost(25.0, 30.0, 20.0, 0.0)),
        (Call::Confirm, cost(30.0, 900.0, 1_300.0, 20.0)),
        (Call::Order, cost(25.0, 40.0, 30.0, 0.0)),
        (Call::Release, cost(25.0, 60.0, 50.0, 20.0)),
    ];
    let stream = Stream { process_bytes: 16_000.0, kernel_bytes: 6_000.0, opening_us: 80.0, ..Stream::default() };
    Costs {
        at_ms: 0,
        command: "test".to_owned(),
        processor: "a made-up one".to_owned(),
        cores: 2,
        calls: BTreeMap::from(calls),
        waiter: Stream { cpu_us_a_second: 5.0, bytes_a_second: 60.0, ..stream.clone() },
        watcher: stream,
        watched_changes: 100.0,
        idle_cores: BTreeMap::from([(Tier::Services, 0.05)]),
        peaks: Vec::new(),
    }
}

fn wanted(arguments: &[&str]) -> (Sale, Machine) {
    let all = ["capacity", "plan"].iter().chain(arguments);
    match Options::parse_from(all).part {
        Part::Plan(wanted) => (wanted.sale, wanted.machine),
        other => unreachable!("{other:?}"),
    }
}

fn words(plan: Plan, arguments: &[&str]) -> String {
    let (sale, machine) = wanted(arguments);
    let judged = size::judge(&costs(), &sale, &machine, plan).expect("all is measured");
    judged.wrong.iter().map(|wrong| wrong.text.clone()).collect::<Vec<_>>().join("; ")
}

#[test]
fn a_small_crowd_is_served_at_once_and_every_seat_is_ticketed() {
    let (sale, _) = wanted(&["--people", "2000", "--seats", "400", "--ramp", "20", "--calm", "5"]);
    let course = fluid::simulate(&costs(), &sale, &Cores::Shared(2.0)).expect("all is measured");
    assert!((course.tickets - 400.0).abs() < 1.0, "{course:?}");
    assert!(course.ticketed_s.is_some_and(|seconds| (12.0..60.0).contains(&seconds)), "{course:?}");
    let calls = |step| course.waits[&step].calls;
    assert!((calls(Step::Page) - 2_000.0).abs() < 1.0 && (calls(Step::Join) - 2_000.0).abs() < 1.0);
    // Of those who hold, 89 of 100 pay, and nobody pays who does not hold.
    assert!((calls(Step::Confirm) / calls(Step::Hold) - 0.89).abs() < 0.05, "{course:?}");
    assert!(course.waits.values().all(|wait| wait.p99_s < 0.01), "{course:?}");
}

#[test]
fn what_is_asked_for_is_what_is_used() {
    let (sale, _) = wanted(&["--people", "2000", "--seats", "400", "--ramp", "20", "--calm", "5"]);
    let course = fluid::simulate(&costs(), &sale, &Cores::Shared(2.0)).expect("all is measured");
    let calls = |step| course.waits[&step].calls;
    let asked = (calls(Step::Join) * 20.0
        + calls(Step::Reserve) * 60.0
        + calls(Step::Hold) * 20.0
        + calls(Step::Confirm) * 1_300.0
        + calls(Step::Order) * 30.0
        + calls(Step::Release) * 50.0)
        / 1e6;
    let used = course.cpu_s[&Tier::Postgres];
    assert!((used / asked - 1.0).abs() < 0.01, "{used} of {asked}");
}

#[test]
fn a_plan_for_a_million_is_found_and_nothing_is_wrong_with_it() {
    let (sale, machine) = wanted(&[]);
    let found = size::find(&costs(), &sale, &machine).expect("all is measured");
    assert!(found.wrong.is_empty(), "{found:?}");
    assert!(found.plan.gateways >= 7, "a million connections of 20,000 a process: {:?}", found.plan);
    assert_eq!(found.plan.databases, 1, "one event is on one database");
    let text = tables::plan(&costs(), &found);
    assert!(text.contains("1000000 people") && text.contains("Nothing is wrong with it."), "{text}");
}

#[test]
fn a_wrong_plan_is_called_wrong() {
    let good = Plan { gateways: 12, services: 4, databases: 1, redis: 1 };
    assert_eq!(words(good, &[]), "");
    let told = words(Plan { gateways: 3, ..good }, &[]);
    assert!(told.contains("fit with one gateway machine dead"), "{told}");
    let told = words(good, &["--memory-gib", "1"]);
    assert!(told.contains("GiB with another one dead"), "{told}");
    let slow = Plan { gateways: 60, services: 12, ..good };
    let told = words(slow, &["--cores", "0.5"]);
    assert!(told.contains("PostgreSQL are busy") && told.contains("98 of 100 seats are ticketed"), "{told}");
    let told = words(good, &["--ticketed", "5"]);
    assert!(told.contains("wanted within 5 s"), "{told}");
}

#[test]
fn more_databases_help_more_events_and_not_one() {
    let arguments = ["--cores", "1"];
    let (sale, machine) = wanted(&arguments);
    let one = size::find(&costs(), &sale, &machine).expect("all is measured");
    assert!(one.wrong.iter().any(|wrong| wrong.tier.is_none()), "one event is bound by one database: {one:?}");
    let eight: Vec<&str> = arguments.iter().copied().chain(["--events", "8"]).collect();
    let (sale, machine) = wanted(&eight);
    let found = size::find(&costs(), &sale, &machine).expect("all is measured");
    assert!(found.wrong.is_empty() && found.plan.databases > 1, "{found:?}");
}

#[test]
fn the_page_tells_what_a_whole_order_costs() {
    let text = tables::costs(&costs());
    let order = text.lines().find(|line| line.contains("a paid order")).expect("a row of it");
    assert!(order.contains("| 55 | 940 | 1330 | 20 | 0 | 0.20 |"), "{order}");
    assert_eq!(text.lines().filter(|line| line.starts_with("| ")).count(), 1 + 1 + 9 + 3 + 1 + 1 + 2, "{text}");
    assert!(tables::scaling(&costs()).contains("Not measured"));
}

#[test]
fn what_was_not_measured_is_not_made_up() {
    let mut costs = costs();
    costs.calls.remove(&Call::Confirm);
    let (sale, _) = wanted(&[]);
    let error = fluid::simulate(&costs, &sale, &Cores::Shared(2.0)).expect_err("confirm is needed");
    assert_eq!(error.to_string(), "confirm was not measured");
}

fn run(postgres_s: f64) -> Run {
    let json = serde_json::json!({
        "cores": 2, "users": 2000, "seats": 400, "ticketedS": null,
        "statuses": {"reserve": {"201": 200, "409": 0}},
        "processes": {
            "postgresql": {"cpuSeconds": postgres_s}, "client-00": {"cpuSeconds": 1.0}, "swarm": {"cpuSeconds": 0.2},
        },
        "moments": [{"second": -25}, {"second": 60}],
    });
    serde_json::from_value(json).expect("as the swarm writes it")
}

#[test]
fn the_model_is_held_against_what_was_measured() {
    let Part::Check(options) = Options::parse_from(["capacity", "check", "--ramp", "20", "--calm", "5"]).part else {
        unreachable!("asked for a check")
    };
    let (sale, _) = wanted(&["--people", "2000", "--seats", "400", "--ramp", "20", "--calm", "5"]);
    let course = fluid::simulate(&costs(), &sale, &Cores::Shared(1.9)).expect("all is measured");
    let postgres = |measured| {
        let compared = check::compare(&costs(), &run(measured), &options).expect("there is something to compare");
        compared.into_iter().find(|figure| figure.what.contains("PostgreSQL")).expect("compared")
    };
    let right = postgres(course.cpu_s[&Tier::Postgres]);
    assert!(right.is_within(0.05), "{right:?}");
    let wrong = postgres(course.cpu_s[&Tier::Postgres] * 2.0);
    assert!(!wrong.is_within(0.25), "{wrong:?}");
    let text = tables::check(&[right, wrong], 0.25);
    assert!(text.contains("| agrees |") && text.contains("| DIFFERS |"), "{text}");
}

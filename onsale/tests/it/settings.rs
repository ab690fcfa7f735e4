//! Settings that change while it runs, over processes; and the audit log that says so.

use crate::house::{PATIENCE, addresses, eventually, install_tls, settings};
use crate::program::{Running, onsale, said};
use onsale_platform::ServiceRole;
use onsale_testkit::{TestDb, TestRedis};
use reqwest::Client;
use std::net::TcpListener;
use std::time::{Duration, Instant};

/// The processes, each of one role.
const ROLES: [ServiceRole; 6] = [
    ServiceRole::Gateway,
    ServiceRole::Auth,
    ServiceRole::Booking,
    ServiceRole::Payment,
    ServiceRole::Search,
    ServiceRole::Admin,
];
/// In force everywhere within it.
const EVERYWHERE: Duration = Duration::from_secs(2);
/// Who asks for pages and events meanwhile.
const LOOKERS: usize = 8;

/// Which version a process says it has.
async fn version(client: &Client, metrics: &str) -> Option<String> {
    let text = client.get(format!("http://{metrics}/metrics")).send().await.ok()?.text().await.ok()?;
    let line = text.lines().find(|line| line.starts_with("onsale_settings_version"))?;
    Some(line.rsplit(' ').next().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn six_processes_have_a_change_within_two_seconds_under_load() {
    install_tls();
    let (db, redis, addresses) = (TestDb::new().await, TestRedis::new().await, addresses());
    let mut shared = settings(&db, &redis, &addresses);
    shared.retain(|(name, _)| name != "METRICS_LISTEN");
    shared.push(("LIMITS".to_owned(), "off".to_owned()));
    for (role, address) in &addresses {
        shared.push((format!("UPSTREAM_{}", role.as_str().to_ascii_uppercase()), format!("http://{address}")));
    }
    let ports: Vec<TcpListener> = ROLES.iter().map(|_| TcpListener::bind("127.0.0.1:0").expect("a port")).collect();
    let metrics: Vec<String> = ports.iter().map(|port| port.local_addr().expect("an address").to_string()).collect();
    drop(ports);
    let processes = ROLES.iter().zip(&metrics).map(|(role, metrics)| {
        let own = [shared.clone(), vec![("METRICS_LISTEN".to_owned(), metrics.clone())]].concat();
        Running::start(&["serve", role.as_str()], &own)
    });
    let _processes: Vec<Running> = processes.collect();
    let client = Client::new();
    for (role, address) in addresses.iter().filter(|(role, _)| ROLES.contains(role)) {
        eventually(role.as_str(), &client, &format!("http://{address}/health/live")).await;
    }
    let gateway = format!("http://{}", addresses[0].1);
    let lookers: Vec<_> = (0..LOOKERS)
        .map(|_| {
            let (client, url) = (client.clone(), format!("{gateway}/api/events"));
            tokio::spawn(async move {
                loop {
                    let _refused_or_not = client.get(&url).send().await;
                }
            })
        })
        .collect();
    for (round, change) in ["holdSeconds=300", "sales=false"].into_iter().enumerate() {
        let set = onsale(&["settings", "set", change], &shared).output().expect("it runs");
        let changed = Instant::now();
        assert!(set.status.success(), "{}", said(&set));
        let expected = (round + 1).to_string();
        for (role, metrics) in ROLES.iter().zip(&metrics) {
            while version(&client, metrics).await.as_deref() != Some(&expected) {
                assert!(changed.elapsed() < EVERYWHERE, "{role} has not version {expected} within {EVERYWHERE:?}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
    for looker in lookers {
        looker.abort();
    }
    let wrong = onsale(&["settings", "set", "holdSeconds=5"], &shared).output().expect("it runs");
    assert!(!wrong.status.success() && said(&wrong).contains("holdSeconds"), "{}", said(&wrong));
    let history = onsale(&["settings", "history"], &shared).output().expect("it runs");
    assert!(said(&history).contains("version 2"), "{}", said(&history));

    // A moment later they are sealed.
    let began = Instant::now();
    loop {
        let holds = onsale(&["audit", "verify"], &shared).output().expect("it runs");
        assert!(holds.status.success(), "{}", said(&holds));
        if said(&holds).contains("The log holds: 2 entries") {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "{}", said(&holds));
    }
    let tampered = "SET session_replication_role = replica;
                    UPDATE auth.audit SET detail = '{}' WHERE action = 'settings.change'";
    sqlx::raw_sql(tampered).execute(db.pool()).await.expect("tampered");
    let found = onsale(&["audit", "verify"], &shared).output().expect("it runs");
    assert_eq!(found.status.code(), Some(1), "{}", said(&found));
    assert_eq!(said(&found).matches("was changed").count(), 2, "{}", said(&found));
}

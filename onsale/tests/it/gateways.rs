//! `onsale up --gateways`: processes that share a port.

use crate::house::{PATIENCE, eventually, install_tls};
use crate::program::{Running, SECRET};
use onsale_testkit::{TestDb, TestRedis};
use reqwest::Client;
use std::collections::BTreeSet;
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

/// The processes that a process has started.
fn children(parent: u32) -> BTreeSet<u32> {
    let listed = Command::new("ps").args(["-A", "-o", "pid=,ppid=,args="]).output().expect("ps runs");
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let ours = listed.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let (pid, of) = (words.next()?.parse().ok()?, words.next()?.parse::<u32>().ok()?);
        (of == parent && line.ends_with("serve gateway")).then_some(pid)
    });
    ours.collect()
}

/// Waits until there are so many, none of them among these.
async fn until(parent: u32, count: usize, but: &BTreeSet<u32>) -> BTreeSet<u32> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found = children(parent);
        if found.len() == count && found.is_disjoint(but) {
            return found;
        }
        assert!(Instant::now() < deadline, "{count} gateways were waited for: {found:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn signal(name: &str, pid: u32) {
    let sent = Command::new("/bin/sh").args(["-c", &format!("kill -{name} {pid}")]).status().expect("sh runs");
    assert!(sent.success());
}

#[tokio::test]
async fn gateways_share_a_port_and_whoever_dies_is_replaced() {
    install_tls();
    let (db, redis) = (TestDb::new().await, TestRedis::new().await);
    let address = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").to_string();
    let settings = [
        ("DATABASE_URL", db.url()),
        ("REDIS_URLS", &redis.setting()),
        ("ONSALE_SECRET", SECRET),
        ("METRICS_LISTEN", "off"),
    ];
    let settings: Vec<_> = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let process = Running::start(&["up", "--profile", "load", "--gateways", "3", "--listen", &address], &settings);
    let url = format!("http://{address}/api/events");
    let client = Client::builder().pool_max_idle_per_host(0).build().expect("a client");
    eventually("the sown season", &client, &format!("http://{address}/api/events/EVT001")).await;

    let first = until(process.id(), 3, &BTreeSet::new()).await;
    let victim = *first.first().expect("a gateway");
    signal("KILL", victim);
    // A connection may have been the dead one's; whoever asks again is served.
    let mut lost = 0;
    for _ in 0..100 {
        lost += usize::from(client.get(&url).send().await.is_err());
    }
    assert!(lost <= 5, "{lost} of 100 new connections were lost");
    let second = until(process.id(), 3, &BTreeSet::from([victim])).await;
    assert_eq!(first.intersection(&second).count(), 2, "the others were left alone");

    // Who is killed with nobody to stop its gateways leaves none behind.
    let id = process.id();
    signal("KILL", id);
    let deadline = Instant::now() + PATIENCE;
    while TcpListener::bind(&address).is_err() {
        assert!(Instant::now() < deadline, "gateways outlive the process that started them");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

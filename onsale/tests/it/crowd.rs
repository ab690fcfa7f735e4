//! A gateway as a process of its own before strangers: by TLS, and with fewer files than they want.

use crate::house::{addresses, eventually, install_tls, settings};
use crate::program::Running;
use onsale_platform::ServiceRole;
use onsale_testkit::{TestDb, TestRedis};
use reqwest::{Certificate, Client, Version};
use std::path::PathBuf;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The settings of a gateway whose neighbours are all away, and where it listens.
fn alone(db: &TestDb, redis: &TestRedis) -> (Vec<(String, String)>, String) {
    let addresses = addresses();
    let mut settings = settings(db, redis, &addresses);
    for role in ServiceRole::ALL.iter().filter(|role| **role != ServiceRole::Gateway) {
        let name = format!("UPSTREAM_{}", role.as_str().to_ascii_uppercase());
        settings.push((name, "http://127.0.0.1:9".to_owned()));
    }
    let (_, gateway) = addresses.into_iter().find(|(role, _)| *role == ServiceRole::Gateway).expect("an address");
    (settings, gateway)
}

/// Asks over a new connection, which stays open; the status.
async fn ask(address: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("it reads");
    let mut status = [0; 12];
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read_exact(&mut status)).await;
    read.expect("an answer in time").expect("an answer");
    (stream, String::from_utf8_lossy(&status[9..]).into_owned())
}

#[tokio::test]
async fn a_gateway_without_files_to_spare_refuses_politely_and_goes_on() {
    // 512 of them are for other things than strangers.
    const FILES: u32 = 700;
    const STRANGERS: usize = 188;
    install_tls();
    let (db, redis) = (TestDb::new().await, TestRedis::new().await);
    let (settings, address) = alone(&db, &redis);
    let _process = Running::with_files(FILES, &["serve", "gateway"], &settings);
    let client = Client::builder().pool_max_idle_per_host(0).build().expect("a client");
    let url = format!("http://{address}/health/live");
    eventually("the gateway", &client, &url).await;
    let mut open = Vec::new();
    for _ in 0..STRANGERS + 100 {
        open.push(ask(&address).await);
    }
    let served = open.iter().filter(|(_, status)| status == "200").count();
    let refused = open.iter().filter(|(_, status)| status == "503").count();
    assert!((STRANGERS - 2..=STRANGERS).contains(&served), "{served} were served");
    assert_eq!(served + refused, open.len());
    drop(open);
    eventually("a place", &client, &url).await;
}

#[tokio::test]
async fn people_come_by_tls_and_are_told_to_stay_with_it() {
    install_tls();
    let (db, redis) = (TestDb::new().await, TestRedis::new().await);
    let (mut settings, address) = alone(&db, &redis);
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("tls");
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, file, text) in [
        ("TLS_CERTIFICATE_FILE", "certificate.pem", made.cert.pem()),
        ("TLS_KEY_FILE", "key.pem", made.signing_key.serialize_pem()),
    ] {
        let path = folder.join(file);
        std::fs::write(&path, text).expect("written");
        settings.push((name.to_owned(), path.display().to_string()));
    }
    let origin = format!("https://localhost:{}", address.rsplit_once(':').expect("a port").1);
    settings.push(("PUBLIC_URL".to_owned(), origin.clone()));
    let _process = Running::start(&["serve", "gateway"], &settings);
    let root = Certificate::from_pem(made.cert.pem().as_bytes()).expect("a certificate");
    let client = Client::builder().tls_certs_only([root]).build().expect("a client");
    eventually("the gateway", &client, &format!("{origin}/health/live")).await;
    let answer = client.get(format!("{origin}/robots.txt")).send().await.expect("an answer");
    assert_eq!((answer.status().as_u16(), answer.version()), (200, Version::HTTP_2));
    let told = answer.headers()["strict-transport-security"].to_str().expect("text");
    assert!(told.starts_with("max-age=63072000"), "{told}");
}

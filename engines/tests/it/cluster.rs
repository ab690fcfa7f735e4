//! Three Kafka brokers and Elasticsearch: started together, killed one by one, stopped with nothing left behind.

use crate::{folder, remove};
use onsale_engines::{Engines, Jars, Wanted, java};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The jars that all tests of this run use; nothing, said loudly, where no JRE is to be had.
async fn jars() -> Option<Jars> {
    if let Err(error) = java() {
        assert!(std::env::var_os("CI").is_none(), "{error}");
        std::io::stderr().write_all(format!("\nSKIPPED: {error}\n").as_bytes()).expect("standard error is open");
        return None;
    }
    Some(Jars::fetch(&shared()).await.expect("Maven fetches them"))
}

/// The folder of the engines that all tests of this run share.
fn shared() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it is in the target folder").join("engines")
}

fn answers(address: &str) -> bool {
    let address = address.trim_start_matches("http://");
    TcpStream::connect(address).is_ok()
}

fn ask(url: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).expect("it listens");
    let head = "host: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n";
    let (line, body) = request.split_once('\n').unwrap_or((request, ""));
    let text = format!("{line} HTTP/1.1\r\n{head}content-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(text.as_bytes()).expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

/// Kills a server and its children without a warning.
fn kill(folder: &Path) {
    let pid = std::fs::read_to_string(folder.join("pid")).expect("it told its number");
    let killed = Command::new("/bin/sh").args(["-c", &format!("kill -KILL -{}", pid.trim())]).status();
    assert!(killed.expect("a shell").success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_healthy_in_a_minute_mends_itself_on_its_data_and_ends_with_its_owner() {
    let Some(_jars) = jars().await else { return };
    let home = folder();
    std::fs::create_dir_all(&home).expect("a folder");
    let fetched = std::fs::canonicalize(shared().join("jars")).expect("they were fetched");
    std::os::unix::fs::symlink(fetched, home.join("jars")).expect("a link");
    let begin = Instant::now();
    let mut engines = Engines::start(&home, Wanted::CLUSTER).await.expect("they start");
    let elapsed = begin.elapsed();
    println!("the cluster was healthy after {elapsed:?}");
    let addresses = engines.addresses();
    assert_eq!((addresses.redis_urls.len(), addresses.kafka.len()), (3, 3));
    let seen = Engines::of_running(&home).expect("they are found");
    assert_eq!((&seen.kafka, &seen.elasticsearch_url), (&addresses.kafka, &addresses.elasticsearch_url));
    assert_eq!((&seen.redis_urls, &seen.database_url), (&addresses.redis_urls, &addresses.database_url));
    let elasticsearch = addresses.elasticsearch_url.clone().expect("it runs");
    let answer = ask(&elasticsearch, "PUT /seats/_doc/1?refresh=true\n{\"row\":\"A\"}");
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let meta = || std::fs::read(home.join("kafka-1/data/meta.properties")).expect("a broker's data");
    let made = meta();

    kill(&std::fs::canonicalize(home.join("elasticsearch")).expect("it is there"));
    kill(&home.join("kafka-1"));
    let back = async {
        loop {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let running = Engines::of_running(&home).expect("they are looked for");
            if running.kafka == addresses.kafka && running.elasticsearch_url == addresses.elasticsearch_url {
                return;
            }
        }
    };
    let gone = Engines::of_running(&home).expect("they are looked for");
    assert_eq!((gone.kafka.len(), gone.elasticsearch_url), (2, None), "both are away");
    tokio::select! {
        _ = engines.keep_up() => {}
        came = tokio::time::timeout(Duration::from_secs(90), back) => came.expect("both come back"),
    }
    let answer = ask(&elasticsearch, "GET /seats/_doc/1");
    assert!(answer.contains(r#""found":true"#), "{answer}");
    assert!(meta() == made, "the broker came back on its data");

    engines.stop().await;
    let left: Vec<_> = addresses.kafka.iter().chain([&elasticsearch]).filter(|address| answers(address)).collect();
    assert!(left.is_empty(), "{left:?} are still there");
    assert!(elapsed < Duration::from_secs(60), "{elapsed:?}");
    remove(&home);
}

#[tokio::test]
async fn jars_that_are_there_are_not_fetched_again() {
    let Some(_jars) = jars().await else { return };
    let begin = Instant::now();
    let again = jars().await;
    assert!(again.is_some() && begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    let nowhere = folder();
    assert!(Jars::find(&nowhere).expect("there is a JRE").is_none());
    std::fs::remove_dir_all(nowhere).expect("the folder goes");
}

//! Redis' own rate for the lock script, by `redis-benchmark`.

use anyhow::{Context, ensure};
use std::process::Stdio;
use tokio::process::Command;

/// booking's own. It takes the time to live, then of each request in the call its value and how many keys it wants.
const SCRIPT: &str = include_str!("../../../booking/src/service/lock_seats/lock.lua");
/// A numbered database of its own, so that nothing of the house is in the way.
const DATABASE: &str = "9";

/// Two-seat locks a second of one master: 32 clients, 16 commands each on their way.
///
/// # Errors
/// When `redis-benchmark` is not installed or tells no rate.
pub async fn locks_per_second(url: &str, locks: usize) -> anyhow::Result<f64> {
    let client = redis::Client::open(url)?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    redis::cmd("SELECT").arg(DATABASE).query_async::<()>(&mut connection).await?;
    redis::cmd("FLUSHDB").query_async::<()>(&mut connection).await?;
    let sha: String = redis::cmd("SCRIPT").arg("LOAD").arg(SCRIPT).query_async(&mut connection).await?;
    let count = locks.to_string();
    let mut command = Command::new("redis-benchmark");
    command.args(place(url)?).args([
        "--dbnum",
        DATABASE,
        "-c",
        "32",
        "-P",
        "16",
        "-n",
        &count,
        "-r",
        "1000000000",
        "--csv",
    ]);
    command.args(["EVALSHA", &sha, "2", "seat:__rand_int__:a", "seat:__rand_int__:b", "5000", "bench", "2"]);
    let output = command.stdin(Stdio::null()).output().await.context("run redis-benchmark; it comes with redis")?;
    redis::cmd("FLUSHDB").query_async::<()>(&mut connection).await?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "redis-benchmark failed: {text}{}", String::from_utf8_lossy(&output.stderr));
    rate(&text).with_context(|| format!("redis-benchmark told no rate: {text}"))
}

/// Where the server is, as `redis-benchmark` wants it: `redis://host:port` or `unix:///path`, `redis+unix:///path`.
fn place(url: &str) -> anyhow::Result<Vec<String>> {
    let parsed = url::Url::parse(url)?;
    if parsed.scheme().ends_with("unix") {
        return Ok(vec!["-s".to_owned(), parsed.path().to_owned()]);
    }
    let host = parsed.host_str().context("the address has no host")?.to_owned();
    Ok(vec!["-h".to_owned(), host, "-p".to_owned(), parsed.port().unwrap_or(6379).to_string()])
}

/// The second column of the last line that has a number there.
fn rate(csv: &str) -> Option<f64> {
    let columns = csv.lines().rev().filter_map(|line| line.split("\",\"").nth(1));
    columns.filter_map(|column| column.trim_matches('"').parse().ok()).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_read() {
        let csv = "\"test\",\"rps\",\"avg_latency_ms\"\n\"EVALSHA abc 2 seat:__rand_int__\",\"98522.17\",\"4.8\"\n";
        assert_eq!(rate(csv), Some(98522.17));
        assert_eq!(rate("ERR no such script"), None);
    }

    #[test]
    fn sockets_and_ports_are_understood() {
        assert_eq!(place("redis+unix:///run/r.sock?db=0").expect("a socket"), ["-s", "/run/r.sock"]);
        assert_eq!(place("redis://127.0.0.1:56379").expect("a port"), ["-h", "127.0.0.1", "-p", "56379"]);
    }
}

//! Redis masters of its own for each test: the same database number on each server, leased.

use crate::servers;
use std::time::Duration;

/// A lease outlives its test by no more than this when the test was killed.
const LEASE_S: u64 = 300;
const WAIT_MAX: Duration = Duration::from_secs(60);

/// Three masters that no other test writes to, empty at the start.
pub struct TestRedis {
    urls: Vec<String>,
    lease: String,
    registry: ::redis::Client,
    token: String,
}

impl TestRedis {
    /// Leases a database number and empties it on each server.
    ///
    /// # Panics
    /// When there is no server, or every number stays leased for a minute.
    pub async fn new() -> Self {
        let servers = servers::redis().await;
        let registry = client(&servers[0]);
        let token = format!("{:016x}", rand::random::<u64>());
        let mut connection =
            registry.get_multiplexed_async_connection().await.expect("the first test Redis server answers");
        let number = lease(&mut connection, &token).await;
        let urls: Vec<_> = servers.iter().map(|server| at_number(server, number)).collect();
        for url in &urls {
            let mut connection =
                client(url).get_multiplexed_async_connection().await.expect("a test Redis server answers");
            let () = ::redis::cmd("FLUSHDB").query_async(&mut connection).await.expect("the database is emptied");
        }
        Self { urls, lease: lease_key(number), registry, token }
    }

    /// The masters' addresses.
    #[must_use]
    pub fn urls(&self) -> &[String] {
        &self.urls
    }

    /// The masters' addresses as the setting `REDIS_URLS` has them.
    #[must_use]
    pub fn setting(&self) -> String {
        self.urls.join(",")
    }

    /// A connection to one master, for the test's own looks.
    ///
    /// # Panics
    /// When the master is away.
    pub async fn connection(&self, index: usize) -> ::redis::aio::MultiplexedConnection {
        client(&self.urls[index]).get_multiplexed_async_connection().await.expect("a test Redis server answers")
    }
}

impl Drop for TestRedis {
    fn drop(&mut self) {
        let Ok(mut connection) = self.registry.get_connection_with_timeout(Duration::from_secs(1)) else { return };
        let script = ::redis::Script::new(
            "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end",
        );
        // A lease that stays ends by itself.
        let _outcome: Result<i64, _> = script.key(&self.lease).arg(&self.token).invoke(&mut connection);
    }
}

async fn lease(connection: &mut ::redis::aio::MultiplexedConnection, token: &str) -> u32 {
    let (_, databases): (String, u32) = ::redis::cmd("CONFIG")
        .arg("GET")
        .arg("databases")
        .query_async(connection)
        .await
        .expect("Redis tells how many databases it has");
    let spread = rand::random::<u32>();
    let tried = async {
        loop {
            for step in 0..databases - 1 {
                // Number 0 holds the leases.
                let number = 1 + spread.wrapping_add(step) % (databases - 1);
                let taken: Option<String> = ::redis::cmd("SET")
                    .arg(lease_key(number))
                    .arg(token)
                    .arg("NX")
                    .arg("EX")
                    .arg(LEASE_S)
                    .query_async(connection)
                    .await
                    .expect("a lease is written");
                if taken.is_some() {
                    return number;
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(WAIT_MAX, tried).await.expect("a Redis database number is free within a minute")
}

fn lease_key(number: u32) -> String {
    format!("testkit:lease:{number}")
}

fn client(url: &str) -> ::redis::Client {
    ::redis::Client::open(url).unwrap_or_else(|error| panic!("{url} is no Redis address: {error}"))
}

/// The server's address with a database number: a path, or a query parameter on a socket.
fn at_number(server: &str, number: u32) -> String {
    if server.contains("unix:") { format!("{server}?db={number}") } else { format!("{server}/{number}") }
}

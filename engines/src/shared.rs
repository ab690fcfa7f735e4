//! Engines that the test binaries of a run share: started by the first, used by all, and stopped a
//! minute after the last one has ended.

use crate::error::Attempt;
use crate::process::Lifetime;
use crate::{
    BROKERS, Durability, Elasticsearch, ElasticsearchConfig, EngineError, Jars, Kafka, KafkaConfig, Postgres,
    PostgresConfig, REDIS_MASTERS, Redis, RedisConfig, elasticsearch, folder, kafka, postgres, redis,
};
use std::fs::OpenOptions;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

/// A user that has not said within this time that it is still there has ended.
const TOUCH_EVERY: Duration = Duration::from_secs(10);
const TEST_CONNECTIONS_MAX: u16 = 400;
/// A lease of a numbered database a test; each costs Redis a few hundred bytes.
const TEST_DATABASES: u16 = 256;
const WATCHER_STOP_MAX: Duration = Duration::from_secs(20);

/// Stops the engines when nobody has touched `used` for over a minute, and removes their sockets. Renaming it
/// first lets a user who comes at that moment see that they are going.
const WATCHER: &str = r#"
cd "$0" || exit 0
echo $$ > watcher
alive() {
    for pid in $pids; do kill -0 "$pid" 2>/dev/null && return 0; done
    return 1
}
# A number may be another's by now: whether it is still one of these two.
is_java() {
    { cat "/proc/$1/cmdline" || ps -o command= -p "$1"; } 2>/dev/null | grep -qa 'kafka.Kafka\|CliToolLauncher'
}
while sleep 5; do
    [ -e used ] || exit 0
    if [ -n "$(find used -mmin +1)" ]; then
        mv used stopping
        if [ -n "$(find stopping -mmin +1)" ]; then
            pids=
            for file in postgres/postmaster.pid redis-*/redis.pid; do
                [ -e "$file" ] && pids="$pids $(head -n 1 "$file")"
            done
            for pid in $pids; do kill -INT "$pid" 2>/dev/null; done
            # What these have is thrown away at the next start.
            for file in kafka-*/pid elasticsearch/pid; do
                [ -e "$file" ] && pid=$(head -n 1 "$file") && is_java "$pid" && kill -KILL "-$pid" 2>/dev/null
                rm -f "$file"
            done
            for second in 1 2 3 4 5 6 7 8 9 10; do alive && sleep 1; done
            alive || rm -rf -- "$@"
            rm -f stopping
            exit 0
        fi
        mv stopping used
    fi
done
"#;

/// Where the shared engines are.
#[derive(Debug, Clone)]
pub struct Shared {
    /// The PostgreSQL superuser's address of a database.
    pub database_url: String,
    /// The three Redis servers' addresses.
    pub redis_urls: Vec<String>,
}

/// The shared engines in this folder, started when they are not there. They stay for as long as this
/// process lives.
pub async fn engines(folder: &Path) -> Result<Shared, EngineError> {
    let _lock = enter(folder).await?;
    let database_url = shared_postgres(folder).await?;
    let mut redis_urls = Vec::new();
    for number in 1..=REDIS_MASTERS {
        redis_urls.push(shared_redis(folder, number).await?);
    }
    stay(folder)?;
    Ok(Shared { database_url, redis_urls })
}

/// The addresses of a shared cluster of three brokers in this folder, comma-separated; as [`engines`].
pub async fn kafka(folder: &Path) -> Result<String, EngineError> {
    let _lock = enter(folder).await?;
    let mut addresses: Vec<String> = kafka::running(folder).into_iter().flatten().collect();
    if addresses.len() < BROKERS {
        let jars = Jars::fetch(folder).await?;
        let configs = KafkaConfig::cluster(folder, &jars)?;
        // What an earlier run left is worth nothing, and a cluster of parts of it would be slow to agree.
        let brokers = configs.map(|config| {
            let lifetime = Lifetime::UntilStopped;
            Kafka::start(KafkaConfig { starts_empty: true, heap_max_mib: 256, lifetime, ..config })
        });
        let brokers = futures::future::try_join_all(brokers).await?;
        addresses = brokers.iter().map(Kafka::address).collect();
    }
    stay(folder)?;
    Ok(addresses.join(","))
}

/// The address of a shared Elasticsearch in this folder; as [`engines`].
pub async fn elasticsearch(folder: &Path) -> Result<String, EngineError> {
    let _lock = enter(folder).await?;
    let url = match elasticsearch::running(folder) {
        Some(url) => url,
        None => {
            let jars = Jars::fetch(folder).await?;
            let config = ElasticsearchConfig::new(folder, &jars)?;
            let lifetime = Lifetime::UntilStopped;
            Elasticsearch::start(ElasticsearchConfig { starts_empty: true, lifetime, ..config }).await?.url()
        }
    };
    stay(folder)?;
    Ok(url)
}

/// Waits until nobody else starts something here, and keeps the watcher from stopping what runs.
async fn enter(folder: &Path) -> Result<folder::Lock, EngineError> {
    let lock = folder::Lock::wait(folder).await?;
    touch(folder)?;
    let deadline = tokio::time::Instant::now() + WATCHER_STOP_MAX;
    while folder.join("stopping").exists() && tokio::time::Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    touch(folder)?;
    Ok(lock)
}

/// The watcher leaves alone what runs for as long as this process lives.
fn stay(folder: &Path) -> Result<(), EngineError> {
    static TOUCHING: std::sync::Once = std::sync::Once::new();
    let kept = folder.to_owned();
    TOUCHING.call_once(|| keep_touching(kept));
    watch(folder)
}

fn postgres_config(folder: &Path) -> PostgresConfig {
    let mut config = PostgresConfig::new(folder.join("postgres"));
    config.durability = Durability::None;
    config.connections_max = TEST_CONNECTIONS_MAX;
    config.lifetime = Lifetime::UntilStopped;
    config
}

fn redis_config(folder: &Path, number: usize) -> RedisConfig {
    let mut config = RedisConfig::new(folder.join(format!("redis-{number}")));
    config.databases = TEST_DATABASES;
    config.lifetime = Lifetime::UntilStopped;
    config
}

async fn shared_postgres(folder: &Path) -> Result<String, EngineError> {
    let config = postgres_config(folder);
    if let Some(url) = postgres::running(&config)? {
        return Ok(url);
    }
    match Postgres::start(config.clone()).await {
        Ok(started) => Ok(started.superuser_url()),
        Err(EngineError::Ended { .. } | EngineError::OtherVersion { .. }) => {
            // Without fsync a crash of the machine leaves data that cannot be started on: it is worth nothing.
            let data = std::fs::canonicalize(&config.data).unwrap_or_else(|_| config.data.clone());
            std::fs::remove_dir_all(&data).attempt(|| format!("removing {}", data.display()))?;
            Ok(Postgres::start(config).await?.superuser_url())
        }
        Err(error) => Err(error),
    }
}

async fn shared_redis(folder: &Path, number: usize) -> Result<String, EngineError> {
    let config = redis_config(folder, number);
    match redis::running(&config)? {
        Some(url) => Ok(url),
        None => Ok(Redis::start(config).await?.url()),
    }
}

fn touch(folder: &Path) -> Result<(), EngineError> {
    let path = folder.join("used");
    let what = || format!("touching {}", path.display());
    let file = OpenOptions::new().create(true).append(true).open(&path).attempt(what)?;
    file.set_modified(now()).attempt(what)
}

#[expect(clippy::disallowed_methods, reason = "the watcher compares the file's time with the machine's clock")]
fn now() -> SystemTime {
    SystemTime::now()
}

fn keep_touching(folder: PathBuf) {
    std::thread::spawn(move || {
        while touch(&folder).is_ok() {
            std::thread::sleep(TOUCH_EVERY);
        }
    });
}

/// Starts the watcher unless it is there.
fn watch(folder: &Path) -> Result<(), EngineError> {
    let known = std::fs::read_to_string(folder.join("watcher")).unwrap_or_default();
    let known = known.trim().parse().ok().and_then(rustix::process::Pid::from_raw);
    if known.is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok()) {
        return Ok(());
    }
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(WATCHER).arg(folder).arg(postgres::sockets(&postgres_config(folder))?);
    for number in 1..=REDIS_MASTERS {
        command.arg(redis::sockets(&redis_config(folder, number))?);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    let mut child = command.spawn().attempt(|| "starting the watcher of the shared engines".to_owned())?;
    std::thread::spawn(move || child.wait());
    Ok(())
}

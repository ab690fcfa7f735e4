//! The folders of sockets in /tmp: gone with their server, also after a crash.

use crate::{folder, remove};
use onsale_engines::{Durability, Postgres, PostgresConfig, Redis, RedisConfig};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

/// The folder that an address leads to.
fn sockets(url: &str) -> PathBuf {
    let path = url.strip_prefix("redis+unix://").expect("a socket's address");
    Path::new(path).parent().expect("a folder").to_owned()
}

/// What a crash leaves: a folder with a socket that nobody listens on.
fn left_by_a_crash() -> (PathBuf, UnixListener) {
    let (user, hash) = (rustix::process::geteuid().as_raw(), rand::random::<u64>());
    let (made, folder) = (format!("/tmp/made-{hash:016x}"), PathBuf::from(format!("/tmp/onsale-{user}-{hash:016x}")));
    std::fs::create_dir(&made).expect("a folder");
    let listener = UnixListener::bind(Path::new(&made).join("redis")).expect("a socket");
    // All at once: another test's start looks for such folders at any moment.
    std::fs::rename(&made, &folder).expect("it gets its name");
    (folder, listener)
}

#[tokio::test]
async fn they_go_with_their_server_whether_it_is_stopped_or_dropped() {
    let home = folder();
    let first = Redis::start(RedisConfig::new(home.join("redis-1"))).await.expect("it starts");
    let second = Redis::start(RedisConfig::new(home.join("redis-2"))).await.expect("it starts");
    let (stopped, dropped) = (sockets(&first.url()), sockets(&second.url()));
    assert!(stopped.is_dir() && dropped.is_dir());
    first.stop().await;
    assert!(!stopped.exists(), "{} stayed behind", stopped.display());
    drop(second);
    assert!(!dropped.exists(), "{} stayed behind", dropped.display());

    let mut config = PostgresConfig::new(home.join("postgres"));
    config.durability = Durability::None;
    let postgres = Postgres::start(config).await.expect("it starts");
    let url = postgres.superuser_url();
    let path = url.split(['@', ':']).find(|part| part.contains("%2F")).expect("a folder in the address");
    let path = PathBuf::from(path.replace("%2F", "/"));
    assert!(path.join(".s.PGSQL.5432").exists());
    postgres.stop().await;
    assert!(!path.exists(), "{} stayed behind", path.display());
    remove(&home);
}

#[tokio::test]
async fn the_next_start_removes_what_a_crash_left_and_nothing_that_is_in_use() {
    let home = folder();
    let running = Redis::start(RedisConfig::new(home.join("redis-1"))).await.expect("it starts");
    let (dead, listener) = left_by_a_crash();
    drop(listener);
    let (alive, _listener) = left_by_a_crash();
    let next = Redis::start(RedisConfig::new(home.join("redis-2"))).await.expect("it starts");
    assert!(!dead.exists(), "{} stayed behind", dead.display());
    assert!(alive.exists(), "somebody listens there");
    UnixStream::connect(sockets(&running.url()).join("redis")).expect("the running one is still reached");
    drop((running, next));
    std::fs::remove_dir_all(alive).expect("the folder goes");
    std::fs::remove_dir_all(home).expect("the folder goes");
}

#[tokio::test]
async fn one_that_was_replaced_leaves_its_successors_sockets_alone() {
    let home = folder();
    let first = Redis::start(RedisConfig::new(home.join("redis-1"))).await.expect("it starts");
    let second = Redis::start(RedisConfig::new(home.join("redis-1"))).await.expect("another takes its place");
    let _ended = first.failed().await;
    drop(first);
    UnixStream::connect(sockets(&second.url()).join("redis")).expect("the second is still reached");
    drop(second);
    std::fs::remove_dir_all(home).expect("the folder goes");
}

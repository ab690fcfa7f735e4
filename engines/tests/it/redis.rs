//! Redis: a crash leaves it empty; sockets and ports.

use crate::folder;
use onsale_engines::{Listen, Redis, RedisConfig};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

fn say(url: &str, command: &str) -> String {
    let path = url.strip_prefix("redis+unix://").expect("a socket's address");
    let mut stream = UnixStream::connect(path).expect("it listens");
    stream.write_all(format!("{command}\r\n").as_bytes()).expect("written");
    let mut answer = [0; 64];
    let length = stream.read(&mut answer).expect("read");
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

#[tokio::test]
async fn a_killed_one_comes_back_empty() {
    let home = folder();
    let first = Redis::start(RedisConfig::new(home.join("redis-1"))).await.expect("it starts");
    let url = first.url();
    assert_eq!(say(&url, "SET seat held"), "+OK\r\n");
    let again = first.config().clone();
    first.kill().await;
    let second = Redis::start(again).await.expect("it starts again");
    assert_eq!(second.url(), url);
    assert_eq!(say(&url, "GET seat"), "$-1\r\n");
    second.stop().await;
    assert!(UnixStream::connect(url.trim_start_matches("redis+unix://")).is_err(), "it is gone");
    std::fs::remove_dir_all(home).expect("the folder goes");
}

#[tokio::test]
async fn it_listens_on_a_port_when_asked_to() {
    let home = folder();
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let mut config = RedisConfig::new(home.join("redis-1"));
    config.listen = Listen::Port(port);
    let redis = Redis::start(config).await.expect("it starts");
    assert_eq!(redis.url(), format!("redis://127.0.0.1:{port}"));
    drop(redis);
    std::fs::remove_dir_all(home).expect("the folder goes");
}

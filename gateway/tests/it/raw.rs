//! Bytes as they come over a socket: what no well-behaved client sends.

use crate::stage::{Place, Stage};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What comes back until the server closes or is silent for a second.
async fn answer(address: SocketAddr, sent: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    stream.write_all(sent.as_bytes()).await.expect("it reads");
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match tokio::time::timeout(Duration::from_secs(1), stream.read(&mut buffer)).await {
            Ok(Ok(0) | Err(_)) | Err(_) => return String::from_utf8_lossy(&text).into_owned(),
            Ok(Ok(read)) => text.extend_from_slice(&buffer[..read]),
        }
    }
}

fn statuses(text: &str) -> Vec<&str> {
    text.match_indices("HTTP/1.1 ").map(|(at, _)| &text[at + 9..at + 12]).collect()
}

#[tokio::test]
async fn requests_that_two_readers_could_cut_differently_are_400_and_the_connection_ends() {
    let stage = Stage::new(Place::Local).await;
    let address = stage.serve().await;
    let smuggled = "GET /api/events HTTP/1.1\r\nHost: a\r\n\r\n";
    for head in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5, 5\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "X-A: b\rX-User-Id: 1\r\n",
        "X-A: b\nX-User-Id: 1\r\n",
        "X-A: b\0c\r\n",
        "X-A : b\r\n",
        "X-A: b\r\n folded\r\n",
    ] {
        let sent = format!("POST /api/bookings/reserve HTTP/1.1\r\nHost: a\r\n{head}\r\n0\r\n\r\n{smuggled}");
        let text = answer(address, &sent).await;
        assert_eq!(statuses(&text), ["400"], "{head:?}: {text}");
    }
}

#[tokio::test]
async fn good_requests_share_a_connection() {
    let stage = Stage::new(Place::Local).await;
    let address = stage.serve().await;
    let post = "POST /api/bookings/reserve HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n1234";
    let chunked =
        "POST /api/bookings/reserve HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n1234\r\n0\r\n\r\n";
    let text = answer(address, &format!("{post}{chunked}{post}")).await;
    assert_eq!(statuses(&text), ["200", "200", "200"], "{text}");
    assert_eq!(text.matches("\"bytes\":4").count(), 3, "{text}");
    assert!(text.contains("\"x-onsale-client-address\":\"127.0.0.1\""), "{text}");
}

#[tokio::test]
async fn heads_that_are_too_large_are_refused() {
    let stage = Stage::new(Place::Local).await;
    let address = stage.serve().await;
    let many = (0..200).map(|n| format!("X-H{n}: 1\r\n")).collect::<String>();
    let long = format!("X-Long: {}\r\n", "x".repeat(100_000));
    for head in [many, long] {
        let text = answer(address, &format!("GET / HTTP/1.1\r\nHost: a\r\n{head}\r\n")).await;
        assert_eq!(statuses(&text), ["431"], "{text}");
    }
}

//! One watcher: a connection whose messages are found in what it reads.

use super::now_us;
use anyhow::Context;
use onsale_core::api::events::SeatDelta;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

/// What is read at once, by all watchers of a process in turn.
const READ_MAX: usize = 64 * 1024;
/// The longest message that is put together.
const MESSAGE_MAX: usize = 4 * 1024 * 1024;

/// A message as all who read it have it.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
pub(super) struct Frame {
    /// Seats and their new states.
    pub(super) changes: Vec<(u32, u8)>,
    /// How many read it in which millisecond since 1970.
    pub(super) read_ms: BTreeMap<u64, u32>,
}

/// What the watchers of a process read.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
pub(super) struct Heard {
    /// Deltas, by their bytes up to the changes: gateways put versions together differently.
    pub(super) frames: BTreeMap<String, Frame>,
    pub(super) snapshots: u64,
    pub(super) deltas: u64,
    pub(super) beats: u64,
    pub(super) bytes: u64,
    /// Streams that ended.
    pub(super) ended: u64,
}

/// What the watchers of a process share.
pub(super) struct Ears {
    pub(super) heard: RefCell<Heard>,
    buffer: RefCell<Vec<u8>>,
}

impl Ears {
    pub(super) fn new() -> Rc<Self> {
        Rc::new(Self { heard: RefCell::default(), buffer: RefCell::new(vec![0; READ_MAX]) })
    }
}

/// A stream that is open.
pub(super) struct Watcher {
    stream: TcpStream,
    /// The begin of a message whose end has not come.
    rest: Vec<u8>,
}

impl Watcher {
    /// Opens a stream from this address and reads its first message.
    pub(super) async fn open(from: IpAddr, to: SocketAddr, event: &str, ears: &Ears) -> anyhow::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(from, 0))?;
        let mut stream = socket.connect(to).await?;
        let ask =
            format!("GET /api/events/{event}/live HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n");
        stream.write_all(ask.as_bytes()).await?;
        let mut this = Self { stream, rest: Vec::new() };
        while this.read(ears).await.context("a stream ended before its first message")? == 0 {}
        Ok(this)
    }

    /// Reads until the stream ends.
    pub(super) async fn watch(mut self, ears: Rc<Ears>) {
        while self.read(&ears).await.is_some() {}
        ears.heard.borrow_mut().ended += 1;
    }

    /// Reads what is there; how many messages that were, or nothing at the end.
    async fn read(&mut self, ears: &Ears) -> Option<usize> {
        loop {
            self.stream.readable().await.ok()?;
            let mut buffer = ears.buffer.borrow_mut();
            let bytes = match self.stream.try_read(&mut buffer) {
                Ok(0) => return None,
                Ok(bytes) => bytes,
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(_) => return None,
            };
            let mut heard = ears.heard.borrow_mut();
            heard.bytes += bytes as u64;
            let messages = if self.rest.is_empty() {
                let (taken, messages) = take_all(&buffer[..bytes], &mut heard);
                self.rest.extend_from_slice(&buffer[taken..bytes]);
                messages
            } else {
                self.rest.extend_from_slice(&buffer[..bytes]);
                let (taken, messages) = take_all(&self.rest, &mut heard);
                self.rest.drain(..taken);
                messages
            };
            if messages > 0 {
                self.rest.shrink_to(64);
            }
            return (self.rest.len() < MESSAGE_MAX).then_some(messages);
        }
    }
}

/// Takes all whole messages; gives how many bytes they were, and how many messages.
fn take_all(bytes: &[u8], heard: &mut Heard) -> (usize, usize) {
    let (mut taken, mut messages) = (0, 0);
    while let Some(end) = bytes[taken..].windows(2).position(|two| two == b"\n\n") {
        take(&bytes[taken..taken + end], heard);
        taken += end + 2;
        messages += 1;
    }
    (taken, messages)
}

/// Takes a message, with the line before it that says its length.
fn take(message: &[u8], heard: &mut Heard) {
    let Ok(text) = std::str::from_utf8(message) else { return };
    let Some((_, told)) = text.split_once("event: ") else {
        heard.beats += 1;
        return;
    };
    if !told.starts_with("delta") {
        heard.snapshots += 1;
        return;
    }
    heard.deltas += 1;
    let Some((key, _)) = told.split_once("\"changes\"") else { return };
    let ms = now_us() / 1_000;
    if let Some(frame) = heard.frames.get_mut(key) {
        *frame.read_ms.entry(ms).or_default() += 1;
        return;
    }
    let data = told.split_once("data: ").and_then(|(_, data)| serde_json::from_str::<SeatDelta>(data).ok());
    let changes = data.map(|delta| delta.changes).unwrap_or_default();
    heard.frames.insert(key.to_owned(), Frame { changes, read_ms: BTreeMap::from([(ms, 1)]) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found_between_the_lengths_of_chunks() {
        let text = "HTTP/1.1 200 OK\r\nx: y\r\n\r\n1f\r\nevent: snapshot\nid: 1\ndata: {}\n\n\r\n3\r\n:\n\n\r\n9\r\nevent: delta\nid: 2\n\
                    data: {\"from\":1,\"version\":2,\"changes\":[[7,1]]}\n\n\r\n5\r\nevent: del";
        let mut heard = Heard::default();
        let (taken, messages) = take_all(text.as_bytes(), &mut heard);
        assert_eq!((&text[taken..], messages), ("\r\n5\r\nevent: del", 3));
        assert_eq!((heard.snapshots, heard.beats, heard.deltas), (1, 1, 1));
        let frame = heard.frames.values().next().expect("a frame");
        assert_eq!(frame.changes, [(7, 1)]);
    }
}

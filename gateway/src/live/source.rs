//! Booking's stream of an event's seats, read message by message.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use http_body_util::BodyExt;
use onsale_core::EventId;
use onsale_core::api::events::SeatStates;
use onsale_core::api::internal::CountedDelta;
use onsale_platform::upstream::Upstream;
use std::time::Duration;
use tokio::time::Instant;

/// The longest message: all seats of the largest plan several times over.
const MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Booking sends something every 20 s at least.
const SILENCE_MAX: Duration = Duration::from_secs(45);

/// What booking says.
pub(super) enum Message {
    Snapshot(SeatStates),
    Delta(CountedDelta),
}

/// Why there is no stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Booking has no such event.
    Missing,
    /// It could not be asked.
    Away,
}

/// A stream that is open.
pub(super) struct Source {
    body: Body,
    buffer: Vec<u8>,
    /// How much of the buffer was looked at.
    seen: usize,
    heard_at: Instant,
}

impl Source {
    /// Opens it, from the version that is known.
    pub(super) async fn open(booking: &Upstream, event: &EventId, known: Option<i64>) -> Result<Self, Refusal> {
        let path = format!("/api/events/{event}/live");
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = Uri::try_from(path).map_err(|_| Refusal::Missing)?;
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, HeaderValue::from_static("text/event-stream"));
        if let Some(version) = known {
            headers.insert("last-event-id", HeaderValue::from(version));
        }
        let response = booking.call(request).await.map_err(|_| Refusal::Away)?;
        match response.status() {
            StatusCode::OK => {
                let (body, heard_at) = (response.into_body(), Instant::now());
                Ok(Self { body, buffer: Vec::new(), seen: 0, heard_at })
            }
            StatusCode::NOT_FOUND => Err(Refusal::Missing),
            _ => Err(Refusal::Away),
        }
    }

    /// The next message; nothing at the stream's end, however it ends. What was read is kept where this is given up.
    pub(super) async fn next(&mut self) -> Option<Message> {
        loop {
            while let Some(text) = self.take() {
                if let Some(message) = parse(&text) {
                    return Some(message);
                }
            }
            let part = self.body.frame().await?.ok()?.into_data().unwrap_or_else(|_| Bytes::new());
            self.heard_at = Instant::now();
            self.buffer.extend_from_slice(&part);
            if self.buffer.len() > MESSAGE_BYTES_MAX {
                return None;
            }
        }
    }

    /// Whether nothing was heard for so long that nothing will be.
    pub(super) fn is_silent(&self) -> bool {
        self.heard_at.elapsed() > SILENCE_MAX
    }

    /// The next whole message as text.
    fn take(&mut self) -> Option<String> {
        let begin = self.seen.saturating_sub(1);
        let end = self.buffer[begin..].windows(2).position(|two| two == b"\n\n");
        self.seen = self.buffer.len();
        let end = begin + end?;
        let rest = self.buffer.split_off(end + 2);
        let text = std::mem::replace(&mut self.buffer, rest);
        self.seen = 0;
        Some(String::from_utf8_lossy(&text).into_owned())
    }
}

/// A message of a kind that we know, as booking writes it: a line for each field.
fn parse(text: &str) -> Option<Message> {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let data = field("data")?;
    match field("event")? {
        "snapshot" => serde_json::from_str(data).ok().map(Message::Snapshot),
        "delta" => serde_json::from_str(data).ok().map(Message::Delta),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_are_read_however_they_are_cut() {
        let text = ":\n\nevent: snapshot\nid: 1\ndata: {\"version\":1,\"planVersion\":1,\"states\":\"00\",\"free\":2,\
                    \"held\":0,\"sold\":0}\n\nevent: other\ndata: 1\n\nevent: delta\nid: 2\ndata: {\"from\":1,\
                    \"version\":2,\"changes\":[[1,2]],\"free\":1,\"held\":0,\"sold\":1}\n\nevent: delta\ndata: {\"from\"";
        for size in [1, 2, 3, 7, 50, 1_000] {
            let parts: Vec<Result<Bytes, std::io::Error>> =
                text.as_bytes().chunks(size).map(|part| Ok(Bytes::copy_from_slice(part))).collect();
            let body = Body::from_stream(futures::stream::iter(parts));
            let mut source = Source { body, buffer: Vec::new(), seen: 0, heard_at: Instant::now() };
            let Some(Message::Snapshot(states)) = source.next().await else { panic!("a snapshot") };
            assert_eq!(states.states, "00");
            let Some(Message::Delta(told)) = source.next().await else { panic!("a delta") };
            assert_eq!((told.delta.changes, told.counts.map(|counts| counts.sold)), (vec![(1, 2)], Some(1)));
            assert!(source.next().await.is_none(), "the end, in parts of {size}");
        }
    }
}

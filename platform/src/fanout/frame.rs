//! Server-sent events as bytes (HTML, 9.2.6).

use bytes::Bytes;
use serde::Serialize;

/// Tells a client, and everything in between, that the stream is still there.
pub const BEAT: Bytes = Bytes::from_static(b":\n\n");

/// A message with this name, an id where it has one, and JSON in one line.
#[must_use]
pub fn message<T: Serialize>(name: &str, id: Option<i64>, data: &T) -> Bytes {
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    // Of types of our own, whose maps have text for keys: it cannot fail.
    let json = serde_json::to_string(data).unwrap_or_default();
    Bytes::from(format!("event: {name}\n{id}data: {json}\n\n"))
}

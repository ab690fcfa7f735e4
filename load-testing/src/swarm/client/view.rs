//! A line's news, read without parsing all of it: the same message comes to thousands.

/// The line as a message of its stream tells it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct View {
    /// Whether the places are given.
    pub started: bool,
    /// Whoever has a number up to it may come in.
    pub now_serving: u32,
    /// All seats are held.
    pub all_held: bool,
    /// All seats are sold.
    pub sold_out: bool,
    /// The line is closed.
    pub closed: bool,
}

/// The last message that was read here, and what it says.
#[derive(Debug, Default)]
pub struct Line {
    bytes: Vec<u8>,
    view: View,
}

impl Line {
    /// What a message says; nothing where it is none of a line.
    pub fn read(&mut self, message: &[u8]) -> Option<View> {
        if message == self.bytes {
            return Some(self.view);
        }
        let view = View {
            started: is_true(message, b"\"started\":")?,
            now_serving: number(message, b"\"nowServing\":")?,
            all_held: position(message, b"\"allHeld\":{").is_some(),
            sold_out: is_true(message, b"\"soldOut\":")?,
            closed: is_true(message, b"\"closed\":")?,
        };
        self.bytes.clear();
        self.bytes.extend_from_slice(message);
        self.view = view;
        Some(view)
    }
}

/// Where a text first stands.
#[must_use]
pub fn position(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}

fn after<'a>(bytes: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    position(bytes, name).map(|at| &bytes[at + name.len()..])
}

fn is_true(bytes: &[u8], name: &[u8]) -> Option<bool> {
    Some(after(bytes, name)?.starts_with(b"true"))
}

fn number(bytes: &[u8], name: &[u8]) -> Option<u32> {
    let digits = after(bytes, name)?;
    let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    std::str::from_utf8(&digits[..end]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use onsale_core::api::queue::{AllHeld, QueueMode, QueueView};

    #[test]
    fn it_reads_what_the_api_writes() {
        let view = QueueView {
            mode: QueueMode::Lobby,
            opens_at: DateTime::UNIX_EPOCH,
            starts_at: DateTime::UNIX_EPOCH,
            started: true,
            joined: 100_000,
            now_serving: 1_234,
            per_minute: 60,
            paused: false,
            closed: false,
            sold_out: false,
            message: None,
            all_held: Some(AllHeld { seats: 3, until: None }),
        };
        let told = |view: &QueueView| format!("event: line\ndata: {}", serde_json::to_string(view).expect("JSON"));
        let mut line = Line::default();
        let read = View { started: true, now_serving: 1_234, all_held: true, sold_out: false, closed: false };
        assert_eq!(line.read(told(&view).as_bytes()), Some(read));
        assert_eq!(line.read(told(&view).as_bytes()), Some(read));
        let next = QueueView { sold_out: true, all_held: None, ..view };
        assert_eq!(line.read(told(&next).as_bytes()), Some(View { sold_out: true, all_held: false, ..read }));
        assert_eq!(line.read(b": alive"), None);
    }
}

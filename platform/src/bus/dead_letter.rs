//! Dead letters: what a consumer could not handle, on `<topic>.dlq`, with the reason in it.

use super::{Bus, BusError, Message, Record, letters};
use serde_json::{Value, json};

/// Why a message was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The consumer group that could not handle it.
    pub group: &'static str,
    /// What went wrong the last time.
    pub error: String,
    /// How often it was tried.
    pub attempts: u32,
}

impl DeadLetter {
    /// The message as it goes to `<topic>.dlq`: the CloudEvent with three extensions, `dlqconsumer`, `dlqerror`
    /// and `dlqattempts`. What was no JSON object becomes the member `value` of one.
    #[must_use]
    pub fn message(&self, record: &Record) -> Message {
        let mut event = match serde_json::from_str(&record.value) {
            Ok(Value::Object(event)) => event,
            Ok(_) | Err(_) => serde_json::Map::from_iter([("value".to_owned(), json!(record.value))]),
        };
        letters::without_return(&mut event);
        event.insert("dlqconsumer".to_owned(), json!(self.group));
        event.insert("dlqerror".to_owned(), json!(self.error));
        event.insert("dlqattempts".to_owned(), json!(self.attempts));
        Message {
            topic: format!("{}.dlq", record.topic),
            key: record.key.clone(),
            value: Value::Object(event).to_string(),
        }
    }
}

impl Bus {
    /// Sets a message aside; durable when it returns.
    pub(crate) async fn set_aside(&self, record: &Record, letter: &DeadLetter) -> Result<(), BusError> {
        self.send(vec![letter.message(record)]).await
    }
}

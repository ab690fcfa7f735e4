//! What folding an aggregate's events comes to, beside its row.
//!
//! A service folds by its own pure rules; here is what all of them share: the counts, and the comparison
//! column by column. A column that no event tells of is absent from the folded state, and is not compared.

use super::StoredEvent;
use serde::Serialize;
use serde_json::{Map, Value};

/// How many aggregates that differ a report shows; the others are only counted.
const SHOWN_MAX: usize = 100;

/// Why events cannot be folded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// An event is missing, or there is one too many.
    #[error("version {expected} should follow, but it is {found}: an event is missing or twice there")]
    Version {
        /// What should follow.
        expected: i32,
        /// What does.
        found: i32,
    },
    /// One of the events on the bus is missing.
    #[error("version {version} should be number {expected} on the bus, but it is {found}")]
    Sequence {
        /// The event.
        version: i32,
        /// What should follow.
        expected: i64,
        /// What does.
        found: i64,
    },
    /// An event's data cannot be read.
    #[error("version {version}, {kind}: the data cannot be read: {reason}")]
    Unreadable {
        /// The event.
        version: i32,
        /// Its type.
        kind: String,
        /// Why not.
        reason: String,
    },
    /// An event cannot follow those before it.
    #[error("version {version}, {kind}: {reason}")]
    OutOfPlace {
        /// The event.
        version: i32,
        /// Its type.
        kind: String,
        /// Why not.
        reason: String,
    },
}

impl FoldError {
    /// An event that cannot follow those before it.
    pub fn out_of_place(event: &StoredEvent, reason: impl Into<String>) -> Self {
        Self::OutOfPlace { version: event.version, kind: event.kind.clone(), reason: reason.into() }
    }
}

/// How many events were folded: in the store, and of those on the bus.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Folded {
    /// The last version.
    pub version: i32,
    /// The last number on the bus.
    pub sequence: i64,
}

impl Folded {
    /// Counts the next event.
    ///
    /// # Errors
    /// When it is not the next one.
    pub fn count(&mut self, event: &StoredEvent) -> Result<(), FoldError> {
        if event.version != self.version + 1 {
            return Err(FoldError::Version { expected: self.version + 1, found: event.version });
        }
        self.version = event.version;
        if event.topic.is_some() {
            let (expected, found) = (self.sequence + 1, event.sequence.unwrap_or(0));
            if found != expected {
                return Err(FoldError::Sequence { version: event.version, expected, found });
            }
            self.sequence = found;
        }
        Ok(())
    }
}

/// An event's data as a type of the fold's own.
///
/// # Errors
/// When it is not of that shape.
pub fn data<T: serde::de::DeserializeOwned>(event: &StoredEvent) -> Result<T, FoldError> {
    T::deserialize(&event.data).map_err(|error| FoldError::Unreadable {
        version: event.version,
        kind: event.kind.clone(),
        reason: error.to_string(),
    })
}

/// How a column of the folded state is to its row's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// They are the same.
    Same,
    /// They differ.
    Differs,
    /// The events do not tell it.
    Untold,
}

/// One column: as folded, and as the row has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// As folded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folded: Option<Value>,
    /// As the row has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<Value>,
    /// How they are to each other.
    pub verdict: Verdict,
}

/// An aggregate's folded events beside its row.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// What kind of thing it is.
    pub aggregate_type: &'static str,
    /// Which one.
    pub aggregate_id: String,
    /// Why nothing can be compared, where that is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// The columns of either.
    pub columns: Vec<Column>,
}

impl Comparison {
    /// Compares a folded state, if there were events, with a row of the same type.
    pub fn of<S: Serialize>(
        aggregate_type: &'static str,
        aggregate_id: impl Into<String>,
        folded: Option<Result<&S, &FoldError>>,
        row: &S,
    ) -> Self {
        let (folded, fault) = match folded {
            None => (None, Some("there are no events of it".to_owned())),
            Some(Err(error)) => (None, Some(error.to_string())),
            Some(Ok(state)) => (Some(state), None),
        };
        let columns = columns(&object(folded), &object(Some(row)));
        Self { aggregate_type, aggregate_id: aggregate_id.into(), fault, columns }
    }

    /// An aggregate that has events but no row.
    pub fn without_row(aggregate_type: &'static str, aggregate_id: impl Into<String>) -> Self {
        let fault = Some("it has events but no row".to_owned());
        Self { aggregate_type, aggregate_id: aggregate_id.into(), fault, columns: Vec::new() }
    }

    /// Whether the events give the row.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.fault.is_none() && self.columns.iter().all(|column| column.verdict != Verdict::Differs)
    }
}

fn object<S: Serialize>(state: Option<&S>) -> Map<String, Value> {
    match state.map(serde_json::to_value) {
        Some(Ok(Value::Object(object))) => object,
        _ => Map::new(),
    }
}

fn columns(folded: &Map<String, Value>, row: &Map<String, Value>) -> Vec<Column> {
    let only_folded = folded.keys().filter(|name| !row.contains_key(*name));
    let column = |name: &String| {
        let (folded, row) = (folded.get(name), row.get(name));
        let verdict = match folded {
            None => Verdict::Untold,
            Some(_) if folded == row => Verdict::Same,
            Some(_) => Verdict::Differs,
        };
        Column { name: name.clone(), folded: folded.cloned(), row: row.cloned(), verdict }
    };
    row.keys().chain(only_folded).map(column).collect()
}

/// What a look at all aggregates of a service came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FoldReport {
    /// How many aggregates were folded.
    pub checked: u64,
    /// How many of them are not as their rows.
    pub differ: u64,
    /// The first hundred of these.
    pub differing: Vec<Comparison>,
}

impl FoldReport {
    /// Counts one more.
    pub fn add(&mut self, comparison: Comparison) {
        self.checked += 1;
        if comparison.agrees() {
            return;
        }
        self.differ += 1;
        if self.differing.len() < SHOWN_MAX {
            self.differing.push(comparison);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use serde_json::json;
    use uuid::Uuid;

    fn event(version: i32, sequence: Option<i64>) -> StoredEvent {
        StoredEvent {
            id: Uuid::nil(),
            position: 0,
            aggregate_type: "order".to_owned(),
            aggregate_id: "1".to_owned(),
            version,
            kind: "order-advanced".to_owned(),
            topic: sequence.map(|_| "ticket-created".to_owned()),
            sequence,
            data: Value::Null,
            metadata: Value::Null,
            at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_hole_in_either_count_is_named() {
        let mut counts = Folded::default();
        assert_eq!(counts.count(&event(1, Some(1))), Ok(()));
        assert_eq!(counts.count(&event(2, None)), Ok(()));
        assert_eq!(counts.count(&event(4, None)), Err(FoldError::Version { expected: 3, found: 4 }));
        let skipped = counts.count(&event(3, Some(3)));
        assert_eq!(skipped, Err(FoldError::Sequence { version: 3, expected: 2, found: 3 }));
    }

    #[test]
    fn what_no_event_tells_is_not_held_against_the_row() {
        let row = json!({"status": "OPEN", "method": "CASH"});
        let same = Comparison::of("order", "1", Some(Ok(&json!({"status": "OPEN"}))), &row);
        assert!(same.agrees());
        assert_eq!(same.columns.iter().filter(|column| column.verdict == Verdict::Untold).count(), 1);
        for folded in [json!({"status": "SHUT"}), json!({"status": null}), json!({"status": "OPEN", "more": 1})] {
            assert!(!Comparison::of("order", "1", Some(Ok(&folded)), &row).agrees(), "{folded}");
        }
        assert!(!Comparison::of("order", "1", None, &row).agrees());
        assert!(!Comparison::without_row("order", "1").agrees());
    }
}

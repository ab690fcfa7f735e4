//! Dead letters looked at, put back for the group that could not handle them, or given up. They stay on
//! `<topic>.dlq`; schema `bus` remembers which were dealt with, also beside Kafka.

use super::{Bus, BusError, Message};
use chrono::{DateTime, Utc};
use onsale_core::events::CloudEvent;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Letters looked at together at most: the newest.
pub const LETTERS_MAX: usize = 10_000;

/// CloudEvents extension of a message that is put back: the group that it is for, alone.
const RETURN: &str = "dlqreturn";
/// And what that group is to do with it.
const ACTION: &str = "dlqaction";

/// What becomes of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// Its group tries again.
    Replay,
    /// Its group passes over it; where order matters, what is behind it can be replayed then.
    Drop,
}

impl Settlement {
    fn action(self) -> &'static str {
        match self {
            Self::Replay => "replay",
            Self::Drop => "drop",
        }
    }

    fn outcome(self) -> &'static str {
        match self {
            Self::Replay => "replayed",
            Self::Drop => "dropped",
        }
    }
}

/// Which letters.
#[derive(Debug, Clone, Default)]
pub struct LetterFilter {
    /// Of this topic, by the name without `.dlq`.
    pub topic: Option<String>,
    /// Of this consumer group.
    pub group: Option<String>,
    /// Of this aggregate.
    pub aggregate: Option<String>,
}

/// A dead letter that nobody has dealt with.
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    /// Where it lies.
    pub place: LetterPlace,
    /// The group that could not handle it.
    pub group: String,
    /// What went wrong the last time.
    pub error: String,
    /// How often it was tried; 0 when it was never tried, but lay behind another one.
    pub attempts: u64,
    /// The event; nothing when the message was none.
    pub event: Option<CloudEvent>,
    /// All of it.
    pub value: Value,
}

/// A place on a `<topic>.dlq`; written `topic/partition/offset`, without `.dlq`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LetterPlace {
    /// The topic's name, without `.dlq`.
    pub topic: String,
    /// The partition of `<topic>.dlq`.
    pub partition: i32,
    /// The place in it.
    pub offset: i64,
}

impl std::fmt::Display for LetterPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.topic, self.partition, self.offset)
    }
}

impl std::str::FromStr for LetterPlace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split('/');
        let mut next = || parts.next();
        let place = (|| {
            let topic = next()?.to_owned();
            Some(Self { topic, partition: next()?.parse().ok()?, offset: next()?.parse().ok()? })
        })();
        place.filter(|_| next().is_none()).ok_or_else(|| format!("{text} is no letter: use topic/partition/offset"))
    }
}

impl Letter {
    /// A letter as it lies on `<topic>.dlq`.
    fn read(place: LetterPlace, text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        Some(Self {
            place,
            group: value.get("dlqconsumer")?.as_str()?.to_owned(),
            error: value.get("dlqerror").and_then(Value::as_str).unwrap_or_default().to_owned(),
            attempts: value.get("dlqattempts").and_then(Value::as_u64).unwrap_or(0),
            event: serde_json::from_value(value.clone()).ok(),
            value,
        })
    }

    /// When it happened, where that is known.
    #[must_use]
    pub fn time(&self) -> Option<DateTime<Utc>> {
        self.event.as_ref().map(|event| event.time)
    }

    fn fits(&self, filter: &LetterFilter) -> bool {
        let is =
            |wanted: &Option<String>, found: Option<&str>| wanted.as_deref().is_none_or(|name| found == Some(name));
        is(&filter.topic, Some(&self.place.topic))
            && is(&filter.group, Some(&self.group))
            && is(&filter.aggregate, self.event.as_ref().map(|event| event.subject.as_str()))
    }

    /// The message that tells its group what to do; nothing for what is no event, which no group can be told of.
    fn returned(&self, how: Settlement) -> Option<Message> {
        let event = self.event.as_ref()?;
        let mut value = self.value.clone();
        let members = value.as_object_mut()?;
        for name in ["dlqconsumer", "dlqerror", "dlqattempts"] {
            members.remove(name);
        }
        members.insert(RETURN.to_owned(), json!(self.group));
        members.insert(ACTION.to_owned(), json!(how.action()));
        Some(Message { topic: self.place.topic.clone(), key: event.subject.clone(), value: value.to_string() })
    }
}

/// Whom a message was put back for, and what for; nothing for messages that were not.
pub(crate) fn returned_to(text: &str) -> Option<(String, Settlement)> {
    if !text.contains(RETURN) {
        return None;
    }
    let value: Value = serde_json::from_str(text).ok()?;
    let group = value.get(RETURN)?.as_str()?.to_owned();
    let how = match value.get(ACTION)?.as_str()? {
        "drop" => Settlement::Drop,
        _ => Settlement::Replay,
    };
    Some((group, how))
}

/// Takes off what [`Letter::returned`] put on.
pub(super) fn without_return(event: &mut serde_json::Map<String, Value>) {
    event.remove(RETURN);
    event.remove(ACTION);
}

impl Bus {
    /// The letters that nobody has dealt with, in the order of their aggregates' events; of more than
    /// [`LETTERS_MAX`] the newest.
    pub async fn letters(&self, filter: &LetterFilter) -> Result<Vec<Letter>, BusError> {
        let found = match self {
            Self::Postgres(bus) => bus.letters().await?,
            Self::Kafka(bus) => bus.letters().await?,
            Self::Off => Vec::new(),
        };
        let settled = self.settled().await?;
        let letters = found.into_iter().filter(|(place, _)| !settled.contains(place));
        let mut letters: Vec<Letter> = letters
            .filter_map(|(place, text)| Letter::read(place, &text))
            .filter(|letter| letter.fits(filter))
            .collect();
        letters.sort_by_key(|letter| {
            let event = letter.event.as_ref();
            (event.map(|event| (event.subject.clone(), event.sequence_number())), letter.place.clone())
        });
        Ok(letters)
    }

    /// Tells the letters' groups to try again, or to pass over them. It may be told twice when it is interrupted:
    /// groups bear that. Letters that hold no event can only be dropped.
    pub async fn settle(&self, letters: &[Letter], how: Settlement, by: &str) -> Result<(), BusError> {
        for letter in letters {
            tracing::info!(
                target: "audit", letter = %letter.place, group = letter.group, by, error = letter.error,
                event = ?letter.event.as_ref().map(|event| event.id), outcome = how.outcome(),
                "a dead letter is dealt with"
            );
        }
        self.send(letters.iter().filter_map(|letter| letter.returned(how)).collect()).await?;
        let Some(database) = self.database() else { return Ok(()) };
        sqlx::query!(
            r#"INSERT INTO bus.settled_letters (topic, partition, "offset", outcome, settled_by)
               SELECT topic, partition, "offset", $4, $5
               FROM unnest($1::text[], $2::int[], $3::bigint[]) AS l (topic, partition, "offset")
               ON CONFLICT DO NOTHING"#,
            &letters.iter().map(|letter| letter.place.topic.clone()).collect::<Vec<_>>(),
            &letters.iter().map(|letter| letter.place.partition).collect::<Vec<_>>(),
            &letters.iter().map(|letter| letter.place.offset).collect::<Vec<_>>(),
            how.outcome(),
            by,
        )
        .execute(database.pool())
        .await?;
        Ok(())
    }

    async fn settled(&self) -> Result<HashSet<LetterPlace>, BusError> {
        let Some(database) = self.database() else { return Ok(HashSet::new()) };
        let rows = sqlx::query!(r#"SELECT topic, partition, "offset" FROM bus.settled_letters"#)
            .fetch_all(database.pool())
            .await?;
        let places = rows.into_iter();
        Ok(places.map(|row| LetterPlace { topic: row.topic, partition: row.partition, offset: row.offset }).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_goes_back_to_its_group_alone() {
        let text = json!({
            "specversion": "1.0", "id": "0190a000-0000-7000-8000-000000000001", "source": "/test",
            "type": "ticket-created", "subject": "order", "time": "2026-11-21T12:00:00Z",
            "datacontenttype": "application/json", "dataschema": "", "sequence": "00000000000000000007", "data": {},
            "dlqconsumer": "test.effects", "dlqerror": "no", "dlqattempts": 3
        });
        let place: LetterPlace = "ticket-created/0/12".parse().expect("a place");
        assert_eq!(place.to_string(), "ticket-created/0/12");
        let letter = Letter::read(place, &text.to_string()).expect("a letter");
        let message = letter.returned(Settlement::Drop).expect("it holds an event");
        assert_eq!((message.topic.as_str(), message.key.as_str()), ("ticket-created", "order"));
        assert_eq!(returned_to(&message.value), Some(("test.effects".to_owned(), Settlement::Drop)));
        assert_eq!(returned_to(&text.to_string()), None);
        assert!("ticket-created/0".parse::<LetterPlace>().is_err() && "t/0/1/2".parse::<LetterPlace>().is_err());
    }
}

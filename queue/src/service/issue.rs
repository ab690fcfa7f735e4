//! Admissions, many at once: at an opening thousands are let in within seconds, and a batch is one transaction.

use crate::store::admissions::{self, AdmissionRow};
use crate::store::{entries, stored};
use chrono::{DateTime, Utc};
use onsale_core::{EventId, UserId};
use onsale_platform::pg;
use sqlx::PgPool;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// A batch whose locks were not had is tried again so often.
const TRIES: u32 = 3;

/// Somebody is to be let in by a place.
#[derive(Debug, Clone)]
pub(crate) struct Issue {
    pub(crate) event: EventId,
    pub(crate) place: u32,
    /// What they get if they get something new.
    pub(crate) row: AdmissionRow,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Issued {
    /// They are let in.
    New(AdmissionRow),
    /// They were let in before, by this place or another one.
    Before(AdmissionRow),
    /// Somebody else was let in by this place.
    Another,
    /// They left the line.
    Left,
}

/// The answer to each.
pub(crate) type IssueOutcome = Result<Issued, Arc<sqlx::Error>>;

/// What batches work with.
#[derive(Clone)]
pub(crate) struct Issuing {
    pub(crate) pool: PgPool,
}

impl Issuing {
    /// Runs a batch: a transaction an event. Answers in the order of the commands.
    pub(crate) async fn run(&self, issues: Vec<Issue>) -> Vec<IssueOutcome> {
        let mut by_event: BTreeMap<&EventId, Vec<&Issue>> = BTreeMap::new();
        for issue in &issues {
            by_event.entry(&issue.event).or_default().push(issue);
        }
        let mut outcomes = HashMap::new();
        for (event, members) in by_event {
            let outcome = self.persistently(event, &members).await;
            outcomes.insert(event.clone(), outcome);
        }
        let answer = |issue: &Issue| match &outcomes[&issue.event] {
            Ok(issued) => Ok(issued.of(issue)),
            Err(error) => Err(Arc::clone(error)),
        };
        issues.iter().map(answer).collect()
    }

    async fn persistently(&self, event: &EventId, issues: &[&Issue]) -> Result<Batch, Arc<sqlx::Error>> {
        let mut tried = 1;
        loop {
            match self.together(event, issues).await {
                Err(error) if tried < TRIES && pg::is_retryable(&error) => tried += 1,
                outcome => return outcome.map_err(Arc::new),
            }
        }
    }

    async fn together(&self, event: &EventId, issues: &[&Issue]) -> Result<Batch, sqlx::Error> {
        let accounts: Vec<_> = issues.iter().map(|issue| issue.row.account.0).collect();
        let positions: Vec<_> = issues.iter().map(|issue| stored(issue.row.position)).collect();
        let now = issues.iter().map(|issue| issue.row.issued_at).max().unwrap_or_default();
        let mut tx = self.pool.begin().await?;
        // Entries before admissions, as whoever leaves or comes back locks them.
        let there = entries::that_are_there(&mut tx, event, &positions).await?;
        admissions::expire(&mut tx, event, Some(&accounts), now).await?;
        let are_there = issues.iter().filter(|issue| there.contains(&issue.row.position));
        let mut new: Vec<_> = are_there.map(|issue| (issue.place, issue.row)).collect();
        // One order in all processes: who asks two of them at once makes neither wait for the other for ever.
        new.sort_by_key(|(place, _)| *place);
        let inserted = admissions::insert(&mut tx, event, &new).await?;
        let mut batch = Batch { there, inserted, by_place: HashMap::new(), by_account: HashMap::new() };
        let rest = new.iter().filter(|(_, row)| !batch.inserted.contains(&row.id.0));
        let (places, accounts): (Vec<_>, Vec<_>) = rest.map(|(place, row)| (stored(*place), row.account.0)).unzip();
        if !places.is_empty() {
            batch.by_place = admissions::of_places(&mut tx, event, &places).await?;
            batch.by_account = admissions::of_accounts(&mut tx, event, &accounts).await?;
        }
        tx.commit().await?;
        Ok(batch)
    }
}

/// What the tables said of a batch.
struct Batch {
    there: HashSet<u32>,
    /// The ids of the admissions that are new.
    inserted: HashSet<uuid::Uuid>,
    by_place: HashMap<u32, AdmissionRow>,
    by_account: HashMap<UserId, AdmissionRow>,
}

impl Batch {
    fn of(&self, issue: &Issue) -> Issued {
        let row = issue.row;
        if !self.there.contains(&row.position) {
            return Issued::Left;
        }
        if self.inserted.contains(&row.id.0) {
            return Issued::New(row);
        }
        // Another call of this place was first, or the account came in by another place.
        let before = match self.by_place.get(&issue.place) {
            Some(of_place) => Some(of_place).filter(|found| found.account == row.account && found.ended.is_none()),
            None => self.by_account.get(&row.account),
        };
        before.map_or(Issued::Another, |before| Issued::Before(*before))
    }
}

/// Tokens tell whole seconds: what the row says is what the token says.
pub(crate) fn whole_second(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(at.timestamp(), 0).unwrap_or(at)
}

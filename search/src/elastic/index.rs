//! Indices: made, written, and put in each other's place.

use super::document::{Document, definition};
use super::{Elastic, ElasticError};
use crate::store::indexing::Indexed;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long an index that searches have left stays for those that were at it.
const LEFT_MAX: Duration = Duration::from_secs(2);

/// What became of the documents that were sent.
pub(crate) struct Written {
    /// The places of those that all indices have now, in this version or a later one.
    pub done: Vec<usize>,
    /// Those that an index will never take, and why.
    pub rejected: Vec<(usize, String)>,
    /// Why one of the others was not taken, this time.
    pub failure: Option<String>,
}

/// An index that was made.
pub(crate) struct Made {
    /// What it is called.
    pub name: String,
    /// The alias by which it is written; as [`Elastic::write`] takes them.
    pub written_by: [String; 1],
}

/// Whether what was written is to be found at once, or within a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refresh {
    /// Before the call ends.
    Now,
    /// By itself.
    Later,
}

#[derive(Serialize)]
struct Action<'a> {
    index: Target<'a>,
}

#[derive(Serialize)]
struct Target<'a> {
    _index: &'a str,
    _id: &'a str,
    version: i64,
    version_type: &'static str,
}

#[derive(Deserialize)]
struct BulkAnswer {
    items: Vec<BTreeMap<String, ItemAnswer>>,
}

#[derive(Deserialize)]
struct ItemAnswer {
    status: u16,
    error: Option<Value>,
}

type Aliases = BTreeMap<String, Value>;

impl Elastic {
    /// The aliases by which indices are written; none when the engine has lost or never had one.
    pub(crate) async fn written(&self) -> Result<Vec<String>, ElasticError> {
        Ok(self.indices().await?.iter().map(|index| write_alias(index)).collect())
    }

    /// All indices of this form.
    async fn indices(&self) -> Result<Vec<String>, ElasticError> {
        let found: Option<Aliases> = self.client.find(&format!("/_alias/{}-*-w", self.alias)).await?;
        Ok(found.unwrap_or_default().into_keys().collect())
    }

    /// Whether there is an index to search.
    pub(crate) async fn is_searchable(&self) -> Result<bool, ElasticError> {
        let found: Option<Aliases> = self.client.find(&format!("/_alias/{}", self.alias)).await?;
        Ok(found.is_some_and(|found| !found.is_empty()))
    }

    /// Makes an index that is written from now on; searches do not see it yet.
    pub(crate) async fn create(&self, now_ms: i64) -> Result<Made, ElasticError> {
        let name = format!("{}-{now_ms}", self.alias);
        let written_by = write_alias(&name);
        let _acknowledged: Value = self.client.send(Method::PUT, &format!("/{name}"), &definition(&written_by)).await?;
        Ok(Made { name, written_by: [written_by] })
    }

    /// Leads searches to this index in one step, and removes the others of its form once nobody searches them any more.
    pub(crate) async fn switch_to(&self, index: &str) -> Result<(), ElasticError> {
        let _refreshed: Option<Value> = self.client.find(&format!("/{index}/_refresh")).await?;
        let others = self.indices().await?.into_iter().filter(|other| other != index);
        let left =
            others.map(|other| json!({ "remove": { "index": other, "alias": self.alias, "must_exist": false } }));
        let added = json!({ "add": { "index": index, "alias": self.alias } });
        let actions: Vec<Value> = left.chain([added]).collect();
        let _acknowledged: Value = self.client.send(Method::POST, "/_aliases", &json!({ "actions": actions })).await?;
        // A search asks an index twice, for places and for documents: it must be there the second time.
        tokio::time::sleep(self.search_max.min(LEFT_MAX)).await;
        self.remove_unread().await
    }

    /// Removes indices that no search reads, e.g. of a building that was broken off.
    pub(crate) async fn remove_unread(&self) -> Result<(), ElasticError> {
        let read: Option<Aliases> = self.client.find(&format!("/_alias/{}", self.alias)).await?;
        let read: BTreeSet<String> = read.unwrap_or_default().into_keys().collect();
        for index in self.indices().await? {
            if !read.contains(&index) {
                self.client.delete(&format!("/{index}")).await?;
            }
        }
        Ok(())
    }

    /// Writes events into each of the indices, under their revisions: what an index has in a later one, stays.
    pub(crate) async fn write(
        &self,
        aliases: &[String],
        events: &[Indexed],
        refresh: Refresh,
    ) -> Result<Written, ElasticError> {
        let mut lines = Vec::with_capacity(events.len() * aliases.len() * 2_048);
        for event in events {
            for alias in aliases {
                let index = Target { _index: alias, _id: &event.id, version: event.revision, version_type: "external" };
                line(&mut lines, &Action { index })?;
                line(&mut lines, &Document::of(event))?;
            }
        }
        let refresh = if refresh == Refresh::Now { "true" } else { "false" };
        let path = format!("/_bulk?require_alias=true&refresh={refresh}");
        let answer: BulkAnswer = self.client.send_lines(&path, lines).await?;
        let answers: Vec<ItemAnswer> = answer.items.into_iter().flat_map(BTreeMap::into_values).collect();
        if answers.len() != events.len() * aliases.len() {
            return Err(ElasticError::Unreadable("other documents were answered than sent".to_owned()));
        }
        Ok(outcome(&answers, aliases.len().max(1)))
    }
}

fn outcome(answers: &[ItemAnswer], copies: usize) -> Written {
    let mut written = Written { done: Vec::new(), rejected: Vec::new(), failure: None };
    for (place, answers) in answers.chunks(copies).enumerate() {
        // 409: it has this revision or a later one.
        let worst =
            answers.iter().filter(|answer| !matches!(answer.status, 200..=299 | 409)).max_by_key(|a| a.status != 400);
        match worst {
            None => written.done.push(place),
            Some(answer) => {
                let reason = answer.error.as_ref().map(ToString::to_string).unwrap_or_default();
                if answer.status == 400 {
                    written.rejected.push((place, reason));
                } else {
                    written.failure = Some(format!("{} {reason}", answer.status));
                }
            }
        }
    }
    written
}

fn line(lines: &mut Vec<u8>, value: &impl Serialize) -> Result<(), ElasticError> {
    serde_json::to_writer(&mut *lines, value).map_err(|error| ElasticError::Unreadable(error.to_string()))?;
    lines.push(b'\n');
    Ok(())
}

fn write_alias(index: &str) -> String {
    format!("{index}-w")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16) -> ItemAnswer {
        ItemAnswer { status, error: None }
    }

    #[test]
    fn a_document_is_done_when_every_index_has_it() {
        let statuses = [201, 200, 409, 200, 200, 404, 400, 200, 400, 503];
        let answers: Vec<_> = statuses.into_iter().map(answer).collect();
        let written = outcome(&answers, 2);
        assert_eq!(written.done, [0, 1]);
        assert_eq!(written.rejected.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [3]);
        assert!(written.failure.is_some_and(|reason| reason.starts_with("503")));
    }
}

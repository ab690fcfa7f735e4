//! Completions from the index.

use super::query::listed;
use super::{Elastic, ElasticError};
use crate::domain::completion::{Fit, fit};
use crate::domain::query::short;
use crate::domain::typos;
use chrono::{DateTime, Utc};
use onsale_core::api::events::{EventSummary, Suggestion};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use std::cmp::Reverse;

/// How many completions there are at most.
const SUGGESTIONS_MAX: usize = 10;
/// How many candidates of a kind are looked at.
const CANDIDATES_MAX: usize = 50;

#[derive(Deserialize)]
struct Answer {
    hits: Hits,
    aggregations: Aggregations,
}

#[derive(Deserialize)]
struct Hits {
    hits: Vec<Hit>,
}

#[derive(Deserialize)]
struct Hit {
    #[serde(rename = "_source")]
    source: Source,
}

#[derive(Deserialize)]
struct Source {
    summary: EventSummary,
}

#[derive(Deserialize)]
struct Aggregations {
    city: Filtered,
    venue: Filtered,
}

#[derive(Deserialize)]
struct Filtered {
    values: Terms,
}

#[derive(Deserialize)]
struct Terms {
    buckets: Vec<Bucket>,
}

#[derive(Deserialize)]
struct Bucket {
    key: String,
    first: First,
}

#[derive(Deserialize)]
struct First {
    value: Option<f64>,
}

struct Candidate {
    fit: Fit,
    /// When the event, or the first one there, begins: milliseconds since 1970.
    starts_ms: f64,
    suggestion: Suggestion,
}

impl Elastic {
    /// Cities, venues and events whose words begin with, or are like, a folded text; of events from a time on.
    pub(crate) async fn suggest(&self, typed: &str, from: DateTime<Utc>) -> Result<Vec<Suggestion>, ElasticError> {
        let path = format!("/{}/_search", self.alias);
        let body = body(typed, from);
        let answer: Answer = self.guarded(self.client.send(Method::POST, &path, &body)).await?;
        Ok(best(typed, answer))
    }
}

fn body(typed: &str, from: DateTime<Utc>) -> Value {
    let [name, venue, city] = ["name", "venue", "city"].map(|field| begins(field, typed));
    let facet = |filter: &Value, field: &str| {
        let values = json!({ "terms": { "field": field, "size": CANDIDATES_MAX },
                             "aggs": { "first": { "min": { "field": "starts_at" } } } });
        json!({ "filter": filter, "aggs": { "values": values } })
    };
    let (venues, cities) = (facet(&venue, "venue_shown"), facet(&city, "city_shown"));
    json!({
        "query": { "bool": {
            "filter": [listed(), { "range": { "starts_at": { "gte": from.timestamp_millis() } } }],
            "should": [&name, &venue, &city],
            "minimum_should_match": 1,
        } },
        "post_filter": &name,
        "aggs": { "venue": venues, "city": cities },
        "sort": [{ "_score": "desc" }, { "starts_at": "asc" }, { "id": "asc" }],
        "size": CANDIDATES_MAX,
        "track_total_hits": false,
        "_source": ["summary"],
    })
}

/// Each word of the text begins one of the field's, or is nearly one.
fn begins(field: &str, typed: &str) -> Value {
    let each = typed.split(' ').map(|word| {
        let typos = typos::allowed(word);
        let mut ways = vec![json!({ "prefix": { field: { "value": word, "boost": 2.0 } } })];
        if typos > 0 {
            ways.push(
                json!({ "fuzzy": { field: { "value": word, "fuzziness": typos, "rewrite": "constant_score" } } }),
            );
        }
        json!({ "dis_max": { "queries": ways } })
    });
    json!({ "bool": { "must": each.collect::<Vec<_>>() } })
}

fn best(typed: &str, answer: Answer) -> Vec<Suggestion> {
    let mut candidates = Vec::new();
    let mut consider = |text: String, kind: &str, id, starts_ms: f64| {
        if let Some(fit) = fit(typed, &short(&text)) {
            candidates.push(Candidate { fit, starts_ms, suggestion: Suggestion { text, kind: kind.to_owned(), id } });
        }
    };
    for (kind, facet) in [("city", answer.aggregations.city), ("venue", answer.aggregations.venue)] {
        for bucket in facet.values.buckets {
            consider(bucket.key, kind, None, bucket.first.value.unwrap_or_default());
        }
    }
    for hit in answer.hits.hits {
        let event = hit.source.summary;
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are below 2^53")]
        let starts_ms = event.starts_at.timestamp_millis() as f64;
        consider(event.name, "event", Some(event.id), starts_ms);
    }
    candidates.sort_by(|a, b| {
        let key = |c: &Candidate| (Reverse(c.fit), c.suggestion.kind.clone());
        let later = |a: &Candidate, b: &Candidate| a.starts_ms.total_cmp(&b.starts_ms);
        key(a).cmp(&key(b)).then_with(|| later(a, b)).then_with(|| a.suggestion.text.cmp(&b.suggestion.text))
    });
    candidates.truncate(SUGGESTIONS_MAX);
    candidates.into_iter().map(|candidate| candidate.suggestion).collect()
}

//! Searching the index.

use super::query::{self, Matching};
use super::{Elastic, ElasticError};
use crate::domain::query::Search;
use onsale_core::api::events::{EventSummary, FacetCount, Facets};
use reqwest::Method;
use serde::Deserialize;

/// What a search finds.
pub(crate) struct Found {
    /// The events of the page, in order.
    pub items: Vec<EventSummary>,
    /// How many there are in all.
    pub total: i64,
    pub facets: Facets,
}

#[derive(Deserialize)]
struct Answer {
    timed_out: bool,
    hits: Hits,
    aggregations: Aggregations,
}

#[derive(Deserialize)]
struct Hits {
    total: Total,
    hits: Vec<Hit>,
}

#[derive(Deserialize)]
struct Total {
    value: i64,
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
    category: Filtered,
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
    doc_count: i64,
}

impl Terms {
    fn counts(self) -> Vec<FacetCount> {
        self.buckets.into_iter().map(|bucket| FacetCount { value: bucket.key, count: bucket.doc_count }).collect()
    }
}

impl Elastic {
    /// Finds the events of one page, and counts the others.
    pub(crate) async fn search(&self, search: &Search) -> Result<Found, ElasticError> {
        self.guarded(async {
            let ways: &[Matching] = match search.terms.is_empty() {
                true => &[Matching::Written],
                false => &[Matching::Written, Matching::Misspelt, Matching::Alike],
            };
            let mut found = Found { items: Vec::new(), total: 0, facets: Facets::default() };
            for matching in ways {
                found = self.search_once(search, *matching).await?;
                if found.total > 0 {
                    break;
                }
            }
            Ok(found)
        })
        .await
    }

    async fn search_once(&self, search: &Search, matching: Matching) -> Result<Found, ElasticError> {
        let path = format!("/{}/_search?request_cache=false", self.alias);
        let answer: Answer = self.client.send(Method::POST, &path, &query::search(search, matching)).await?;
        if answer.timed_out {
            return Err(ElasticError::Late(self.search_max));
        }
        Ok(Found {
            items: answer.hits.hits.into_iter().map(|hit| hit.source.summary).collect(),
            total: answer.hits.total.value,
            facets: Facets {
                city: answer.aggregations.city.values.counts(),
                category: answer.aggregations.category.values.counts(),
            },
        })
    }
}

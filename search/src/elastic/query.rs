//! Searches in the engine's own language.

use crate::domain::query::{Search, Sort};
use crate::domain::{grams, language, typos};
use serde_json::{Value, json};

/// How many values a facet has at most.
const FACETS_MAX: usize = 50;
/// How many words a misspelt one is taken for, the nearest first.
const MEANINGS_MAX: usize = 30;
/// A word like one in the index has this share of its pieces.
const GRAMS_MIN: &str = "55%";

/// A word counts by where it is found, and not by how rare it is there: each word has to be found, and whoever names
/// a city wants to go there, not to a show that is named after it.
const FIELDS: [(&str, f64); 5] = [("name", 6.0), ("venue", 6.0), ("city", 8.0), ("kind", 4.0), ("text", 1.0)];
/// A word that only begins like it counts this share of that,
const PREFIX: f64 = 0.8;
/// another word for the same this one (a venue is called as it is called: not there),
const SYNONYM: f64 = 0.7;
/// and one that is a typo, or two, away these.
const TYPOS: [f64; 2] = [0.65, 0.45];
/// Something like it counts so much, wherever it is found.
const ALIKE: f64 = 1.5;
/// A kind that is asked for by one of its names.
const KIND: f64 = 5.0;
/// The query is the whole name, or the venue's; begins it; or its words stand side by side there.
const WHOLE: f64 = 6.0;
const BEGINS: f64 = 2.0;
const TOGETHER: f64 = 2.0;

/// How words are compared, from strict to lenient; the first that finds something answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matching {
    /// Each word, or another one for the same, is there or begins one.
    Written,
    /// Or with a typo or two.
    Misspelt,
    /// Or there is something like it; of three and more words one may be missing.
    Alike,
}

/// One page, how many there are, and the facets.
///
/// A facet counts what there would be with another value of its own: its own filter is not applied to it.
pub(super) fn search(search: &Search, matching: Matching) -> Value {
    let in_city = search.city.as_ref().map(|city| json!({ "term": { "city_key": city } }));
    let in_kind = search.category.as_ref().map(|kind| json!({ "term": { "kind_key": kind } }));
    let both: Vec<&Value> = in_city.iter().chain(&in_kind).collect();
    json!({
        "query": { "bool": {
            "filter": filters(search),
            "must": words(search, matching),
            "should": whole(search),
        } },
        "post_filter": { "bool": { "filter": both } },
        "aggs": {
            "city": facet("city_shown", in_kind.as_ref()),
            "category": facet("kind_shown", in_city.as_ref()),
        },
        "sort": order(search.sort),
        "from": search.offset,
        "size": search.limit,
        "track_total_hits": true,
        "_source": ["summary"],
    })
}

fn facet(field: &str, filter: Option<&Value>) -> Value {
    let order = json!([{ "_count": "desc" }, { "_key": "asc" }]);
    json!({
        "filter": { "bool": { "filter": filter.into_iter().collect::<Vec<_>>() } },
        "aggs": { "values": { "terms": { "field": field, "size": FACETS_MAX, "order": order } } },
    })
}

fn order(sort: Sort) -> Value {
    let sooner = [json!({ "starts_at": "asc" }), json!({ "id": "asc" })];
    let first = match sort {
        Sort::Relevance => vec![json!({ "_score": "desc" })],
        Sort::Date => vec![],
        Sort::Price => vec![json!({ "price_min": "asc" })],
    };
    first.into_iter().chain(sooner).collect()
}

fn filters(search: &Search) -> Vec<Value> {
    let mut filters = vec![listed()];
    let until = search.to.map(|to| to.timestamp_millis());
    filters.push(json!({ "range": { "starts_at": { "gte": search.from.timestamp_millis(), "lte": until } } }));
    if let Some(price) = &search.min_price {
        filters.push(json!({ "range": { "price_max": { "gte": price } } }));
    }
    if let Some(price) = &search.max_price {
        filters.push(json!({ "range": { "price_min": { "lte": price } } }));
    }
    if search.available {
        filters.push(json!({ "range": { "available": { "gt": 0 } } }));
    }
    if let Some(near) = search.near {
        let place = json!({ "lat": near.latitude, "lon": near.longitude });
        filters.push(json!({ "geo_distance": { "distance": format!("{}km", near.radius_km), "place": place } }));
    }
    filters
}

/// In lists, and not called off.
pub(super) fn listed() -> Value {
    json!({ "term": { "listed": true } })
}

fn words(search: &Search, matching: Matching) -> Value {
    if search.terms.is_empty() {
        return json!([]);
    }
    let each: Vec<Value> = search.terms.iter().map(|term| word(term, matching)).collect();
    if matching == Matching::Alike {
        return json!([{ "bool": { "should": each, "minimum_should_match": "2<-1" } }]);
    }
    json!(each)
}

/// A word, wherever it is found best; more than one place counts a little.
fn word(term: &str, matching: Matching) -> Value {
    let mut ways = Vec::with_capacity(24);
    let typos = if matching == Matching::Written { 0 } else { typos::allowed(term) };
    for (field, weight) in FIELDS {
        ways.push(counts(weight, &json!({ "term": { field: term } })));
        ways.push(counts(weight * PREFIX, &json!({ "prefix": { field: term } })));
        let others: Vec<&str> = language::others_for(term).filter(|_| field != "venue").collect();
        if !others.is_empty() {
            ways.push(counts(weight * SYNONYM, &json!({ "terms": { field: others } })));
        }
        for (fuzziness, share) in (1..=typos).zip(TYPOS) {
            let near = json!({ "value": term, "fuzziness": fuzziness, "max_expansions": MEANINGS_MAX });
            ways.push(counts(weight * share, &json!({ "fuzzy": { field: near } })));
        }
    }
    if matching == Matching::Alike {
        let pieces = grams::of_word(term).into_iter().collect::<Vec<_>>().join(" ");
        let alike = json!({ "match": { "grams": { "query": pieces, "minimum_should_match": GRAMS_MIN } } });
        ways.push(counts(ALIKE, &alike));
    }
    json!({ "dis_max": { "queries": ways, "tie_breaker": 0.15 } })
}

/// Whatever matches scores this.
fn counts(score: f64, query: &Value) -> Value {
    json!({ "constant_score": { "filter": query, "boost": score } })
}

/// What the whole query adds.
fn whole(search: &Search) -> Value {
    if search.terms.is_empty() {
        return json!([]);
    }
    let all = search.terms.join(" ");
    let together = |field: &str| json!({ "match_phrase": { field: { "query": all, "slop": 1 } } });
    json!([
        counts(KIND, &json!({ "terms": { "kind_key": search.marked() } })),
        counts(WHOLE, &json!({ "term": { "name_key": all } })),
        counts(WHOLE, &json!({ "term": { "venue_key": all } })),
        counts(BEGINS, &json!({ "prefix": { "name_key": all } })),
        counts(TOGETHER, &together("name")),
        counts(TOGETHER, &together("venue")),
    ])
}

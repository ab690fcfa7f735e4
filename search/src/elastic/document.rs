//! An event as the index has it, and the fields of the index.

use crate::domain::grams;
use crate::store::indexing::{Indexed, Shown};
use onsale_core::api::events::EventSummary;
use serde::Serialize;
use serde_json::{Value, json};

/// A document. What is not in lists is only noted as such: a deletion would be forgotten after a while, and what
/// comes late could undo it.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    listed: bool,
    #[serde(flatten)]
    shown: Option<ShownDocument<'a>>,
}

#[derive(Serialize)]
struct ShownDocument<'a> {
    id: &'a str,
    name: &'a str,
    venue: &'a str,
    city: &'a str,
    kind: &'a str,
    text: &'a str,
    name_key: &'a str,
    venue_key: &'a str,
    city_key: &'a str,
    kind_key: &'a str,
    grams: String,
    venue_shown: &'a str,
    city_shown: &'a str,
    kind_shown: &'a str,
    starts_at: i64,
    price_min: f64,
    price_max: f64,
    available: i64,
    place: Place,
    summary: &'a EventSummary,
}

#[derive(Serialize)]
struct Place {
    lat: f64,
    lon: f64,
}

impl<'a> Document<'a> {
    pub(super) fn of(event: &'a Indexed) -> Self {
        let shown = event.shown.as_ref().map(ShownDocument::of);
        Self { listed: shown.is_some(), shown }
    }
}

impl<'a> ShownDocument<'a> {
    fn of(shown: &'a Shown) -> Self {
        let summary = &shown.summary;
        Self {
            id: summary.id.as_str(),
            name: &shown.name,
            venue: &shown.venue,
            city: &shown.city,
            kind: &shown.kind,
            text: &shown.text,
            name_key: &shown.name,
            venue_key: &shown.venue,
            city_key: &shown.city,
            kind_key: &shown.kind,
            grams: grams::of_text([&shown.name, &shown.venue, &shown.city, &shown.kind]),
            venue_shown: &summary.venue.name,
            city_shown: &summary.venue.city,
            kind_shown: &summary.kind,
            starts_at: summary.starts_at.timestamp_millis(),
            price_min: shown.price_from,
            price_max: shown.price_max,
            available: summary.availability.available,
            place: Place { lat: shown.latitude, lon: shown.longitude },
            summary,
        }
    }
}

/// What an index is made with. Only what every Elasticsearch 8 has without further modules.
pub(super) fn definition(write_alias: &str) -> Value {
    let words =
        json!({ "type": "text", "analyzer": "whitespace", "index_prefixes": { "min_chars": 1, "max_chars": 12 } });
    let keyword = json!({ "type": "keyword", "ignore_above": 1_000 });
    json!({
        "settings": {
            "number_of_shards": 1,
            "auto_expand_replicas": "0-1",
            "refresh_interval": "1s",
        },
        "aliases": { write_alias: {} },
        "mappings": {
            "dynamic": false,
            "properties": {
                "listed": { "type": "boolean" },
                "id": { "type": "keyword" },
                "name": words, "venue": words, "city": words, "kind": words, "text": words,
                "name_key": keyword, "venue_key": keyword, "city_key": keyword, "kind_key": keyword,
                "grams": { "type": "text", "analyzer": "whitespace", "index_options": "docs", "norms": false },
                "venue_shown": keyword, "city_shown": keyword, "kind_shown": keyword,
                "starts_at": { "type": "date", "format": "epoch_millis" },
                "price_min": { "type": "double" },
                "price_max": { "type": "double" },
                "available": { "type": "long" },
                "place": { "type": "geo_point" },
                "summary": { "type": "object", "enabled": false },
            },
        },
    })
}

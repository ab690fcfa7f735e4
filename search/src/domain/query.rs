//! What a search asks for, read and checked.

use super::{language, typos};
use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::api::events::SearchQuery;
use onsale_core::api::page::LIMIT_MAX;
use onsale_core::api::problem::FieldError;
use onsale_core::text::fold;
use serde::{Deserialize, Serialize};

/// The longest query, in characters.
pub const QUERY_MAX: usize = 200;
/// The most words of a query that are looked for.
const TERMS_MAX: usize = 8;
/// The most words that one with a typo is taken for.
const MEANINGS_MAX: usize = 10;
/// How many events a page has when nothing is said.
const LIMIT_DEFAULT: u32 = 20;
/// How deep pages go; nobody reads that far, and counting there is dear.
const OFFSET_MAX: u32 = 5_000;
/// Half of the equator, in kilometres: no two places are farther apart.
const RADIUS_MAX_KM: f64 = 20_040.0;
/// The radius when nothing is said, in kilometres.
const RADIUS_DEFAULT_KM: f64 = 50.0;
/// An event stays in lists until so long after its beginning.
pub const LISTED_AFTER_START: TimeDelta = TimeDelta::hours(3);

/// A search, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// The words, folded.
    pub terms: Vec<String>,
    /// The city, folded.
    pub city: Option<String>,
    /// The kind of event, folded.
    pub category: Option<String>,
    /// Beginning at or after this time.
    pub from: DateTime<Utc>,
    /// Beginning at or before this time.
    pub to: Option<DateTime<Utc>>,
    /// A decimal in major units: the dearest ticket costs at least this.
    pub min_price: Option<String>,
    /// A decimal in major units: the cheapest ticket costs at most this.
    pub max_price: Option<String>,
    /// Within a distance of a place.
    pub near: Option<Near>,
    /// Only with places left.
    pub available: bool,
    /// In which order.
    pub sort: Sort,
    /// How many.
    pub limit: u32,
    /// How many come before this page.
    pub offset: u32,
}

/// A circle on the globe.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Kilometres.
    pub radius_km: f64,
}

/// The order of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// The best match first.
    Relevance,
    /// The soonest first.
    Date,
    /// The cheapest first.
    Price,
}

impl Sort {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Date => "date",
            Self::Price => "price",
        }
    }
}

/// Where a page starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PagePlace {
    /// How many come before it.
    pub offset: u32,
}

/// The search that a query string asks for, or every parameter that is wrong.
pub fn read(query: &SearchQuery, place: PagePlace, now: DateTime<Utc>) -> Result<Search, Vec<FieldError>> {
    let mut wrong = Wrong(Vec::new());
    let terms = language::telling(words(&mut wrong, query.query.as_deref().unwrap_or_default()));
    let search = Search {
        sort: sort(&mut wrong, query.sort.as_deref(), !terms.is_empty()),
        terms,
        city: query.city.as_deref().map(short).filter(|city| !city.is_empty()),
        category: query.category.as_deref().map(short).filter(|kind| !kind.is_empty()),
        from: query.from.unwrap_or(now - LISTED_AFTER_START),
        to: query.to,
        min_price: price(&mut wrong, "minPrice", query.min_price.as_deref()),
        max_price: price(&mut wrong, "maxPrice", query.max_price.as_deref()),
        near: near(&mut wrong, query.near.as_deref(), query.radius_km),
        available: query.available.unwrap_or(false),
        limit: query.limit.unwrap_or(LIMIT_DEFAULT),
        offset: place.offset,
    };
    wrong.unless((1..=LIMIT_MAX).contains(&search.limit), "limit", "out_of_range", "ask for 1 to 100 events");
    wrong.unless(place.offset <= OFFSET_MAX, "cursor", "too_deep", "ask for something narrower");
    let ordered = query.from.is_none_or(|from| search.to.is_none_or(|to| from <= to));
    wrong.unless(ordered, "to", "order", "it lies after from");
    if wrong.0.is_empty() { Ok(search) } else { Err(wrong.0) }
}

impl Search {
    /// Where the page after this one starts, when `total` matched.
    #[must_use]
    pub fn next_page(&self, total: i64) -> Option<PagePlace> {
        let offset = self.offset + self.limit;
        (i64::from(offset) < total && offset <= OFFSET_MAX).then_some(PagePlace { offset })
    }

    /// The words as a query of PostgreSQL's full text: each a prefix, or another word for the same; all of them found.
    #[must_use]
    pub fn text_query(&self) -> String {
        self.terms.iter().map(|term| written(term)).collect::<Vec<_>>().join(" & ")
    }

    /// What an answer marks: the words, and the others for the same.
    #[must_use]
    pub fn marked(&self) -> Vec<String> {
        let others = self.terms.iter().flat_map(|term| language::others_for(term)).map(str::to_owned);
        self.terms.iter().cloned().chain(others).collect()
    }
}

/// A word for to_tsquery. Words are letters and digits only, so nothing in them means anything to it.
fn written(term: &str) -> String {
    let others: Vec<&str> = language::others_for(term).collect();
    if others.is_empty() { format!("{term}:*") } else { format!("({term}:* | {})", others.join(" | ")) }
}

/// The query with each word replaced by those of the vocabulary that it may have meant; a word that
/// is near none stays as it is. Nothing when none is near any.
#[must_use]
pub fn corrected(terms: &[String], vocabulary: &[Vec<String>]) -> Option<String> {
    let near = |term: &String, words: &Vec<String>| -> Vec<String> {
        words.iter().filter(|word| typos::is_near(term, word)).take(MEANINGS_MAX).cloned().collect()
    };
    let meant: Vec<Vec<String>> = terms.iter().zip(vocabulary).map(|(term, words)| near(term, words)).collect();
    if meant.iter().all(Vec::is_empty) {
        return None;
    }
    let alternatives = meant
        .iter()
        .zip(terms)
        .map(|(words, term)| if words.is_empty() { written(term) } else { format!("({})", words.join(" | ")) });
    Some(alternatives.collect::<Vec<_>>().join(" & "))
}

/// The words of a text, folded.
#[must_use]
pub fn terms(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut terms: Vec<String> = Vec::new();
    for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if terms.len() < TERMS_MAX && !terms.iter().any(|known| known == word) {
            terms.push(word.to_owned());
        }
    }
    terms
}

/// All words of a text, folded, with one space between them: what is indexed.
#[must_use]
pub fn indexed(text: &str) -> String {
    onsale_core::text::words(text)
}

/// A short text as it is indexed, for comparing and completing.
#[must_use]
pub fn short(text: &str) -> String {
    indexed(&text.chars().take(QUERY_MAX).collect::<String>())
}

struct Wrong(Vec<FieldError>);

impl Wrong {
    fn unless(&mut self, good: bool, field: &str, code: &str, remedy: &str) {
        if !good {
            self.0.push(FieldError { field: field.to_owned(), code: code.to_owned(), message: remedy.to_owned() });
        }
    }
}

fn words(wrong: &mut Wrong, query: &str) -> Vec<String> {
    wrong.unless(query.chars().count() <= QUERY_MAX, "query", "too_long", "use at most 200 characters");
    terms(query)
}

fn sort(wrong: &mut Wrong, word: Option<&str>, has_words: bool) -> Sort {
    match word {
        Some("relevance") if has_words => Sort::Relevance,
        Some("relevance" | "date") => Sort::Date,
        Some("price") => Sort::Price,
        None if has_words => Sort::Relevance,
        None => Sort::Date,
        Some(_) => {
            wrong.unless(false, "sort", "unknown", "use relevance, date or price");
            Sort::Date
        }
    }
}

fn price(wrong: &mut Wrong, field: &str, text: Option<&str>) -> Option<String> {
    let text = text?;
    let (major, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits =
        |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let good = digits(major, 12) && digits(fraction, 4);
    wrong.unless(good, field, "invalid", "use an amount such as 25 or 25.50");
    good.then(|| text.to_owned())
}

fn near(wrong: &mut Wrong, text: Option<&str>, radius_km: Option<f64>) -> Option<Near> {
    let radius_km = radius_km.unwrap_or(RADIUS_DEFAULT_KM);
    let radius_good = radius_km > 0.0 && radius_km <= RADIUS_MAX_KM;
    wrong.unless(radius_good, "radiusKm", "out_of_range", "use more than 0 and at most 20040 km");
    let text = text?;
    let place = text
        .split_once(',')
        .and_then(|(north, east)| Some((north.trim().parse::<f64>().ok()?, east.trim().parse::<f64>().ok()?)))
        .filter(|(north, east)| (-90.0..=90.0).contains(north) && (-180.0..=180.0).contains(east));
    wrong.unless(place.is_some(), "near", "invalid", "use latitude,longitude in degrees, e.g. 40.42,-3.70");
    let (latitude, longitude) = place?;
    Some(Near { latitude, longitude, radius_km })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("a time")
    }

    #[test]
    fn every_wrong_parameter_is_named_at_once() {
        let query = SearchQuery {
            query: Some("x".repeat(201)),
            min_price: Some("1e3".into()),
            max_price: Some("-5".into()),
            near: Some("91,0".into()),
            radius_km: Some(f64::NAN),
            sort: Some("random".into()),
            limit: Some(0),
            from: Some(now()),
            to: Some(now() - TimeDelta::days(1)),
            ..SearchQuery::default()
        };
        let errors = read(&query, PagePlace { offset: 5_001 }, now()).expect_err("all wrong");
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        let expected = ["query", "sort", "minPrice", "maxPrice", "radiusKm", "near", "limit", "cursor", "to"];
        assert_eq!(fields, expected);
    }

    #[test]
    fn words_are_folded_and_harmless_to_the_engine() {
        assert_eq!(terms("Señor & | ! (O'Brien):* señor"), ["senor", "o", "brien"]);
        let search = read(
            &SearchQuery { query: Some("Beethoven: núm. 9".into()), ..SearchQuery::default() },
            PagePlace { offset: 0 },
            now(),
        )
        .expect("a search");
        assert_eq!(search.text_query(), "beethoven:* & num:* & 9:*");
        assert_eq!(search.sort, Sort::Relevance);
    }

    #[test]
    fn words_are_corrected_by_the_vocabulary() {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let vocabulary = [owned(&["hamlet", "helmet", "ham"]), owned(&[])];
        let query = corrected(&owned(&["halmet", "xyz"]), &vocabulary);
        assert_eq!(query.as_deref(), Some("(hamlet | helmet) & xyz:*"));
        assert_eq!(corrected(&owned(&["xyz"]), &[owned(&["abc"])]), None);
    }

    #[test]
    fn pages_end_where_the_matches_do() {
        let search = read(&SearchQuery::default(), PagePlace { offset: 20 }, now()).expect("a search");
        assert_eq!(search.next_page(40), None);
        assert_eq!(search.next_page(41), Some(PagePlace { offset: 40 }));
    }
}

//! Cursors of paged lists: where the next page starts, as text that clients hand back unread.

use crate::problem::Problem;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use onsale_core::api::page::{LIMIT_MAX, PageQuery};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How many items a page has when nothing is said.
pub const LIMIT_DEFAULT: u32 = 50;

/// The text for a place in a list.
pub fn encode<T: Serialize>(place: &T) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
}

/// The place that a text stands for; a 400 that names `cursor` when it stands for none.
pub fn decode<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| Problem::malformed("cursor", "send a nextCursor as it was given, or none for the first page"))
}

/// Cuts a list that was read one item too long to its page; the cursor of the next page, if there is one.
pub fn next<T, C: Serialize>(items: &mut Vec<T>, limit: i64, place: impl Fn(&T) -> C) -> Option<String> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if items.len() <= limit {
        return None;
    }
    items.truncate(limit);
    items.last().map(|last| encode(&place(last)))
}

/// How many items are asked for; a 422 when it is not 1–100.
pub fn limit(query: &PageQuery, default: u32) -> Result<i64, Problem> {
    match query.limit {
        None => Ok(i64::from(default)),
        Some(limit) if (1..=LIMIT_MAX).contains(&limit) => Ok(i64::from(limit)),
        Some(_) => Err(Problem::invalid("limit", "out_of_range", "ask for 1 to 100 items")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_at_its_limit_and_leads_on_only_where_there_is_more() {
        let of = |count: u8| {
            let mut items: Vec<u8> = (1..=count).collect();
            let next = next(&mut items, 3, |item| *item);
            (items, next.map(|text| decode::<u8>(&text).expect("a cursor")))
        };
        assert_eq!(of(0), (vec![], None));
        assert_eq!(of(3), (vec![1, 2, 3], None));
        assert_eq!(of(4), (vec![1, 2, 3], Some(3)));
    }
}

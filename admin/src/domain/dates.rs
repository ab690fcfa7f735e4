//! The same event on another date.

use chrono::{DateTime, Utc};
use onsale_core::api::admin::EventDraft;

/// The most dates that one request adds to a series.
pub const DATES_MAX: usize = 100;

/// The draft on another date. The end of its sale moves along; so does its opening where it would come too late.
#[must_use]
pub fn moved(draft: &EventDraft, starts_at: DateTime<Utc>) -> EventDraft {
    let by = starts_at - draft.starts_at;
    let mut moved = EventDraft { id: None, starts_at, ..draft.clone() };
    moved.sale.off_sale_at = draft.sale.off_sale_at.map(|at| at + by);
    let ends_at = moved.sale.off_sale_at.unwrap_or(starts_at);
    if draft.sale.on_sale_at >= ends_at {
        moved.sale.on_sale_at = draft.sale.on_sale_at + by;
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use serde_json::json;

    fn draft() -> EventDraft {
        let draft = json!({
            "id": "E1", "venueId": "hall", "name": "N", "description": "", "type": "concert",
            "startsAt": "2027-05-10T19:00:00Z",
            "sale": {"currency": "EUR", "onSaleAt": "2027-05-01T09:00:00Z", "offSaleAt": "2027-05-10T18:00:00Z",
                     "refund": {"feesRefunded": false}},
            "ticketTypes": [],
        });
        serde_json::from_value(draft).expect("a draft")
    }

    #[test]
    fn the_end_of_the_sale_moves_along_and_its_opening_stays() {
        let draft = draft();
        let later = moved(&draft, draft.starts_at + TimeDelta::days(7));
        assert_eq!(later.sale.off_sale_at, draft.sale.off_sale_at.map(|at| at + TimeDelta::days(7)));
        assert_eq!((later.sale.on_sale_at, later.id), (draft.sale.on_sale_at, None));
    }

    #[test]
    fn the_opening_comes_before_the_end_also_on_an_earlier_date() {
        let draft = draft();
        let earlier = moved(&draft, draft.starts_at - TimeDelta::days(20));
        assert_eq!(earlier.sale.on_sale_at, draft.sale.on_sale_at - TimeDelta::days(20));
        assert!(Some(earlier.sale.on_sale_at) < earlier.sale.off_sale_at);
    }
}

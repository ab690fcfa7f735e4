//! The event that everybody wants: its hall, its sale, and its waiting room.

use crate::setup::Admin;
use anyhow::Context;
use chrono::DateTime;
use serde_json::{Value, json};

/// The event.
pub const EVENT: &str = "SWARM-1";
const SEATS_PER_ROW: u32 = 40;
const ROWS_PER_ZONE: u32 = 25;
const VENUE: &str = "SWARM";

/// Seats that there will be, in whole rows.
#[must_use]
pub fn seats(wanted: u32) -> u32 {
    wanted.div_ceil(SEATS_PER_ROW).max(1) * SEATS_PER_ROW
}

/// Makes the event, without a limit per person: its line is opened by [`open_line`].
///
/// # Errors
/// When admin refuses something.
pub async fn make(admin: &Admin, seats: u32, hold_seconds: u32) -> anyhow::Result<()> {
    let venue = json!({"id": VENUE, "name": "Swarm Arena", "city": "Lisboa", "country": "PT",
        "timeZone": "Europe/Lisbon", "latitude": 38.7, "longitude": -9.1});
    admin.send("POST", "/api/admin/venues", &venue).await?;
    let plan = json!({"name": "Arena", "zones": zones(seats.div_ceil(SEATS_PER_ROW))});
    let made = admin.send("POST", &format!("/api/admin/venues/{VENUE}/plans"), &plan).await?;
    let plan_id = made["planId"].as_str().context("the plan has no planId")?;
    let face = json!({"amount": "50.00", "currency": "EUR"});
    let price = json!({"total": face, "lines": [{"kind": "face", "label": "Ticket", "amount": face}]});
    let event = json!({"id": EVENT, "venueId": VENUE, "planId": plan_id, "name": "The one that everybody wants",
        "description": "On sale at ten.", "type": "concert", "startsAt": "2035-01-01T20:00:00Z",
        "sale": {"currency": "EUR", "onSaleAt": "2020-01-01T00:00:00Z", "offSaleAt": null,
            "holdSeconds": hold_seconds, "maxPerAccount": null,
            "refund": {"untilHoursBefore": 24, "feesRefunded": false}},
        "ticketTypes": [{"ticketType": "adult", "name": "Adult", "category": "STANDARD", "price": price,
            "capacity": null}]});
    admin.send("POST", "/api/admin/events", &event).await?;
    admin.go_public(EVENT).await
}

/// Zones of 25 rows, the last one with what is left.
fn zones(rows: u32) -> Vec<Value> {
    let zone = |nth: u32| {
        let rows = (rows - nth * ROWS_PER_ZONE).min(ROWS_PER_ZONE);
        let number = nth + 1;
        json!({"zoneId": number, "name": format!("Block {number}"), "category": "STANDARD", "rows": rows,
            "seatsPerRow": SEATS_PER_ROW, "seatIdPrefix": format!("B{number}-")})
    };
    (0..rows.div_ceil(ROWS_PER_ZONE)).map(zone).collect()
}

/// Gives the event a lobby: people join from now on, and the line begins to move then (milliseconds since 1970).
///
/// # Errors
/// When it is refused.
pub async fn open_line(admin: &Admin, now_ms: i64, opens_ms: i64) -> anyhow::Result<()> {
    let time = |ms| DateTime::from_timestamp_millis(ms).context("a time of this age");
    let room = json!({"mode": "LOBBY", "opensAt": time(now_ms - 1_000)?, "startsAt": time(opens_ms)?});
    admin.send("PUT", &format!("/api/admin/events/{EVENT}/queue"), &room).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_have_all_rows() {
        let rows = |all| zones(all).iter().filter_map(|zone| zone["rows"].as_u64()).sum::<u64>();
        assert_eq!([rows(1), rows(25), rows(26), rows(500)], [1, 25, 26, 500]);
        assert_eq!([seats(1), seats(400), seats(401)], [40, 400, 440]);
    }
}

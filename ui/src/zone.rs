//! What clocks show at a place. The server knows the zones itself; the browser is asked, so that the islands need
//! not carry the table of all of them.

use chrono::{DateTime, NaiveDateTime, Utc};

/// The date and time that clocks in an IANA zone show; UTC's when nobody knows the zone.
pub(crate) fn local(at: DateTime<Utc>, zone: &str) -> NaiveDateTime {
    known(at, zone).unwrap_or_else(|| at.naive_utc())
}

/// When clocks in an IANA zone show this. Where they show it twice, or never, one of the moments around.
#[cfg(any(feature = "ssr", feature = "events"))]
pub(crate) fn utc(shown: NaiveDateTime, zone: &str) -> DateTime<Utc> {
    let guess = shown.and_utc();
    let near = guess - (local(guess, zone) - shown);
    // The clocks may have been changed in between.
    near - (local(near, zone) - shown)
}

#[cfg(feature = "ssr")]
fn known(at: DateTime<Utc>, zone: &str) -> Option<NaiveDateTime> {
    let zone: chrono_tz::Tz = zone.parse().ok()?;
    Some(at.with_timezone(&zone).naive_local())
}

#[cfg(not(feature = "ssr"))]
fn known(at: DateTime<Utc>, zone: &str) -> Option<NaiveDateTime> {
    use js_sys::{Array, Date, Function, Intl, Object, Reflect};
    use wasm_bindgen::{JsCast, JsValue};

    let options = Object::new();
    for (name, value) in [
        ("timeZone", zone),
        ("hourCycle", "h23"),
        ("year", "numeric"),
        ("month", "2-digit"),
        ("day", "2-digit"),
        ("hour", "2-digit"),
        ("minute", "2-digit"),
        ("second", "2-digit"),
    ] {
        Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    // An unknown zone throws, and is answered with nothing here.
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let kind: Function = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.dyn_into().ok()?;
    let arguments = Array::of2(&"sv-SE".into(), &options);
    let format: Intl::DateTimeFormat = Reflect::construct(&kind, &arguments).ok()?.unchecked_into();
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
    let date = Date::new(&JsValue::from_f64(at.timestamp_millis() as f64));
    // Swedish writes times as ISO 8601 does: 2027-03-20 21:30:00.
    let text = format.format().call1(&JsValue::UNDEFINED, &date).ok()?.as_string()?;
    NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S").ok()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn what_clocks_show_is_found_again() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).expect("a time").to_utc();
        // Winter, summer, and both sides of a night in which clocks change.
        for text in ["2027-01-20T20:00:00Z", "2027-07-20T20:00:00Z", "2027-03-28T00:30:00Z", "2027-03-28T01:30:00Z"] {
            for zone in ["Europe/Madrid", "America/Bogota", "Asia/Tokyo", "UTC"] {
                assert_eq!(utc(local(at(text), zone), zone), at(text), "{text} {zone}");
            }
        }
    }
}

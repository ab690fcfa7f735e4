//! What stands where the page would be when it cannot: to sign in, refused, not there, failed.

use super::{ROOT, Reader};
use crate::api::{Failure, sleep};
use crate::browser;
use crate::islands::desk::{self, Closed};
use crate::islands::dom;
use crate::islands::house::now_ms;
use std::time::Duration;

/// How often figures and orders are asked for.
const EVERY: Duration = Duration::from_secs(5);

/// Says why the page is not there, or goes to sign in.
pub(super) fn shut(reader: Reader, failure: &Failure, missing: &'static str) {
    let language = reader.language;
    let closed = Closed {
        heading: language.live_sales(),
        refused: (language.not_yours(), language.not_yours_more()),
        missing,
        back: ("/organiser", language.all_your_events()),
    };
    desk::shut(reader, ROOT, failure, &closed);
}

/// Waits until a shape that began to show has been seen for long enough.
pub(super) async fn calmly(since_ms: f64) {
    desk::calmly(now_ms() - since_ms).await;
}

/// Waits for the next look at what changes; while nobody looks, there is none.
pub(super) async fn next_look() {
    loop {
        sleep(EVERY).await;
        if !browser::is_hidden() {
            return;
        }
    }
}

/// Says whether what is shown is up to date.
pub(super) fn tell_age(reader: Reader, is_fresh: bool) {
    let Some(place) = dom::by_id("fresh") else { return };
    dom::attribute(&place, "class", Some(if is_fresh { "fresh small" } else { "fresh old small" }));
    dom::text("fresh", if is_fresh { reader.language.live_word() } else { reader.language.not_live() });
}

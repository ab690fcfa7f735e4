//! When what changes is asked for again.

use crate::api::sleep;
use crate::browser;
use std::time::Duration;

/// How often figures and orders are asked for.
const EVERY: Duration = Duration::from_secs(5);

/// Waits for the next look at what changes; while nobody looks, there is none.
pub(super) async fn next_look() {
    loop {
        sleep(EVERY).await;
        if !browser::is_hidden() {
            return;
        }
    }
}

//! Waiting in the browser.

use futures::channel::oneshot;
use leptos::prelude::set_timeout;
use std::time::Duration;

/// Gives the page its time back for so long.
pub async fn sleep(time: Duration) {
    let (done, wait) = oneshot::channel();
    set_timeout(
        move || {
            let _nobody_waits = done.send(());
        },
        time,
    );
    let _never_cancelled = wait.await;
}

//! What stands where the page would be when it cannot: to sign in, refused, not there, failed.

use super::html::{self, Instead};
use super::{ROOT, Reader};
use crate::api::{Failure, session, sleep};
use crate::browser;
use crate::islands::dom::{self, listen};
use crate::islands::house::now_ms;
use std::time::Duration;

/// A shape of what is awaited is seen from here on, and then for so long at least (UI.md, "Speed").
const PATIENCE_MS: f64 = 300.0;
const SHOWN_MS: f64 = 400.0;
/// How often figures and orders are asked for.
const EVERY: Duration = Duration::from_secs(5);

/// Says why the page is not there, or goes to sign in.
pub(super) fn shut(reader: Reader, failure: &Failure, missing: &'static str) {
    let language = reader.language;
    let instead = match failure {
        Failure::SignedOut => {
            browser::replace(&browser::with_way_back("/sign-in"));
            return;
        }
        Failure::Problem { body, .. } if body.status == 403 => Instead {
            heading: language.not_yours().to_owned(),
            text: language.not_yours_more().to_owned(),
            link: Some((browser::with_way_back("/sign-in"), language.other_account())),
            ..Instead::default()
        },
        Failure::Problem { body, .. } if body.status == 404 => Instead {
            heading: missing.to_owned(),
            link: Some((reader.link("/organiser"), language.all_your_events())),
            ..Instead::default()
        },
        failure => Instead {
            heading: language.live_sales().to_owned(),
            text: failure.words(language),
            trace: failure.trace().map(str::to_owned),
            again: true,
            ..Instead::default()
        },
    };
    let who = session::remembered().map(|account| account.name);
    dom::html(ROOT, &html::instead(language, &instead, who.as_deref()));
    for button in dom::all("[data-act=again]") {
        listen(&button, "click", |_| {
            if let Some(window) = web_sys::window() {
                let _stays_here = window.location().reload();
            }
        });
    }
}

/// Waits until a shape that began to show has been seen for long enough.
pub(super) async fn calmly(since_ms: f64) {
    let shown = now_ms() - since_ms - PATIENCE_MS;
    if (0.0..SHOWN_MS).contains(&shown) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "less than a second")]
        sleep(Duration::from_millis((SHOWN_MS - shown) as u64)).await;
    }
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

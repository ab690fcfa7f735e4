//! What stands where the page will be, or would be when it cannot: to sign in, refused, not there, failed.

use super::{ROOT, Reader};
use crate::api::Failure;
use crate::browser::now_ms;
use crate::islands::desk::{self, Closed};
use crate::language::Language;

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

/// The shape of what is awaited; it shows only when that takes a while.
pub(super) fn waiting(language: Language, heading: &str) -> String {
    let card = "<div class=\"card skel wait-card\"></div>";
    let row = "<div class=\"skel wait-row\"></div>";
    format!(
        "<h1 class=\"vh\">{heading}</h1><noscript><div class=\"notice warn\"><div><p>{}</p></div></div></noscript>\
         <div class=\"late stack\" role=\"status\"><span class=\"vh\">{}</span>\
         <div class=\"skel wait-head\"></div><div class=\"kpis\">{}</div>{}</div>",
        language.needs_script(),
        language.loading(),
        card.repeat(4),
        row.repeat(6),
    )
}

//! What a reader sees when there is nothing to see: what happened, then what to do.

use crate::bundle::Bundle;
use crate::components::HOUSE;
use crate::islands::CopyText;
use crate::shell::{Page, Top, document};
use leptos::prelude::*;

/// Why there is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// There is no such page or event.
    Missing,
    /// Something of ours is away.
    Away,
}

/// The page for a fault; `trace` is what to name when asking for help.
#[must_use]
pub fn fault(page: &Page, fault: Fault, trace: &str) -> String {
    let language = page.language;
    let (title, text) = match fault {
        Fault::Missing => (language.missing_title(), language.missing()),
        Fault::Away => (language.away_title(), language.away()),
    };
    let (target, action) = match fault {
        Fault::Missing => (page.link("/"), language.see_all()),
        Fault::Away => (page.link(&page.path), language.again()),
    };
    let trace = (fault == Fault::Away && !trace.is_empty()).then(|| trace.to_owned());
    let main = || {
        view! {
            <div class="wrap" style="padding-block:var(--s7)">
                <div class="empty">
                    <svg viewBox="0 0 160 70" width="160" height="70" class="soft" aria-hidden="true" inner_html=HOUSE></svg>
                    <h1>{title}</h1>
                    <p class="lede">{text}</p>
                    <a class="btn go" href=target>{action}</a>
                    {trace.map(|trace| view! {
                        <CopyText language=language label=language.trace().to_owned() text=trace/>
                    })}
                </div>
            </div>
        }
    };
    document(page, Bundle::Front, &format!("{title} · Onsale"), Top::Light, main)
}

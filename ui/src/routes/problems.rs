//! What the errors of the API mean.

use crate::bundle::Bundle;
use crate::shell::{Page, Top, document};
use leptos::prelude::*;

/// An error of the API explained.
#[derive(Debug, Clone, Copy)]
pub struct ProblemEntry {
    /// The stable word.
    pub code: &'static str,
    /// The problem in a few words.
    pub title: &'static str,
    /// What it means and what to do.
    pub remedy: &'static str,
}

/// One or all of them. The API speaks English, and so does this page.
#[must_use]
pub fn problems(page: &Page, entries: &[ProblemEntry]) -> String {
    let title = match entries {
        [one] => one.title,
        _ => "Problems",
    };
    let items: Vec<_> = entries
        .iter()
        .map(|entry| {
            view! {
                <section id=entry.code class="stack" style="--gap:var(--s2)">
                    <h2>{entry.title}</h2>
                    <p><code>{entry.code}</code></p>
                    <p>{entry.remedy}</p>
                </section>
            }
        })
        .collect();
    let all = (entries.len() == 1).then(|| view! { <p><a href="/problems">"All problems"</a></p> });
    let main = || {
        view! {
            <div class="wrap ref" style="padding-block:var(--s6)" lang="en">
                <div class="stack">
                    <h1>{(entries.len() != 1).then_some("Problems")}</h1>
                    {items}
                    {all}
                </div>
            </div>
        }
    };
    document(page, Bundle::Front, &format!("{title} · Onsale"), Top::Light, main)
}

//! The checks of a line in words, and the button that makes all of them in the reader's own browser.

use crate::api::{Call, Failure, Method, line};
use crate::language::Language;
use leptos::prelude::*;
use leptos::task::spawn_local;
use onsale_core::lineup::EntryId;
use onsale_core::lineup::proof::{self, Check, LineProof, Verdict};
use onsale_core::text::escape_html;
use serde::Deserialize;

/// The checks as the server made them. They are no argument of the island, so they do not travel twice.
#[derive(Debug, Clone)]
pub struct WrittenChecks(pub String);

/// The checks of an event's line.
#[island]
pub fn LineChecks(
    /// The reader's language.
    language: Language,
    /// The event.
    event: String,
) -> impl IntoView {
    let written = use_context::<WrittenChecks>().map(|written| written.0).unwrap_or_default();
    let (found, busy) = (RwSignal::new(None::<Result<Vec<Check>, String>>), RwSignal::new(false));
    let awake = RwSignal::new(false);
    Effect::new(move |_| awake.set(true));
    let press = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let event = event.clone();
        spawn_local(async move {
            let outcome = check(&event).await;
            found.set(Some(outcome.map_err(|failure| failure.words(language))));
            busy.set(false);
        });
    };
    let html = move || match found.get() {
        Some(Ok(checks)) => written_checks(language, &checks, language.checked_here()),
        Some(Err(_)) | None => written.clone(),
    };
    // Ten checks are too long to be spoken by themselves: how they came out in all is.
    let said = move || found.get().and_then(Result::ok).map(|checks| summed(language, &checks));
    let wrong = move || found.get().and_then(Result::err);
    view! {
        <div class="stack" inner_html=html></div>
        <p class="vh" role="status">{said}</p>
        <p class="err" role="alert">{wrong}</p>
        <p hidden=move || !awake.get()>
            <button type="button" class="btn go" aria-disabled=move || busy.get().then_some("true") on:click=press>
                {move || if busy.get() { language.checking() } else { language.check_here() }}
            </button>
        </p>
    }
}

#[derive(Deserialize)]
struct Entries {
    entries: Vec<EntryId>,
}

/// Asks for both documents and makes all checks here.
async fn check(event: &str) -> Result<Vec<Check>, Failure> {
    let call = Call::new(Method::Get, &format!("/api/queue/{event}/proof"));
    let call = match line::place(event) {
        Some(token) => call.with_header("x-queue-token", token),
        None => call,
    };
    // The heads first: the entries that come then are those of the last of them, or more.
    let mut document: LineProof = call.send().await?.read()?;
    let entries: Entries = Call::new(Method::Get, &format!("/api/queue/{event}/proof/entries")).send().await?.read()?;
    document.entries = Some(entries.entries);
    Ok(proof::verify(&document))
}

/// How they came out, counted.
fn summed(language: Language, checks: &[Check]) -> String {
    let counted = |verdict: Verdict| checks.iter().filter(|check| check.verdict == verdict).count();
    language.checks_counted(counted(Verdict::Ok), counted(Verdict::Open), counted(Verdict::Failed))
}

/// The checks as HTML, what failed in full.
pub(crate) fn written_checks(language: Language, checks: &[Check], by: &str) -> String {
    let sum = summed(language, checks);
    let rows: String = checks.iter().map(|check| row(language, check)).collect();
    let wrong = if proof::holds(checks) {
        String::new()
    } else {
        format!("<p class=\"notice bad\">{}</p>", language.not_all_holds())
    };
    format!("<p><b>{sum}</b> <span class=\"soft\">{by}</span></p>{wrong}<ul class=\"checks\">{rows}</ul>")
}

fn row(language: Language, check: &Check) -> String {
    let class = match check.verdict {
        Verdict::Ok => "good",
        Verdict::Failed => "bad",
        Verdict::Open => "",
    };
    let why = check.why.map(|why| {
        let why = escape_html(&language.missed(why));
        format!("<br/><span class=\"soft small\">{why}</span>")
    });
    let why = why.unwrap_or_default();
    format!(
        "<li><span class=\"badge {class}\">{}</span><p>{}{why}</p></li>",
        language.verdict(check.verdict),
        language.check(check.name)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use onsale_core::lineup::proof::{Awaited, Fault, Missed};

    #[test]
    fn what_failed_is_told_in_full_and_counted() {
        let checks = [
            Check::held("heads", "2 heads were published.".to_owned()),
            Check::missed("receipt", Missed::Failed(Fault::OtherEntry { position: 3 })),
            Check::missed("root", Missed::Open(Awaited::List)),
        ];
        let html = written_checks(Language::En, &checks, "");
        assert!(html.contains("1 hold · 1 open · 1 failed"), "{html}");
        assert!(html.contains("Number 3 is not your entry.") && !html.contains("2 heads"), "{html}");
        assert!(html.contains("badge bad") && html.contains("The published heads only grow."), "{html}");
        assert!(
            html.contains("Not all of it holds") && !written_checks(Language::En, &checks[..1], "").contains("Not all")
        );
        let spanish = written_checks(Language::Es, &checks, "");
        assert!(spanish.contains("La número 3 no es tu entrada.") && !spanish.contains("published"), "{spanish}");
    }

    #[test]
    fn every_check_has_words_of_its_own() {
        for language in [Language::En, Language::Es] {
            let names = [
                "commitment",
                "heads",
                "chain",
                "unique",
                "root",
                "order",
                "randomness",
                "receipt",
                "inclusion",
                "place",
            ];
            let mut words: Vec<_> = names.iter().map(|name| language.check(name)).collect();
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), names.len());
            assert!(!words.contains(&language.check("unknown")));
        }
    }
}

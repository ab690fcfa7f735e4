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
    let (found, busy) = (RwSignal::new(None::<Result<String, String>>), RwSignal::new(false));
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
            found.set(Some(match outcome {
                Ok(checks) => Ok(written_checks(language, &checks, language.checked_here())),
                Err(failure) => Err(failure.words(language)),
            }));
            busy.set(false);
        });
    };
    let html = move || match found.get() {
        Some(Ok(html)) => html,
        Some(Err(_)) | None => written.clone(),
    };
    let wrong = move || found.get().and_then(Result::err);
    view! {
        <div class="stack" role="status" inner_html=html></div>
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

/// The checks as HTML, what failed in full.
pub(crate) fn written_checks(language: Language, checks: &[Check], by: &str) -> String {
    let counted = |verdict: Verdict| checks.iter().filter(|check| check.verdict == verdict).count();
    let sum = language.checks_counted(counted(Verdict::Ok), counted(Verdict::Open), counted(Verdict::Failed));
    let rows: String = checks.iter().map(|check| row(language, check)).collect();
    format!("<p><b>{sum}</b> <span class=\"soft\">{by}</span></p><ul class=\"checks\">{rows}</ul>")
}

fn row(language: Language, check: &Check) -> String {
    let class = match check.verdict {
        Verdict::Ok => "good",
        Verdict::Failed => "bad",
        Verdict::Open => "",
    };
    // Why it is open or failed is told by the check itself, in English, as the command does.
    let why = match check.verdict {
        Verdict::Ok => String::new(),
        Verdict::Failed | Verdict::Open => {
            format!("<br/><span class=\"soft small\" lang=\"en\">{}</span>", escape_html(&check.sentence))
        }
    };
    format!(
        "<li><span class=\"badge {class}\">{}</span><p>{}{why}</p></li>",
        language.verdict(check.verdict),
        language.check(check.name)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_told_in_full_and_counted() {
        let of = |name, verdict| Check { name, verdict, sentence: "Number 3 is <not> your entry.".to_owned() };
        let checks = [of("heads", Verdict::Ok), of("receipt", Verdict::Failed), of("root", Verdict::Open)];
        let html = written_checks(Language::En, &checks, "");
        assert!(html.contains("1 hold · 1 open · 1 failed"), "{html}");
        assert_eq!(html.matches("Number 3 is &lt;not&gt; your entry.").count(), 2, "{html}");
        assert!(html.contains("badge bad") && html.contains("The published heads only grow."), "{html}");
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

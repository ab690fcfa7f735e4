//! Checking a line: what is published of it, one's own receipt, and the checks.

use super::line::title;
use crate::format::{Moment, count};
use crate::islands::line::check::{LineChecks, WrittenChecks, written_checks};
use crate::shell::{Page, line_document};
use leptos::prelude::*;
use onsale_core::api::events::EventDetail;
use onsale_core::lineup::proof::{LineProof, Mine, verify};

/// The page with which anybody checks an event's line. The event may be missing while search is away.
#[must_use]
pub fn proof(page: &Page, event: Option<&EventDetail>, proof: &LineProof) -> String {
    let language = page.language;
    let id = &proof.event_id;
    let title = title(language.check_place(), event);
    let zone = event.map_or("UTC", |event| event.summary.venue.time_zone.as_str());
    line_document(page, &title, None, event.map(|event| &event.summary), || {
        provide_context(WrittenChecks(written_checks(language, &verify(proof), language.checked_there())));
        let lede = if proof.shuffled { language.proof_lede() } else { language.proof_order_lede() };
        let raw = format!("/api/queue/{id}/proof");
        let entries = format!("/api/queue/{id}/proof/entries");
        view! {
            <div class="wrap door proof">
                <header class="stack">
                    <h1>{language.check_place()}</h1>
                    <p>{lede}</p>
                </header>
                <section class="card stack" aria-labelledby="c-h">
                    <h2 id="c-h">{language.checks()}</h2>
                    <LineChecks language=language event=id.to_string()/>
                </section>
                {receipt(page, zone, proof.mine.as_ref())}
                {published(page, zone, proof)}
                <section class="card stack" aria-labelledby="d-h">
                    <h2 id="d-h">{language.do_it_yourself()}</h2>
                    <p>{language.by_command()}</p>
                    <p class="row">
                        <a class="btn" href=raw download="proof.json">{language.the_proof()}</a>
                        <a class="btn" href=entries download="entries.json">{language.all_entries()}</a>
                    </p>
                    <pre class="scroll-x" tabindex="0"><code>"onsale queue verify proof.json --entries entries.json"</code></pre>
                </section>
                <p><a href=page.link(&format!("/events/{id}/queue"))>{language.back_to_line()}</a></p>
            </div>
        }
    })
}

/// A name, what it is, and in small letters what belongs to it. What is not words is set letter by letter.
fn fact(name: &'static str, value: String, more: Option<String>) -> impl IntoView {
    let class = (!value.contains(' ')).then_some("mono");
    view! { <div><dt>{name}</dt><dd class=class>{value}{more.map(|more| view! { <small>{more}</small> })}</dd></div> }
}

fn published(page: &Page, zone: &str, proof: &LineProof) -> impl IntoView + use<> {
    let language = page.language;
    let at = |at| Moment::at(language, at, zone);
    let told = |moment: Moment| format!("{}, {}", moment.date(), moment.time_with_seconds());
    let list = proof.list.map(|list| {
        (list.root.to_string(), format!("{} · {}", language.entries_counted(list.count), told(at(list.at))))
    });
    let secret = proof.revealed.as_ref().map(|revealed| (revealed.secret.to_string(), told(at(revealed.at))));
    let drand = proof.revealed.as_ref().map(|revealed| match &revealed.drand {
        Some(drand) => (drand.randomness.to_string(), Some(language.drand_round(drand.round))),
        None => (language.no_randomness().to_owned(), None),
    });
    let head = proof.heads.last().map(|head| {
        (head.head.to_string(), format!("{} · {}", language.entries_counted(head.count), told(at(head.at))))
    });
    let or = |found: Option<(String, String)>, later: &str| match found {
        Some((value, more)) => (value, Some(more)),
        None => (later.to_owned(), None),
    };
    let (root, root_more) = or(list, language.list_later());
    let (secret, secret_more) = or(secret, language.secret_later());
    let (head, head_more) = or(head, language.no_heads());
    let drawn = proof.shuffled.then(|| {
        view! {
            {fact(language.seal(), proof.commitment.to_string(), None)}
            {fact(language.list_root(), root, root_more)}
            {fact(language.secret(), secret, secret_more)}
            {drand.map(|(value, more)| fact(language.outside_randomness(), value, more))}
        }
    });
    view! {
        <section class="card stack" aria-labelledby="p-h">
            <h2 id="p-h">{language.published()}</h2>
            <dl class="hashes">
                {drawn}
                {fact(language.last_head(), head, head_more)}
                {fact(language.receipts_key(), proof.receipt_key.to_string(), None)}
            </dl>
        </section>
    }
}

fn receipt(page: &Page, zone: &str, mine: Option<&Mine>) -> impl IntoView + use<> {
    let language = page.language;
    let inside = match mine {
        None => view! { <p>{language.no_receipt()}</p> }.into_any(),
        Some(Mine { receipt, place, .. }) => {
            let joined = Moment::at(language, receipt.joined_at, zone);
            let place =
                place.map_or_else(|| language.place_later().to_owned(), |place| count(language, i64::from(place)));
            view! {
                <dl class="hashes">
                    {fact(language.your_place(), place, None)}
                    {fact(language.your_position(), count(language, i64::from(receipt.position)), None)}
                    {fact(language.joined_at(), format!("{}, {}", joined.date(), joined.time_with_seconds()), None)}
                    {fact(language.your_entry(), receipt.entry.to_string(), None)}
                    {fact(language.your_head(), receipt.chain_head.to_string(), None)}
                    {fact(language.your_signature(), receipt.signature.clone(), None)}
                </dl>
            }
            .into_any()
        }
    };
    view! {
        <section class="card stack" aria-labelledby="r-h">
            <h2 id="r-h">{language.your_receipt()}</h2>
            {inside}
        </section>
    }
}

//! One code: asked of the service where there is a network, else decided here.

use super::html;
use super::kept::{KeptScan, scan_key, scan_text};
use super::page::{self, Net, Seen, Shared};
use super::sync;
use crate::api::sleep;
use crate::browser;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::{Either, select};
use onsale_core::api::check_in::{CODE_CHARS_MAX, ScanAnswer, ScanSent};
use onsale_core::gate::Decision;
use onsale_core::gate::code::{self, Shown};
use onsale_core::{ScanDirection, ScanOutcome};
use std::pin::pin;
use std::time::Duration;

/// Whoever stands at the gate waits no longer for the network.
const ANSWER_WITHIN: Duration = Duration::from_millis(2_500);

/// Decides about a code and shows it.
pub(super) async fn code(gate: &Shared, text: &str) {
    let Some(scan) = scan(gate, text) else { return };
    let asked = if gate.borrow().net == Net::Online { ask(gate, &scan).await } else { None };
    match asked {
        Some(answer) => answered(gate, scan, answer).await,
        None => alone(gate, scan).await,
    }
}

fn scan(gate: &Shared, text: &str) -> Option<ScanSent> {
    let gate = gate.borrow();
    let cut = text.trim();
    let cut = &cut[..cut.floor_char_boundary(CODE_CHARS_MAX)];
    (!cut.is_empty()).then(|| ScanSent {
        scan_id: page::fresh_id(),
        code: cut.to_owned(),
        gate: page::gate_name(gate.reader),
        at: browser::now(),
        clock_offset_ms: gate.clock_offset_ms(),
        direction: gate.direction,
        decided: None,
        decided_reason: None,
    })
}

/// What the service says of it, if it says so soon.
async fn ask(gate: &Shared, scan: &ScanSent) -> Option<ScanAnswer> {
    let event = gate.borrow().event.clone();
    let scans = [scan.clone()];
    match select(pin!(sync::send(&event, &scans)), pin!(sleep(ANSWER_WITHIN))).await {
        Either::Left((Ok(answers), _)) => answers.answers.into_iter().next(),
        Either::Left((Err(failure), _)) => {
            page::lost(gate, &failure);
            None
        }
        Either::Right(_) => None,
    }
}

async fn answered(gate: &Shared, scan: ScanSent, answer: ScanAnswer) {
    let decision = Decision {
        outcome: answer.outcome,
        reason: answer.reason,
        entered: answer.entered_at.zip(answer.entered_gate),
        ticket: answer.ticket.as_ref().map(|ticket| ticket.ticket_id),
        place: answer.ticket.as_ref().map(html::place),
    };
    let other = answer.other;
    let seen = Seen { other, ..seen(gate, &scan, &decision, false) };
    page::show(gate, &seen);
    // Until the list says so, in case the network goes.
    if decision.outcome != ScanOutcome::Refused {
        remember(gate, KeptScan { scan: decided(scan, &decision), sent: true }, Some(&decision)).await;
    }
}

async fn alone(gate: &Shared, scan: ScanSent) {
    if !gate.borrow().known.is_whole() {
        page::no_list(gate);
        return;
    }
    let decision = {
        let mut gate = gate.borrow_mut();
        let (key, at) = (gate.key, put_right(&scan));
        gate.known.decide(&key, &scan.code, scan.direction, at, &scan.gate)
    };
    let kept = KeptScan { scan: decided(scan.clone(), &decision), sent: false };
    // First it is kept, then it is told: what was told is never lost.
    remember(gate, kept, None).await;
    page::show(gate, &seen(gate, &scan, &decision, true));
    page::show_unsent(gate);
}

fn decided(scan: ScanSent, decision: &Decision) -> ScanSent {
    ScanSent { decided: Some(decision.outcome), decided_reason: decision.reason, ..scan }
}

/// Keeps a scan, here and in the database.
async fn remember(gate: &Shared, kept: KeptScan, decision: Option<&Decision>) {
    let (store, text) = {
        let mut gate = gate.borrow_mut();
        if let Some(decision) = decision {
            gate.known.note(decision, put_right(&kept.scan), &kept.scan.gate);
        }
        let text = (scan_key(&gate.event, &kept.scan), scan_text(&kept));
        gate.scans.push(kept);
        (gate.store.clone(), text)
    };
    let _lasts_as_long_as_the_page = store.put(&[text], &[]).await;
}

fn seen(gate: &Shared, scan: &ScanSent, decision: &Decision, here: bool) -> Seen {
    let by_number = matches!(code::shown(&gate.borrow().key, &scan.code), Shown::Number(_));
    Seen {
        outcome: decision.outcome,
        reason: decision.reason,
        entered: decision.entered.clone(),
        place: decision.place.clone(),
        other: None,
        by_number,
        here,
    }
}

/// A scan's time by the service's clock.
fn put_right(scan: &ScanSent) -> DateTime<Utc> {
    scan.at + TimeDelta::milliseconds(scan.clock_offset_ms)
}

/// Applies what is kept to a list that does not say it yet.
pub(super) fn apply_again(gate: &mut page::Gate) {
    let mut scans: Vec<ScanSent> = gate.scans.iter().map(|kept| kept.scan.clone()).collect();
    scans.sort_by_key(|scan| (scan.at, scan.scan_id));
    for scan in scans {
        let passes = matches!(scan.decided, Some(ScanOutcome::Admitted | ScanOutcome::Left));
        let ticket = match code::shown(&gate.key, &scan.code) {
            Shown::Code(claims) => Some(claims.ticket_id),
            Shown::Number(ticket) => Some(ticket),
            Shown::Nothing => None,
        };
        if let (true, Some(outcome)) = (passes, scan.decided) {
            let decision = Decision { outcome, reason: None, entered: None, ticket, place: None };
            gate.known.note(&decision, put_right(&scan), &scan.gate);
        }
    }
}

/// The other way.
pub(super) fn way(name: &str) -> Option<ScanDirection> {
    match name {
        "in" => Some(ScanDirection::Entry),
        "out" => Some(ScanDirection::Exit),
        _ => None,
    }
}

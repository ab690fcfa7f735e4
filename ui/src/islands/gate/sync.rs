//! What goes back and forth while there is a network: scans out, the list's changes and the counts in.

use super::decide;
use super::kept::{self, KeptScan, about_text, page_key, scan_key};
use super::page::{self, Net, Shared};
use crate::api::{self, Call, Failure, Method, session, sleep};
use crate::browser;
use leptos::task::spawn_local;
use onsale_core::EventId;
use onsale_core::api::check_in::{CheckInAnswers, CheckInBatch, CheckIns, GateList, ScanSent};
use onsale_core::gate::Known;
use std::time::Duration;

/// How often the service is asked for what changed.
const EVERY: Duration = Duration::from_secs(5);
/// Scans that are sent at once: some way below what a body may hold.
const TOGETHER: usize = 50;
/// A list is of so many pages at most: two million tickets.
const PAGES_MAX: u32 = 1_000;

/// Sends scans once.
pub(super) async fn send(event: &EventId, scans: &[ScanSent]) -> Result<CheckInAnswers, Failure> {
    let batch = CheckInBatch { scans: scans.to_vec() };
    let call = Call::new(Method::Post, &format!("/api/admin/events/{event}/check-ins")).with_body(&batch)?;
    session::send(&call).await?.read()
}

/// Goes on for as long as the page is there.
pub(super) fn begin(gate: &Shared) {
    let gate = gate.clone();
    spawn_local(async move {
        loop {
            once(&gate).await;
            sleep(EVERY).await;
        }
    });
}

/// Does it now rather than later.
pub(super) fn soon(gate: &Shared) {
    let gate = gate.clone();
    spawn_local(async move { once(&gate).await });
}

/// Once, unless it is under way.
async fn once(gate: &Shared) {
    if gate.borrow().syncing {
        return;
    }
    gate.borrow_mut().syncing = true;
    let outcome = exchange(gate).await;
    gate.borrow_mut().syncing = false;
    match outcome {
        Ok(()) => page::show_net(gate, Net::Online),
        Err(failure) => page::lost(gate, &failure),
    }
    page::show_unsent(gate);
}

async fn exchange(gate: &Shared) -> Result<(), Failure> {
    send_kept(gate).await?;
    // Those that the service has before the list is read are in it afterwards.
    let known: Vec<KeptScan> = gate.borrow().scans.iter().filter(|kept| kept.sent).cloned().collect();
    read_list(gate).await?;
    forget(gate, &known).await;
    decide::apply_again(&mut gate.borrow_mut());
    let event = gate.borrow().event.clone();
    let counts: CheckIns = api::get_mine(&format!("/api/admin/events/{event}/check-ins")).await?;
    page::show_counts(gate, counts);
    Ok(())
}

/// Sends what was decided here, in the order in which it was.
async fn send_kept(gate: &Shared) -> Result<(), Failure> {
    loop {
        let (event, store, scans) = {
            let gate = gate.borrow();
            let unsent = gate.scans.iter().filter(|kept| !kept.sent).take(TOGETHER);
            (gate.event.clone(), gate.store.clone(), unsent.map(|kept| kept.scan.clone()).collect::<Vec<_>>())
        };
        if scans.is_empty() {
            return Ok(());
        }
        send(&event, &scans).await?;
        let mut texts = Vec::new();
        for kept in &mut gate.borrow_mut().scans {
            if scans.iter().any(|scan| scan.scan_id == kept.scan.scan_id) {
                kept.sent = true;
                texts.push((scan_key(&event, &kept.scan), kept::scan_text(kept)));
            }
        }
        let _is_sent_again = store.put(&texts, &[]).await;
        page::show_unsent(gate);
    }
}

/// Reads what follows of the list, page by page; the whole of it when this page was just opened.
async fn read_list(gate: &Shared) -> Result<(), Failure> {
    let (event, store, key, from_start) = {
        let gate = gate.borrow();
        (gate.event.clone(), gate.store.clone(), gate.key, !gate.listed)
    };
    let mut known = if from_start { Known::new(event.clone()) } else { gate.borrow().known.clone() };
    let mut pages = if from_start { 0 } else { gate.borrow().pages };
    let mut texts = Vec::new();
    for _ in 0..PAGES_MAX {
        let asked_at = browser::now();
        let page: GateList =
            api::get_mine(&format!("/api/admin/events/{event}/check-ins/list?after={}", known.next())).await?;
        let went = browser::now() - asked_at;
        // The service looked at its clock about half of the way through.
        let offset = (page.now - (asked_at + went / 2)).num_milliseconds();
        let before = known.next().to_owned();
        if kept::take(&mut known, &key, &page.list).is_err() {
            page::warn(gate.borrow().reader.language.gate_changed());
            return Err(Failure::Unreadable);
        }
        let about = kept::about(&page, offset);
        // A page that brings nothing is not kept: the next one goes on from the same place.
        if known.next() != before || pages == 0 {
            texts.push((page_key(&event, pages), page.list.clone()));
            pages += 1;
        }
        let more = page.more;
        page::show_about(gate, about);
        if !more {
            break;
        }
    }
    if let Some(about) = &gate.borrow().about {
        texts.push(about_text(&event, about));
    }
    let mut old = Vec::new();
    if from_start {
        old.extend(store.all(&format!("list/{event}/")).await.into_iter().map(|(key, _)| key));
    }
    let _lasts_as_long_as_the_page = store.put(&texts, &old).await;
    {
        let mut gate = gate.borrow_mut();
        gate.known = known;
        gate.pages = pages;
        gate.listed = true;
        decide::apply_again(&mut gate);
    }
    page::show_listed(gate);
    Ok(())
}

/// What the list says by now need not be kept apart from it.
async fn forget(gate: &Shared, known: &[KeptScan]) {
    let (store, keys) = {
        let mut gate = gate.borrow_mut();
        gate.scans.retain(|kept| !known.iter().any(|other| other.scan.scan_id == kept.scan.scan_id));
        let keys: Vec<String> = known.iter().map(|kept| scan_key(&gate.event, &kept.scan)).collect();
        (gate.store.clone(), keys)
    };
    if !keys.is_empty() {
        let _kept_once_more = store.put(&[], &keys).await;
    }
}

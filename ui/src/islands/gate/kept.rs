//! What a device keeps of an event: the pages of its list, and scans until the list says what they came to.

use super::store::Store;
use onsale_core::EventId;
use onsale_core::api::check_in::{GateList, ScanSent};
use onsale_core::gate::{Known, ListError, VerifyingKey, list};
use serde::{Deserialize, Serialize};

/// What of a list's first page is for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct About {
    pub(super) name: String,
    pub(super) starts_at: chrono::DateTime<chrono::Utc>,
    pub(super) time_zone: String,
    /// By how much the service's clock is ahead of this device's, in milliseconds.
    pub(super) clock_offset_ms: i64,
}

/// A scan that this device decided, or was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptScan {
    pub(super) scan: ScanSent,
    /// The service has it.
    pub(super) sent: bool,
}

/// A scan's key in the database.
pub(super) fn scan_key(event: &EventId, scan: &ScanSent) -> String {
    format!("scan/{event}/{}", scan.scan_id)
}

/// A scan's text in the database.
pub(super) fn scan_text(kept: &KeptScan) -> String {
    serde_json::to_string(kept).unwrap_or_default()
}

/// The scans of an event, in the order of their times.
pub(super) async fn scans(store: &Store, event: &EventId) -> Vec<KeptScan> {
    let texts = store.all(&format!("scan/{event}/")).await;
    let mut scans: Vec<KeptScan> = texts.iter().filter_map(|(_, text)| serde_json::from_str(text).ok()).collect();
    scans.sort_by_key(|kept| (kept.scan.at, kept.scan.scan_id));
    scans
}

/// What was kept of an event's list.
pub(super) struct Kept {
    pub(super) about: Option<About>,
    pub(super) known: Known,
    /// How many pages it has in the database.
    pub(super) pages: u32,
    /// Somebody changed it: it is not used.
    pub(super) changed: bool,
}

/// Reads the list and checks each page's signature and place again.
pub(super) async fn list(store: &Store, event: &EventId, key: &VerifyingKey) -> Kept {
    let nothing = |changed| Kept { about: None, known: Known::new(event.clone()), pages: 0, changed };
    let about = store.all(&format!("about/{event}/")).await.pop();
    let Some(about) = about.and_then(|(_, text)| serde_json::from_str(&text).ok()) else { return nothing(false) };
    let mut known = Known::new(event.clone());
    let mut pages = 0;
    for (_, text) in store.all(&format!("list/{event}/")).await {
        match take(&mut known, key, &text) {
            Ok(()) => pages += 1,
            Err(_) => return nothing(true),
        }
    }
    Kept { about: Some(about), known, pages, changed: false }
}

/// Takes the next page, if it is good.
pub(super) fn take(known: &mut Known, key: &VerifyingKey, text: &str) -> Result<(), ListError> {
    let page = list::verify(key, text, known.event(), known.next())?;
    known.take(page);
    Ok(())
}

/// A page's key in the database, so that pages come in their order.
pub(super) fn page_key(event: &EventId, page: u32) -> String {
    format!("list/{event}/{page:08}")
}

/// What is kept beside the pages.
pub(super) fn about_text(event: &EventId, about: &About) -> (String, String) {
    (format!("about/{event}/"), serde_json::to_string(about).unwrap_or_default())
}

/// What a page says beside its list.
pub(super) fn about(page: &GateList, clock_offset_ms: i64) -> About {
    About { name: page.name.clone(), starts_at: page.starts_at, time_zone: page.time_zone.clone(), clock_offset_ms }
}

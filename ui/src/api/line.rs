//! The waiting room as this browser knows it: its place in line and its admission are kept for all tabs, and reserve
//! brings the admission along.

use super::call::{Answer, Call, Method};
use super::effect::{Key, effect_call};
use super::failure::Failure;
use super::{session, sleep};
use crate::browser::local_storage;
use onsale_core::api::booking::{Reservation, ReserveRequest};
use onsale_core::api::queue::{QueueAdmission, QueueState, QueueStatus};
use std::time::Duration;

/// Who says nothing for longer than 10 s is taken for gone, and another is let in.
const BEAT: Duration = Duration::from_secs(5);

fn kept(kind: &str, event: &str) -> Option<String> {
    local_storage()?.get_item(&format!("onsale.{kind}.{event}")).ok().flatten()
}

fn keep(kind: &str, event: &str, text: Option<&str>) {
    let Some(storage) = local_storage() else { return };
    let name = format!("onsale.{kind}.{event}");
    // Storage may be full or forbidden; then the cookie still knows the place.
    let _kept_or_not = match text {
        Some(text) => storage.set_item(&name, text),
        None => storage.remove_item(&name),
    };
}

/// The queue token of this browser's place.
pub fn place(event: &str) -> Option<String> {
    kept("line", event)
}

/// Remembers the place, or forgets it.
pub fn keep_place(event: &str, token: Option<&str>) {
    keep("line", event, token);
}

/// The admission of this browser. Whether it is good still is the server's to say, whose clock is right.
pub fn admission(event: &str) -> Option<QueueAdmission> {
    serde_json::from_str(&kept("admission", event)?).ok()
}

/// Remembers the admission, or forgets it.
pub fn keep_admission(event: &str, admission: Option<&QueueAdmission>) {
    let text = admission.and_then(|admission| serde_json::to_string(admission).ok());
    keep("admission", event, text.as_deref());
}

/// Sends a call as whoever is signed in, and else as nobody.
pub async fn send(call: &Call) -> Result<Answer, Failure> {
    if session::remembered().is_some() {
        match session::send(call).await {
            Err(Failure::SignedOut) => {}
            outcome => return outcome,
        }
    }
    call.send().await
}

/// Where a place is. What it says of the admission is kept.
pub async fn status(event: &str, token: &str) -> Result<QueueStatus, Failure> {
    let call = Call::new(Method::Get, &format!("/api/queue/{event}/status"));
    let status: QueueStatus = send(&call.with_header("x-queue-token", token.to_owned())).await?.read()?;
    match (&status.admission, status.state) {
        (Some(admission), _) => keep_admission(event, Some(admission)),
        // Signed out for a moment, an admission is not over.
        (None, QueueState::Admitted) => {}
        (None, _) => keep_admission(event, None),
    }
    Ok(status)
}

/// Says, while the page is open, that whoever was let in is there. Without an admission it says nothing.
pub async fn beat(event: &str) {
    while admission(event).is_some() {
        if let Some(token) = place(event) {
            let told = status(event, &token).await;
            // There is no line any more, or it knows nothing of us.
            if told.is_err_and(|failure| matches!(failure.code(), Some("not_found" | "malformed"))) {
                keep_admission(event, None);
            }
        }
        sleep(BEAT).await;
    }
}

/// Reserves, with the admission where there is one.
pub async fn reserve(request: &ReserveRequest) -> Result<Reservation, Failure> {
    let call = Call::new(Method::Post, "/api/bookings/reserve").with_body(request)?;
    let call = match admission(request.event_id.as_str()) {
        Some(admission) => call.with_header("x-admission", admission.token),
        None => call,
    };
    effect_call(&Key::fresh(), call).await?.read()
}

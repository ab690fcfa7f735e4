//! An attempt to pay: the request and its key, kept in the tab's storage until its outcome is known, so that a reload
//! asks for the same one again.

use crate::api::{self, Failure, Key, Method};
use crate::browser::session_storage;
use onsale_core::api::booking::{ConfirmRequest, Order};
use serde::{Deserialize, Serialize};

/// An attempt.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Attempt {
    key: String,
    request: ConfirmRequest,
}

impl Attempt {
    /// A new one.
    pub(super) fn new(request: ConfirmRequest) -> Self {
        Self { key: Key::fresh().as_str().to_owned(), request }
    }

    /// The one whose outcome this tab does not know yet.
    pub(super) fn kept(reservation: &str) -> Option<Self> {
        let text = session_storage()?.get_item(&name(reservation)).ok().flatten()?;
        serde_json::from_str(&text).ok()
    }

    /// Keeps it before it is sent.
    pub(super) fn keep(&self) {
        let name = name(&self.request.reservation_id.to_string());
        if let (Some(storage), Ok(text)) = (session_storage(), serde_json::to_string(self)) {
            // Without a storage, a reload asks the server for the account's orders and finds it there.
            let _kept_or_not = storage.set_item(&name, &text);
        }
    }

    /// Its outcome is known.
    pub(super) fn forget(reservation: &str) {
        if let Some(storage) = session_storage() {
            let _nothing_to_forget = storage.remove_item(&name(reservation));
        }
    }

    /// Sends it, as often as it takes to know.
    pub(super) async fn send(&self) -> Result<Order, Failure> {
        let key = Key::of(self.key.clone());
        api::effect_keyed(&key, Method::Post, "/api/bookings/confirm", &self.request).await?.read()
    }
}

fn name(reservation: &str) -> String {
    format!("onsale.pay.{reservation}")
}

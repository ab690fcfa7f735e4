//! What the pages of the waiting room ask: the same as the API's calls, in this process, by the device's cookie alone.

use super::device::Device;
use super::line::enter;
use crate::domain::token::Held;
use crate::error;
use crate::service::tell_status::Asker;
use crate::service::{leave, prove, tell_status};
use crate::state::State;
use crate::store::entries::{self, EntryRow};
use axum::http::HeaderMap;
use axum::http::header::HeaderName;
use axum_extra::extract::CookieJar;
use onsale_core::EventId;
use onsale_core::api::queue::{JoinQueue, QueueState, QueueStatus, QueueView};
use onsale_core::lineup::proof::LineProof;
use onsale_platform::problem::Problem;

/// The place that a browser's cookie stands for.
#[derive(Debug, Clone)]
pub struct OwnPlace {
    /// For `X-Queue-Token`.
    pub queue_token: String,
    /// Where it is.
    pub status: QueueStatus,
}

/// Joining by a form: whether it worked, and the header that makes the browser keep its cookie either way.
pub struct Entered {
    /// Nothing, or why not.
    pub outcome: Result<(), Problem>,
    /// `Set-Cookie`.
    pub cookie: (HeaderName, String),
}

impl State {
    /// The line as everybody sees it; 404 where the event has none.
    pub fn view(&self, event: &EventId) -> Result<QueueView, Problem> {
        Ok(tell_status::line(self, event)?.view(self.clock.now()))
    }

    /// The place that a request's cookie stands for, if it has one. Nobody is signed in by a cookie: whose turn has come
    /// is told to sign in.
    pub async fn own_place(&self, event: &EventId, headers: &HeaderMap) -> Result<Option<OwnPlace>, Problem> {
        let Some(row) = self.row_by_cookie(event, headers).await? else { return Ok(None) };
        let held = held(&row);
        let mut status = tell_status::status(self, event, held, Asker::nobody()).await?;
        // Memory knows by their places who left, and in the lobby nobody has one yet.
        if row.left_at.is_some() && status.state == QueueState::Lobby {
            status.state = QueueState::Left;
        }
        Ok(Some(OwnPlace { queue_token: self.signer.token(event, &held), status }))
    }

    /// Joins by the request's cookie. A challenge cannot be solved by a form, so a line that asks for one refuses.
    pub async fn enter_by_form(&self, event: &EventId, headers: &HeaderMap) -> Entered {
        let device = Device::of(self, &CookieJar::from_headers(headers));
        let outcome = enter(self, event, &device, None, &JoinQueue::default()).await.map(drop);
        let [cookie] = device.cookie(self);
        Entered { outcome, cookie }
    }

    /// Leaves by the request's cookie; who has no place has left.
    pub async fn leave_by_form(&self, event: &EventId, headers: &HeaderMap) -> Result<(), Problem> {
        match self.held_by_cookie(event, headers).await? {
            Some(held) => leave::leave(self, event, held).await,
            None => Ok(()),
        }
    }

    /// What the line is checked with, and the receipt of the request's cookie.
    pub async fn proof(&self, event: &EventId, headers: &HeaderMap) -> Result<LineProof, Problem> {
        let held = self.held_by_cookie(event, headers).await?;
        prove::proof(self, event, held).await
    }

    async fn held_by_cookie(&self, event: &EventId, headers: &HeaderMap) -> Result<Option<Held>, Problem> {
        Ok(self.row_by_cookie(event, headers).await?.as_ref().map(held))
    }

    async fn row_by_cookie(&self, event: &EventId, headers: &HeaderMap) -> Result<Option<EntryRow>, Problem> {
        tell_status::line(self, event)?;
        let Some(device) = Device::known(self, &CookieJar::from_headers(headers)) else { return Ok(None) };
        let found = async {
            let mut conn = self.pool.acquire().await?;
            entries::living(&mut conn, event, &[device.hash().to_vec()]).await
        };
        let mut found = found.await.map_err(|why| error::busy().with_source(why))?;
        Ok(found.pop())
    }
}

fn held(row: &EntryRow) -> Held {
    Held { position: row.position, entry: row.id }
}

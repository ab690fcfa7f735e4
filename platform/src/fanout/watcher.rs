//! One who watches: a place in the ring, as the body of an answer.

use super::channel::{Shared, Whole};
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body::Frame;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// What a watcher was told.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// Nothing.
    New,
    /// This version, elsewhere or before; it asked when the next message had this number.
    After { version: i64, asked: u64 },
    /// All messages before this number.
    At(u64),
}

/// One who watches: it reads the next message when its connection has room for it, so nothing waits for it anywhere.
pub struct Watcher<W: Whole> {
    shared: Arc<Shared<W>>,
    place: Place,
    slot: usize,
}

impl<W: Whole> Watcher<W> {
    pub(super) fn new(shared: Arc<Shared<W>>, place: Place, slot: usize) -> Self {
        Self { shared, place, slot }
    }
}

impl<W: Whole> Drop for Watcher<W> {
    fn drop(&mut self) {
        self.shared.leave(self.slot);
    }
}

impl<W: Whole> http_body::Body for Watcher<W> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        let frame = ready!(this.shared.poll(&mut this.place, this.slot, context));
        Poll::Ready(frame.map(|bytes| Ok(Frame::data(bytes))))
    }
}

impl<W: Whole> IntoResponse for Watcher<W> {
    fn into_response(self) -> Response {
        let headers = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")];
        (headers, Body::new(self)).into_response()
    }
}

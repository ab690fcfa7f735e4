//! The body of an answer: counts as under way until it has ended. A stream of events ends by itself when the process
//! is to stop: each at another moment, and each client told another time to come again, so that those who are left do
//! not meet all of a dead gateway's crowd at once.

use super::activity::Open;
use crate::random;
use crate::shutdown::Shutdown;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

/// Streams end within so much of the stop; well below the time in which requests may end.
const ENDS_WITHIN: Duration = Duration::from_secs(8);
/// Around when their clients come again.
const COMES_AGAIN_AFTER: Duration = Duration::from_secs(3);

/// A body, and what it means for its connection.
pub(super) struct Answered {
    body: Body,
    stream: Option<Stream>,
    #[expect(dead_code, reason = "its drop says that the answer has ended")]
    under_way: UnderWay,
}

/// An answer under way, until it is dropped.
pub(super) struct UnderWay(Arc<Open>);

impl UnderWay {
    pub(super) fn new(open: Arc<Open>) -> Self {
        open.begin();
        Self(open)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// What is only of streams (WHATWG HTML, 9.2).
struct Stream {
    open: Arc<Open>,
    end: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// Whether what was sent so far ends with an event's end.
    whole: bool,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// It is time; the event that is being sent may end.
    Ending,
    Ended,
}

impl Answered {
    pub(super) fn new(headers: &HeaderMap, body: Body, under_way: UnderWay, shutdown: &Shutdown) -> Self {
        let stream = is_stream(headers).then(|| Stream::new(under_way.0.clone(), shutdown.clone()));
        Self { body, stream, under_way }
    }
}

impl Stream {
    fn new(open: Arc<Open>, shutdown: Shutdown) -> Self {
        open.begin_stream();
        let end = Box::pin(async move {
            shutdown.requested().await;
            tokio::time::sleep(random::up_to(ENDS_WITHIN)).await;
        });
        Self { open, end, whole: true, state: State::Open }
    }

    /// The last words, once it is time and no event is cut by them.
    fn last_words(&mut self, context: &mut Context<'_>) -> Option<Bytes> {
        if self.state == State::Open && self.end.as_mut().poll(context).is_ready() {
            self.state = State::Ending;
        }
        if self.state != State::Ending || !self.whole {
            return None;
        }
        self.state = State::Ended;
        Some(Bytes::from(format!("retry: {}\n\n", random::jittered(COMES_AGAIN_AFTER).as_millis())))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.open.end_stream();
    }
}

fn is_stream(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

impl http_body::Body for Answered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let Some(stream) = &mut this.stream else { return Pin::new(&mut this.body).poll_frame(context) };
        if stream.state == State::Ended {
            return Poll::Ready(None);
        }
        if let Some(words) = stream.last_words(context) {
            return Poll::Ready(Some(Ok(Frame::data(words))));
        }
        let polled = Pin::new(&mut this.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref().filter(|data| !data.is_empty())
        {
            stream.whole = data.ends_with(b"\n\n") || data.ends_with(b"\r\n\r\n");
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        match &self.stream {
            Some(stream) => stream.state == State::Ended || self.body.is_end_stream(),
            None => self.body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self.stream {
            Some(_) => SizeHint::default(),
            None => self.body.size_hint(),
        }
    }
}

//! A body whose sender may neither pause for long nor send drop by drop.

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// Bytes a second that a sender must reach on average, after the first `pause_max`.
const RATE_MIN: u64 = 1_024;

/// Ends with [`TooSlow`] when no part comes for a while, or too little has come since the start.
pub(super) struct Patient<B> {
    body: B,
    pause_max: Duration,
    started: Instant,
    received: u64,
    /// Runs while a part is waited for; made at the first wait, since most bodies have come already.
    pause: Option<Pin<Box<Sleep>>>,
    waiting: bool,
}

/// The sender paused for too long.
#[derive(Debug, thiserror::Error)]
#[error("the body came too slowly")]
pub(super) struct TooSlow;

impl<B> Patient<B> {
    pub(super) fn new(body: B, pause_max: Duration) -> Self {
        Self { body, pause_max, started: Instant::now(), received: 0, pause: None, waiting: false }
    }
}

impl<B> Body for Patient<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            this.waiting = false;
            if let Some(Ok(part)) = &frame {
                let bytes = part.data_ref().map_or(0, Bytes::len);
                this.received = this.received.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let pause_max = this.pause_max;
        let pause = this.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(pause_max)));
        if !this.waiting {
            let earned = Duration::from_millis(this.received.saturating_mul(1_000) / RATE_MIN);
            pause.as_mut().reset((Instant::now() + pause_max).min(this.started + pause_max + earned));
            this.waiting = true;
        }
        pause.as_mut().poll(context).map(|()| Some(Err(TooSlow.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::StreamExt;
    use http_body_util::{BodyExt, StreamBody};
    use std::convert::Infallible;

    /// A body of `parts` parts of `bytes` bytes each, one every `every`.
    fn dripping(parts: usize, bytes: usize, every: Duration) -> impl Body<Data = Bytes, Error = Infallible> + Unpin {
        let parts = futures::stream::iter(0..parts).then(move |_| async move {
            tokio::time::sleep(every).await;
            Ok(Frame::data(Bytes::from(vec![0; bytes])))
        });
        StreamBody::new(Box::pin(parts))
    }

    async fn received(body: impl Body<Data = Bytes, Error = Infallible> + Unpin) -> Result<usize, String> {
        let patient = Patient::new(body, Duration::from_secs(10));
        patient.collect().await.map(|all| all.to_bytes().len()).map_err(|error| error.to_string())
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_and_drops_are_cut_off_and_slow_but_steady_is_not() {
        assert_eq!(received(dripping(20, 4_096, Duration::from_secs(2))).await, Ok(20 * 4_096));
        assert!(received(dripping(2, 4_096, Duration::from_secs(11))).await.is_err());
        let began = Instant::now();
        assert!(received(dripping(10_000, 1, Duration::from_secs(5))).await.is_err());
        assert!(began.elapsed() < Duration::from_secs(20));
    }
}

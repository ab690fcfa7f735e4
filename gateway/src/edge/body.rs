//! How large a body may be, and what went wrong with one.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use http_body::{Body as _, Frame, SizeHint};
use onsale_platform::problem::Problem;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

const BYTES_MAX: u64 = 64 * 1024;
const PLAN_BYTES_MAX: u64 = 8 * 1024 * 1024;

const TOO_LARGE: u8 = 1;
const BROKEN: u8 = 2;

/// What went wrong with a request's body while it was read; in the request's extensions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fault(Arc<AtomicU8>);

impl Fault {
    /// The problem, if something went wrong.
    pub(crate) fn problem(&self) -> Option<Problem> {
        match self.0.load(Ordering::Relaxed) {
            TOO_LARGE => Some(too_large()),
            BROKEN => Some(Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "timeout",
                "The body broke off or came too slowly. Send it again, without pauses.",
            )),
            _ => None,
        }
    }
}

/// The request with a body that ends where it may end; 413 at once when it says that it is larger.
pub(super) fn bounded(request: Request) -> Result<Request, Problem> {
    let bytes_max = bytes_max(request.uri().path());
    let (mut head, body) = request.into_parts();
    let said = head.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if said.is_some_and(|bytes| bytes > bytes_max) {
        return Err(too_large());
    }
    if body.is_end_stream() {
        return Ok(Request::from_parts(head, body));
    }
    let fault = Fault::default();
    head.extensions.insert(fault.clone());
    Ok(Request::from_parts(head, Body::new(Bounded { body, left: bytes_max, fault })))
}

/// The request with its body read, where it is small: who sends slowly is waited for here, where that costs nobody
/// a place.
pub(crate) async fn whole(request: Request) -> Result<Request, Problem> {
    if request.body().is_end_stream() || bytes_max(request.uri().path()) != BYTES_MAX {
        return Ok(request);
    }
    let (head, body) = request.into_parts();
    match axum::body::to_bytes(body, usize::MAX).await {
        Ok(bytes) => Ok(Request::from_parts(head, Body::from(bytes))),
        Err(_) => {
            let fault = head.extensions.get::<Fault>().and_then(Fault::problem);
            Err(fault.unwrap_or_else(|| Problem::malformed("body", "it broke off: send it again")))
        }
    }
}

/// Plans are large; nothing else is.
fn bytes_max(path: &str) -> u64 {
    if path.starts_with("/api/admin/") && (path.contains("/plans") || path.contains("/halls")) {
        PLAN_BYTES_MAX
    } else {
        BYTES_MAX
    }
}

fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is larger than this address takes.")
}

struct Bounded {
    body: Body,
    left: u64,
    fault: Fault,
}

impl http_body::Body for Bounded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(context));
        Poll::Ready(match frame {
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, |data| data.len() as u64);
                match self.left.checked_sub(bytes) {
                    Some(left) => {
                        self.left = left;
                        Some(Ok(frame))
                    }
                    None => {
                        self.fault.0.store(TOO_LARGE, Ordering::Relaxed);
                        Some(Err(axum::Error::new("the body is too large")))
                    }
                }
            }
            Some(Err(error)) => {
                self.fault.0.store(BROKEN, Ordering::Relaxed);
                Some(Err(error))
            }
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

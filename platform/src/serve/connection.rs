//! The life of one connection: its requests, its idle times, its end.

use super::activity::Open;
use super::answered::{Answered, UnderWay};
use super::framing::Framed;
use super::patience::Patient;
use super::version::{self, Spoken};
use super::{Bounds, PeerAddress};
use crate::shutdown::Shutdown;
use crate::upstream::Passing;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};
use tower::Service;

/// How long a client may take to hear that its idle connection ends.
const FAREWELL_MAX: Duration = Duration::from_secs(1);
/// Looked at when nothing bounds how long a connection may idle, or while it answers: its end is told then.
const NEVER: Duration = Duration::from_secs(3_600);

/// What all connections of a listener share.
pub(super) struct Server {
    /// For HTTP/1 alone.
    http1: Builder<TokioExecutor>,
    /// For whichever version comes.
    either: Builder<TokioExecutor>,
    router: Router,
    bounds: Bounds,
    shutdown: Shutdown,
}

impl Server {
    pub(super) fn new(bounds: Bounds, router: Router, shutdown: Shutdown) -> Self {
        let (http1, either) = (builder(&bounds).http1_only(), builder(&bounds));
        Self { http1, either, router: router.with_state(()), bounds, shutdown }
    }

    /// The version that a client speaks; nothing where it says nothing in time, or we are to stop.
    pub(super) async fn spoken(&self, stream: &TcpStream) -> Option<Spoken> {
        tokio::select! {
            spoken = version::of(stream, self.bounds.headers_max) => spoken,
            () = self.shutdown.requested() => None,
        }
    }

    /// Answers what comes until the client or we have enough.
    pub(super) async fn serve<T>(self: Arc<Self>, io: T, spoken: Spoken, peer: SocketAddr, open: Open)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let open = Arc::new(open);
        let (this, activity) = (self.clone(), open.clone());
        let service = hyper::service::service_fn(move |request| {
            this.clone().answer(request, peer, UnderWay::new(activity.clone()))
        });
        let builder = match spoken {
            Spoken::Http1 => &self.http1,
            Spoken::Either => &self.either,
        };
        let mut connection = pin!(builder.serve_connection(TokioIo::new(Framed::new(io)), service));
        let idle_max = self.bounds.idle_max.unwrap_or(NEVER);
        let mut look = pin!(sleep(idle_max));
        let (mut stopping, mut parting) = (false, false);
        let mut put_off = false;
        loop {
            let looked = poll_fn(|context| {
                if put_off && open.is_idle_or_wakes(context.waker()) {
                    put_off = false;
                    look.as_mut().reset(Instant::now() + idle_max);
                }
                look.as_mut().poll(context)
            });
            tokio::select! {
                // First the connection: an answer that it ends counts for the look that follows.
                biased;
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::trace!(%error, "connection ended early");
                    }
                    return;
                }
                () = self.shutdown.requested(), if !stopping => {
                    stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
                () = looked => match open.idle_for() {
                    Some(_) if parting => return,
                    Some(idle) if idle >= idle_max && self.bounds.idle_max.is_some() => {
                        parting = true;
                        connection.as_mut().graceful_shutdown();
                        look.as_mut().reset(Instant::now() + FAREWELL_MAX);
                    }
                    Some(idle) => {
                        let rest = idle_max.saturating_sub(idle);
                        look.as_mut().reset(Instant::now() + rest.max(Duration::from_millis(1)));
                    }
                    // A crowd of streams would be woken every few seconds for nothing.
                    None => {
                        put_off = true;
                        look.as_mut().reset(Instant::now() + NEVER);
                    }
                }
            }
        }
    }

    async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        peer: SocketAddr,
        under_way: UnderWay,
    ) -> Result<Response<Answered>, Infallible> {
        let (mut head, body) = request.into_parts();
        head.extensions.insert(PeerAddress(peer));
        let body = Body::new(Patient::new(body, self.bounds.body_pause_max));
        let mut router = self.router.clone();
        let passing = if self.bounds.internal { Passing::of(&head.headers) } else { None };
        let answer = router.call(Request::from_parts(head, body));
        let answered = match passing {
            Some(passing) => passing.scope(answer).await,
            None => answer.await,
        };
        let (head, body) = answered.unwrap_or_else(|never| match never {}).into_parts();
        let body = Answered::new(&head.headers, body, under_way, &self.shutdown);
        Ok(Response::from_parts(head, body))
    }
}

fn builder(bounds: &Bounds) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.headers_max)
        .max_buf_size(bounds.headers_bytes_max)
        .keep_alive(true);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(bounds.streams_max)
        .max_header_list_size(u32::try_from(bounds.headers_bytes_max).unwrap_or(u32::MAX))
        .keep_alive_interval(Some(Duration::from_secs(20)));
    builder
}

//! Calling webhooks: to checked addresses only, without redirects, in bounded time.

use crate::domain::reach::{Reach, UrlError};
use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long a receiver may take to be connected to, and to answer.
const CONNECT_MAX: Duration = Duration::from_secs(5);
const ANSWER_MAX: Duration = Duration::from_secs(15);
/// How long a connection is kept for the next message.
const IDLE_MAX: Duration = Duration::from_secs(30);
/// The longest pause that a receiver may ask for.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(3_600);
/// Characters kept of why a call failed.
const REASON_MAX: usize = 300;

/// Finds the addresses of a name.
pub(crate) type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// The way to receivers. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Caller {
    client: Client,
    reach: Reach,
}

/// A message, signed.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) id: Uuid,
    /// Seconds since 1970.
    pub(crate) timestamp: i64,
    pub(crate) signature: String,
    pub(crate) body: String,
}

/// Why a receiver did not take a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What it answered, if it did.
    pub(crate) status: Option<StatusCode>,
    /// In words.
    pub(crate) reason: String,
    /// How long it wants to be left alone.
    pub(crate) retry_after: Option<Duration>,
}

impl Refusal {
    fn new(reason: impl Into<String>) -> Self {
        let reason = reason.into().chars().take(REASON_MAX).collect();
        Self { status: None, reason, retry_after: None }
    }

    /// Whether the receiver wants no more messages, ever.
    pub(crate) fn is_gone(&self) -> bool {
        self.status == Some(StatusCode::GONE)
    }
}

impl Caller {
    /// With the system's way to find names.
    pub(crate) fn new(reach: Reach) -> Result<Self, reqwest::Error> {
        Self::with_lookup(reach, Arc::new(|host| Box::pin(system_lookup(host))))
    }

    fn with_lookup(reach: Reach, lookup: Lookup) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .dns_resolver(Arc::new(Checked { reach, lookup }))
            // A proxy would find the name's address again, by itself.
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(CONNECT_MAX)
            .timeout(ANSWER_MAX)
            .pool_idle_timeout(IDLE_MAX)
            .user_agent(concat!("Onsale-Webhooks/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, reach })
    }

    /// Whether an address may be a webhook's.
    pub(crate) fn check(&self, url: &str) -> Result<(), UrlError> {
        self.reach.url(url).map(|_| ())
    }

    /// Sends a message: 2xx within [`ANSWER_MAX`] takes it. Of the answer nothing but its head is read. After an
    /// error the receiver may have it all the same.
    pub(crate) async fn send(&self, url: &str, message: Message) -> Result<StatusCode, Refusal> {
        // An address that stands in the URL itself is asked of nobody: it is checked here.
        let url = self.reach.url(url).map_err(|error| Refusal::new(error.to_string()))?;
        let Message { id, timestamp, signature, body } = message;
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/cloudevents+json; charset=utf-8")
            .header("webhook-id", id.to_string())
            .header("webhook-timestamp", timestamp.to_string())
            .header("webhook-signature", signature)
            .body(body);
        let answer = request.send().await.map_err(|error| Refusal::new(told(&error)))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(status);
        }
        let reason = if status.is_redirection() {
            format!("it answered {status}: redirects are not followed")
        } else {
            format!("it answered {status}")
        };
        let seconds = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let retry_after = seconds.map(|seconds| Duration::from_secs(seconds).min(RETRY_AFTER_MAX));
        Err(Refusal { status: Some(status), retry_after, ..Refusal::new(reason) })
    }
}

/// The cause, without the address: it may hold a secret of the receiver's.
fn told(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", ANSWER_MAX.as_secs());
    }
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// Gives the addresses of a name that may be reached, each time a connection is made: what was checked is what is
/// connected to, whatever the name says a moment later.
struct Checked {
    reach: Reach,
    lookup: Lookup,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, found) = (self.reach, (self.lookup)(name.as_str().to_owned()));
        Box::pin(async move {
            let found = found.await?;
            let taken: Vec<IpAddr> = found.iter().copied().filter(|address| reach.takes(*address)).collect();
            if taken.is_empty() {
                let reason =
                    if found.is_empty() { "the name has no address" } else { "the name has no public address" };
                return Err(reason.into());
            }
            // Port 0: the one of the URL.
            Ok(Box::new(taken.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

async fn system_lookup(host: String) -> io::Result<Vec<IpAddr>> {
    let found = tokio::net::lookup_host((host, 0)).await?;
    Ok(found.map(|address| address.ip()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::net::TcpListener;

    fn message() -> Message {
        Message { id: Uuid::nil(), timestamp: 0, signature: "v1,".to_owned(), body: "{}".to_owned() }
    }

    /// A name that is found at 127.0.0.1 when it is asked for first, and at 127.0.0.2 from then on.
    fn rebinding(asked: &Arc<AtomicUsize>) -> Lookup {
        let asked = Arc::clone(asked);
        Arc::new(move |_| {
            let last = if asked.fetch_add(1, Ordering::SeqCst) == 0 { 1 } else { 2 };
            Box::pin(async move { Ok(vec![IpAddr::from([127, 0, 0, last])]) })
        })
    }

    #[tokio::test]
    async fn what_was_checked_is_what_is_connected_to() {
        let _another_test_was_first = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let other = TcpListener::bind(("127.0.0.2", port)).await.expect("the same port of another address");
        let url = format!("https://rebinding.example:{port}/");

        let asked = Arc::new(AtomicUsize::new(0));
        let caller = Caller::with_lookup(Reach::PublicAndLoopback, rebinding(&asked)).expect("a caller");
        let sending = tokio::spawn({
            let url = url.clone();
            async move { caller.send(&url, message()).await }
        });
        drop(listener.accept().await.expect("a connection"));
        sending.await.expect("no panic").expect_err("there is no TLS here");
        assert!(other.accept().now_or_never().is_none(), "the name was believed a second time");
        assert_eq!(asked.load(Ordering::SeqCst), 1);

        // The same name where this machine must not be reached: nobody is connected to.
        let caller = Caller::with_lookup(Reach::Public, rebinding(&asked)).expect("a caller");
        let refusal = caller.send(&url, message()).await.expect_err("refused");
        assert_eq!(refusal.reason, "the name has no public address");
        assert!(listener.accept().now_or_never().is_none() && other.accept().now_or_never().is_none());
    }
}

//! TLS 1.2 and 1.3 by rustls: HTTP/2 and HTTP/1.1 by ALPN, sessions resumed at any gateway of the installation,
//! certificates read again when they change, and handshakes that are bounded in time and number.

mod certificate;
mod tickets;

use crate::clock::Clock;
use crate::env::{Env, EnvError};
use crate::shutdown::Shutdown;
use crate::tokens::DeploymentSecret;
use certificate::Certificate;
use rustls::ServerConfig;
use std::sync::Arc;
use std::time::Duration;
use tickets::Tickets;
use tokio::net::TcpStream;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a client may take for its handshake, with its wait for a place.
const HANDSHAKE_MAX: Duration = Duration::from_secs(5);
/// Handshakes at once; whoever is beyond waits for a place.
const HANDSHAKES: usize = 1_024;
/// How often it is looked whether the certificate has changed.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// What it takes to be the server of our name. Cheap to clone.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    handshakes: Arc<Semaphore>,
    certificate: Arc<Certificate>,
    handshake_max: Duration,
}

impl Tls {
    /// Reads `TLS_CERTIFICATE` and `TLS_KEY` (PEM, by `TLS_CERTIFICATE_FILE` and `TLS_KEY_FILE` as a rule) and
    /// `TLS_HANDSHAKES`; nothing when there is no certificate.
    ///
    /// # Errors
    /// Names the setting that cannot be used: unreadable, not PEM, or a key of another certificate.
    pub fn of(env: &Env, secret: &DeploymentSecret, clock: &Clock) -> Result<Option<Self>, EnvError> {
        let Some(certificate) = Certificate::of(env)? else { return Ok(None) };
        let certificate = Arc::new(certificate);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let versions = versions.map_err(|error| certificate::unusable("TLS_CERTIFICATE", &error))?;
        let mut config = versions.with_no_client_auth().with_cert_resolver(certificate.clone());
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config.ticketer = Arc::new(Tickets::new(secret, clock.clone()));
        Ok(Some(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            handshakes: Arc::new(Semaphore::new(env.get_or("TLS_HANDSHAKES", HANDSHAKES)?)),
            certificate,
            handshake_max: HANDSHAKE_MAX,
        }))
    }

    /// Whether a certificate is named that can be used.
    ///
    /// # Errors
    /// As those of [`Tls::of`].
    pub fn is_wanted(env: &Env) -> Result<bool, EnvError> {
        Ok(Certificate::of(env)?.is_some())
    }

    /// The same with another bound on the time of a handshake.
    #[must_use]
    pub fn handshake_within(mut self, limit: Duration) -> Self {
        self.handshake_max = limit;
        self
    }

    /// Reads the certificate again every 30 s and at SIGHUP, until shutdown. One that cannot be used changes nothing.
    pub async fn follow(self, shutdown: Shutdown) {
        let mut asked = match signal(SignalKind::hangup()) {
            Ok(asked) => asked,
            Err(error) => {
                tracing::error!(%error, "SIGHUP cannot be heard; certificates are not read again");
                return;
            }
        };
        loop {
            tokio::select! {
                () = shutdown.requested() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = asked.recv() => {}
            }
            self.look_again().await;
        }
    }

    /// Reads the certificate again, once; whether it was another one that can be used.
    pub async fn look_again(&self) -> bool {
        let certificate = self.certificate.clone();
        let looked = tokio::task::spawn_blocking(move || certificate.look_again()).await;
        match looked {
            Ok(Ok(false)) => false,
            Ok(Ok(true)) => {
                tracing::info!("the certificate has changed");
                true
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "the certificate has changed and cannot be used; the old one stays");
                false
            }
            Err(error) => {
                tracing::error!(%error, "reading the certificate again did not end");
                false
            }
        }
    }

    /// Shakes hands; nothing when that did not work out, or not in time.
    pub(super) async fn accept(&self, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        let shaken = tokio::time::timeout(self.handshake_max, async {
            let _place = self.handshakes.acquire().await.ok()?;
            self.acceptor.accept(stream).await.inspect_err(|error| tracing::trace!(%error, "no handshake")).ok()
        });
        let outcome = shaken.await;
        let word = match &outcome {
            Ok(Some(stream)) => match stream.get_ref().1.handshake_kind() {
                Some(rustls::HandshakeKind::Resumed) => "resumed",
                _ => "full",
            },
            Ok(None) => "failed",
            Err(_) => "late",
        };
        metrics::counter!("onsale_tls_handshakes_total", "outcome" => word).increment(1);
        outcome.ok().flatten()
    }
}

//! The certificate that is shown, and the newest that was read.

use crate::env::{Env, EnvError};
use parking_lot::RwLock;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::sync::Arc;
use x509_parser::parse_x509_certificate;

const CHAIN: &str = "TLS_CERTIFICATE";
const KEY: &str = "TLS_KEY";

/// A chain of certificates and the key of its first one.
pub(super) struct Certificate {
    env: Env,
    shown: RwLock<Shown>,
}

struct Shown {
    read: Read,
    key: Arc<CertifiedKey>,
}

/// What the settings say, as PEM.
struct Read {
    chain: String,
    key: SecretString,
}

impl Certificate {
    /// What the settings name; nothing when they name none.
    pub(super) fn of(env: &Env) -> Result<Option<Self>, EnvError> {
        let Some(read) = Read::of(env)? else { return Ok(None) };
        let key = Arc::new(read.certified()?);
        tell_end(&key);
        Ok(Some(Self { env: env.clone(), shown: RwLock::new(Shown { read, key }) }))
    }

    /// Reads again; whether it is another one. Reads files: not for threads that answer.
    pub(super) fn look_again(&self) -> Result<bool, EnvError> {
        // Files that are being replaced may be away for a moment.
        let Some(read) = Read::of(&self.env)? else { return Ok(false) };
        if self.shown.read().read.is(&read) {
            return Ok(false);
        }
        let key = Arc::new(read.certified()?);
        tell_end(&key);
        *self.shown.write() = Shown { read, key };
        Ok(true)
    }
}

impl Read {
    fn of(env: &Env) -> Result<Option<Self>, EnvError> {
        match (env.text(CHAIN)?, env.secret(KEY)?) {
            (None, None) => Ok(None),
            (Some(chain), Some(key)) => Ok(Some(Self { chain, key })),
            (Some(_), None) => Err(missing(KEY, "name the key of TLS_CERTIFICATE by TLS_KEY_FILE")),
            (None, Some(_)) => Err(missing(CHAIN, "name the certificate of TLS_KEY by TLS_CERTIFICATE_FILE")),
        }
    }

    fn is(&self, other: &Self) -> bool {
        self.chain == other.chain && self.key.expose_secret() == other.key.expose_secret()
    }

    fn certified(&self) -> Result<CertifiedKey, EnvError> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(self.chain.as_bytes()).collect();
        let chain = chain.map_err(|error| unusable(CHAIN, &error))?;
        if chain.is_empty() {
            return Err(unusable(CHAIN, &"there is no certificate in it"));
        }
        let key = PrivateKeyDer::from_pem_slice(self.key.expose_secret().as_bytes());
        let key = key.map_err(|error| unusable(KEY, &error))?;
        CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => unusable(KEY, &"it is not the key of the first of TLS_CERTIFICATE"),
            rustls::Error::InvalidCertificate(_) => unusable(CHAIN, &error),
            error => unusable(KEY, &error),
        })
    }
}

/// Tells the metrics when the certificate ends, in seconds since 1970.
fn tell_end(key: &CertifiedKey) {
    // What rustls has taken can be parsed; if not, there is nothing to tell.
    let Some(Ok((_, first))) = key.cert.first().map(|der| parse_x509_certificate(der)) else { return };
    // Seconds of any year in which certificates end are exact in an f64.
    let ends = u32::try_from(first.validity().not_after.timestamp()).map_or(f64::MAX, f64::from);
    metrics::gauge!("onsale_tls_certificate_expires_seconds").set(ends);
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.shown.read().key.clone())
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificate(…)")
    }
}

fn missing(name: &str, remedy: &'static str) -> EnvError {
    EnvError::Missing { name: name.to_owned(), remedy }
}

/// Says what is wrong with what a setting holds, and nothing of what it holds.
pub(super) fn unusable(name: &str, reason: &dyn fmt::Display) -> EnvError {
    EnvError::Invalid { name: name.to_owned(), value: "…".to_owned(), reason: format!("{reason}; write it as PEM") }
}

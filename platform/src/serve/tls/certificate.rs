//! The certificate that is shown, and the newest that was read.

use crate::env::{Env, EnvError};
use der::asn1::{AnyRef, GeneralizedTime, UtcTime};
use der::{Decode, SliceReader, Tag, Tagged};
use parking_lot::RwLock;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

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
    match key.cert.first().map(|certificate| end_of(certificate)) {
        Some(Ok(end)) => metrics::gauge!("onsale_tls_certificate_expires_seconds").set(end.as_secs_f64()),
        Some(Err(error)) => tracing::warn!(%error, "it cannot be read when the certificate ends"),
        None => {}
    }
}

/// When a certificate ends, since 1970: `notAfter` of RFC 5280, section 4.1.
fn end_of(certificate: &[u8]) -> der::Result<Duration> {
    let to_be_signed = AnyRef::decode(&mut SliceReader::new(AnyRef::from_der(certificate)?.value())?)?;
    let mut fields = SliceReader::new(to_be_signed.value())?;
    // The version, which may be left out, is the only one of these with a tag of its own.
    if AnyRef::decode(&mut fields)?.tag().is_context_specific() {
        let _serial_number = AnyRef::decode(&mut fields)?;
    }
    let _signature = AnyRef::decode(&mut fields)?;
    let _issuer = AnyRef::decode(&mut fields)?;
    let validity = AnyRef::decode(&mut fields)?;
    let mut times = SliceReader::new(validity.value())?;
    let _not_before = AnyRef::decode(&mut times)?;
    let not_after = AnyRef::decode(&mut times)?;
    match not_after.tag() {
        Tag::UtcTime => Ok(not_after.decode_as::<UtcTime>()?.to_unix_duration()),
        _ => Ok(not_after.decode_as::<GeneralizedTime>()?.to_unix_duration()),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    #[test]
    fn the_end_of_a_certificate_is_read_in_either_form() {
        // RFC 5280: two digits for the year until 2049, four from then on.
        for (year, seconds) in [(2030, 1_893_456_000), (2060, 2_840_140_800)] {
            let mut params = CertificateParams::new(vec!["onsale.test".to_owned()]).expect("a name");
            params.not_after = date_time_ymd(year, 1, 1);
            let key = KeyPair::generate().expect("a key");
            let certificate = params.self_signed(&key).expect("signed");
            assert_eq!(end_of(certificate.der()).expect("read"), Duration::from_secs(seconds), "{year}");
        }
        assert!(end_of(b"no certificate").is_err());
    }
}

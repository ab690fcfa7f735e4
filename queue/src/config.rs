//! The waiting room's settings.

use onsale_platform::env::{Env, EnvError};
use url::Url;

/// What the waiting room needs to know.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// `PUBLIC_URL`: on https the device's cookie is `Secure`.
    pub(crate) is_https: bool,
    /// `DRAND_URL`: a chain of drand, e.g. `https://api.drand.sh/<chain hash>`, whose randomness goes into the shuffle.
    /// Without it the proof says that none came from outside.
    pub(crate) drand: Option<Url>,
}

impl Config {
    /// Reads the settings.
    pub(crate) fn of(env: &Env) -> Result<Self, EnvError> {
        let public_url: Option<Url> = env.get("PUBLIC_URL")?;
        Ok(Self { is_https: public_url.is_some_and(|url| url.scheme() == "https"), drand: env.get("DRAND_URL")? })
    }
}

//! How the gateway of a process meets strangers: how many of them, and by TLS or not.

use onsale_platform::env::Env;
use onsale_platform::serve::tls::Tls;
use onsale_platform::serve::{Bounds, Crowd, descriptors_max};
use onsale_platform::tokens::DeploymentSecret;
use onsale_platform::{Platform, ServiceRole};

/// What its listener needs.
pub(crate) struct Front {
    pub(crate) bounds: Bounds,
    pub(crate) tls: Option<Tls>,
}

impl Front {
    /// Reads the settings, where these roles have a gateway among them, and follows the certificate from now on.
    pub(crate) fn of(platform: &Platform, roles: &[ServiceRole]) -> anyhow::Result<Option<Self>> {
        if !roles.contains(&ServiceRole::Gateway) {
            return Ok(None);
        }
        let env = &platform.env;
        let bounds = Crowd::of(env)?.bounds(descriptors_max())?;
        let tls = Tls::of(env, &DeploymentSecret::of(env)?, &platform.clock)?;
        if let Some(tls) = &tls {
            platform.shutdown.spawn("certificates", tls.clone().follow(platform.shutdown.clone()));
        }
        Ok(Some(Self { bounds, tls }))
    }
}

/// Refuses settings of a gateway that cannot be used, before anything is started.
pub(crate) fn check(env: &Env) -> anyhow::Result<()> {
    Crowd::of(env)?.bounds(descriptors_max())?;
    let is_https = env.text("PUBLIC_URL")?.is_some_and(|url| url.starts_with("https://"));
    anyhow::ensure!(
        !Tls::is_wanted(env)? || is_https,
        "with TLS_CERTIFICATE people come by https: set PUBLIC_URL to the https:// address that they see"
    );
    Ok(())
}

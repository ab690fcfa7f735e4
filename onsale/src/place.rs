//! Where this process's engines and secret are: named by settings, else private ones in the home folder.

use anyhow::Context;
use onsale_engines::{Addresses, Engines, Wanted};
use onsale_platform::ServiceRole;
use onsale_platform::env::Env;
use onsale_platform::random::secret_bytes;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The settings of this process, with those of its own engines, which run as long as this lives.
pub(crate) struct Place {
    /// The settings, completed.
    pub(crate) env: Env,
    /// The private engines that this process runs, if it runs any.
    pub(crate) engines: Option<Engines>,
}

impl Place {
    /// Starts private engines for what no setting names.
    pub(crate) async fn start(env: &Env, home: &Path) -> anyhow::Result<Self> {
        let wanted = wanted(env)?;
        let mut env = env.with(secret(env, home)?);
        if !wanted.postgres && !wanted.redis {
            return Ok(Self { env, engines: None });
        }
        let engines = Engines::start(home, wanted).await?;
        env = with_addresses(&env, &engines.addresses());
        if wanted.postgres {
            env = env.with(role_urls(&env, |user| engines.database_url(user))?);
        }
        Ok(Self { env, engines: Some(engines) })
    }

    /// Uses the private engines that an `onsale up` has running in the home folder, else starts them
    /// for as long as this process needs them.
    pub(crate) async fn find(env: &Env, home: &Path) -> anyhow::Result<Self> {
        if onsale_engines::is_running(home) {
            let env = env.with(secret(env, home)?);
            let addresses = Engines::of_running(home)?;
            return Ok(Self { env: with_missing_addresses(&env, &addresses)?, engines: None });
        }
        Self::start(env, home).await
    }

    /// Stops what was started.
    pub(crate) async fn stop(self) {
        if let Some(engines) = self.engines {
            engines.stop().await;
        }
    }
}

/// Which engines no setting names.
pub(crate) fn wanted(env: &Env) -> anyhow::Result<Wanted> {
    let (postgres, redis) = (env.text("DATABASE_URL")?.is_none(), env.list("REDIS_URLS")?.is_empty());
    Ok(Wanted { postgres, redis, ..Wanted::HOUSE })
}

fn with_addresses(env: &Env, addresses: &Addresses) -> Env {
    let database = addresses.database_url.iter().map(|url| ("DATABASE_URL".to_owned(), url.clone()));
    let redis = Some(addresses.redis_urls.join(",")).filter(|urls| !urls.is_empty());
    env.with(database.chain(redis.map(|urls| ("REDIS_URLS".to_owned(), urls))))
}

fn with_missing_addresses(env: &Env, addresses: &Addresses) -> anyhow::Result<Env> {
    let wanted = wanted(env)?;
    let missing = Addresses {
        database_url: addresses.database_url.clone().filter(|_| wanted.postgres),
        redis_urls: if wanted.redis { addresses.redis_urls.clone() } else { Vec::new() },
        ..Addresses::default()
    };
    Ok(with_addresses(env, &missing))
}

/// Each service's address of the private database, with a role of its own.
fn role_urls(env: &Env, url: impl Fn(&str) -> Option<String>) -> anyhow::Result<Vec<(String, String)>> {
    let mut urls = Vec::new();
    for service in onsale_migration::services() {
        let Ok(role) = service.parse::<ServiceRole>() else { continue };
        let name = format!("DATABASE_URL_{}", role.as_str().to_ascii_uppercase());
        if env.text(&name)?.is_none() {
            urls.extend(url(&format!("onsale_{role}")).map(|url| (name, url)));
        }
    }
    Ok(urls)
}

/// `ONSALE_SECRET`, generated into the home folder when nobody has set it.
fn secret(env: &Env, home: &Path) -> anyhow::Result<Option<(String, String)>> {
    if env.secret("ONSALE_SECRET")?.is_some() {
        return Ok(None);
    }
    let path = home.join("secret");
    if !path.exists() {
        std::fs::create_dir_all(home).with_context(|| format!("creating the folder {}", home.display()))?;
        let bytes = secret_bytes::<32>();
        let written = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let written = written.and_then(|mut file| writeln!(file, "{}", hex::encode(bytes)));
        written.with_context(|| format!("writing a new secret to {}", path.display()))?;
    }
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading the secret {}", path.display()))?;
    Ok(Some(("ONSALE_SECRET".to_owned(), text.trim().to_owned())))
}

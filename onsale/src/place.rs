//! Where this process's engines and secret are: named by settings, else private ones in the home folder.

use anyhow::Context;
use onsale_engines::{Addresses, Engines, Wanted};
use onsale_platform::ServiceRole;
use onsale_platform::env::Env;
use onsale_platform::random::secret_bytes;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The settings of this process, with those of its own engines, which run as long as this lives.
pub(crate) struct Place {
    /// The settings, completed.
    pub(crate) env: Env,
    /// The private engines that this process runs, if it runs any.
    pub(crate) engines: Option<Engines>,
}

impl Place {
    /// Starts private engines for what no setting names; those of a cluster, unless that runs already.
    pub(crate) async fn start(env: &Env, home: &Path, kind: Kind) -> anyhow::Result<Self> {
        let wanted = wanted(env, kind)?;
        let env = env.with(secret(env, home)?);
        let folder = kind.folder(home);
        if kind == Kind::Cluster && onsale_engines::is_running(&folder) {
            let addresses = Engines::of_running(&folder)?;
            anyhow::ensure!(addresses.are_all(), "the cluster is not healthy: see `onsale cluster status`");
            return Ok(Self { env: with_missing(&env, kind, &addresses)?, engines: None });
        }
        if wanted == (Wanted { on_ports: wanted.on_ports, ..NOTHING }) {
            return Ok(Self { env, engines: None });
        }
        let engines = Engines::start(&folder, wanted).await?;
        Ok(Self { env: with_missing(&env, kind, &engines.addresses())?, engines: Some(engines) })
    }

    /// Uses the private engines that run in the home folder, those of an `onsale up` or of a cluster, else starts
    /// them for as long as this process needs them.
    pub(crate) async fn find(env: &Env, home: &Path) -> anyhow::Result<Self> {
        for kind in [Kind::House, Kind::Cluster] {
            let folder = kind.folder(home);
            if onsale_engines::is_running(&folder) {
                let env = env.with(secret(env, home)?);
                let missing = missing(&env, kind, &Engines::of_running(&folder)?)?;
                return Ok(Self { env: env.with(missing), engines: None });
            }
        }
        Self::start(env, home, Kind::House).await
    }

    /// Stops what was started.
    pub(crate) async fn stop(self) {
        if let Some(engines) = self.engines {
            engines.stop().await;
        }
    }
}

/// Which private engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// PostgreSQL and Redis.
    House,
    /// With Kafka and Elasticsearch.
    Cluster,
}

impl Kind {
    /// Where their data are.
    pub(crate) fn folder(self, home: &Path) -> PathBuf {
        match self {
            Self::House => home.to_owned(),
            Self::Cluster => home.join("cluster"),
        }
    }
}

const NOTHING: Wanted = Wanted { postgres: false, redis: false, kafka: false, elasticsearch: false, on_ports: false };

/// Which of these engines no setting names.
pub(crate) fn wanted(env: &Env, kind: Kind) -> anyhow::Result<Wanted> {
    let all = match kind {
        Kind::House => Wanted::HOUSE,
        Kind::Cluster => Wanted::CLUSTER,
    };
    Ok(Wanted {
        postgres: all.postgres && env.text("DATABASE_URL")?.is_none(),
        redis: all.redis && env.list("REDIS_URLS")?.is_empty(),
        kafka: all.kafka && env.text("KAFKA_BOOTSTRAP_SERVERS")?.is_none(),
        elasticsearch: all.elasticsearch && env.text("ELASTICSEARCH_URL")?.is_none(),
        on_ports: all.on_ports,
    })
}

/// The addresses of running engines for what no setting names.
fn missing(env: &Env, kind: Kind, addresses: &Addresses) -> anyhow::Result<Vec<(String, String)>> {
    let wanted = wanted(env, kind)?;
    let addresses = Addresses {
        database_url: addresses.database_url.clone().filter(|_| wanted.postgres),
        redis_urls: if wanted.redis { addresses.redis_urls.clone() } else { Vec::new() },
        kafka: if wanted.kafka { addresses.kafka.clone() } else { Vec::new() },
        elasticsearch_url: addresses.elasticsearch_url.clone().filter(|_| wanted.elasticsearch),
    };
    Ok(addresses.settings())
}

/// The same, and a database role of its own for each service of a private PostgreSQL.
fn with_missing(env: &Env, kind: Kind, addresses: &Addresses) -> anyhow::Result<Env> {
    let roles = match wanted(env, kind)?.postgres {
        true => role_urls(env, |user| addresses.database_url_of(user))?,
        false => Vec::new(),
    };
    let addresses = missing(env, kind, addresses)?;
    Ok(env.with(addresses.into_iter().chain(roles)))
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

//! `onsale keys rotate|list`: the keys that sign access tokens.

use crate::cli::Keys;
use crate::place::Place;
use crate::{process, roles, say};
use onsale_auth::Rotation;
use onsale_platform::ServiceRole;
use onsale_platform::env::Env;
use onsale_platform::pg::{self, PgConfig};
use onsale_platform::tokens::DeploymentSecret;
use std::path::Path;

/// Does it on the database that the settings name.
pub(crate) async fn run(env: &Env, home: &Path, keys: &Keys) -> anyhow::Result<()> {
    let place = Place::find(env, home).await?;
    let outcome = with(&place.env, keys).await;
    place.stop().await;
    outcome
}

async fn with(env: &Env, keys: &Keys) -> anyhow::Result<()> {
    let platform = process::platform(env, &[ServiceRole::Auth]).await?;
    let platform = roles::acting_as(ServiceRole::Auth, &platform);
    let config = PgConfig { connections_max: 1, ..PgConfig::of(env, ServiceRole::Auth)? };
    let pool = pg::connect(&config, ServiceRole::Auth).await?;
    match keys {
        Keys::Rotate { compromised } => {
            let rotation = if *compromised { Rotation::Compromised } else { Rotation::Planned };
            let secret = DeploymentSecret::of(env)?;
            let rotated = onsale_auth::rotate_keys(&pool, &secret, &platform.clock, rotation).await?;
            say(&format!("{} signs from {}.", rotated.kid, rotated.signs_from.to_rfc3339()));
            for kid in &rotated.retired {
                say(&format!("{kid} is good until {} at the latest.", rotated.retired_expire_at.to_rfc3339()));
            }
        }
        Keys::List => {
            for key in onsale_auth::list_keys(&pool, &platform.clock).await? {
                let state = match (key.signs_until, key.expires_at) {
                    (Some(until), Some(end)) => {
                        format!("signs until {}, good until {}", until.to_rfc3339(), end.to_rfc3339())
                    }
                    _ => "signs".to_owned(),
                };
                say(&format!("{}  from {}  {state}", key.kid, key.signs_from.to_rfc3339()));
            }
        }
    }
    platform.shutdown.request();
    pool.close().await;
    Ok(())
}

//! Makes signing keys and rotates them; what `onsale keys rotate` does.

use crate::domain::rotation::{Rotation, schedule};
use crate::error::KeyError;
use crate::keyring::Sealer;
use crate::store::{revocations, signing_keys};
use chrono::{DateTime, Utc};
use onsale_core::api::internal::RevokedSubject;
use onsale_platform::ServiceRole;
use onsale_platform::audit::{self, Act};
use onsale_platform::clock::Clock;
use onsale_platform::tokens::{DeploymentSecret, SigningKeyPair};
use serde_json::json;
use sqlx::PgPool;

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The new key's name.
    pub kid: String,
    /// It signs from here on.
    pub signs_from: DateTime<Utc>,
    /// The keys before it, which sign until then.
    pub retired: Vec<String>,
    /// Nothing that they signed is good after this.
    pub retired_expire_at: DateTime<Utc>,
}

/// Makes a new key and retires the others. Works beside running processes: they learn of it from PostgreSQL.
pub async fn rotate_keys(
    pool: &PgPool,
    secret: &DeploymentSecret,
    clock: &Clock,
    rotation: Rotation,
) -> Result<Rotated, KeyError> {
    let mut tx = pool.begin().await?;
    signing_keys::lock(&mut tx).await?;
    let now = clock.now();
    let schedule = schedule(rotation, now);
    let retired = signing_keys::retire_all(&mut tx, schedule).await?;
    let pair = SigningKeyPair::generate();
    signing_keys::insert(&mut tx, pair.kid(), &Sealer::new(secret).seal(&pair), schedule.handover, now).await?;
    if rotation == Rotation::Compromised {
        let revoked: Vec<_> =
            retired.iter().map(|kid| revocations::of(RevokedSubject::SigningKey(kid.clone()), now)).collect();
        revocations::append(&mut tx, &revoked).await?;
    }
    let act = Act {
        at: now,
        actor: None,
        organisation: None,
        action: "signing-key.rotate",
        object_type: "signing-key",
        object_id: pair.kid(),
        detail: json!({"compromised": rotation == Rotation::Compromised, "retired": retired}),
    };
    audit::note(&mut tx, ServiceRole::Auth, act).await?;
    tx.commit().await?;
    tracing::info!(kid = pair.kid(), signs_from = %schedule.handover, "a signing key was made");
    Ok(Rotated {
        kid: pair.kid().to_owned(),
        signs_from: schedule.handover,
        retired,
        retired_expire_at: schedule.old_expires_at,
    })
}

/// Makes the first key of an installation, which signs at once: nobody has fetched a key set yet.
pub(crate) async fn ensure_first(pool: &PgPool, secret: &DeploymentSecret, clock: &Clock) -> Result<(), KeyError> {
    let mut tx = pool.begin().await?;
    signing_keys::lock(&mut tx).await?;
    let now = clock.now();
    if signing_keys::unexpired(&mut tx, now).await?.is_empty() {
        let pair = SigningKeyPair::generate();
        signing_keys::insert(&mut tx, pair.kid(), &Sealer::new(secret).seal(&pair), now, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

//! Accounts and keys that are there from the start; what `onsale seed` and `onsale up --profile load` use.

pub mod crowd;

use crate::config::ArgonCost;
use crate::domain::opaque::{Kind, OpaqueToken};
use crate::error::KeyError;
use crate::hashing;
use crate::service::manage_api_keys;
use crate::store::accounts::{self, NewAccount};
use crate::store::events::{self, AccountEvent};
use onsale_core::events::{Topic, UserCreated};
use onsale_core::{Language, OrganisationId, Role, Scope, UserId};
use onsale_platform::clock::Clock;
use onsale_platform::random;
use onsale_platform::tokens::DeploymentSecret;
use sqlx::PgPool;

/// An account to be made, or to be brought to this state. Its address counts as proven.
#[derive(Clone)]
pub struct SeedAccount {
    /// Always the same, so that seeding twice changes the same account.
    pub id: UserId,
    /// The address.
    pub email: String,
    /// The password; the rules of registration do not hold here.
    pub password: String,
    /// What the person is called.
    pub name: String,
    /// What the account may do.
    pub roles: Vec<Role>,
    /// What hashing its password costs.
    pub cost: ArgonCost,
}

/// Why seeding failed.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// PostgreSQL said no; for instance another account has the address.
    #[error("the account {email} could not be seeded: {source}")]
    Account {
        /// Its address.
        email: String,
        /// Why not.
        source: sqlx::Error,
    },
    /// PostgreSQL said no.
    #[error("seeding auth failed: {0}")]
    Database(#[from] sqlx::Error),
    /// A password could not be hashed.
    #[error("a password could not be hashed: {0}")]
    Hashing(String),
    /// No access token could be signed.
    #[error("a crowd could not be signed in: {0}")]
    Key(#[from] KeyError),
}

/// Makes accounts, or brings them to this state, in one transaction. `user-created` goes out for new ones.
pub async fn seed_accounts(pool: &PgPool, clock: &Clock, seeds: Vec<SeedAccount>) -> Result<(), SeedError> {
    let hashed = tokio::task::spawn_blocking(move || {
        let with_hash = |seed: SeedAccount| hashing::hash(&seed.password, seed.cost).map(|hash| (seed, hash));
        seeds.into_iter().map(with_hash).collect::<Result<Vec<_>, _>>()
    });
    let hashed = hashed.await.map_err(|error| SeedError::Hashing(error.to_string()))?.map_err(SeedError::Hashing)?;
    let now = clock.now();
    let mut tx = pool.begin().await?;
    for (seed, password_hash) in &hashed {
        let account = NewAccount {
            id: seed.id,
            email: &seed.email,
            name: &seed.name,
            phone: None,
            language: Language::default(),
            password_hash,
            roles: &seed.roles,
            email_verified_at: Some(now),
        };
        let upserted = accounts::upsert(&mut tx, &account, now).await;
        let is_new = upserted.map_err(|source| SeedError::Account { email: seed.email.clone(), source })?;
        if is_new {
            let event = AccountEvent {
                id: random::new_id(clock),
                account: seed.id,
                kind: Topic::UserCreated.as_str(),
                topic: Some(Topic::UserCreated),
                data: serde_json::to_value(UserCreated { user_id: seed.id }).unwrap_or_default(),
                by: None,
            };
            events::append(&mut tx, event, now).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Makes an API key of an account and gives its secret (`osk_…`). The secret is derived from the
/// installation's secret, the account and the name, so that seeding again gives the same one.
pub async fn seed_api_key(
    pool: &PgPool,
    clock: &Clock,
    secret: &DeploymentSecret,
    account: UserId,
    name: &str,
    scopes: &[Scope],
) -> Result<String, SeedError> {
    let key = OpaqueToken::new(Kind::ApiKey, &secret.derive(&format!("api key {account} {name}")));
    let mut conn = pool.acquire().await?;
    let owner = (account, OrganisationId::DEFAULT);
    manage_api_keys::insert(&mut conn, random::new_id(clock), owner, (name, scopes), &key, clock.now()).await?;
    Ok(key.expose().to_owned())
}

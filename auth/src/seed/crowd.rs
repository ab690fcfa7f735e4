//! A crowd for load tests: accounts with a session each, written straight to the tables, thousands in a statement.
//!
//! The people count as signed in: each gets a refresh token and an access token as login would give it. No
//! `user-created` goes out for them.

use super::SeedError;
use crate::config::ArgonCost;
use crate::domain::opaque::{Kind, OpaqueToken};
use crate::hashing;
use crate::keyring::{Keyring, Sealer};
use crate::service::rotate_keys;
use crate::service::sign_in::{REFRESH_LIFETIME, SESSION_LIFETIME};
use crate::store::{accounts, sessions};
use chrono::{DateTime, Utc};
use onsale_core::{Role, SessionId, UserId};
use onsale_platform::clock::Clock;
use onsale_platform::random;
use onsale_platform::tokens::{AccessClaims, DeploymentSecret, TokenConfig};
use sqlx::PgPool;
use std::ops::Range;
use uuid::Uuid;

/// The first account's id: a UUIDv7 of a fixed, early time, in a block that no season has.
const FIRST: u128 = 0x0190_0000_0000_7000_8000_0001_0000_0000;

/// Somebody of the crowd, signed in.
pub struct CrowdMember {
    /// The account.
    pub account: UserId,
    /// The secret of the cookie.
    pub refresh_token: String,
    /// For `Authorization: Bearer`.
    pub access_token: String,
}

/// Makes people; all have one password.
pub struct CrowdSeeder {
    pool: PgPool,
    clock: Clock,
    tokens: TokenConfig,
    keyring: Keyring,
    password_hash: String,
}

impl CrowdSeeder {
    /// Opens the signing keys, and makes the first one where there is none.
    pub async fn open(
        pool: PgPool,
        clock: Clock,
        secret: &DeploymentSecret,
        tokens: TokenConfig,
        password: &str,
    ) -> Result<Self, SeedError> {
        rotate_keys::ensure_first(&pool, secret, &clock).await?;
        let keyring = Keyring::load(&mut *pool.acquire().await?, Sealer::new(secret), clock.clone()).await?;
        let password_hash = hashing::hash(password, ArgonCost::MINIMAL).map_err(SeedError::Hashing)?;
        Ok(Self { pool, clock, tokens, keyring, password_hash })
    }

    /// Makes the people of these numbers, those who are there already included, and signs each in anew.
    pub async fn seed(&self, numbers: Range<u32>) -> Result<Vec<CrowdMember>, SeedError> {
        let now = self.clock.now();
        let ids: Vec<Uuid> = numbers.clone().map(|number| Uuid::from_u128(FIRST + u128::from(number))).collect();
        let emails: Vec<String> = numbers.clone().map(|number| format!("swarm{number}@loadtest.com")).collect();
        let names: Vec<String> = numbers.map(|number| format!("Swarm {number}")).collect();
        let signed_in: Vec<_> = ids.iter().map(|id| self.sign_in(UserId(*id), now)).collect::<Result<_, _>>()?;
        let session_ids: Vec<Uuid> = signed_in.iter().map(|(session, _, _)| session.0).collect();
        let hashes: Vec<Vec<u8>> = signed_in.iter().map(|(_, refresh, _)| refresh.hash().to_vec()).collect();
        let mut tx = self.pool.begin().await?;
        let crowd = accounts::Crowd { ids: &ids, emails: &emails, names: &names, password_hash: &self.password_hash };
        accounts::insert_crowd(&mut tx, &crowd, now).await?;
        sessions::insert_many(&mut tx, &session_ids, &ids, now + SESSION_LIFETIME, now).await?;
        sessions::insert_tokens(&mut tx, &hashes, &session_ids, now + REFRESH_LIFETIME, now).await?;
        tx.commit().await?;
        let member = |(id, (_, refresh, access)): (Uuid, (SessionId, OpaqueToken, String))| CrowdMember {
            account: UserId(id),
            refresh_token: refresh.expose().to_owned(),
            access_token: access,
        };
        Ok(ids.into_iter().zip(signed_in).map(member).collect())
    }

    fn sign_in(&self, account: UserId, now: DateTime<Utc>) -> Result<(SessionId, OpaqueToken, String), SeedError> {
        let session: SessionId = random::new_id(&self.clock);
        let refresh = OpaqueToken::new(Kind::Refresh, &random::secret_bytes());
        let claims = AccessClaims::of_user(&self.tokens, account, session, &[Role::Customer], now);
        Ok((session, refresh, self.keyring.sign(&claims)?))
    }
}

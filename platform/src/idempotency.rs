//! `Idempotency-Key`: the same key with the same body gives the first answer again for 24 hours.
//!
//! The record is made in the effect's own transaction, so that there is never an effect without its
//! record. Every schema that takes keys has a table `idempotency_keys` of the same shape.

use crate::ServiceRole;
use crate::problem::Problem;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use onsale_core::UserId;
use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, PgConnection, Row};
use std::hash::Hasher;

/// The header, as it came; absent is fine.
#[derive(Debug, Clone, Default)]
pub struct IdempotencyKey(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(Self(None)) };
        match value.to_str() {
            Ok(key) if (1..=255).contains(&key.len()) => Ok(Self(Some(key.to_owned()))),
            _ => Err(Problem::malformed("Idempotency-Key", "send 1 to 255 visible ASCII characters")),
        }
    }
}

impl IdempotencyKey {
    /// The key in its scope, with the body's hash; nothing when no key was sent.
    pub fn scoped(&self, account: UserId, route: &'static str, body: &impl Serialize) -> Option<ScopedKey> {
        let key = self.0.clone()?;
        let body = serde_json::to_vec(body).unwrap_or_default();
        Some(ScopedKey { account, route, key, body_hash: Sha256::digest(body).into() })
    }
}

/// A key in its scope: account and route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopedKey {
    /// Whose key it is.
    pub account: UserId,
    /// The route, e.g. `POST /api/bookings/reserve`.
    pub route: &'static str,
    /// What the client sent.
    pub key: String,
    /// SHA-256 of the body, as it was understood.
    pub body_hash: [u8; 32],
}

impl ScopedKey {
    /// The advisory lock that serialises requests with this key.
    #[must_use]
    pub fn lock(&self) -> i64 {
        let mut hasher = std::hash::DefaultHasher::new();
        hasher.write(self.account.0.as_bytes());
        hasher.write(self.route.as_bytes());
        hasher.write(self.key.as_bytes());
        hasher.finish().cast_signed()
    }

    /// What a stored answer means for a request with this key.
    pub fn compare(&self, stored: Stored) -> Result<Stored, Problem> {
        self.must_be_of(&stored.body_hash).map(|()| stored)
    }

    /// 422 `idempotency_key_reused` when this is not the body of the request that used the key before.
    pub fn must_be_of(&self, body_hash: &[u8]) -> Result<(), Problem> {
        if body_hash == self.body_hash {
            return Ok(());
        }
        Err(Problem::unprocessable("idempotency_key_reused", "This Idempotency-Key was used before with another body."))
    }
}

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// SHA-256 of the body it answered.
    pub body_hash: Vec<u8>,
    /// Its status.
    pub status: u16,
    /// Its JSON.
    pub body: String,
}

impl Stored {
    /// The answer again, marked as such.
    #[must_use]
    pub fn replay(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let kind = if self.status >= 400 { "application/problem+json" } else { "application/json" };
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
        response
    }
}

/// Inside the effect's transaction, first: the stored answer, if there is one.
/// 409 `in_progress` while another request with the key runs; 422 when the body is another.
pub async fn begin(conn: &mut PgConnection, role: ServiceRole, key: &ScopedKey) -> Result<Option<Stored>, Problem> {
    let locked: bool =
        sqlx::query_scalar("SELECT pg_try_advisory_xact_lock($1)").bind(key.lock()).fetch_one(&mut *conn).await?;
    if !locked {
        return Err(Problem::conflict("in_progress", "The first request with this Idempotency-Key is still running."));
    }
    find(conn, role, key).await?.map(|stored| key.compare(stored)).transpose()
}

/// The stored answer of a key, whatever its body was.
pub async fn find(conn: &mut PgConnection, role: ServiceRole, key: &ScopedKey) -> Result<Option<Stored>, sqlx::Error> {
    let sql = format!(
        "SELECT body_hash, status, body FROM {role}.idempotency_keys
         WHERE account_id = $1 AND route = $2 AND key = $3 AND created_at > now() - interval '24 hours'"
    );
    let row =
        sqlx::query(AssertSqlSafe(sql)).bind(key.account.0).bind(key.route).bind(&key.key).fetch_optional(conn).await?;
    let Some(row) = row else { return Ok(None) };
    let status: i16 = row.try_get("status")?;
    let status = u16::try_from(status).unwrap_or(500);
    Ok(Some(Stored { body_hash: row.try_get("body_hash")?, status, body: row.try_get("body")? }))
}

/// Inside the effect's transaction, last: keeps the answer.
pub async fn keep(
    conn: &mut PgConnection,
    role: ServiceRole,
    key: &ScopedKey,
    status: StatusCode,
    body: &str,
) -> Result<(), sqlx::Error> {
    let sql = format!(
        "INSERT INTO {role}.idempotency_keys (account_id, route, key, body_hash, status, body)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (account_id, route, key) DO UPDATE
         SET body_hash = excluded.body_hash, status = excluded.status, body = excluded.body, created_at = now()"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(key.account.0)
        .bind(key.route)
        .bind(&key.key)
        .bind(&key.body_hash[..])
        .bind(i16::try_from(status.as_u16()).unwrap_or(500))
        .bind(body)
        .execute(conn)
        .await?;
    Ok(())
}

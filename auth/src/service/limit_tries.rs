//! Limits on tries, kept in PostgreSQL so that every process counts the same ones.

use crate::domain::opaque::OpaqueToken;
use crate::error::AuthError;
use crate::state::State;
use crate::store::accounts::email_key;
use crate::store::attempts::{self, Bucket, Tries, WINDOW};
use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection};
use std::net::IpAddr;
use std::time::Duration;

/// A bucket and how many tries it takes.
pub(crate) type Limit = (Bucket, i64);

/// What a failed login counts for. From a known device it counts for that device alone: whoever
/// fails elsewhere, even for ever, does not shut the owner out.
pub(crate) fn login(state: &State, email: &str, address: Option<IpAddr>, known: Option<&OpaqueToken>) -> Vec<Limit> {
    let limits = &state.config.limits;
    if !limits.enabled {
        return Vec::new();
    }
    let account = email_key(email);
    if let Some(device) = known {
        let subject = [account.as_bytes(), &device.hash()].concat();
        return vec![(Bucket::of("login-device", &subject), limits.failures_per_account)];
    }
    let mut buckets = vec![(Bucket::of("login-account", account.as_bytes()), limits.failures_per_account)];
    if let Some(address) = address {
        buckets.push((Bucket::of("login-address", &network(address)), limits.failures_per_address));
    }
    // One order of locks for everybody.
    buckets.sort_unstable();
    buckets
}

/// What a registration counts for.
pub(crate) fn registration(state: &State, address: Option<IpAddr>) -> Vec<Limit> {
    let limits = &state.config.limits;
    let bucket = |address| (Bucket::of("register-address", &network(address)), limits.registrations_per_address);
    address.filter(|_| limits.enabled).map(bucket).into_iter().collect()
}

/// What a mail with a link counts for.
pub(crate) fn mail(state: &State, email: &str, address: Option<IpAddr>) -> Vec<Limit> {
    const MAILS_PER_ACCOUNT: i64 = 3;
    if !state.config.limits.enabled {
        return Vec::new();
    }
    let mut buckets = vec![(Bucket::of("mail-account", email_key(email).as_bytes()), MAILS_PER_ACCOUNT)];
    buckets.extend(
        address
            .map(|address| (Bucket::of("mail-address", &network(address)), state.config.limits.failures_per_address)),
    );
    buckets.sort_unstable();
    buckets
}

/// Refuses when one of the limits is reached.
pub(crate) async fn check(conn: &mut PgConnection, limits: &[Limit], now: DateTime<Utc>) -> Result<(), AuthError> {
    for (bucket, most) in limits {
        let tries = attempts::count(conn, *bucket, now).await?;
        if tries.count >= *most {
            return Err(AuthError::TooManyTries(wait(&tries, now)));
        }
    }
    Ok(())
}

/// Counts a try. Refuses when others, in parallel, reached the limit meanwhile: it is as if this one came later.
pub(crate) async fn record(conn: &mut PgConnection, limits: &[Limit], now: DateTime<Utc>) -> Result<(), AuthError> {
    if limits.is_empty() {
        return Ok(());
    }
    let mut tx = conn.begin().await?;
    for (bucket, _) in limits {
        attempts::lock(&mut tx, *bucket).await?;
    }
    check(&mut tx, limits, now).await?;
    for (bucket, _) in limits {
        attempts::record(&mut tx, *bucket, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Until the oldest try is forgiven.
fn wait(tries: &Tries, now: DateTime<Utc>) -> Duration {
    let forgiven = tries.oldest.map_or(now, |oldest| oldest + WINDOW);
    (forgiven - now).to_std().unwrap_or_default().max(Duration::from_secs(1))
}

/// An IPv4 address, or the /64 network that one IPv6 subscriber has.
fn network(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets()[..8].to_vec(),
    }
}

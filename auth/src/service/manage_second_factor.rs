//! The second factor of an account: begun, confirmed, asked for at sign-in, taken away.

use crate::domain::second_factor::{
    self, RECOVERY_BYTES, RECOVERY_CODES, SECRET_BYTES, recovery_code, recovery_hash, step_of,
};
use crate::error::AuthError;
use crate::service::keep_audit;
use crate::state::State;
use crate::store::accounts::{self, AccountRow};
use crate::store::second_factors;
use onsale_core::UserId;
use onsale_core::api::accounts::{RecoveryCodes, SecondFactorSecret};
use onsale_platform::identity::Caller;
use onsale_platform::random;
use serde_json::json;
use sqlx::{Connection, PgConnection};
use totp_rs::Totp;

/// Makes a secret for the person's device, told in this answer only. It counts once a code confirms it.
pub(crate) async fn begin(state: &State, by: &Caller) -> Result<SecondFactorSecret, AuthError> {
    let secret: [u8; SECRET_BYTES] = random::secret_bytes();
    let sealed = state.factors.seal_bytes(&by.user_id.to_string(), &secret);
    let mut conn = state.pool.acquire().await?;
    let account = accounts::by_id(&mut conn, by.user_id).await?.ok_or(AuthError::NotFound("account"))?;
    let codes = second_factor::codes(&secret, &account.email)?;
    if !second_factors::begin(&mut conn, by.user_id, &sealed, state.clock.now()).await? {
        return Err(AuthError::SecondFactor("There is a second factor already: take it away first."));
    }
    Ok(SecondFactorSecret { secret: codes.secret().to_base32(), uri: codes.to_url()? })
}

/// Confirms it by a code: from now on signing in needs one.
pub(crate) async fn confirm(state: &State, by: &Caller, code: &str) -> Result<RecoveryCodes, AuthError> {
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    let row = second_factors::lock(&mut tx, by.user_id).await?;
    let row = row.ok_or(AuthError::SecondFactor("Ask for a secret first."))?;
    if row.confirmed_at.is_some() {
        return Err(AuthError::SecondFactor("It was confirmed before."));
    }
    let account = accounts::by_id(&mut tx, by.user_id).await?.ok_or(AuthError::NotFound("account"))?;
    use_code(state, &mut tx, &opened(state, &account, &row.sealed)?, (by.user_id, code)).await?;
    let recovery_codes = recovery(state, &mut tx, by.user_id).await?;
    note(state, &mut tx, by, "second-factor.enable").await?;
    tx.commit().await?;
    Ok(recovery_codes)
}

/// New recovery codes in the place of the old ones, for a code.
pub(crate) async fn renew_recovery(state: &State, by: &Caller, code: &str) -> Result<RecoveryCodes, AuthError> {
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    must_prove(state, &mut tx, by, code).await?;
    let recovery_codes = recovery(state, &mut tx, by.user_id).await?;
    note(state, &mut tx, by, "second-factor.renew").await?;
    tx.commit().await?;
    Ok(recovery_codes)
}

/// Takes it away, for a code.
pub(crate) async fn remove(state: &State, by: &Caller, code: &str) -> Result<(), AuthError> {
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    must_prove(state, &mut tx, by, code).await?;
    second_factors::remove(&mut tx, by.user_id).await?;
    note(state, &mut tx, by, "second-factor.remove").await?;
    tx.commit().await?;
    Ok(())
}

/// At sign-in, once the password was found right: nothing where the account has no second factor.
pub(crate) async fn check(
    state: &State,
    conn: &mut PgConnection,
    account: &AccountRow,
    code: Option<&str>,
) -> Result<(), AuthError> {
    let id = UserId(account.id);
    let mut tx = conn.begin().await?;
    let Some(row) = second_factors::lock(&mut tx, id).await?.filter(|row| row.confirmed_at.is_some()) else {
        return Ok(());
    };
    let code = code.filter(|code| !code.trim().is_empty()).ok_or(AuthError::SecondFactorRequired)?;
    either(state, &mut tx, (account, &row.sealed), code).await?;
    tx.commit().await?;
    Ok(())
}

async fn must_prove(state: &State, conn: &mut PgConnection, by: &Caller, code: &str) -> Result<(), AuthError> {
    let row = second_factors::lock(conn, by.user_id).await?.filter(|row| row.confirmed_at.is_some());
    let row = row.ok_or(AuthError::SecondFactor("There is no second factor."))?;
    let account = accounts::by_id(conn, by.user_id).await?.ok_or(AuthError::NotFound("account"))?;
    either(state, conn, (&account, &row.sealed), code).await
}

/// A code of now, else a recovery code; each works once.
async fn either(
    state: &State,
    conn: &mut PgConnection,
    (account, sealed): (&AccountRow, &[u8]),
    code: &str,
) -> Result<(), AuthError> {
    let id = UserId(account.id);
    let codes = opened(state, account, sealed)?;
    match use_code(state, conn, &codes, (id, code)).await {
        Err(AuthError::WrongCode) => {
            if !second_factors::use_recovery(conn, id, &recovery_hash(&state.recovery_key, code)).await? {
                return Err(AuthError::WrongCode);
            }
            let (who, id) = ((Some(id), None), id.to_string());
            keep_audit::note(state, conn, who, ("second-factor.recover", "user", &id), json!({})).await
        }
        outcome => outcome,
    }
}

fn opened(state: &State, account: &AccountRow, sealed: &[u8]) -> Result<Totp, AuthError> {
    let secret = state.factors.open_bytes(&account.id.to_string(), sealed).ok_or(AuthError::OtherSecret)?;
    Ok(second_factor::codes(&secret, &account.email)?)
}

async fn use_code(
    state: &State,
    conn: &mut PgConnection,
    codes: &Totp,
    (account, code): (UserId, &str),
) -> Result<(), AuthError> {
    let step = step_of(codes, code, state.clock.now().timestamp()).ok_or(AuthError::WrongCode)?;
    if second_factors::use_step(conn, account, step).await? { Ok(()) } else { Err(AuthError::WrongCode) }
}

async fn recovery(state: &State, conn: &mut PgConnection, account: UserId) -> Result<RecoveryCodes, AuthError> {
    let codes: Vec<String> =
        (0..RECOVERY_CODES).map(|_| recovery_code(&random::secret_bytes::<RECOVERY_BYTES>())).collect();
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| recovery_hash(&state.recovery_key, code).to_vec()).collect();
    second_factors::confirm(conn, account, &hashes, state.clock.now()).await?;
    Ok(RecoveryCodes { recovery_codes: codes })
}

async fn note(state: &State, conn: &mut PgConnection, by: &Caller, action: &'static str) -> Result<(), AuthError> {
    let on = (action, "user", &*by.user_id.to_string());
    keep_audit::note(state, conn, (Some(by.user_id), Some(by.organisation)), on, json!({})).await
}

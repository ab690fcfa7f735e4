//! Table `accounts`.

use chrono::{DateTime, Utc};
use onsale_core::api::accounts::{Account, UpdateAccount};
use onsale_core::api::internal::Contact;
use onsale_core::{Language, Role, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

/// A row.
pub(crate) struct AccountRow {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) phone: Option<String>,
    pub(crate) language: String,
    pub(crate) password_hash: String,
    pub(crate) roles: Vec<String>,
    pub(crate) email_verified_at: Option<DateTime<Utc>>,
    pub(crate) disabled_at: Option<DateTime<Utc>>,
    pub(crate) tokens_revoked_at: Option<DateTime<Utc>>,
    pub(crate) created_at: DateTime<Utc>,
}

impl AccountRow {
    /// What the account may do.
    pub(crate) fn roles(&self) -> Vec<Role> {
        // The table's check lets no other names in.
        self.roles.iter().filter_map(|name| name.parse().ok()).collect()
    }

    /// In which language the person is written to.
    pub(crate) fn language(&self) -> Language {
        // The table's check lets no other tags in.
        Language::of_tag(&self.language).unwrap_or_default()
    }

    /// How to reach the person.
    pub(crate) fn contact(&self) -> Contact {
        Contact { id: UserId(self.id), email: self.email.clone(), name: self.name.clone(), language: self.language() }
    }

    /// What its row says of the account.
    pub(crate) fn account(&self) -> Account {
        Account {
            id: UserId(self.id),
            email: self.email.clone(),
            name: self.name.clone(),
            phone: self.phone.clone(),
            language: self.language(),
            roles: self.roles(),
            organisation: None,
            memberships: Vec::new(),
            second_factor: false,
            second_factor_missing: false,
            email_verified: self.email_verified_at.is_some(),
            disabled: self.disabled_at.is_some(),
            created_at: self.created_at,
        }
    }
}

/// A new account.
pub(crate) struct NewAccount<'a> {
    pub(crate) id: UserId,
    pub(crate) email: &'a str,
    pub(crate) name: &'a str,
    pub(crate) phone: Option<&'a str>,
    pub(crate) language: Language,
    pub(crate) password_hash: &'a str,
    pub(crate) roles: &'a [Role],
    pub(crate) email_verified_at: Option<DateTime<Utc>>,
}

/// The address as it is compared: one account an address, however it is written.
pub(crate) fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

pub(crate) fn role_names(roles: &[Role]) -> Vec<String> {
    let mut names: Vec<_> = roles.iter().map(|role| role.as_str().to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Makes an account. Violates `accounts_email_unique` when the address has one.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    account: &NewAccount<'_>,
    now: DateTime<Utc>,
) -> Result<AccountRow, sqlx::Error> {
    sqlx::query_as!(
        AccountRow,
        "INSERT INTO auth.accounts
             (id, email, email_key, name, phone, password_hash, roles, email_verified_at, created_at, updated_at,
              language)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)
         RETURNING id, email, name, phone, language, password_hash, roles, email_verified_at, disabled_at,
                   tokens_revoked_at, created_at",
        account.id.0,
        account.email.trim(),
        email_key(account.email),
        account.name,
        account.phone,
        account.password_hash,
        &role_names(account.roles),
        account.email_verified_at,
        now,
        account.language.tag(),
    )
    .fetch_one(conn)
    .await
}

/// Makes an account, or brings the one of that id to this state; says whether it is new.
pub(crate) async fn upsert(
    conn: &mut PgConnection,
    account: &NewAccount<'_>,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"INSERT INTO auth.accounts
             (id, email, email_key, name, phone, password_hash, roles, email_verified_at, created_at, updated_at,
              language)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)
         ON CONFLICT (id) DO UPDATE
         SET email = excluded.email, email_key = excluded.email_key, name = excluded.name, phone = excluded.phone,
             password_hash = excluded.password_hash, roles = excluded.roles,
             email_verified_at = excluded.email_verified_at, disabled_at = NULL, updated_at = excluded.updated_at
         RETURNING (xmax = 0) AS "is_new!""#,
        account.id.0,
        account.email.trim(),
        email_key(account.email),
        account.name,
        account.phone,
        account.password_hash,
        &role_names(account.roles),
        account.email_verified_at,
        now,
        account.language.tag(),
    )
    .fetch_one(conn)
    .await
}

/// Customers whose addresses count as proven, with one password.
pub(crate) struct Crowd<'a> {
    pub(crate) ids: &'a [Uuid],
    /// In lower case.
    pub(crate) emails: &'a [String],
    pub(crate) names: &'a [String],
    pub(crate) password_hash: &'a str,
}

/// Makes these accounts; those that are there stay as they are.
pub(crate) async fn insert_crowd(
    conn: &mut PgConnection,
    crowd: &Crowd<'_>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO auth.accounts
             (id, email, email_key, name, password_hash, roles, email_verified_at, created_at, updated_at)
         SELECT id, email, email, name, $4, ARRAY['customer'], $5, $5, $5
         FROM unnest($1::uuid[], $2::text[], $3::text[]) AS new (id, email, name)
         ON CONFLICT (id) DO NOTHING",
        crowd.ids,
        crowd.emails,
        crowd.names,
        crowd.password_hash,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The account of an address.
pub(crate) async fn by_email(conn: &mut PgConnection, email: &str) -> Result<Option<AccountRow>, sqlx::Error> {
    sqlx::query_as!(
        AccountRow,
        "SELECT id, email, name, phone, language, password_hash, roles, email_verified_at, disabled_at,
                tokens_revoked_at, created_at
         FROM auth.accounts WHERE email_key = $1",
        email_key(email),
    )
    .fetch_optional(conn)
    .await
}

/// One account.
pub(crate) async fn by_id(conn: &mut PgConnection, id: UserId) -> Result<Option<AccountRow>, sqlx::Error> {
    sqlx::query_as!(
        AccountRow,
        "SELECT id, email, name, phone, language, password_hash, roles, email_verified_at, disabled_at,
                tokens_revoked_at, created_at
         FROM auth.accounts WHERE id = $1",
        id.0,
    )
    .fetch_optional(conn)
    .await
}

/// How to reach the people of these accounts.
pub(crate) async fn contacts(conn: &mut PgConnection, ids: &[UserId]) -> Result<Vec<Contact>, sqlx::Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!("SELECT id, email, name, language FROM auth.accounts WHERE id = ANY($1)", &ids);
    let rows = rows.fetch_all(conn).await?;
    let contacts = rows.into_iter().map(|row| Contact {
        id: UserId(row.id),
        email: row.email,
        name: row.name,
        language: Language::of_tag(&row.language).unwrap_or_default(),
    });
    Ok(contacts.collect())
}

/// One account, locked until the transaction ends.
pub(crate) async fn lock(conn: &mut PgConnection, id: UserId) -> Result<Option<AccountRow>, sqlx::Error> {
    sqlx::query_as!(
        AccountRow,
        "SELECT id, email, name, phone, language, password_hash, roles, email_verified_at, disabled_at,
                tokens_revoked_at, created_at
         FROM auth.accounts WHERE id = $1 FOR UPDATE",
        id.0,
    )
    .fetch_optional(conn)
    .await
}

/// Accounts, newest first, from below an id on; only those with a text in their address or name, where there is one.
pub(crate) async fn page(
    conn: &mut PgConnection,
    text: Option<&str>,
    (below, limit): (Option<Uuid>, i64),
) -> Result<Vec<AccountRow>, sqlx::Error> {
    sqlx::query_as!(
        AccountRow,
        "SELECT id, email, name, phone, language, password_hash, roles, email_verified_at, disabled_at,
                tokens_revoked_at, created_at
         FROM auth.accounts
         WHERE ($1::uuid IS NULL OR id < $1)
           AND ($3::text IS NULL OR strpos(lower(email), lower($3)) > 0 OR strpos(lower(name), lower($3)) > 0)
         ORDER BY id DESC LIMIT $2",
        below,
        limit,
        text,
    )
    .fetch_all(conn)
    .await
}

/// Changes name, telephone number and language; what is absent stays.
pub(crate) async fn update_profile(
    conn: &mut PgConnection,
    id: UserId,
    change: &UpdateAccount,
    now: DateTime<Utc>,
) -> Result<Option<AccountRow>, sqlx::Error> {
    sqlx::query_as!(
        AccountRow,
        "UPDATE auth.accounts
         SET name = coalesce($2, name), phone = coalesce($3, phone), language = coalesce($5, language),
             updated_at = $4
         WHERE id = $1
         RETURNING id, email, name, phone, language, password_hash, roles, email_verified_at, disabled_at,
                   tokens_revoked_at, created_at",
        id.0,
        change.name,
        change.phone,
        now,
        change.language.map(Language::tag),
    )
    .fetch_optional(conn)
    .await
}

/// Changes roles and whether the account is disabled.
pub(crate) async fn administer(
    conn: &mut PgConnection,
    id: UserId,
    roles: &[Role],
    disabled_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<AccountRow, sqlx::Error> {
    sqlx::query_as!(
        AccountRow,
        "UPDATE auth.accounts SET roles = $2, disabled_at = $3, updated_at = $4
         WHERE id = $1
         RETURNING id, email, name, phone, language, password_hash, roles, email_verified_at, disabled_at,
                   tokens_revoked_at, created_at",
        id.0,
        &role_names(roles),
        disabled_at,
        now,
    )
    .fetch_one(conn)
    .await
}

/// How many admins can sign in, but for one account.
pub(crate) async fn other_admins(conn: &mut PgConnection, but: UserId) -> Result<i64, sqlx::Error> {
    // One change of admins at a time, so that two cannot remove each other.
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('auth.admins', 0))").fetch_one(&mut *conn).await?;
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM auth.accounts
         WHERE 'admin' = ANY(roles) AND disabled_at IS NULL AND id <> $1"#,
        but.0,
    )
    .fetch_one(conn)
    .await
}

/// Keeps a hash made at a higher cost, unless the password was changed meanwhile.
pub(crate) async fn rehash(conn: &mut PgConnection, id: UserId, old: &str, new: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE auth.accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2", id.0, old, new)
        .execute(conn)
        .await?;
    Ok(())
}

/// Changes the password. The mailed link proved the address.
pub(crate) async fn reset_password(
    conn: &mut PgConnection,
    id: UserId,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE auth.accounts
         SET password_hash = $2, updated_at = $3,
             email_verified_at = coalesce(email_verified_at, $3)
         WHERE id = $1",
        id.0,
        hash,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Refuses the account's tokens made until now, and until when that is. A token that was made after another revocation
/// of this very second bears the next one, so this one is of then too.
pub(crate) async fn revoke_tokens(
    conn: &mut PgConnection,
    id: UserId,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"UPDATE auth.accounts
           SET tokens_revoked_at = greatest($2, date_trunc('second', tokens_revoked_at) + interval '1 second'),
               updated_at = $2
           WHERE id = $1 RETURNING tokens_revoked_at AS "at!""#,
        id.0,
        now,
    )
    .fetch_one(conn)
    .await
}

/// The address was proven.
pub(crate) async fn verify_email(conn: &mut PgConnection, id: UserId, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE auth.accounts SET email_verified_at = coalesce(email_verified_at, $2), updated_at = $2 WHERE id = $1",
        id.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

//! Tables `organisations` and `memberships`.

use crate::domain::acting::Standing;
use crate::store::accounts::role_names;
use chrono::{DateTime, Utc};
use onsale_core::api::organisations::{Member, Membership, Organisation};
use onsale_core::{OrganisationId, Role, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

fn parse(names: &[String]) -> Vec<Role> {
    // The tables' checks let no other names in.
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

/// What an account is beside its own row.
pub(crate) async fn standing(conn: &mut PgConnection, account: UserId) -> Result<Standing, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT EXISTS (SELECT FROM auth.second_factors f
                          WHERE f.account_id = $1 AND f.confirmed_at IS NOT NULL) AS "has_factor!",
                  o.id AS "id?", o.name AS "name?", m.roles AS "roles?"
           FROM (SELECT 1) AS always LEFT JOIN auth.memberships m ON m.account_id = $1
                LEFT JOIN auth.organisations o ON o.id = m.organisation_id
           ORDER BY m.created_at, m.organisation_id"#,
        account.0,
    )
    .fetch_all(conn)
    .await?;
    let has_second_factor = rows.first().is_some_and(|row| row.has_factor);
    let membership = |id: Option<Uuid>, name: Option<String>, roles: Option<Vec<String>>| {
        Some(Membership { organisation_id: OrganisationId(id?), name: name?, roles: parse(&roles?) })
    };
    let memberships = rows.into_iter().filter_map(|row| membership(row.id, row.name, row.roles)).collect();
    Ok(Standing { memberships, has_second_factor })
}

/// The memberships of these accounts, the oldest of each first.
pub(crate) async fn of_accounts(
    conn: &mut PgConnection,
    accounts: &[Uuid],
) -> Result<Vec<(UserId, Membership)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT m.account_id, m.organisation_id, o.name, m.roles
         FROM auth.memberships m JOIN auth.organisations o ON o.id = m.organisation_id
         WHERE m.account_id = ANY($1) ORDER BY m.created_at, m.organisation_id",
        accounts,
    )
    .fetch_all(conn)
    .await?;
    let of = |account_id, organisation_id, name, roles: &[String]| {
        let organisation_id = OrganisationId(organisation_id);
        (UserId(account_id), Membership { organisation_id, name, roles: parse(roles) })
    };
    Ok(rows.into_iter().map(|row| of(row.account_id, row.organisation_id, row.name, &row.roles)).collect())
}

/// Founds an organisation.
pub(crate) async fn found(
    conn: &mut PgConnection,
    id: OrganisationId,
    name: &str,
    now: DateTime<Utc>,
) -> Result<Organisation, sqlx::Error> {
    sqlx::query!(
        "INSERT INTO auth.organisations (id, name, created_at, updated_at) VALUES ($1, $2, $3, $3)",
        id.0,
        name,
        now,
    )
    .execute(conn)
    .await?;
    Ok(Organisation { id, name: name.to_owned(), created_at: now })
}

/// Gives an organisation another name; nothing where there is none of that id.
pub(crate) async fn rename(
    conn: &mut PgConnection,
    id: OrganisationId,
    name: &str,
    now: DateTime<Utc>,
) -> Result<Option<Organisation>, sqlx::Error> {
    let row = sqlx::query!(
        "UPDATE auth.organisations SET name = $2, updated_at = $3 WHERE id = $1 RETURNING created_at",
        id.0,
        name,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Organisation { id, name: name.to_owned(), created_at: row.created_at }))
}

/// Organisations, the newest first, from below an id on; of one id, or all.
pub(crate) async fn organisations(
    conn: &mut PgConnection,
    only: Option<OrganisationId>,
    below: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Organisation>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, name, created_at FROM auth.organisations
         WHERE ($1::uuid IS NULL OR id = $1) AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
        only.map(|id| id.0),
        below,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let organisation = |id, name, created_at| Organisation { id: OrganisationId(id), name, created_at };
    Ok(rows.into_iter().map(|row| organisation(row.id, row.name, row.created_at)).collect())
}

/// Its members after an account, by id.
pub(crate) async fn members(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Member>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT a.id, a.email, a.name, m.roles, m.created_at,
                  EXISTS (SELECT FROM auth.second_factors f
                          WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL) AS "has_factor!"
           FROM auth.memberships m JOIN auth.accounts a ON a.id = m.account_id
           WHERE m.organisation_id = $1 AND m.account_id > $2 ORDER BY m.account_id LIMIT $3"#,
        organisation.0,
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let members = rows.into_iter().map(|row| Member {
        user_id: UserId(row.id),
        email: row.email,
        name: row.name,
        roles: parse(&row.roles),
        second_factor: row.has_factor,
        since: row.created_at,
    });
    Ok(members.collect())
}

/// One change of an organisation's members at a time, until the transaction ends; false where there is no such one.
pub(crate) async fn lock(conn: &mut PgConnection, id: OrganisationId) -> Result<bool, sqlx::Error> {
    let found = sqlx::query_scalar!("SELECT id FROM auth.organisations WHERE id = $1 FOR UPDATE", id.0);
    Ok(found.fetch_optional(conn).await?.is_some())
}

/// What an account may do in an organisation; nothing where it is no member.
pub(crate) async fn roles_of(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    account: UserId,
) -> Result<Option<Vec<Role>>, sqlx::Error> {
    let roles = sqlx::query_scalar!(
        "SELECT roles FROM auth.memberships WHERE account_id = $1 AND organisation_id = $2",
        account.0,
        organisation.0,
    );
    Ok(roles.fetch_optional(conn).await?.map(|names| parse(&names)))
}

/// How many organisers an organisation has, but for one account.
pub(crate) async fn other_organisers(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    but: UserId,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM auth.memberships
           WHERE organisation_id = $1 AND account_id <> $2 AND 'organiser' = ANY(roles)"#,
        organisation.0,
        but.0,
    )
    .fetch_one(conn)
    .await
}

/// Sets what an account may do in an organisation; nothing of it with no roles.
pub(crate) async fn set(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    account: UserId,
    roles: &[Role],
) -> Result<(), sqlx::Error> {
    let names = role_names(roles);
    if organisation == OrganisationId::DEFAULT {
        // Its members are those whose own roles say so, which a trigger follows: the version before this one reads them.
        sqlx::query!(
            "UPDATE auth.accounts
             SET roles = ARRAY(SELECT DISTINCT role FROM unnest(roles || ARRAY['customer']) AS role
                               WHERE role IN ('customer', 'admin', 'sre')) || $2
             WHERE id = $1",
            account.0,
            &names,
        )
        .execute(conn)
        .await?;
    } else if names.is_empty() {
        sqlx::query!(
            "DELETE FROM auth.memberships WHERE account_id = $1 AND organisation_id = $2",
            account.0,
            organisation.0,
        )
        .execute(conn)
        .await?;
    } else {
        sqlx::query!(
            "INSERT INTO auth.memberships (account_id, organisation_id, roles) VALUES ($1, $2, $3)
             ON CONFLICT (account_id, organisation_id) DO UPDATE SET roles = excluded.roles",
            account.0,
            organisation.0,
            &names,
        )
        .execute(conn)
        .await?;
    }
    Ok(())
}

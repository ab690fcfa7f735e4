//! The services' database roles: their passwords, and how many sessions they may open together.

use anyhow::Context;
use onsale_migration::Passwords;
use onsale_platform::ServiceRole;
use onsale_platform::env::Env;
use onsale_platform::pg::PgConfig;
use sqlx::{Connection, PgConnection};
use std::collections::HashMap;
use std::net::SocketAddr;
use url::Url;

/// Sessions that are left to people, migrations and the database's own superuser.
const SPARE_SESSIONS: i64 = 10;

/// The passwords that `DATABASE_URL_<ROLE>` names for the roles `onsale_<role>`.
pub(crate) fn passwords(env: &Env) -> anyhow::Result<Passwords> {
    let mut passwords = Passwords::new();
    for role in ServiceRole::ALL {
        let name = format!("DATABASE_URL_{}", role.as_str().to_ascii_uppercase());
        let Some(text) = env.text(&name)? else { continue };
        let url = Url::parse(&text).with_context(|| format!("reading {name}"))?;
        if let (true, Some(password)) = (url.username() == format!("onsale_{role}"), url.password()) {
            passwords.insert(role.as_str().to_owned(), decoded(password));
        }
    }
    Ok(passwords)
}

/// Refuses pools that together could ask a server for more sessions than it has.
pub(crate) async fn check_pools(env: &Env, roles: &[ServiceRole]) -> anyhow::Result<()> {
    let mut sums: HashMap<String, (String, i64)> = HashMap::new();
    for role in roles.iter().filter(|role| has_database(**role)) {
        let config = PgConfig::of(env, *role)?;
        let sum = sums.entry(server_of(&config.url)).or_insert_with(|| (config.url.clone(), 0));
        sum.1 += i64::from(config.connections_max);
    }
    for (server, (url, sum)) in sums {
        let mut connection = PgConnection::connect(&url).await.with_context(|| unreachable(&server))?;
        let setting: String = sqlx::query_scalar("SHOW max_connections").fetch_one(&mut connection).await?;
        let most = setting.parse::<i64>().context("reading max_connections")? - SPARE_SESSIONS;
        connection.close().await?;
        anyhow::ensure!(
            sum <= most,
            "the pools of this process may open {sum} sessions, but PostgreSQL at {server} has {most} to give: \
             lower DATABASE_POOL_<ROLE> or raise max_connections"
        );
    }
    Ok(())
}

/// What to say when the database does not answer.
pub(crate) fn unreachable(server: &str) -> String {
    format!("PostgreSQL at {server} cannot be reached (see `onsale doctor`)")
}

/// Whether a role has a database.
pub(crate) fn has_database(role: ServiceRole) -> bool {
    onsale_migration::services().contains(&role.as_str())
}

/// The server of a database's address, without user and password.
pub(crate) fn server_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or(rest);
    decoded(host)
}

/// The address at which a service's schema is migrated: its own database; on the server of the shared one as the user who
/// may create roles there, on another server as the service's own user, who must own the database.
pub(crate) fn owners_url(shared: &str, own: &str) -> Result<String, url::ParseError> {
    let (mut shared, own) = (Url::parse(shared)?, Url::parse(own)?);
    let is_same_server = (shared.host(), shared.port(), shared.query()) == (own.host(), own.port(), own.query());
    if !is_same_server {
        return Ok(own.into());
    }
    shared.set_path(own.path());
    Ok(shared.into())
}

fn decoded(text: &str) -> String {
    url::form_urlencoded::parse(format!("x={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .map_or_else(|| text.to_owned(), |(_, value)| value.into_owned())
}

/// The address that a role listens on when no setting says otherwise.
pub(crate) fn listen_default(role: ServiceRole) -> SocketAddr {
    let place = ServiceRole::ALL.iter().position(|known| *known == role).unwrap_or(0);
    SocketAddr::from(([127, 0, 0, 1], 8080 + u16::try_from(place).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_are_migrated_by_whoever_may() {
        let shared = "postgres://owner:secret@db:5432/onsale?sslmode=require";
        let at = |shared, own| owners_url(shared, own).expect("addresses");
        assert_eq!(at(shared, "postgres://onsale_auth@db:5432/onsale?sslmode=require"), shared);
        let own = "postgres://owner:secret@db:5432/accounts?sslmode=require";
        assert_eq!(at(shared, "postgres://onsale_auth@db:5432/accounts?sslmode=require"), own);
        assert_eq!(at(shared, "postgres://auth_owner@other/accounts"), "postgres://auth_owner@other/accounts");
        assert_eq!(at("postgres://%2Ftmp%2Fa/onsale", "postgres://x@%2Ftmp%2Fa/o2"), "postgres://%2Ftmp%2Fa/o2");
    }

    #[test]
    fn passwords_are_those_of_the_roles_own_urls() {
        let env: Env = [
            ("DATABASE_URL_AUTH", "postgres://onsale_auth:a%2Fb+c@db/onsale"),
            ("DATABASE_URL_BOOKING", "postgres://somebody:else@db/onsale"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .collect();
        let passwords = passwords(&env).expect("readable");
        assert_eq!(passwords.get("auth").map(String::as_str), Some("a/b+c"));
        assert_eq!(passwords.len(), 1);
    }

    #[test]
    fn a_servers_name_has_neither_user_nor_password() {
        assert_eq!(server_of("postgres://u:p@db:5432/onsale"), "db:5432");
        assert_eq!(server_of("postgres://u@%2Ftmp%2Fx:5432/onsale"), "/tmp/x:5432");
    }
}

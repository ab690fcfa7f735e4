//! `onsale migrate`.

use crate::place::Place;
use crate::{logins, say};
use anyhow::Context;
use onsale_platform::env::Env;
use std::path::Path;

/// Brings all schemas up to date.
pub(crate) async fn run(env: &Env, home: &Path) -> anyhow::Result<()> {
    let place = Place::find(env, home).await?;
    let outcome = migrate(&place.env).await;
    place.stop().await;
    let applied = outcome?;
    if applied.is_empty() {
        say("The schemas are up to date.");
    }
    for script in applied {
        say(&format!("{} {:04} {}", script.service, script.version, script.name));
    }
    Ok(())
}

/// Brings all schemas up to date, each in the database where its service keeps it, and says what was applied.
pub(crate) async fn migrate(env: &Env) -> anyhow::Result<Vec<onsale_migration::Applied>> {
    let shared: String =
        env.require("DATABASE_URL", "give the address of a database, as a user that may create roles")?;
    let passwords = logins::passwords(env)?;
    let mut applied = Vec::new();
    for (url, services) in places(env, &shared)? {
        applied.extend(onsale_migration::migrate_with(&url, &services, &passwords).await?);
    }
    Ok(applied)
}

/// The services by the database that keeps them: most often one keeps all.
fn places(env: &Env, shared: &str) -> anyhow::Result<Vec<(String, Vec<&'static str>)>> {
    let mut places: Vec<(String, Vec<&'static str>)> = Vec::new();
    for service in onsale_migration::services() {
        let name = match service {
            "bus" => "BUS_DATABASE_URL".to_owned(),
            service => format!("DATABASE_URL_{}", service.to_ascii_uppercase()),
        };
        let url = match env.text(&name)? {
            Some(own) => {
                logins::owners_url(shared, &own).with_context(|| format!("reading DATABASE_URL and {name}"))?
            }
            None => shared.to_owned(),
        };
        match places.iter_mut().find(|(known, _)| *known == url) {
            Some((_, services)) => services.push(service),
            None => places.push((url, vec![service])),
        }
    }
    Ok(places)
}

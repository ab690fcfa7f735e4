//! `onsale migrate`.

use crate::place::Place;
use crate::{logins, say};
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

/// Brings all schemas up to date, and says what was applied.
pub(crate) async fn migrate(env: &Env) -> anyhow::Result<Vec<onsale_migration::Applied>> {
    let url: String = env.require("DATABASE_URL", "give the address of a database, as a user that may create roles")?;
    onsale_migration::migrate_with(&url, &[], &logins::passwords(env)?).await
}

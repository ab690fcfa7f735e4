//! `onsale audit verify`: the audit log's chain, and beside it what each service noted.

use crate::cli::Audit;
use crate::place::Place;
use crate::{logins, say};
use anyhow::Context;
use onsale_core::api::audit::AuditHead;
use onsale_platform::ServiceRole;
use onsale_platform::audit::WITH_ACTS;
use onsale_platform::env::Env;
use onsale_platform::pg::{self, PgConfig};
use onsale_platform::tokens::DeploymentSecret;
use sqlx::PgPool;
use std::path::Path;
use std::process::ExitCode;

/// More findings than this are counted, not told.
const TOLD_MAX: usize = 200;

/// Looks at the databases that the settings name; fails when something was tampered with.
pub(crate) async fn run(env: &Env, home: &Path, audit: &Audit) -> anyhow::Result<ExitCode> {
    let Audit::Verify { head } = audit;
    let place = Place::find(env, home).await?;
    let outcome = verify(&place.env, head.as_ref()).await;
    place.stop().await;
    Ok(if outcome? == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn verify(env: &Env, kept: Option<&AuditHead>) -> anyhow::Result<usize> {
    let secret = DeploymentSecret::of(env)?;
    let chain = open(env, ServiceRole::Auth).await?;
    let mut findings = 0;
    let mut found = |finding: String| {
        findings += 1;
        if findings <= TOLD_MAX {
            say(&format!("TAMPERED  {finding}"));
        }
    };
    let verified = onsale_auth::verify_chain(&chain, &secret, kept, &mut found).await.context("reading the chain")?;
    if verified.has_kept_head == Some(false) {
        found("the head that was kept is not in the chain: it was made anew, or its end is gone".to_owned());
    }
    for role in WITH_ACTS.iter().copied().filter(|role| logins::has_database(*role)) {
        let pool = open(env, role).await?;
        let waiting = onsale_auth::verify_service(&chain, &pool, role, &mut found).await;
        let waiting = waiting.with_context(|| format!("comparing what {role} noted"))?;
        if waiting > 0 {
            say(&format!("{role}: {waiting} acts are not sealed yet; that takes a second while it runs."));
        }
        pool.close().await;
    }
    chain.close().await;
    let AuditHead { number, hash } = verified.head;
    say(&match findings {
        0 => format!("The log holds: {number} entries. Its head is {number}:{hash}"),
        1 => format!("1 thing is not as it was sealed, in {number} entries: see above."),
        more => format!("{more} things are not as they were sealed, in {number} entries: see above."),
    });
    Ok(findings)
}

async fn open(env: &Env, role: ServiceRole) -> anyhow::Result<PgPool> {
    let config = PgConfig { connections_max: 1, ..PgConfig::of(env, role)? };
    pg::connect(&config, role).await.with_context(|| format!("opening the database of {role}"))
}

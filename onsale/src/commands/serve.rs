//! `onsale serve <role>…`.

use crate::cli::Serve;
use crate::process::{self, Process};
use crate::{commands, logins};
use onsale_platform::env::Env;
use onsale_platform::tokens::DeploymentSecret;

/// Runs the roles until somebody wants it to end.
pub(crate) async fn run(env: &Env, options: &Serve) -> anyhow::Result<()> {
    let mut roles = options.roles.clone();
    roles.sort_unstable();
    roles.dedup();
    anyhow::ensure!(
        options.listen.is_none() || roles.len() == 1,
        "--listen is for one role: with several set LISTEN_<ROLE> for each"
    );
    DeploymentSecret::of(env)?;
    let names: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
    let guard = process::observe(env, &names.join("-"))?;
    let mut listeners = Vec::with_capacity(roles.len());
    for role in &roles {
        let setting = format!("LISTEN_{}", role.as_str().to_ascii_uppercase());
        let address = match options.listen {
            Some(address) => address,
            None => env.get_or(&setting, logins::listen_default(*role))?,
        };
        listeners.push((*role, process::bind(address, &format!("--listen or {setting}")).await?));
    }
    for (role, listener) in &listeners {
        tracing::info!(%role, address = %listener.local_addr()?, "listening");
    }
    let process = Process::start(env, guard, listeners, &roles).await?;
    if let Some(address) = process.serve_metrics(env).await? {
        tracing::info!(%address, "metrics");
    }
    commands::asked_to_stop().await?;
    tracing::info!("stopping");
    process.stop().await;
    Ok(())
}

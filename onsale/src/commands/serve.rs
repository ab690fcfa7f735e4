//! `onsale serve <role>…`.

use crate::cli::Serve;
use crate::process::{self, Process};
use crate::{commands, front, logins};
use onsale_platform::ServiceRole;
use onsale_platform::env::{Env, Switch};
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
    if roles.contains(&ServiceRole::Gateway) {
        front::check(env)?;
    }
    let names: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
    let guard = process::observe(env, &names.join("-"))?;
    let mut listeners = Vec::with_capacity(roles.len());
    for role in &roles {
        let setting = format!("LISTEN_{}", role.as_str().to_ascii_uppercase());
        let address = match options.listen {
            Some(address) => address,
            None => env.get_or(&setting, logins::listen_default(*role))?,
        };
        let setting = format!("--listen or {setting}");
        let shared = *role == ServiceRole::Gateway && env.get_or("GATEWAY_SHARED_PORT", Switch(false))?.0;
        let listener = match shared {
            true => process::bind_shared(address, &setting)?,
            false => process::bind(address, &setting).await?,
        };
        listeners.push((*role, listener));
    }
    for (role, listener) in &listeners {
        tracing::info!(%role, address = %listener.local_addr()?, "listening");
    }
    let process = Process::start(env, guard, listeners, &roles).await?;
    if let Some(address) = process.serve_metrics(env).await? {
        tracing::info!(%address, "metrics");
    }
    if env.get_or("ENDS_WITH_STDIN", Switch(false))?.0 {
        tokio::select! {
            asked = commands::asked_to_stop() => asked?,
            () = stdin_closed() => {}
        }
    } else {
        commands::asked_to_stop().await?;
    }
    tracing::info!("stopping");
    process.stop().await;
    Ok(())
}

/// Resolves when whoever started this process has gone, or asks it to end by closing its standard input.
async fn stdin_closed() {
    let (tell, closed) = tokio::sync::oneshot::channel::<()>();
    // Reading blocks until then: a thread of its own, which the process's end takes along.
    std::thread::spawn(move || {
        let _ended = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        drop(tell);
    });
    let _closed = closed.await;
}

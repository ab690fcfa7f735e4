//! The house with every role a process of its own, with the demo season.

use super::asked_to_stop;
use super::options::{Options, Split};
use super::parts::{Parts, Roles};
use super::tell;
use std::io::Write;

/// In the order in which they are started; the edge comes last.
const ROLES: [Roles; 8] =
    [&["auth"], &["admin"], &["sandbox"], &["payment"], &["booking"], &["search"], &["notification"], &["gateway"]];

/// Runs it until somebody wants it to end.
///
/// # Errors
/// When a process or an engine does not start.
pub async fn run(options: &Options, split: &Split) -> anyhow::Result<String> {
    let mut parts = Parts::fresh(options, split.listen, &ROLES).await?;
    parts.run(&["seed", "demo"])?;
    parts.start_all().await?;
    tell(&format!("processes: {}", parts.processes()));
    writeln!(std::io::stdout(), "\n  Onsale runs:      http://localhost:{}", parts.address.port())?;
    asked_to_stop().await?;
    Ok(format!("split: {} roles ran as processes of their own", ROLES.len()))
}

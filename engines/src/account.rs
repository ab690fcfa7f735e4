//! Whose account PostgreSQL and Elasticsearch run in: one's own, or, as root, one without rights.

use crate::error::Attempt;
use crate::{EngineError, folder, locate};
use std::ffi::OsStr;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An account to run a program in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Account {
    /// The process's own.
    Own,
    /// Another one; the process is root.
    Other { name: String, user: u32, group: u32 },
}

impl Account {
    /// The account for a server with its data in `data`: whoever owns the data, else `postgres`, else
    /// `onsale`, which is created.
    pub(crate) fn for_data(data: &Path) -> Result<Self, EngineError> {
        let own = rustix::process::geteuid().as_raw();
        let owner = std::fs::metadata(data).ok().map(|found| found.uid());
        if own != 0 {
            return match owner {
                Some(owner) if owner != own => Err(EngineError::OtherOwner { folder: data.to_owned() }),
                _ => Ok(Self::Own),
            };
        }
        let accounts = accounts();
        let owning = accounts.iter().find(|account| owner.is_some_and(|owner| owner != 0 && account.user() == owner));
        let named = |name: &str| accounts.iter().find(|account| account.name() == name);
        if let Some(account) = owning.or_else(|| named("postgres")).or_else(|| named("onsale")) {
            return Ok(account.clone());
        }
        create()
    }

    /// A command that runs a program in this account, and, where the system can do that, ends the
    /// program by `death_signal` when the thread that starts it ends.
    pub(crate) fn command(&self, program: &Path, death_signal: Option<&str>) -> Command {
        let death_signal = death_signal.filter(|_| setpriv().is_some_and(|setpriv| knows_death_signal(&setpriv)));
        match (self, setpriv()) {
            (Self::Own, Some(setpriv)) if death_signal.is_some() => {
                let mut command = Command::new(setpriv);
                command.args(death_signal.map(|signal| format!("--pdeathsig={signal}")));
                command.arg("--").arg(program);
                command
            }
            (Self::Own, _) => Command::new(program),
            (Self::Other { user, group, .. }, Some(setpriv)) => {
                let mut command = Command::new(setpriv);
                command.args([format!("--reuid={user}"), format!("--regid={group}"), "--clear-groups".to_owned()]);
                command.args(death_signal.map(|signal| format!("--pdeathsig={signal}")));
                command.arg("--").arg(program);
                command
            }
            (Self::Other { name, .. }, None) => switched(name, program),
        }
    }

    /// Gives a file or folder to this account.
    pub(crate) fn give(&self, path: &Path) -> Result<(), EngineError> {
        match self {
            Self::Own => Ok(()),
            Self::Other { name, user, group } => std::os::unix::fs::chown(path, Some(*user), Some(*group))
                .attempt(|| format!("giving {} to the user {name}", path.display())),
        }
    }

    /// Whether the account gets to files in this folder: it may pass through all its parents.
    fn reaches(&self, folder: &Path) -> bool {
        if *self == Self::Own {
            return true;
        }
        let script = OsStr::new("cd \"$0\"");
        let status = self.command(Path::new("/bin/sh"), None).arg("-c").arg(script).arg(folder).output();
        status.is_ok_and(|output| output.status.success())
    }

    /// Where a folder is really: as root, in a place that this account cannot pass through to (such as below
    /// `/root`), it is kept in `/var/lib`, and a link stands in its place.
    pub(crate) fn reachable(&self, folder: &Path) -> Result<PathBuf, EngineError> {
        let folder = std::path::absolute(folder).attempt(|| format!("finding {}", folder.display()))?;
        if let Ok(real) = std::fs::read_link(&folder) {
            folder::create(&real)?;
            return Ok(real);
        }
        let parent = folder.parent().unwrap_or(&folder);
        if self.reaches(parent) {
            return Ok(folder);
        }
        let hash = folder::hash(folder.as_os_str().as_encoded_bytes());
        let real = PathBuf::from(format!("/var/lib/onsale-{hash:016x}"));
        folder::create(&real)?;
        std::os::unix::fs::symlink(&real, &folder)
            .attempt(|| format!("linking {} to {}", folder.display(), real.display()))?;
        Ok(real)
    }

    fn name(&self) -> &str {
        match self {
            Self::Own => "",
            Self::Other { name, .. } => name,
        }
    }

    /// The account's number.
    pub(crate) fn user(&self) -> u32 {
        match self {
            Self::Own => rustix::process::geteuid().as_raw(),
            Self::Other { user, .. } => *user,
        }
    }
}

/// Without setpriv: runuser, else su, which every system has.
fn switched(name: &str, program: &Path) -> Command {
    let mut command;
    if let Some(runuser) = locate::program("runuser") {
        command = Command::new(runuser);
        command.args(["-u", name, "--"]).arg(program);
    } else {
        command = Command::new("su");
        command.args(["-s", "/bin/sh", name, "-c", "exec \"$0\" \"$@\""]).arg(program);
    }
    command
}

fn setpriv() -> Option<PathBuf> {
    locate::program("setpriv")
}

fn knows_death_signal(setpriv: &Path) -> bool {
    let help = Command::new(setpriv).arg("--help").output();
    help.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("pdeathsig"))
}

fn accounts() -> Vec<Account> {
    let text = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    text.lines().filter_map(parse).collect()
}

fn parse(line: &str) -> Option<Account> {
    let mut fields = line.split(':');
    let name = fields.next()?.to_owned();
    let user = fields.nth(1)?.parse().ok()?;
    let group = fields.next()?.parse().ok()?;
    Some(Account::Other { name, user, group })
}

fn create() -> Result<Account, EngineError> {
    let arguments = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", "onsale"];
    let outcome = Command::new("useradd").args(arguments).output();
    let reason = match outcome {
        Ok(output) if output.status.success() => String::new(),
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => format!("useradd: {error}"),
    };
    let created = accounts().into_iter().find(|account| account.name() == "onsale");
    created.ok_or(EngineError::NoAccount { reason })
}

#[cfg(test)]
mod tests {
    use super::{Account, parse};

    #[test]
    fn accounts_are_read_from_their_lines() {
        let account = parse("postgres:x:104:108:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash");
        assert_eq!(account, Some(Account::Other { name: "postgres".to_owned(), user: 104, group: 108 }));
        assert_eq!(parse("# nobody"), None);
    }
}

//! Backups of a private PostgreSQL, and the way back to any moment after one.
//!
//! A backup is a copy of the data (`pg_basebackup`) beside all that was written since: from the first one on, the server
//! copies each piece of its log (WAL) into the folder `wal` ([`archiving`]). The way back is PostgreSQL's own: the copy is
//! put in the data's place, and the log is followed up to the moment that was asked for (PostgreSQL, chapter
//! "Continuous Archiving and Point-in-Time Recovery").

use crate::account::Account;
use crate::error::Attempt;
use crate::ports::Ports;
use crate::postgres::{self, SUPERUSER};
use crate::{EngineError, Postgres, PostgresConfig, folder};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const FOLDER: &str = "backups";
const WAL: &str = "wal";
/// What the names of copies begin with; the time follows, so that they sort.
const COPY: &str = "base-";
/// Following a long log takes its time.
const FOLLOW_MAX: Duration = Duration::from_secs(3600);

/// The backups of a folder's PostgreSQL.
pub struct Backups {
    home: PathBuf,
    folder: PathBuf,
    account: Account,
}

impl Backups {
    /// Those of the engines in `home`.
    ///
    /// # Errors
    /// When there is no account to run PostgreSQL in.
    pub fn of(home: &Path) -> Result<Self, EngineError> {
        let account = Account::for_data(&home.join(postgres::FOLDER))?;
        let folder = account.reachable(&home.join(FOLDER))?;
        Ok(Self { home: home.to_owned(), folder, account })
    }

    /// The copies there are, the oldest first, by their names.
    #[must_use]
    pub fn list(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter(|name| name.starts_with(COPY) && !name.ends_with(".new")).collect();
        names.sort();
        names
    }

    /// Where they are.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Copies the running server's data, named by the time `at`; gives the copy's name. From the first one on the server
    /// keeps its log here.
    ///
    /// # Errors
    /// When `pg_basebackup` cannot be run or fails.
    pub fn take(&self, at: &str) -> Result<String, EngineError> {
        for folder in [&self.folder, &self.folder.join(WAL)] {
            folder::create(folder)?;
            self.account.give(folder)?;
        }
        let name = format!("{COPY}{at}");
        let making = self.folder.join(format!("{name}.new"));
        if making.exists() {
            fs::remove_dir_all(&making).attempt(|| format!("removing {}", making.display()))?;
        }
        let config = PostgresConfig::new(self.home.join(postgres::FOLDER));
        let programs = postgres::programs(&self.account.reachable(&config.data)?)?;
        let mut command = self.account.command(&programs.join("pg_basebackup"), None);
        command.arg("--pgdata").arg(&making).args(["--checkpoint=fast", "--wal-method=stream", "--no-password"]);
        command.args(["--username", SUPERUSER]).current_dir(&self.folder);
        match Ports::of(&self.home).get(postgres::FOLDER) {
            Some(port) => command.args(["--host=127.0.0.1", &format!("--port={port}")]),
            None => {
                command.arg("--host").arg(postgres::sockets(&config)?).arg(format!("--port={}", postgres::SOCKET_PORT))
            }
        };
        run(command, "pg_basebackup", &self.folder)?;
        let made = self.folder.join(&name);
        fs::rename(&making, &made).attempt(|| format!("renaming {}", making.display()))?;
        Ok(name)
    }

    /// Forgets all copies but the newest ones, and the log that only they needed; gives the names of those forgotten.
    ///
    /// # Errors
    /// When a copy cannot be removed.
    pub fn forget(&self, keep: usize) -> Result<Vec<String>, EngineError> {
        let mut gone = self.list();
        let kept = gone.split_off(gone.len().saturating_sub(keep.max(1)));
        for name in &gone {
            let copy = self.folder.join(name);
            fs::remove_dir_all(&copy).attempt(|| format!("removing {}", copy.display()))?;
        }
        if let Some(first) = kept.first().and_then(|name| first_wal(&self.folder.join(name))) {
            let wal = self.folder.join(WAL);
            for entry in fs::read_dir(&wal).attempt(|| format!("reading {}", wal.display()))?.flatten() {
                // Names of one timeline sort as they were written; histories of timelines are kept, they are small.
                let name = entry.file_name().to_string_lossy().into_owned();
                if name.len() == first.len() && name[8..] < first[8..] && !name.contains('.') {
                    fs::remove_file(entry.path()).attempt(|| format!("removing {}", entry.path().display()))?;
                }
            }
        }
        Ok(gone)
    }

    /// Puts a copy in the place of the data in `home`, follows the log up to `to` (a time as PostgreSQL reads it; to its
    /// end without), and stops the server again. Gives where the data are that were there before, if there were any.
    ///
    /// # Errors
    /// When the engines run, when the copy is not there, or when the log does not lead to that time.
    pub async fn restore(&self, name: &str, to: Option<&str>, home: &Path) -> Result<Option<PathBuf>, EngineError> {
        let _lock = folder::Lock::take(home)?;
        let mut config = PostgresConfig::new(home.join(postgres::FOLDER));
        let data = self.account.reachable(&config.data)?;
        let copy = self.folder.join(name);
        fs::metadata(copy.join("PG_VERSION")).attempt(|| format!("looking for the backup {}", copy.display()))?;
        let before = set_aside(&data)?;
        let mut command = Command::new("cp");
        command.arg("-a").arg(&copy).arg(&data);
        run(command, "cp", &self.folder)?;
        let settings = recovery(&self.folder.join(WAL), before.as_deref(), to);
        append(&data.join("postgresql.auto.conf"), &settings)?;
        let signal = data.join("recovery.signal");
        append(&signal, "")?;
        self.account.give(&signal)?;
        config.ready_max = FOLLOW_MAX;
        // Elsewhere the log must not go on: it would be another history of these data.
        if home == self.home {
            config.settings.extend(archiving(&self.folder));
        }
        Postgres::start(config).await?.stop().await;
        Ok(before)
    }
}

/// Removes a folder whose engines were private, with what lies outside it where PostgreSQL could not reach it.
///
/// # Errors
/// When something cannot be removed.
pub fn remove_data(home: &Path) -> Result<(), EngineError> {
    for engine in [postgres::FOLDER, FOLDER] {
        if let Ok(outside) = fs::read_link(home.join(engine)) {
            folder::remove(&outside)?;
        }
    }
    folder::remove(home)
}

/// The settings by which a server keeps its log in the folder of its backups, once there is one: without a backup there
/// is nothing that the log could be added to.
pub(crate) fn archiving(folder: &Path) -> Vec<(String, String)> {
    // `%` begins a placeholder there.
    let wal = quoted(&folder.join(WAL)).replace('%', "%%");
    let command =
        format!("test ! -d {wal} || test -f {wal}/%f || {{ cp '%p' {wal}/%f.new && mv {wal}/%f.new {wal}/%f; }}");
    vec![("archive_mode".to_owned(), "on".to_owned()), ("archive_command".to_owned(), command)]
}

/// The settings of the way back. All are named: a copy of data that once came back has those of then.
fn recovery(wal: &Path, before: Option<&Path>, to: Option<&str>) -> String {
    let mut fetch = format!("cp {}/%f '%p' 2>/dev/null", quoted(wal).replace('%', "%%"));
    if let Some(before) = before {
        // The last piece was not full yet, and is only with the data themselves.
        fetch.push_str(&format!(" || cp {}/%f '%p'", quoted(&before.join("pg_wal")).replace('%', "%%")));
    }
    let setting = |name: &str, value: &str| format!("{name} = '{}'\n", value.replace('\'', "''"));
    [
        setting("restore_command", &fetch),
        setting("recovery_target_time", to.unwrap_or_default()),
        setting("recovery_target_timeline", "latest"),
        setting("recovery_target_action", "promote"),
        // Nobody is let in before all is back: until then nothing could be written.
        setting("hot_standby", "off"),
    ]
    .concat()
}

/// A path as a word of a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"))
}

/// Gives data another name; gives the name.
fn set_aside(data: &Path) -> Result<Option<PathBuf>, EngineError> {
    if !data.join("PG_VERSION").is_file() {
        // A folder that was only made is no data.
        if data.exists() {
            fs::remove_dir(data).attempt(|| format!("{} is neither data of PostgreSQL nor empty", data.display()))?;
        }
        return Ok(None);
    }
    let name = |number: u32| data.with_extension(format!("before-{number}"));
    let free = (1..).map(name).find(|path| !path.exists());
    let Some(free) = free else { return Ok(None) };
    fs::rename(data, &free).attempt(|| format!("renaming {}", data.display()))?;
    Ok(Some(free))
}

/// The first piece of the log that a copy needs, as its label says: `START WAL LOCATION: 0/2000028 (file 00000001…)`.
fn first_wal(copy: &Path) -> Option<String> {
    let label = fs::read_to_string(copy.join("backup_label")).ok()?;
    Some(label.split_once("(file ")?.1.split_once(')')?.0.to_owned())
}

fn append(path: &Path, text: &str) -> Result<(), EngineError> {
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).attempt(|| format!("writing {}", path.display()))
}

fn run(mut command: Command, what: &str, folder: &Path) -> Result<(), EngineError> {
    let output = command.output().attempt(|| format!("running {what}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(EngineError::Ended {
        engine: what.to_owned(),
        status: output.status.to_string(),
        log: folder.to_owned(),
        tail: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_with_blanks_quotes_and_percents_are_words() {
        let settings = archiving(Path::new("/it's 5 %/backups"));
        assert!(settings[1].1.starts_with(r"test ! -d '/it'\''s 5 %%/backups/wal' ||"), "{settings:?}");
    }

    #[test]
    fn without_a_time_the_one_of_an_earlier_way_back_is_taken_away() {
        let text = recovery(Path::new("/b/wal"), Some(Path::new("/d.before-1")), None);
        assert!(text.contains("recovery_target_time = ''\n"), "{text}");
        assert!(text.contains("|| cp ''/d.before-1/pg_wal''/%f"), "{text}");
        let text = recovery(Path::new("/b/wal"), None, Some("2026-11-23 06:00:00+00"));
        assert!(text.contains("recovery_target_time = '2026-11-23 06:00:00+00'\n") && !text.contains("||"), "{text}");
    }
}

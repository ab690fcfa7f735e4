//! The engines' folder, its lock, and the short folder of their sockets.

use crate::EngineError;
use crate::error::Attempt;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Held by the process whose engines run in the folder; goes with the process.
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the folder for this process.
    pub(crate) fn take(home: &Path) -> Result<Self, EngineError> {
        create(home)?;
        let path = home.join("lock");
        let mut file = open_lock(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                let _unreadable = file.read_to_string(&mut pid);
                return Err(EngineError::InUse { folder: home.to_owned(), pid: pid.trim().to_owned() });
            }
            Err(TryLockError::Error(source)) => {
                return Err(EngineError::Io { what: format!("locking {}", path.display()), source });
            }
        }
        let written = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
        written.attempt(|| format!("writing {}", path.display()))?;
        Ok(Self { _file: file })
    }

    /// Waits for whoever has the folder, then takes it.
    pub(crate) async fn wait(home: &Path) -> Result<Self, EngineError> {
        create(home)?;
        let path = home.join("lock");
        let what = format!("locking {}", path.display());
        let file = open_lock(&path)?;
        let locked = tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await;
        let file = locked.unwrap_or_else(|error| Err(std::io::Error::other(error))).attempt(|| what)?;
        Ok(Self { _file: file })
    }
}

/// Whether a process has its engines in this folder now.
#[must_use]
pub fn is_running(home: &Path) -> bool {
    let Ok(file) = File::open(home.join("lock")) else { return false };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// Asks the process that has its engines in this folder to end, and waits for it; says whether it is gone.
pub async fn stop_running(home: &Path, patience: Duration) -> bool {
    let text = std::fs::read_to_string(home.join("lock")).unwrap_or_default();
    let holder = text.trim().parse().ok().and_then(Pid::from_raw);
    if let Some(holder) = holder.filter(|_| is_running(home)) {
        let _ended = kill_process(holder, Signal::TERM);
    }
    let deadline = Instant::now() + patience;
    while is_running(home) && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    !is_running(home)
}

fn open_lock(path: &Path) -> Result<File, EngineError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .attempt(|| format!("opening {}", path.display()))
}

/// Creates a folder with its parents, unless it is there.
pub(crate) fn create(folder: &Path) -> Result<(), EngineError> {
    std::fs::create_dir_all(folder).attempt(|| format!("creating the folder {}", folder.display()))
}

/// Removes a folder with all that is in it, if it is there.
pub(crate) fn remove(folder: &Path) -> Result<(), EngineError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
    .attempt(|| format!("removing {}", folder.display()))
}

/// The folder of a server's sockets. The server has its lock, by the file that is its standard input, for as
/// long as it runs and however it ends: a folder whose lock is free is nobody's any more.
pub(crate) struct Sockets {
    folder: PathBuf,
    lock: File,
}

impl Sockets {
    /// Makes the folder of the server whose data is in `data`, and removes those whose server is gone. It is
    /// readable by nobody but its owner: this process's user, or the one that the server runs as.
    pub(crate) fn make(data: &Path, server: u32) -> Result<Self, EngineError> {
        remove_unused()?;
        let folder = sockets(data)?;
        let what = || format!("creating {}", folder.display());
        loop {
            match DirBuilder::new().mode(0o700).create(&folder) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(source) => return Err(EngineError::Io { what: what(), source }),
            }
            // Another process may take it for unused until it is locked: then it is made again.
            if inode(&folder, server)?.is_none() {
                continue;
            }
            let lock = match File::open(&folder) {
                Ok(lock) => lock,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(source) => return Err(EngineError::Io { what: what(), source }),
            };
            lock.lock_shared().attempt(what)?;
            let locked = lock.metadata().attempt(what)?.ino();
            if inode(&folder, server)? == Some(locked) {
                std::fs::set_permissions(&folder, Permissions::from_mode(0o700)).attempt(what)?;
                return Ok(Self { folder, lock });
            }
        }
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What a server is started with, to hold the lock.
    pub(crate) fn input(&self) -> Result<Stdio, EngineError> {
        let lock = self.lock.try_clone().attempt(|| format!("locking {}", self.folder.display()))?;
        Ok(lock.into())
    }
}

/// Where the sockets are of the server whose data is in `data`. The name is short, because a socket's address
/// has 104 bytes at most on some systems.
pub(crate) fn sockets(data: &Path) -> Result<PathBuf, EngineError> {
    let data = std::path::absolute(data).attempt(|| format!("finding {}", data.display()))?;
    Ok(PathBuf::from(format!("{}{:016x}", sockets_prefix(), hash(data.as_os_str().as_encoded_bytes()))))
}

/// Which folder it is, if it is there; anybody may have made one of this name in /tmp.
fn inode(folder: &Path, server: u32) -> Result<Option<u64>, EngineError> {
    match std::fs::symlink_metadata(folder) {
        Ok(found) if found.is_dir() && [user(), server].contains(&found.uid()) => Ok(Some(found.ino())),
        Ok(_) => Err(EngineError::OtherOwner { folder: folder.to_owned() }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(EngineError::Io { what: format!("looking at {}", folder.display()), source }),
    }
}

fn sockets_prefix() -> String {
    format!("/tmp/onsale-{}-", user())
}

fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Removes the folder of a server that has ended, unless another one runs there.
pub(crate) fn remove_sockets(folder: &Path) {
    let Ok(lock) = File::open(folder) else { return };
    if lock.try_lock().is_ok() && !is_answered(folder) {
        // What cannot be removed now is removed by a later start.
        let _left = std::fs::remove_dir_all(folder);
    }
}

/// Whether a server takes connections in a folder, whoever holds its lock.
fn is_answered(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| UnixStream::connect(path).is_ok())
}

/// Removes the sockets of servers that went without their maker's help: crashes, machines switched off.
fn remove_unused() -> Result<(), EngineError> {
    let prefix = sockets_prefix();
    for entry in std::fs::read_dir("/tmp").attempt(|| "looking into /tmp".to_owned())?.flatten() {
        let path = entry.path();
        let ours = path.to_str().and_then(|path| path.strip_prefix(&prefix)).is_some_and(|hash| hash.len() == 16);
        if ours && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_sockets(&path);
        }
    }
    Ok(())
}

/// FNV-1a: the same in every version of the compiler, so that the folder is found again.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The last lines of a log.
pub(crate) fn tail(log: &Path) -> String {
    let text = std::fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(8)..].join("\n")
}

/// Opens a server's log to be added to; one that has grown large starts anew.
pub(crate) fn log(path: &Path) -> Result<File, EngineError> {
    const LOG_MAX: u64 = 16 * 1024 * 1024;
    let large = std::fs::metadata(path).is_ok_and(|found| found.len() > LOG_MAX);
    let mut options = OpenOptions::new();
    options.create(true);
    if large {
        options.write(true).truncate(true)
    } else {
        options.append(true)
    };
    options.open(path).attempt(|| format!("opening the log {}", path.display()))
}

//! The engines' folder, its lock, and the short folder of their sockets.

use crate::EngineError;
use crate::error::Attempt;
use std::fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

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
    pub(crate) fn wait(home: &Path) -> Result<Self, EngineError> {
        create(home)?;
        let path = home.join("lock");
        let file = open_lock(&path)?;
        file.lock().attempt(|| format!("locking {}", path.display()))?;
        Ok(Self { _file: file })
    }
}

/// Whether a process has its engines in this folder now.
#[must_use]
pub fn is_running(home: &Path) -> bool {
    let Ok(file) = File::open(home.join("lock")) else { return false };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
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

/// The folder of the sockets of the server whose data is in `data`. It is short, because a socket's
/// address has 104 bytes at most on some systems, and readable by nobody but its owner: this process's
/// user, or the one that the server runs as.
pub(crate) fn sockets(data: &Path, server: u32) -> Result<PathBuf, EngineError> {
    let data = std::path::absolute(data).attempt(|| format!("finding {}", data.display()))?;
    let user = rustix::process::geteuid().as_raw();
    let folder = PathBuf::from(format!("/tmp/onsale-{user}-{:016x}", hash(data.as_os_str().as_encoded_bytes())));
    match DirBuilder::new().mode(0o700).create(&folder) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(source) => return Err(EngineError::Io { what: format!("creating {}", folder.display()), source }),
    }
    let found = std::fs::symlink_metadata(&folder).attempt(|| format!("looking at {}", folder.display()))?;
    // Anybody may have made a folder of this name in /tmp.
    if !found.is_dir() || (found.uid() != user && found.uid() != server) {
        return Err(EngineError::OtherOwner { folder });
    }
    std::fs::set_permissions(&folder, Permissions::from_mode(0o700))
        .attempt(|| format!("closing {} to others", folder.display()))?;
    Ok(folder)
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

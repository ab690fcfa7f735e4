//! Why an engine could not be had: sentences with a remedy.

use std::path::PathBuf;

/// Why an engine could not be had.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A program is not installed.
    #[error("{program} was not found: {remedy}")]
    Missing {
        /// The program.
        program: &'static str,
        /// How to get it.
        remedy: &'static str,
    },
    /// Another process uses the folder.
    #[error("{} is in use by another running Onsale (process {pid}): stop that one first, or start elsewhere", .folder.display())]
    InUse {
        /// The folder.
        folder: PathBuf,
        /// Who.
        pid: String,
    },
    /// The data is of another version.
    #[error(
        "the data in {} was made by PostgreSQL {data}, but version {installed} is installed: \
         install PostgreSQL {data}, or start over with `make reset`",
        .folder.display()
    )]
    OtherVersion {
        /// The data's folder.
        folder: PathBuf,
        /// The version that made it.
        data: String,
        /// The version that is here.
        installed: String,
    },
    /// The data belongs to somebody else.
    #[error("{} belongs to another user: run as that user, or start over with `sudo make reset`", .folder.display())]
    OtherOwner {
        /// The data's folder.
        folder: PathBuf,
    },
    /// PostgreSQL and Elasticsearch do not run as root, and no other account could be had.
    #[error(
        "PostgreSQL and Elasticsearch do not run as root and no account for them could be created ({reason}): create a user `onsale`, or run as another user"
    )]
    NoAccount {
        /// Why not.
        reason: String,
    },
    /// It ended by itself.
    #[error("{engine} ended by itself ({status}). The end of its log {}:\n{tail}", .log.display())]
    Ended {
        /// Which.
        engine: String,
        /// How.
        status: String,
        /// Its log.
        log: PathBuf,
        /// The log's last lines.
        tail: String,
    },
    /// It did not become ready.
    #[error("{engine} did not answer within {seconds} s: see its log {}", .log.display())]
    NotReady {
        /// Which.
        engine: String,
        /// How long it was waited for.
        seconds: u64,
        /// Its log.
        log: PathBuf,
    },
    /// The operating system refused something.
    #[error("{what}: {source}")]
    Io {
        /// What was attempted.
        what: String,
        /// Why not.
        source: std::io::Error,
    },
}

/// Says what was attempted when the operating system refuses it.
pub(crate) trait Attempt<T> {
    /// Names the attempt.
    fn attempt(self, what: impl FnOnce() -> String) -> Result<T, EngineError>;
}

impl<T> Attempt<T> for std::io::Result<T> {
    fn attempt(self, what: impl FnOnce() -> String) -> Result<T, EngineError> {
        self.map_err(|source| EngineError::Io { what: what(), source })
    }
}

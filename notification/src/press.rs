//! Making the files of mails, on threads of their own and a few at a time: it is work for a processor.

use crate::documents::{DocumentError, Enclosed, File, Typefaces, files};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Mails whose files are made at the same time: selling comes first.
const AT_ONCE: usize = 2;

/// Makes files. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Press {
    faces: Arc<Typefaces>,
    room: Arc<Semaphore>,
    public_url: Arc<str>,
}

/// Why the files of a mail were not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PressError {
    /// They cannot be made.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The work ended before its time.
    #[error("the files were not made: {0}")]
    Stopped(String),
}

impl Press {
    /// With the fonts that are part of the program.
    pub(crate) fn new(public_url: Arc<str>) -> Result<Self, DocumentError> {
        Ok(Self { faces: Arc::new(Typefaces::load()?), room: Arc::new(Semaphore::new(AT_ONCE)), public_url })
    }

    /// The files; waits for its turn.
    pub(crate) async fn make(&self, enclosed: Enclosed) -> Result<Vec<File>, PressError> {
        let stopped = |error: &dyn std::fmt::Display| PressError::Stopped(error.to_string());
        let permit = Arc::clone(&self.room).acquire_owned().await.map_err(|error| stopped(&error))?;
        let (faces, public_url) = (Arc::clone(&self.faces), Arc::clone(&self.public_url));
        let making = tokio::task::spawn_blocking(move || {
            // Held until the work is done, though nobody may wait for it any more.
            let _permit = permit;
            files(&enclosed, &public_url, &faces)
        });
        Ok(making.await.map_err(|error| stopped(&error))??)
    }
}

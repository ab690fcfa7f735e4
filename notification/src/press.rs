//! Making the files of mails, on threads of their own and a few at a time: it is work for a processor.

use crate::documents::{DocumentError, Enclosed, File, Typefaces, files, tickets_pdf};
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

    /// The files of a mail; waits for its turn.
    pub(crate) async fn make(&self, enclosed: Enclosed) -> Result<Vec<File>, PressError> {
        let public_url = Arc::clone(&self.public_url);
        self.print(move |faces| files(&enclosed, &public_url, faces)).await
    }

    /// The tickets alone; waits for its turn.
    pub(crate) async fn make_tickets(&self, enclosed: Enclosed) -> Result<File, PressError> {
        self.print(move |faces| tickets_pdf(&enclosed, faces)).await
    }

    async fn print<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Typefaces) -> Result<T, DocumentError> + Send + 'static,
    ) -> Result<T, PressError> {
        let stopped = |error: &dyn std::fmt::Display| PressError::Stopped(error.to_string());
        let permit = Arc::clone(&self.room).acquire_owned().await.map_err(|error| stopped(&error))?;
        let faces = Arc::clone(&self.faces);
        let making = tokio::task::spawn_blocking(move || {
            // Held until the work is done, though nobody may wait for it any more.
            let _permit = permit;
            work(&faces)
        });
        Ok(making.await.map_err(|error| stopped(&error))??)
    }
}

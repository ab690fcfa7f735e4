//! Writes mails, those that are ready at the same time in one transaction.

use crate::store::mails::{self, NewMail};
use onsale_platform::batch::Batcher;
use onsale_platform::inbox::{self, ConsumeError, Delivery};
use onsale_platform::shutdown::Shutdown;
use sqlx::PgPool;

/// Mails that one transaction takes, and that may wait.
const TOGETHER_MAX: usize = 64;

/// An event with the mail that it asked for.
pub(crate) struct Composed {
    pub(crate) delivery: Delivery,
    /// Nothing where there is nobody to write to.
    pub(crate) mail: Option<NewMail>,
}

/// The way into the table of mails. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: Batcher<Composed, Result<(), ConsumeError>>,
}

impl Writer {
    /// Starts the queue.
    pub(crate) fn start(pool: PgPool, shutdown: &Shutdown) -> Self {
        let run = move |composed: Vec<Composed>| {
            let pool = pool.clone();
            async move { write_all(&pool, &composed).await }
        };
        Self { queue: Batcher::start(shutdown, "notification-mails", TOGETHER_MAX, TOGETHER_MAX, run) }
    }

    /// Writes the event's mail, once; it is durable when this returns.
    ///
    /// # Errors
    /// When the database fails, or the queue takes no more.
    pub(crate) async fn write(&self, composed: Composed) -> Result<(), ConsumeError> {
        let outcome = self.queue.submit(composed).await;
        outcome.unwrap_or_else(|error| Err(ConsumeError::Away(error.to_string())))
    }
}

async fn write_all(pool: &PgPool, composed: &[Composed]) -> Vec<Result<(), ConsumeError>> {
    match write(pool, composed).await {
        Ok(()) => composed.iter().map(|_| Ok(())).collect(),
        Err(error) if composed.len() == 1 => vec![Err(error.into())],
        Err(_) => {
            // One of them may be at fault: each alone, so that the others go on.
            let mut outcomes = Vec::with_capacity(composed.len());
            for one in composed {
                outcomes.push(write(pool, std::slice::from_ref(one)).await.map_err(ConsumeError::from));
            }
            outcomes
        }
    }
}

async fn write(pool: &PgPool, composed: &[Composed]) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    let deliveries: Vec<&Delivery> = composed.iter().map(|one| &one.delivery).collect();
    let first = inbox::first_of(&mut transaction, &deliveries).await?;
    let new = composed.iter().filter(|one| first.contains(&one.delivery.event.id));
    let new: Vec<&NewMail> = new.filter_map(|one| one.mail.as_ref()).collect();
    let written = mails::insert(&mut transaction, &new).await?;
    transaction.commit().await?;
    if usize::try_from(written) != Ok(new.len()) {
        tracing::debug!(written, new = new.len(), "there are such mails already");
    }
    Ok(())
}

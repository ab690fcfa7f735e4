//! Sends what is due.

use crate::smtp::{SendError, Smtp};
use crate::state::State;
use crate::store::mails::{self, DueMail};
use futures::StreamExt;
use onsale_platform::random::backoff;
use std::time::Duration;

/// Mails taken at once.
const MAILS_MAX: i64 = 20;
/// Mails sent at the same time.
const AT_ONCE: usize = 4;
/// Longer than sending can take: who dies meanwhile has the mail tried again after this.
const LEASE: Duration = Duration::from_secs(60);
/// How long sending one mail may take.
const SEND_MAX: Duration = Duration::from_secs(45);
/// How often a mail is tried; with the pauses that is about a day.
const ATTEMPTS_MAX: i32 = 20;
/// The first pause; it doubles.
const PAUSE_MIN: Duration = Duration::from_secs(2);
const PAUSE_MAX: Duration = Duration::from_secs(3 * 3_600);

/// Sends the mails that are due; says whether there may be more.
pub(crate) async fn send_mails(state: &State, smtp: &Smtp) -> Result<bool, sqlx::Error> {
    let due = mails::take_due(&state.pool, MAILS_MAX, LEASE).await?;
    let more = i64::try_from(due.len()).is_ok_and(|count| count == MAILS_MAX);
    let sending = futures::stream::iter(due).map(|mail| send(state, smtp, mail)).buffer_unordered(AT_ONCE);
    // Each outcome is saved for itself; of failures to save the first is told.
    let outcomes: Vec<Result<(), sqlx::Error>> = sending.collect().await;
    outcomes.into_iter().collect::<Result<(), _>>()?;
    Ok(more)
}

async fn send(state: &State, smtp: &Smtp, mail: DueMail) -> Result<(), sqlx::Error> {
    let sending = tokio::time::timeout(SEND_MAX, make_and_send(state, smtp, &mail));
    let outcome = sending.await.unwrap_or_else(|_| Err(SendError::Later(format!("not sent within {SEND_MAX:?}"))));
    match outcome {
        Ok(()) => {
            count("sent");
            mails::mark_sent(&state.pool, mail.id).await?;
            state.untold.notify_one();
            Ok(())
        }
        Err(SendError::Later(error)) if mail.attempts < ATTEMPTS_MAX => {
            count("later");
            tracing::warn!(mail = %mail.id, attempts = mail.attempts, error, "a mail was not sent; it is tried again");
            mails::mark_later(&state.pool, mail.id, &error, backoff(mail.attempts, PAUSE_MIN, 2, PAUSE_MAX)).await
        }
        Err(SendError::Later(error) | SendError::Never(error)) => {
            count("failed");
            tracing::error!(mail = %mail.id, attempts = mail.attempts, error, "a mail could not be sent and is given up");
            mails::mark_failed(&state.pool, mail.id, &error).await?;
            state.untold.notify_one();
            Ok(())
        }
    }
}

async fn make_and_send(state: &State, smtp: &Smtp, mail: &DueMail) -> Result<(), SendError> {
    let files = match &mail.enclosed {
        Some(enclosed) => state.press.make(enclosed.0.clone()).await,
        None => Ok(Vec::new()),
    };
    let files = files.map_err(|error| SendError::Later(error.to_string()))?;
    smtp.send(mail, files, state.clock.now()).await
}

fn count(outcome: &'static str) {
    metrics::counter!("onsale_mails_total", "outcome" => outcome).increment(1);
}

//! `onsale dlq list|show|replay|drop`: dead letters, on either bus.

use crate::cli::{Dlq, SettleLetters, WhichLetters};
use crate::commands::bus::with_bus;
use crate::table::table;
use crate::{process, say};
use onsale_platform::bus::{Bus, Letter, LetterFilter, LetterPlace, Settlement};
use onsale_platform::env::Env;
use std::path::Path;
use std::process::ExitCode;

/// The most of an error that a line shows.
const ERROR_MAX: usize = 80;

/// Does it, and says in the log who did what.
pub(crate) async fn run(env: &Env, home: &Path, what: &Dlq) -> anyhow::Result<ExitCode> {
    let guard = process::observe(env, "onsale")?;
    let by = std::env::var("USER").unwrap_or_else(|_| "unknown".to_owned());
    let outcome = with_bus(env, home, async |bus| match what {
        Dlq::List(which) => list(bus, which).await,
        Dlq::Show { letter } => show(bus, letter).await,
        Dlq::Replay(which) => settle(bus, which, Settlement::Replay, &by).await,
        Dlq::Drop(which) => settle(bus, which, Settlement::Drop, &by).await,
    });
    let outcome = outcome.await;
    guard.finish().await;
    outcome.map(|()| ExitCode::SUCCESS)
}

fn filter(which: &WhichLetters) -> LetterFilter {
    LetterFilter { topic: which.topic.clone(), group: which.group.clone(), aggregate: which.aggregate.clone() }
}

async fn list(bus: &Bus, which: &WhichLetters) -> anyhow::Result<()> {
    let letters = bus.letters(&filter(which)).await?;
    if letters.is_empty() {
        say("No dead letter waits.");
        return Ok(());
    }
    table(
        ["LETTER", "GROUP", "AGGREGATE", "SEQUENCE", "HAPPENED AT", "TRIED", "ERROR"],
        letters.iter().map(line).collect(),
    );
    Ok(())
}

fn line(letter: &Letter) -> [String; 7] {
    let of_event = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let event = letter.event.as_ref();
    [
        letter.place.to_string(),
        letter.group.clone(),
        of_event(event.map(|event| event.subject.clone())),
        of_event(event.map(|event| event.sequence_number().to_string())),
        of_event(letter.time().map(|time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string())),
        letter.attempts.to_string(),
        letter.error.chars().take(ERROR_MAX).collect(),
    ]
}

async fn show(bus: &Bus, place: &LetterPlace) -> anyhow::Result<()> {
    let letters = bus.letters(&LetterFilter::default()).await?;
    let letter = one(&letters, place)?;
    say(&serde_json::to_string_pretty(&letter.value)?);
    Ok(())
}

fn one<'a>(letters: &'a [Letter], place: &LetterPlace) -> anyhow::Result<&'a Letter> {
    let found = letters.iter().find(|letter| letter.place == *place);
    found.ok_or_else(|| anyhow::anyhow!("there is no dead letter {place}: `onsale dlq list` shows what there is"))
}

async fn settle(bus: &Bus, which: &SettleLetters, how: Settlement, by: &str) -> anyhow::Result<()> {
    let mut letters = bus.letters(&filter(&which.filter)).await?;
    for place in &which.letters {
        one(&letters, place)?;
    }
    letters.retain(|letter| which.letters.is_empty() || which.letters.contains(&letter.place));
    if how == Settlement::Replay {
        let all = letters.len();
        letters.retain(|letter| letter.event.is_some());
        if letters.len() < all {
            say(&format!("{} hold no event and can only be dropped.", all - letters.len()));
        }
    }
    bus.settle(&letters, how, by).await?;
    let done = if how == Settlement::Replay { "put back" } else { "dropped" };
    say(&format!("{} dead letters were {done}.", letters.len()));
    Ok(())
}

//! A client process: some thousand people on one thread, each a small task with a stream of its own. Their calls travel
//! over kept connections that they share, as behind one HTTP/2 front; the streams are theirs.

pub mod board;
pub mod buyer;
pub mod crowd;
pub mod lines;
pub mod pay;
pub mod person;
pub mod shop;
pub mod stream;
pub mod view;

use super::script::Script;
use anyhow::Context;
use buyer::Buyer;
use crowd::Crowd;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::LocalSet;

const SECOND: Duration = Duration::from_secs(1);

/// Lives the lives of a part's people, tells of each second on standard output, and writes the results once all are
/// done or standard input ends.
///
/// # Errors
/// When the script, the people or the plan cannot be read, or the results not be written.
pub async fn run(script: &Path, part: u32) -> anyhow::Result<()> {
    let text = std::fs::read(script).with_context(|| format!("read the script {}", script.display()))?;
    let script: Script = serde_json::from_slice(&text).context("understand the script")?;
    let numbers = script.people_of(part);
    let results = script.results_of(part);
    let people = people(&script, numbers.clone())?;
    let crowd = Rc::new(Crowd::gather(script, part).await?);
    let local = LocalSet::new();
    let mut person_bytes = 0;
    for (number, (access, refresh)) in numbers.zip(people) {
        let buyer = Buyer::new(crowd.clone(), number, access, refresh);
        let life = buyer.live();
        person_bytes = std::mem::size_of_val(&life);
        local.spawn_local(life);
    }
    let ended = Arc::new(Notify::new());
    let asked = ended.clone();
    std::thread::spawn(move || {
        // Nothing is ever said there: it ends, and so do we.
        std::io::stdin().lines().for_each(drop);
        asked.notify_one();
    });
    local.run_until(tell(&crowd, &ended)).await?;
    // Cut off before the results are written: nobody counts any more.
    drop(local);
    let tally = crowd.tally.take();
    std::fs::write(&results, serde_json::to_vec(&tally.results(person_bytes))?)
        .with_context(|| format!("write the results to {}", results.display()))
}

/// A line a second until all are done or the run wants the end.
async fn tell(crowd: &Crowd, ended: &Notify) -> anyhow::Result<()> {
    let mut interval = tokio::time::interval(SECOND);
    loop {
        tokio::select! {
            _ = interval.tick() => {}
            () = ended.notified() => return Ok(()),
        }
        crowd.lines.tidy();
        let busy = crowd.busy.get();
        let beat = crowd.tally.borrow_mut().beat(busy);
        let mut output = std::io::stdout().lock();
        serde_json::to_writer(&mut output, &beat)?;
        writeln!(output)?;
        output.flush()?;
        if busy == 0 {
            return Ok(());
        }
    }
}

/// Access token and refresh token of these people.
fn people(script: &Script, numbers: std::ops::Range<u32>) -> anyhow::Result<Vec<(Box<str>, Box<str>)>> {
    let file = std::fs::File::open(&script.people).with_context(|| format!("open {}", script.people.display()))?;
    let lines = BufReader::new(file).lines();
    let wanted = lines.skip(usize::try_from(numbers.start)?).take(numbers.len());
    let people = wanted.map(|line| {
        let line = line?;
        let mut words = line.split(' ').skip(1);
        let (refresh, access) = words.next().zip(words.next()).context("a line has three words")?;
        Ok::<(Box<str>, Box<str>), anyhow::Error>((access.into(), refresh.into()))
    });
    let people = people.collect::<anyhow::Result<Vec<_>>>()?;
    anyhow::ensure!(people.len() == numbers.len(), "{} has too few people", script.people.display());
    Ok(people)
}

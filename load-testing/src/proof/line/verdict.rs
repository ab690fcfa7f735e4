//! Whether the places are what everybody can compute, and people were let in by them.

use super::people::Person;
use crate::chaos::house::House;
use crate::proof::faults::Faults;
use crate::proof::tell;
use anyhow::Context;
use chrono::{DateTime, Utc};
use onsale_core::EventId;
use onsale_core::lineup::proof::LineProof;
use onsale_core::lineup::{EntryId, chain, merkle, shuffle};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use std::collections::{HashMap, HashSet};

/// So many check their proofs by the executable, as anybody can.
const VERIFIED: usize = 12;

/// What `…/proof/entries` answers.
#[derive(Serialize, Deserialize)]
struct Entries {
    entries: Vec<EntryId>,
}

/// An admission as the table has it.
type Admission = (i32, i32, DateTime<Utc>);

/// Looks at what was published, at the tables, and at what each was told; gives the figures.
///
/// # Errors
/// When something cannot be asked.
pub(super) async fn of(
    house: &House,
    database: &mut PgConnection,
    event: &'static str,
    people: &mut [Person],
    faults: &mut Faults,
) -> anyhow::Result<String> {
    let first = people.first_mut().context("somebody joined")?.visitor();
    let document: LineProof = first.read("proof").await?;
    let entries: Entries = first.read("proof/entries").await?;
    receipts(event, &entries.entries, people, faults);
    places(&document, &entries.entries, people, faults)?;
    tables(database, event, people, faults).await?;
    let verified = documents(house, &entries, people, faults).await?;
    let (away, left) =
        (people.iter().filter(|person| person.was_away).count(), people.iter().filter(|person| person.left).count());
    let came_in = people.iter().filter(|person| person.admission.is_some()).count();
    Ok(format!(
        "{came_in} let in, {left} left, {} came back to their places; all receipts lie in the published chain, all places \
         are the shuffle's, {verified} proofs hold by `queue verify`",
        away - left,
    ))
}

/// Each one's entry is where the receipt says, after the same entries as when it was given.
fn receipts(event: &str, entries: &[EntryId], people: &[Person], faults: &mut Faults) {
    faults.unless(entries.len() == people.len(), || {
        format!("{} people joined, and the list has {} entries", people.len(), entries.len())
    });
    let Ok(event) = EventId::new(event) else { return };
    let mut head = chain::start(&event);
    let heads: Vec<_> = entries
        .iter()
        .map(|entry| {
            head = chain::follow(head, entry);
            head
        })
        .collect();
    for person in people {
        let receipt = &person.receipt;
        let index = usize::try_from(receipt.position).unwrap_or(0).wrapping_sub(1);
        let holds = entries.get(index) == Some(&receipt.entry) && heads.get(index) == Some(&receipt.chain_head);
        faults.unless(holds, || format!("the receipt of position {} is of another list", receipt.position));
    }
}

/// Each one was told the place that follows from what was published, and no two the same.
fn places(document: &LineProof, entries: &[EntryId], people: &[Person], faults: &mut Faults) -> anyhow::Result<()> {
    let list = document.list.context("the list is published")?;
    let revealed = document.revealed.as_ref().context("the secret is revealed")?;
    faults.unless(merkle::root(entries) == list.root, || "the entries do not have the published root".to_owned());
    let randomness = revealed.drand.as_ref().map_or(&[][..], |drand| &drand.randomness.0);
    let places = shuffle::places(&shuffle::order(&shuffle::seed(&revealed.secret, &list.root, randomness), entries));
    let mut seen = HashSet::new();
    for person in people {
        let index = usize::try_from(person.receipt.position)?.wrapping_sub(1);
        let place = places.get(index).copied();
        faults.unless(person.number.is_some() && person.number == place, || {
            format!("position {} was told the place {:?}, and has {place:?}", person.receipt.position, person.number)
        });
        faults.unless(person.number.is_none_or(|number| seen.insert(number)), || {
            format!("the place {:?} was told to two", person.number)
        });
    }
    Ok(())
}

/// Who was let in was called before, the line only moved on, and nobody was passed over.
async fn tables(
    database: &mut PgConnection,
    event: &str,
    people: &[Person],
    faults: &mut Faults,
) -> anyhow::Result<()> {
    let sql = "SELECT served, at FROM gateway.calls WHERE event_id = $1 ORDER BY at, served";
    let moves: Vec<(i32, DateTime<Utc>)> = sqlx::query_as(sql).bind(event).fetch_all(&mut *database).await?;
    let is_steady = moves.windows(2).all(|pair| pair[0].0 < pair[1].0);
    faults.unless(is_steady, || "the line moved back".to_owned());
    let sql = "SELECT place, position, issued_at FROM gateway.admissions WHERE event_id = $1";
    let admissions: Vec<Admission> = sqlx::query_as(sql).bind(event).fetch_all(&mut *database).await?;
    let mut by_position: HashMap<i32, Vec<&Admission>> = HashMap::new();
    for admission in &admissions {
        by_position.entry(admission.1).or_default().push(admission);
        let called = moves.iter().find(|(served, _)| *served >= admission.0);
        // Admissions are kept to the second.
        let in_order = called.is_some_and(|(_, at)| admission.2.timestamp() >= at.timestamp());
        faults.unless(in_order, || format!("place {} was let in before it was called", admission.0));
    }
    for person in people {
        let position = i32::try_from(person.receipt.position)?;
        let found = by_position.get(&position).map_or(&[][..], Vec::as_slice);
        let place = found.first().and_then(|admission| u32::try_from(admission.0).ok());
        let holds = if person.left { found.is_empty() } else { found.len() == 1 && place == person.number };
        faults.unless(holds, || {
            format!(
                "position {position}, place {:?}, left: {}, has {} admissions",
                person.number,
                person.left,
                found.len()
            )
        });
        faults.unless(person.left || person.admission.is_some(), || format!("place {:?} never came in", person.number));
    }
    for (what, sql) in [
        ("entries of the line", "SELECT count(*) FROM gateway.entries WHERE event_id = $1"),
        ("devices in line", "SELECT count(DISTINCT device) FROM gateway.entries WHERE event_id = $1"),
        ("the last position", "SELECT max(position)::bigint FROM gateway.entries WHERE event_id = $1"),
    ] {
        let count: Option<i64> = sqlx::query_scalar(sql).bind(event).fetch_one(&mut *database).await?;
        faults.unless(count.map(usize::try_from) == Some(Ok(people.len())), || {
            format!("{what}: {count:?} of {} people", people.len())
        });
    }
    Ok(())
}

/// Some check their own documents by the executable; gives how many.
async fn documents(
    house: &House,
    entries: &Entries,
    people: &mut [Person],
    faults: &mut Faults,
) -> anyhow::Result<usize> {
    let folder = house.home().join("proofs");
    std::fs::create_dir_all(&folder)?;
    let all = folder.join("entries.json");
    std::fs::write(&all, serde_json::to_vec(entries)?)?;
    let step = people.len().div_ceil(VERIFIED);
    let mut verified = 0;
    for person in people.iter_mut().step_by(step) {
        let document: LineProof = person.visitor().read("proof").await?;
        let path = folder.join(format!("{}.json", person.receipt.position));
        std::fs::write(&path, serde_json::to_vec(&document)?)?;
        let (path, all) = (path.display().to_string(), all.display().to_string());
        match house.run(&["queue", "verify", &path, "--entries", &all]) {
            Ok(_) => verified += 1,
            Err(error) => {
                faults.add(format!("the proof of position {} does not hold: {error}", person.receipt.position));
            }
        }
        let same = document.mine.as_ref().is_some_and(|mine| mine.receipt == person.receipt);
        faults.unless(same, || format!("position {} is told another receipt", person.receipt.position));
    }
    tell(&format!("{verified} proofs hold"));
    Ok(verified)
}

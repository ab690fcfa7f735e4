//! The checks of a line's document.

use super::{Check, FrozenList, LineProof, Mine, Revealed, Verdict};
use crate::lineup::bytes::{EntryId, Hash, sha256};
use crate::lineup::{chain, merkle, shuffle};
use std::collections::HashSet;

/// What a check found.
type Found = Result<String, Missed>;

/// Why a check did not come out well.
enum Missed {
    Failed(String),
    Open(String),
}

fn failed<T>(sentence: impl Into<String>) -> Result<T, Missed> {
    Err(Missed::Failed(sentence.into()))
}

fn open(sentence: &str) -> Missed {
    Missed::Open(sentence.to_owned())
}

const NO_LIST: &str = "The list is published when the lobby ends.";
const NO_SECRET: &str = "The secret is revealed once the list is published.";
const NO_ENTRIES: &str = "The document does not hold the entries: add them from /proof/entries.";
const NO_RECEIPT: &str = "The document holds no receipt: ask for the proof with your queue token.";
const BY_JOINING: &str = "There was no shuffle: all places are the order of joining.";

pub(super) fn all(proof: &LineProof) -> Vec<Check> {
    // The same walk along the chain serves several checks.
    let walk = proof.entries.as_deref().map(|entries| Walk::along(proof, entries));
    let walk = walk.as_ref();
    [
        ("commitment", commitment(proof)),
        ("heads", heads(proof)),
        ("chain", chain_holds(proof, walk)),
        ("unique", unique(proof)),
        ("root", root(proof)),
        ("order", order_of_publication(proof)),
        ("randomness", randomness(proof)),
        ("receipt", receipt(proof, walk)),
        ("inclusion", inclusion(proof)),
        ("place", place(proof)),
    ]
    .map(|(name, found)| {
        let (verdict, sentence) = match found {
            Ok(sentence) => (Verdict::Ok, sentence),
            Err(Missed::Failed(sentence)) => (Verdict::Failed, sentence),
            Err(Missed::Open(sentence)) => (Verdict::Open, sentence),
        };
        Check { name, verdict, sentence }
    })
    .to_vec()
}

/// The chain's head after each entry; the first is that of the empty line.
struct Walk(Vec<Hash>);

impl Walk {
    fn along(proof: &LineProof, entries: &[EntryId]) -> Self {
        let mut heads = Vec::with_capacity(entries.len() + 1);
        let mut head = chain::start(&proof.event_id);
        heads.push(head);
        for entry in entries {
            head = chain::follow(head, entry);
            heads.push(head);
        }
        Self(heads)
    }

    /// Whether exactly so many entries are shown.
    fn is_of(&self, count: u32) -> bool {
        usize::try_from(count).is_ok_and(|count| self.0.len() == count + 1)
    }

    fn after(&self, count: u32) -> Option<Hash> {
        self.0.get(usize::try_from(count).ok()?).copied()
    }
}

fn list(proof: &LineProof) -> Result<&FrozenList, Missed> {
    proof.list.as_ref().ok_or_else(|| open(if proof.shuffled { NO_LIST } else { BY_JOINING }))
}

fn revealed(proof: &LineProof) -> Result<&Revealed, Missed> {
    proof.revealed.as_ref().ok_or_else(|| open(if proof.shuffled { NO_SECRET } else { BY_JOINING }))
}

fn mine(proof: &LineProof) -> Result<&Mine, Missed> {
    proof.mine.as_ref().ok_or_else(|| open(NO_RECEIPT))
}

/// The entries of the frozen list; who joined later is not among them.
fn listed<'a>(proof: &'a LineProof, list: &FrozenList) -> Result<&'a [EntryId], Missed> {
    let entries = proof.entries.as_deref().ok_or_else(|| open(NO_ENTRIES))?;
    let count = usize::try_from(list.count).unwrap_or(usize::MAX);
    match entries.get(..count) {
        Some(listed) => Ok(listed),
        None => failed(format!("The list has {count} entries, and {} are shown.", entries.len())),
    }
}

fn commitment(proof: &LineProof) -> Found {
    let revealed = revealed(proof)?;
    if shuffle::commitment(&revealed.secret) != proof.commitment {
        return failed("The secret is not the one whose hash was published before anybody joined.");
    }
    Ok("The secret is the one whose hash was published before anybody joined.".to_owned())
}

fn heads(proof: &LineProof) -> Found {
    for pair in proof.heads.windows(2) {
        if pair[1].count < pair[0].count || pair[1].at < pair[0].at {
            return failed("The published heads do not only grow.");
        }
        if pair[1].count == pair[0].count && pair[1].head != pair[0].head {
            return failed("Two heads were published for the same number of entries.");
        }
    }
    if let Some(list) = &proof.list {
        let same = proof.heads.iter().find(|head| head.count == list.count);
        if same.is_some_and(|head| head.head != list.head) {
            return failed("The list's head is not the one that was published.");
        }
        if proof.heads.iter().any(|head| head.at < list.at && head.count > list.count) {
            return failed("More entries were published before the lobby ended than are in the list.");
        }
    }
    match proof.heads.last() {
        Some(last) => Ok(format!("{} heads were published, the last of {} entries.", proof.heads.len(), last.count)),
        None => Err(open("No head is published yet.")),
    }
}

fn chain_holds(proof: &LineProof, walk: Option<&Walk>) -> Found {
    let walk = walk.ok_or_else(|| open(NO_ENTRIES))?;
    let published = proof.heads.iter().map(|head| (head.count, head.head));
    let frozen = proof.list.iter().map(|list| (list.count, list.head));
    let mut checked = 0;
    for (count, head) in published.chain(frozen) {
        match walk.after(count) {
            Some(own) if own == head => checked += 1,
            Some(_) => return failed(format!("The first {count} entries do not lead to the head published for them.")),
            // The document may hold the list only, without those who joined later.
            None if proof.list.is_some_and(|list| walk.is_of(list.count)) => {}
            None => return failed(format!("{count} entries were published, and fewer are shown.")),
        }
    }
    Ok(format!("The entries lead to all {checked} heads that were published for them."))
}

fn unique(proof: &LineProof) -> Found {
    let entries = proof.entries.as_deref().ok_or_else(|| open(NO_ENTRIES))?;
    let mut seen = HashSet::with_capacity(entries.len());
    match entries.iter().find(|entry| !seen.insert(**entry)) {
        Some(twice) => failed(format!("The entry {twice} is in the line twice.")),
        None => Ok(format!("No entry is in the line twice; there are {}.", entries.len())),
    }
}

fn root(proof: &LineProof) -> Found {
    let list = list(proof)?;
    if merkle::root(listed(proof, list)?) != list.root {
        return failed("The entries do not have the root that was published for them.");
    }
    Ok(format!("The {} entries have the root that was published for them.", list.count))
}

fn order_of_publication(proof: &LineProof) -> Found {
    let (list, revealed) = (list(proof)?, revealed(proof)?);
    if list.at < proof.starts_at {
        return failed("The list was frozen before the start.");
    }
    if revealed.at < list.at {
        return failed("The secret was revealed before the list was published.");
    }
    Ok("The list was published at the start, and the secret only then.".to_owned())
}

fn randomness(proof: &LineProof) -> Found {
    let (list, revealed) = (list(proof)?, revealed(proof)?);
    let Some(drand) = &revealed.drand else {
        return Err(open(
            "No randomness from outside was used: whoever knew the secret could have steered the places by a last entry.",
        ));
    };
    let signature = hex::decode(&drand.signature);
    if !signature.is_ok_and(|signature| sha256(&[&signature]) == drand.randomness) {
        return failed("The randomness is not the hash of drand's signature.");
    }
    // The first round after the list, so that nobody could wait for one that they like.
    let (drawn, before) = (drand.drawn_at(), drand.before().drawn_at());
    if drawn.is_none_or(|drawn| drawn <= list.at) || before.is_none_or(|before| before > list.at) {
        return failed("drand's round is not the first after the list was published.");
    }
    Ok(format!(
        "drand's round {} was drawn after the list was published; compare it with api.drand.sh/{}/public/{}.",
        drand.round, drand.chain, drand.round
    ))
}

fn receipt(proof: &LineProof, walk: Option<&Walk>) -> Found {
    let receipt = &mine(proof)?.receipt;
    if let Some(head) = proof.heads.iter().find(|head| head.count == receipt.position)
        && head.head != receipt.chain_head
    {
        return failed("The head on your receipt is not the one that was published for your position.");
    }
    let entries = proof.entries.as_deref().ok_or_else(|| open(NO_ENTRIES))?;
    let walk = walk.ok_or_else(|| open(NO_ENTRIES))?;
    let index = receipt.position.checked_sub(1).and_then(|index| usize::try_from(index).ok());
    let Some(shown) = index.and_then(|index| entries.get(index)) else {
        if proof.list.is_some_and(|list| receipt.position > list.count) {
            return Err(open("You joined after the lobby ended: your entry is not in its list."));
        }
        // What joined after the last head is shown with the next.
        if proof.heads.iter().all(|head| head.count < receipt.position) {
            return Err(open("Your entry is shown with the next head that is published."));
        }
        return failed(format!("Your entry, number {}, is missing.", receipt.position));
    };
    if *shown != receipt.entry {
        return failed(format!("Number {} is not your entry.", receipt.position));
    }
    if walk.after(receipt.position) != Some(receipt.chain_head) {
        return failed("The entries before yours are not those that your receipt was given for.");
    }
    Ok(format!("Your entry is number {}, after the same entries as when you joined.", receipt.position))
}

fn inclusion(proof: &LineProof) -> Found {
    let (list, mine) = (list(proof)?, mine(proof)?);
    let position = mine.receipt.position;
    if position > list.count {
        return Err(open("You joined after the lobby ended: your entry is not in its list."));
    }
    let path = mine.inclusion.as_deref().ok_or_else(|| open("The document does not hold the way to the root."))?;
    let index = u64::from(position).saturating_sub(1);
    if position == 0 || !merkle::is_included(&mine.receipt.entry, index, u64::from(list.count), path, &list.root) {
        return failed(format!("Your entry is not in the list as number {position}."));
    }
    Ok(format!("Your entry is in the list of {}, as number {position}.", list.count))
}

fn place(proof: &LineProof) -> Found {
    let mine = mine(proof)?;
    let position = mine.receipt.position;
    let place = mine.place.ok_or_else(|| open("There are no places yet."))?;
    let joined_late = proof.list.is_some_and(|list| position > list.count);
    if joined_late || !proof.shuffled {
        if place != position {
            return failed(format!("Your place is {place}, and by the order of joining it is {position}."));
        }
        return Ok(format!("Your place is {place}, by the order of joining."));
    }
    let (list, revealed) = (list(proof)?, revealed(proof)?);
    let entries = listed(proof, list)?;
    let randomness = revealed.drand.as_ref().map_or(&[][..], |drand| &drand.randomness.0);
    let seed = shuffle::seed(&revealed.secret, &list.root, randomness);
    let order = shuffle::order(&seed, entries);
    let index = usize::try_from(place).ok().and_then(|place| order.get(place.checked_sub(1)?));
    if index.map(|index| index + 1) != Some(position) {
        return failed(format!("Your place is not {place} by the shuffle."));
    }
    Ok(format!("Your place is {place}, as the shuffle gives it."))
}

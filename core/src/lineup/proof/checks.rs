//! The checks of a line's document.

use super::{Awaited, Check, Fault, FrozenList, LineProof, Mine, Missed, Revealed};
use crate::lineup::bytes::{EntryId, Hash, sha256};
use crate::lineup::{chain, merkle, shuffle};
use std::collections::HashSet;

/// What a check found.
type Found = Result<String, Missed>;

fn failed<T>(fault: Fault) -> Result<T, Missed> {
    Err(Missed::Failed(fault))
}

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
    .map(|(name, found)| match found {
        Ok(sentence) => Check::held(name, sentence),
        Err(missed) => Check::missed(name, missed),
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
    proof.list.as_ref().ok_or(Missed::Open(if proof.shuffled { Awaited::List } else { Awaited::Shuffle }))
}

fn revealed(proof: &LineProof) -> Result<&Revealed, Missed> {
    proof.revealed.as_ref().ok_or(Missed::Open(if proof.shuffled { Awaited::Secret } else { Awaited::Shuffle }))
}

fn mine(proof: &LineProof) -> Result<&Mine, Missed> {
    proof.mine.as_ref().ok_or(Missed::Open(Awaited::Receipt))
}

/// The entries of the frozen list; who joined later is not among them.
fn listed<'a>(proof: &'a LineProof, list: &FrozenList) -> Result<&'a [EntryId], Missed> {
    let entries = proof.entries.as_deref().ok_or(Missed::Open(Awaited::Entries))?;
    let count = usize::try_from(list.count).unwrap_or(usize::MAX);
    match entries.get(..count) {
        Some(listed) => Ok(listed),
        None => failed(Fault::ListIsShort { count, shown: entries.len() }),
    }
}

fn commitment(proof: &LineProof) -> Found {
    let revealed = revealed(proof)?;
    if shuffle::commitment(&revealed.secret) != proof.commitment {
        return failed(Fault::OtherSecret);
    }
    Ok("The secret is the one whose hash was published before anybody joined.".to_owned())
}

fn heads(proof: &LineProof) -> Found {
    for pair in proof.heads.windows(2) {
        if pair[1].count < pair[0].count || pair[1].at < pair[0].at {
            return failed(Fault::HeadsShrink);
        }
        if pair[1].count == pair[0].count && pair[1].head != pair[0].head {
            return failed(Fault::TwoHeads);
        }
    }
    if let Some(list) = &proof.list {
        let same = proof.heads.iter().find(|head| head.count == list.count);
        if same.is_some_and(|head| head.head != list.head) {
            return failed(Fault::OtherListHead);
        }
        if proof.heads.iter().any(|head| head.at < list.at && head.count > list.count) {
            return failed(Fault::HeadsBeyondList);
        }
    }
    match proof.heads.last() {
        Some(last) => Ok(format!("{} heads were published, the last of {} entries.", proof.heads.len(), last.count)),
        None => Err(Missed::Open(Awaited::Head)),
    }
}

fn chain_holds(proof: &LineProof, walk: Option<&Walk>) -> Found {
    let walk = walk.ok_or(Missed::Open(Awaited::Entries))?;
    let published = proof.heads.iter().map(|head| (head.count, head.head));
    let frozen = proof.list.iter().map(|list| (list.count, list.head));
    let mut checked = 0;
    for (count, head) in published.chain(frozen) {
        match walk.after(count) {
            Some(own) if own == head => checked += 1,
            Some(_) => return failed(Fault::OtherHead { count }),
            // The document may hold the list only, without those who joined later.
            None if proof.list.is_some_and(|list| walk.is_of(list.count)) => {}
            None => return failed(Fault::FewerEntries { count }),
        }
    }
    Ok(format!("The entries lead to all {checked} heads that were published for them."))
}

fn unique(proof: &LineProof) -> Found {
    let entries = proof.entries.as_deref().ok_or(Missed::Open(Awaited::Entries))?;
    let mut seen = HashSet::with_capacity(entries.len());
    match entries.iter().find(|entry| !seen.insert(**entry)) {
        Some(twice) => failed(Fault::Twice(*twice)),
        None => Ok(format!("No entry is in the line twice; there are {}.", entries.len())),
    }
}

fn root(proof: &LineProof) -> Found {
    let list = list(proof)?;
    if merkle::root(listed(proof, list)?) != list.root {
        return failed(Fault::OtherRoot);
    }
    Ok(format!("The {} entries have the root that was published for them.", list.count))
}

fn order_of_publication(proof: &LineProof) -> Found {
    let (list, revealed) = (list(proof)?, revealed(proof)?);
    if list.at < proof.starts_at {
        return failed(Fault::FrozenEarly);
    }
    if revealed.at < list.at {
        return failed(Fault::RevealedEarly);
    }
    Ok("The list was published at the start, and the secret only then.".to_owned())
}

fn randomness(proof: &LineProof) -> Found {
    let (list, revealed) = (list(proof)?, revealed(proof)?);
    let Some(drand) = &revealed.drand else {
        return Err(Missed::Open(Awaited::Randomness));
    };
    let signature = hex::decode(&drand.signature);
    if !signature.is_ok_and(|signature| sha256(&[&signature]) == drand.randomness) {
        return failed(Fault::OtherRandomness);
    }
    // The first round after the list, so that nobody could wait for one that they like.
    let (drawn, before) = (drand.drawn_at(), drand.before().drawn_at());
    if drawn.is_none_or(|drawn| drawn <= list.at) || before.is_none_or(|before| before > list.at) {
        return failed(Fault::OtherRound);
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
        return failed(Fault::OtherReceiptHead);
    }
    let entries = proof.entries.as_deref().ok_or(Missed::Open(Awaited::Entries))?;
    let walk = walk.ok_or(Missed::Open(Awaited::Entries))?;
    let index = receipt.position.checked_sub(1).and_then(|index| usize::try_from(index).ok());
    let Some(shown) = index.and_then(|index| entries.get(index)) else {
        if proof.list.is_some_and(|list| receipt.position > list.count) {
            return Err(Missed::Open(Awaited::EarlierEntry));
        }
        // What joined after the last head is shown with the next.
        if proof.heads.iter().all(|head| head.count < receipt.position) {
            return Err(Missed::Open(Awaited::NextHead));
        }
        return failed(Fault::EntryIsMissing { position: receipt.position });
    };
    if *shown != receipt.entry {
        return failed(Fault::OtherEntry { position: receipt.position });
    }
    if walk.after(receipt.position) != Some(receipt.chain_head) {
        return failed(Fault::OtherEntriesBefore);
    }
    Ok(format!("Your entry is number {}, after the same entries as when you joined.", receipt.position))
}

fn inclusion(proof: &LineProof) -> Found {
    let (list, mine) = (list(proof)?, mine(proof)?);
    let position = mine.receipt.position;
    if position > list.count {
        return Err(Missed::Open(Awaited::EarlierEntry));
    }
    let path = mine.inclusion.as_deref().ok_or(Missed::Open(Awaited::Way))?;
    let index = u64::from(position).saturating_sub(1);
    if position == 0 || !merkle::is_included(&mine.receipt.entry, index, u64::from(list.count), path, &list.root) {
        return failed(Fault::NotIncluded { position });
    }
    Ok(format!("Your entry is in the list of {}, as number {position}.", list.count))
}

fn place(proof: &LineProof) -> Found {
    let mine = mine(proof)?;
    let position = mine.receipt.position;
    let place = mine.place.ok_or(Missed::Open(Awaited::Places))?;
    let joined_late = proof.list.is_some_and(|list| position > list.count);
    if joined_late || !proof.shuffled {
        if place != position {
            return failed(Fault::NotByJoining { place, position });
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
        return failed(Fault::NotByShuffle { place });
    }
    Ok(format!("Your place is {place}, as the shuffle gives it."))
}

//! Why a check of a line did not come out well; its words are English, as those of the command are.

use super::super::bytes::EntryId;
use super::Verdict;

/// Why a check did not come out well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Missed {
    /// It could not be made.
    #[error(transparent)]
    Open(Awaited),
    /// It was made, and does not hold.
    #[error(transparent)]
    Failed(Fault),
}

impl Missed {
    /// How such a check came out.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Open(_) => Verdict::Open,
            Self::Failed(_) => Verdict::Failed,
        }
    }
}

/// What a check needs and the document does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Awaited {
    #[error("The list is published when the lobby ends.")]
    List,
    #[error("The secret is revealed once the list is published.")]
    Secret,
    #[error("The document does not hold the entries: add them from /proof/entries.")]
    Entries,
    #[error("The document holds no receipt: ask for the proof with your queue token.")]
    Receipt,
    #[error("There was no shuffle: all places are the order of joining.")]
    Shuffle,
    #[error("No head is published yet.")]
    Head,
    #[error(
        "No randomness from outside was used: whoever knew the secret could have steered the places by a last entry."
    )]
    Randomness,
    #[error("You joined after the lobby ended: your entry is not in its list.")]
    EarlierEntry,
    #[error("Your entry is shown with the next head that is published.")]
    NextHead,
    #[error("The document does not hold the way to the root.")]
    Way,
    #[error("There are no places yet.")]
    Places,
}

/// What does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Fault {
    #[error("The list has {count} entries, and {shown} are shown.")]
    ListIsShort { count: usize, shown: usize },
    #[error("The secret is not the one whose hash was published before anybody joined.")]
    OtherSecret,
    #[error("The published heads do not only grow.")]
    HeadsShrink,
    #[error("Two heads were published for the same number of entries.")]
    TwoHeads,
    #[error("The list's head is not the one that was published.")]
    OtherListHead,
    #[error("More entries were published before the lobby ended than are in the list.")]
    HeadsBeyondList,
    #[error("The first {count} entries do not lead to the head published for them.")]
    OtherHead { count: u32 },
    #[error("{count} entries were published, and fewer are shown.")]
    FewerEntries { count: u32 },
    #[error("The entry {0} is in the line twice.")]
    Twice(EntryId),
    #[error("The entries do not have the root that was published for them.")]
    OtherRoot,
    #[error("The list was frozen before the start.")]
    FrozenEarly,
    #[error("The secret was revealed before the list was published.")]
    RevealedEarly,
    #[error("The randomness is not the hash of drand's signature.")]
    OtherRandomness,
    #[error("drand's round is not the first after the list was published.")]
    OtherRound,
    #[error("The head on your receipt is not the one that was published for your position.")]
    OtherReceiptHead,
    #[error("Your entry, number {position}, is missing.")]
    EntryIsMissing { position: u32 },
    #[error("Number {position} is not your entry.")]
    OtherEntry { position: u32 },
    #[error("The entries before yours are not those that your receipt was given for.")]
    OtherEntriesBefore,
    #[error("Your entry is not in the list as number {position}.")]
    NotIncluded { position: u32 },
    #[error("Your place is {place}, and by the order of joining it is {position}.")]
    NotByJoining { place: u32, position: u32 },
    #[error("Your place is not {place} by the shuffle.")]
    NotByShuffle { place: u32 },
    #[error("Your receipt is not signed by the seller's key.")]
    NotSigned,
}

//! Who has which place: those of the lobby by the shuffle, all others by the order of joining.

use onsale_core::UserId;
use onsale_core::lineup::merkle::Tree;
use onsale_core::lineup::proof::{DrandRound, FrozenList, Revealed};
use onsale_core::lineup::{EntryId, Hash, shuffle};
use std::sync::OnceLock;

/// Entries in the order of joining.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listed {
    pub(crate) entries: Vec<EntryId>,
    /// Their accounts, of those who had one when their entry was read.
    pub(crate) accounts: Vec<Option<UserId>>,
}

impl Listed {
    /// Only the first so many.
    pub(crate) fn truncate(&mut self, count: usize) {
        self.entries.truncate(count);
        self.accounts.truncate(count);
    }
}

impl Extend<(EntryId, Option<UserId>)> for Listed {
    fn extend<T: IntoIterator<Item = (EntryId, Option<UserId>)>>(&mut self, more: T) {
        for (entry, account) in more {
            self.entries.push(entry);
            self.accounts.push(account);
        }
    }
}

/// The list of the lobby, as it was frozen.
pub(crate) struct Lineup {
    pub(crate) listed: Listed,
    tree: OnceLock<Tree>,
    /// The index of whoever has each place, and the place of each index; empty before the secret is revealed.
    order: Vec<u32>,
    places: Vec<u32>,
}

impl Lineup {
    /// Before the secret is revealed.
    pub(crate) fn frozen(listed: Listed) -> Self {
        Self { listed, tree: OnceLock::new(), order: Vec::new(), places: Vec::new() }
    }

    /// With the places that follow from what was revealed.
    pub(crate) fn shuffled(listed: Listed, list: &FrozenList, revealed: &Revealed) -> Self {
        let seed = seed(&revealed.secret, &list.root, revealed.drand.as_ref());
        let order = shuffle::order(&seed, &listed.entries);
        let places = shuffle::places(&order);
        Self { listed, tree: OnceLock::new(), order, places }
    }

    /// The way from an entry's position, from 1, to the root.
    pub(crate) fn inclusion(&self, position: u32) -> Option<Vec<Hash>> {
        let index = usize::try_from(position.checked_sub(1)?).ok()?;
        self.tree.get_or_init(|| Tree::of(&self.listed.entries)).inclusion(index)
    }

    /// The place of a position of the list, once there are places.
    pub(crate) fn place_of(&self, position: u32) -> Option<u32> {
        self.places.get(usize::try_from(position.checked_sub(1)?).ok()?).copied()
    }

    /// The position of a place of the list, once there are places.
    pub(crate) fn position_of(&self, place: u32) -> Option<u32> {
        self.order.get(usize::try_from(place.checked_sub(1)?).ok()?).map(|index| index + 1)
    }
}

fn seed(secret: &Hash, root: &Hash, drand: Option<&DrandRound>) -> Hash {
    shuffle::seed(secret, root, drand.map_or(&[], |drand| &drand.randomness.0))
}

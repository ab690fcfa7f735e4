//! The root of a list and the proof that an entry is in it (RFC 9162, 2.1.1 and 2.1.3).

use super::bytes::{EntryId, Hash, sha256};

fn leaf(entry: &EntryId) -> Hash {
    sha256(&[&[0], &entry.0])
}

fn node(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], &left.0, &right.0])
}

/// The largest power of two below `count`, which is 2 or more.
fn split(count: usize) -> usize {
    count.next_power_of_two() / 2
}

/// The Merkle tree hash of the entries in this order.
#[must_use]
pub fn root(entries: &[EntryId]) -> Hash {
    match entries {
        [] => sha256(&[]),
        [only] => leaf(only),
        more => {
            let (left, right) = more.split_at(split(more.len()));
            node(&root(left), &root(right))
        }
    }
}

/// The whole tree of a list, for showing many that they are in it.
#[derive(Debug, Clone)]
pub struct Tree {
    /// The leaves first; in each next level two by two, and what is left over as it is.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// The tree of the entries in this order.
    #[must_use]
    pub fn of(entries: &[EntryId]) -> Self {
        let mut levels = vec![entries.iter().map(leaf).collect::<Vec<_>>()];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            let above = level.chunks(2).map(|pair| match pair {
                [left, right] => node(left, right),
                alone => alone[0],
            });
            let above = above.collect();
            levels.push(above);
        }
        Self { levels }
    }

    /// Its root: what [`root`] gives.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.levels.last().and_then(|level| level.first()).copied().unwrap_or_else(|| sha256(&[]))
    }

    /// The way from the entry at `index` (from 0) to the root, the nearest hash first; nothing when there is no such entry.
    #[must_use]
    pub fn inclusion(&self, index: usize) -> Option<Vec<Hash>> {
        self.levels.first()?.get(index)?;
        let beside = self.levels.iter().enumerate().filter_map(|(above, level)| level.get((index >> above) ^ 1));
        Some(beside.copied().collect())
    }
}

/// Whether the path leads from this entry, the one at `index` (from 0) of `count`, to the root (RFC 9162, 2.1.3.2).
#[must_use]
pub fn is_included(entry: &EntryId, index: u64, count: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= count {
        return false;
    }
    let (mut at, mut last) = (index, count - 1);
    let mut hash = leaf(entry);
    for other in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node(other, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, other);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_found_and_no_other_place_of_it() {
        for count in 0..40_u8 {
            let entries: Vec<_> = (0..count).map(|n| EntryId([n; 16])).collect();
            let (tree, root) = (Tree::of(&entries), root(&entries));
            assert_eq!(tree.root(), root);
            for (index, entry) in (0_u64..).zip(&entries) {
                let path = tree.inclusion(usize::from(entry.0[0])).expect("it is in the list");
                for (other, candidate) in (0_u64..).zip(&entries) {
                    let right = other == index;
                    assert_eq!(is_included(candidate, index, u64::from(count), &path, &root), right);
                    assert_eq!(is_included(entry, other, u64::from(count), &path, &root), right, "{other} of {count}");
                }
                assert!(!is_included(entry, index, u64::from(count) * 4 + 1, &path, &root));
            }
            assert_eq!(tree.inclusion(usize::from(count)), None);
        }
    }

    #[test]
    fn the_root_is_that_of_the_rfc() {
        // MTH({}) = HASH(), MTH({d0}) = HASH(0x00 || d0).
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(root(&[]).to_string(), empty);
        let entry = EntryId([7; 16]);
        let mut leaf = vec![0];
        leaf.extend(entry.0);
        assert_eq!(root(&[entry]), sha256(&[&leaf]));
        // Three: the left half has two.
        let three = [EntryId([1; 16]), EntryId([2; 16]), EntryId([3; 16])];
        assert_eq!(root(&three), node(&root(&three[..2]), &root(&three[2..])));
    }
}

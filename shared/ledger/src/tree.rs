//! The Merkle tree of RFC 6962, as far as a log needs it: its compact range, its root, proofs of inclusion.

use domain::Digest;
use sha2::{Digest as _, Sha256};

/// The hash of one leaf: SHA-256(00 ‖ bytes). A record's leaf is its line without the line feed.
#[must_use]
pub fn leaf(bytes: &[u8]) -> Digest {
    Digest::from_bytes(Sha256::new().chain_update([0]).chain_update(bytes).finalize().into())
}

/// The hash of an inner node: SHA-256(01 ‖ left ‖ right).
fn node(left: &Digest, right: &Digest) -> Digest {
    let hash = Sha256::new().chain_update([1]).chain_update(left.as_bytes());
    Digest::from_bytes(hash.chain_update(right.as_bytes()).finalize().into())
}

/// A tree of which only the roots of its largest complete subtrees are kept: enough to add leaves and to know the root.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    size: u64,
    range: Vec<Digest>,
}

impl Tree {
    /// The tree with this many leaves and this compact range, largest subtree first; none when they cannot belong
    /// together.
    #[must_use]
    pub fn from_range(size: u64, range: Vec<Digest>) -> Option<Self> {
        let subtrees = usize::try_from(size.count_ones()).ok()?;
        (range.len() == subtrees).then_some(Self { size, range })
    }

    /// The number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees, largest first.
    #[must_use]
    pub fn range(&self) -> &[Digest] {
        &self.range
    }

    /// Adds a leaf by its hash.
    pub fn push(&mut self, leaf: Digest) {
        let mut root = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.range.pop() {
                root = node(&left, &root);
            }
        }
        self.range.push(root);
        self.size = self.size.saturating_add(1);
    }

    /// The root; of an empty tree the hash of nothing.
    #[must_use]
    pub fn root(&self) -> Digest {
        let mut subtrees = self.range.iter().rev();
        let Some(smallest) = subtrees.next() else { return Digest::of(&[]) };
        subtrees.fold(*smallest, |right, left| node(left, &right))
    }
}

/// The proof that the leaf at `index` is in the tree of these leaf hashes, nearest sibling first; none beyond the end.
#[must_use]
pub fn inclusion(leaves: &[Digest], index: usize) -> Option<Vec<Digest>> {
    if index >= leaves.len() {
        return None;
    }
    if leaves.len() == 1 {
        return Some(Vec::new());
    }
    let (left, right) = leaves.split_at_checked(leaves.len().next_power_of_two() / 2)?;
    let (inside, sibling) = match index.checked_sub(left.len()) {
        None => (inclusion(left, index)?, right),
        Some(index) => (inclusion(right, index)?, left),
    };
    Some(inside.into_iter().chain([root_of(sibling)]).collect())
}

/// Whether the proof shows this leaf at `index` in a tree of `size` leaves with this root.
#[must_use]
pub fn includes(root: &Digest, size: u64, index: u64, leaf: &Digest, proof: &[Digest]) -> bool {
    let Some(mut last) = size.checked_sub(1).filter(|last| index <= *last) else { return false };
    let (mut index, mut hash) = (index, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if index % 2 == 1 || index == last {
            hash = node(sibling, &hash);
            while index % 2 == 0 && index != 0 {
                (index, last) = (index / 2, last / 2);
            }
        } else {
            hash = node(&hash, sibling);
        }
        (index, last) = (index / 2, last / 2);
    }
    last == 0 && hash == *root
}

fn root_of(leaves: &[Digest]) -> Digest {
    let mut tree = Tree::default();
    leaves.iter().for_each(|leaf| tree.push(*leaf));
    tree.root()
}

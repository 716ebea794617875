//! The tree compared with an independent implementation of RFC 6962.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use domain::Digest;
use ledger::tree::{Tree, includes, inclusion, leaf};
use proptest::prelude::*;
use sha2::Sha256;

fn both(records: &[Vec<u8>]) -> (Tree, Vec<Digest>, MemoryBackedTree<Sha256, Vec<u8>>) {
    let (mut tree, mut oracle) = (Tree::default(), MemoryBackedTree::new());
    let leaves: Vec<Digest> = records.iter().map(|record| leaf(record)).collect();
    leaves.iter().for_each(|hash| tree.push(*hash));
    records.iter().for_each(|record| oracle.push(record.clone()));
    (tree, leaves, oracle)
}

/// The tree of one leaf is that leaf; of none, the hash of nothing.
#[test]
fn the_smallest_trees() {
    assert_eq!(Tree::default().root(), Digest::of(b""));
    let (tree, leaves, oracle) = both(&[b"record".to_vec()]);
    assert_eq!(tree.root(), leaves[0]);
    assert_eq!(tree.root().as_bytes().as_slice(), oracle.root().as_bytes().as_slice());
    assert!(Tree::from_range(3, vec![leaves[0]]).is_none(), "three leaves are two subtrees");
}

proptest! {
    /// P9: roots and inclusion proofs are those of another implementation, at every size.
    #[test]
    fn roots_and_proofs_agree(records in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..40)) {
        let (tree, leaves, oracle) = both(&records);
        let (ours, theirs) = (tree.root(), oracle.root());
        prop_assert_eq!(ours.as_bytes().as_slice(), theirs.as_bytes().as_slice());
        let size = u64::try_from(leaves.len()).unwrap();
        for (index, hash) in leaves.iter().enumerate() {
            let proof = inclusion(&leaves, index).unwrap();
            let theirs = oracle.prove_inclusion(index);
            let ours: Vec<u8> = proof.iter().flat_map(|hash| hash.as_bytes().to_vec()).collect();
            prop_assert_eq!(ours.as_slice(), theirs.as_bytes());
            let index = u64::try_from(index).unwrap();
            prop_assert!(includes(&tree.root(), size, index, hash, &proof));
            prop_assert!(!includes(&tree.root(), size, index, &leaf(b"another"), &proof));
            prop_assert!(!includes(&tree.root(), size, size, hash, &proof));
            if let Some((_, shorter)) = proof.split_last() {
                prop_assert!(!includes(&tree.root(), size, index, hash, shorter));
            }
        }
        prop_assert!(inclusion(&leaves, leaves.len()).is_none());
    }

    /// A tree goes on from its compact range as if it had never stopped.
    #[test]
    fn a_range_is_enough_to_go_on(before in 0..60usize, more in 0..20usize) {
        let hash = |number: usize| leaf(&number.to_le_bytes());
        let mut whole = Tree::default();
        (0..before).for_each(|number| whole.push(hash(number)));
        let mut resumed = Tree::from_range(whole.size(), whole.range().to_vec()).unwrap();
        for number in before..before + more {
            whole.push(hash(number));
            resumed.push(hash(number));
        }
        prop_assert_eq!(whole, resumed);
    }
}

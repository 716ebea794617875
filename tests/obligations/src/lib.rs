//! Which test proves which invariant: `docs/invariants.md` defines the ids, the doc comments and docstrings of tests cite
//! them. The tests of this crate keep that page and `tests/README.md` consistent with each other and with the tests.

mod invariants;
mod tests_of;

pub use invariants::{Group, Invariant, groups, linked, listing};
pub use tests_of::{Citations, citations};

//! A guarantee that does not hold.

/// A guarantee that does not hold, and why.
pub type Broken = String;

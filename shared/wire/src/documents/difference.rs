//! What would replace something else, before and after.

use serde::{Deserialize, Serialize};

/// Every difference between what is there now and what would be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Differences {
    /// Whether `items` contains every difference with all its lines. Differences that are not shown whole cannot be
    /// approved.
    pub whole: bool,
    /// Each by kind and name, in order.
    pub items: Vec<Difference>,
    /// How many more there are that are not even named; only where there was no room for their names.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u32,
}

/// One thing that would be added, changed or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// What kind of thing it is, e.g. `rule` or `requirement`.
    pub kind: String,
    /// Its name among those of its kind.
    pub name: String,
    /// Whether it is added, changed or removed.
    pub change: ChangeName,
    /// What kind of change it is, if that is certain, e.g. `only comments or white space`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The text, line by line: `- ` before what is removed, `+ ` before what is added, two spaces before what
    /// stays, `@ ` before the number of unchanged lines that are left out.
    pub lines: Vec<String>,
}

/// What would happen to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeName {
    /// It is not there now.
    Added,
    /// It is there and would be otherwise.
    Changed,
    /// It is there and would not be.
    Removed,
}

impl ChangeName {
    /// The word, as written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

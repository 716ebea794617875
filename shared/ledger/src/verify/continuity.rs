//! Which breaks of the log follow from an earlier one. An object that does not hold is not counted, and then no later
//! object continues the tree that was counted: one changed byte would be told as often as there are objects after it.

use domain::Digest;

use super::report::FindingCause;
use crate::object::Object;
use crate::tree::Tree;

/// The log as its own objects tell it after one that does not hold.
#[derive(Default)]
pub(super) struct Continuity {
    /// What broke the log, until an object continues what was counted again.
    broken: Option<FindingCause>,
    /// The first finding in the object before, if that one was counted.
    doubtful: Option<FindingCause>,
    /// What the next object continues by the word of the object before. None right after a cause: that object's own bytes
    /// are in doubt, so nothing follows from them.
    expected: Option<Expected>,
}

/// The link and the tree after an object, by its own word.
struct Expected {
    link: Digest,
    tree: Tree,
}

impl Continuity {
    /// An object was counted; `finding` is the first that was found in it.
    pub(super) fn counted(&mut self, finding: Option<FindingCause>) {
        *self = Self { doubtful: finding, ..Self::default() };
    }

    /// An object of which nothing is known.
    pub(super) fn unknown(&mut self) {
        self.expected = None;
        self.doubtful = None;
    }

    /// What an object that was not counted follows from, and the tree after it by its own word. None makes it a cause
    /// itself: it is damaged by itself, or it continues neither what was counted nor the object before it.
    pub(super) fn explains(&mut self, number: u64, bytes: &[u8], code: &str) -> Option<(FindingCause, Tree)> {
        let doubtful = self.doubtful.take();
        let own = Object::read(number, bytes).ok();
        let cause = match (&own, &self.expected) {
            (None, _) => None,
            (Some(object), Some(expected)) => self.broken.clone().filter(|_| expected.continued_by(object)),
            (Some(_), None) => self.broken.clone().or(doubtful.filter(|_| code == "previous-differs")),
        };
        let (Some(cause), Some(object)) = (cause, own) else {
            self.broken = Some(FindingCause { object: number, code: code.to_owned() });
            self.expected = None;
            return None;
        };
        self.broken = Some(cause.clone());
        self.expected = Some(Expected { link: object.link(), tree: object.after().clone() });
        Some((cause, object.after().clone()))
    }
}

impl Expected {
    fn continued_by(&self, object: &Object) -> bool {
        let head = object.head();
        head.previous == Some(self.link) && head.first == self.tree.size() && head.range == self.tree.range()
    }
}

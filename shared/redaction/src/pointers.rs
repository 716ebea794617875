//! Where the texts of a tree stand, told for many of them in one pass.

use std::iter::Peekable;

use crate::place::{Place, Step};
use crate::tree::Node;

impl Node<'_> {
    /// The pointers of texts by their places in [`Node::texts`], which come in order.
    pub(crate) fn pointers(&self, root: &str, wanted: impl Iterator<Item = usize>) -> Vec<String> {
        let mut pointers = Pointers { next: 0, wanted: wanted.peekable(), told: Vec::new() };
        pointers.below(self, &Place::root(root));
        pointers.told
    }
}

struct Pointers<I: Iterator<Item = usize>> {
    next: usize,
    wanted: Peekable<I>,
    told: Vec<String>,
}

impl<I: Iterator<Item = usize>> Pointers<I> {
    fn here(&mut self, at: &Place<'_>) {
        if self.wanted.next_if_eq(&self.next).is_some() {
            self.told.push(at.pointer());
        }
        self.next += 1;
    }

    fn below(&mut self, node: &Node<'_>, at: &Place<'_>) {
        match node {
            Node::Leaf(_) => self.here(at),
            Node::Plain(_) => {}
            Node::List(nodes) => {
                let nodes = nodes.iter().enumerate();
                nodes.for_each(|(index, node)| self.below(node, &at.below(Step::Index(index))));
            }
            Node::Object(fields) => {
                for (key, node) in fields {
                    self.here(at);
                    self.below(node, &at.below(Step::Name(key)));
                }
            }
            Node::Json(_, inner) => self.below(inner, &at.below(Step::Text)),
        }
    }
}

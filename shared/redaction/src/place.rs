//! Where something stands in a document: a chain of steps on the stack, written out only where it is told.

/// Longer pointers are told as the nearest place around that is short enough, so that a document with long names cannot
/// make its list of masks many times as long as itself.
const LONGEST: usize = 512;

/// A place and the one around it.
pub(crate) struct Place<'a> {
    above: Option<&'a Place<'a>>,
    step: Step<'a>,
    depth: usize,
}

/// One step from a value into it.
#[derive(Clone, Copy)]
pub(crate) enum Step<'a> {
    /// Where the document begins, as a pointer.
    Root(&'a str),
    /// A field.
    Name(&'a str),
    /// A member of a list.
    Index(usize),
    /// Into a text that is JSON. Pointers end here: a text has no places.
    Text,
}

impl<'a> Place<'a> {
    pub(crate) fn root(pointer: &'a str) -> Self {
        Self { above: None, step: Step::Root(pointer), depth: 0 }
    }

    pub(crate) fn below<'b>(&'b self, step: Step<'b>) -> Place<'b>
    where
        'a: 'b,
    {
        let depth = self.depth + usize::from(!matches!(step, Step::Text));
        Place { above: Some(self), step, depth }
    }

    pub(crate) fn is_root(&self) -> bool {
        matches!(self.step, Step::Root(_))
    }

    /// How many names and indexes lead here.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// Names and indexes that lead here, the last one first, each with its depth from 1.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (usize, Step<'a>)> {
        let steps = self.chain().map(|place| (place.depth, place.step));
        steps.filter(|(_, step)| matches!(step, Step::Name(_) | Step::Index(_)))
    }

    fn chain(&self) -> impl Iterator<Item = &Place<'a>> {
        std::iter::successors(Some(self), |place| place.above)
    }

    /// The JSON pointer (RFC 6901); inside a text that is JSON, the text's.
    pub(crate) fn pointer(&self) -> String {
        let mut pointer = String::new();
        let mut steps: Vec<Step<'a>> = self.chain().map(|place| place.step).collect();
        steps.reverse();
        for step in steps {
            let part = match step {
                Step::Root(root) => root.to_owned(),
                Step::Name(name) if name.len() > LONGEST => break,
                Step::Name(name) => wire::pointer::segment(name),
                Step::Index(index) => format!("/{index}"),
                Step::Text => break,
            };
            if pointer.len() + part.len() > LONGEST {
                break;
            }
            pointer.push_str(&part);
        }
        pointer
    }
}

impl Step<'_> {
    /// Whether a segment of a pattern means this step; `*` means every one.
    pub(crate) fn is(self, segment: &str) -> bool {
        segment == "*"
            || match self {
                Step::Name(name) => segment == name,
                Step::Index(index) => segment.parse() == Ok(index),
                Step::Root(_) | Step::Text => false,
            }
    }
}

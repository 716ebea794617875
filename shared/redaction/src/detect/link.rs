//! Ties between a name and its value, and the white space around them.

/// How a value is tied to the name in front of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// `=`, `:=`, `=>`, `->` and the like.
    Assigned,
    /// `:`.
    Colon,
    /// White space behind an option, `--token S`.
    Option,
    /// A comma behind a quoted name, or a field `value` beside it.
    Listed,
    /// The element a tag of this name opens.
    Element,
    /// A table's next cell.
    Cell,
    /// A word: `the password is S`.
    Sentence,
    /// The same a few words further on, an arrow in a sentence, or a later argument: what stands there must look secret.
    Far,
    /// An empty line behind a quoted name, as parts of a form have it.
    Part,
    /// White space alone.
    Space,
}

/// No white space is longer, unless it is a line's indentation.
pub(super) const GAP: usize = 64;

/// Between a name and `=` a type may stand; between a tag's name and its end, attributes.
pub(super) const BETWEEN: usize = 128;

pub(super) fn before(text: &str, at: usize) -> Option<u8> {
    at.checked_sub(1).and_then(|at| text.as_bytes().get(at)).copied()
}

pub(super) fn after_blanks(text: &str, from: usize) -> usize {
    let blanks = text.bytes().skip(from).take(GAP).take_while(|byte| matches!(byte, b' ' | b'\t'));
    from + blanks.count()
}

pub(super) fn after_white(text: &str, from: usize) -> usize {
    let white = text.bytes().skip(from).take(4 * GAP).take_while(u8::is_ascii_whitespace);
    from + white.count()
}

//! Slack's limits, and how long a text is for them.
//!
//! Lengths count UTF-16 units of the escaped text: `&`, `<` and `>` as the entities that Slack stores, and quotation
//! marks, backslashes and line feeds as JSON writes them. Slack itself may count less, never more.

/// A header's text.
pub(crate) const HEADER: usize = 150;
/// One field of a section.
pub(crate) const FIELD: usize = 2000;
/// Fields of one section.
pub(crate) const FIELDS: usize = 10;
/// A button's text.
pub(crate) const BUTTON: usize = 75;
/// A link, of a button or within rich text.
pub(crate) const LINK: usize = 3000;
/// A text object anywhere else.
pub(crate) const TEXT: usize = 3000;
/// An input's label.
pub(crate) const LABEL: usize = 2000;
/// What can be written into an input.
pub(crate) const INPUT: usize = 3000;
/// An `action_id`.
pub(crate) const ACTION_ID: usize = 255;
/// Our own limit of a reference; a button's value may have 2,000 characters and a view's `private_metadata` 3,000.
pub(crate) const REFERENCE: usize = 255;
/// Our own limit of all that a message shows. Slack refuses messages whose blocks add up to more than an undocumented
/// 12,000 to 13,000 characters, structure included.
pub(crate) const MESSAGE: usize = 9000;

/// How much of a limit this character takes.
pub(crate) fn width(char: char) -> usize {
    match char {
        '&' => 5,
        '<' | '>' => 4,
        '"' | '\\' | '\n' => 2,
        other => other.len_utf16(),
    }
}

/// How much of a limit this text takes.
pub(crate) fn measure(text: &str) -> usize {
    text.chars().map(width).sum()
}

/// Whether this is a reference as a button and a view can hold it: 1 to 255 printable ASCII characters.
pub(crate) fn is_reference(text: &str) -> bool {
    (1..=REFERENCE).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

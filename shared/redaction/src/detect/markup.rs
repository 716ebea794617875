//! Names and values in elements and attributes: `<password>S</password>`, `<key>password</key><string>S</string>`.

use std::ops::Range;

use super::link::{BETWEEN, GAP, Link, after_white, before};

/// So far back a value may stand in front of its name.
const BACK: usize = 512;

/// The value of `<add value="S" key="password"/>`.
pub(super) fn value_before(text: &str, name: &Range<usize>) -> Option<(Link, usize)> {
    if !is_attribute(text, name.start) {
        return None;
    }
    let begin = (name.start.saturating_sub(BACK)..name.start).find(|at| text.is_char_boundary(*at))?;
    let head = text.get(begin..name.start)?;
    let open = head.rfind('<')?;
    let value = head.get(open..)?.rfind(" value=")? + open + " value=".len();
    Some((Link::Listed, begin + value))
}

/// Whether a quoted name is an attribute's value that names its element.
pub(super) fn is_attribute(text: &str, start: usize) -> bool {
    let head = text.get(..start).unwrap_or_default().trim_end_matches(['"', '\'', '\\']);
    ["name=", "key=", "id=", "Name=", "Key=", "field="].into_iter().any(|name| head.ends_with(name))
}

/// `</key>` and the element that follows: `<key>password</key><string>S</string>`.
pub(super) fn next_element(text: &str, at: usize) -> Option<(Link, usize)> {
    let rest = text.get(at..)?.strip_prefix("</")?;
    let name = rest
        .bytes()
        .take(GAP)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-'))
        .count();
    let end = rest.get(name..)?.strip_prefix('>').map(|rest| text.len() - rest.len())?;
    let open = after_white(text, end);
    let tag_name = text.get(open..)?.strip_prefix('<').filter(|rest| !rest.starts_with(['/', '!']))?;
    let length = tag_name
        .bytes()
        .take(GAP)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-'))
        .count();
    // Table cells say what stands in them, whatever comes next.
    let same = ["td", "th", "li", "option", "label", "a", "span", "p", "dt"].contains(&rest.get(..name)?);
    if same { None } else { tag(text, open + 1 + length) }
}

/// Whether a tag opens with this name, its prefix included.
pub(super) fn tag_opens(text: &str, start: usize) -> bool {
    let head = text.get(..start).unwrap_or_default();
    let prefix =
        head.trim_end_matches(|char: char| char.is_ascii_alphanumeric() || matches!(char, ':' | '-' | '_'));
    head.len() - prefix.len() < 32 && prefix.ends_with('<')
}

pub(super) fn tag(text: &str, at: usize) -> Option<(Link, usize)> {
    let attributes =
        text.bytes().skip(at).take(BETWEEN).take_while(|byte| !matches!(byte, b'>' | b'<')).count();
    let end = at + attributes;
    let closed = before(text, end) == Some(b'/');
    (text.as_bytes().get(end) == Some(&b'>') && !closed).then_some((Link::Element, end + 1))
}

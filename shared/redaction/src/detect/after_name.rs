//! What connects a name with its value: `=`, `:`, a tag's end, a comma in a call, white space after an option.

use std::ops::Range;

use super::link::{BETWEEN, GAP, Link, after_blanks, after_white, before};
use super::markup;
use super::sentence::sentence;

/// So many backslashes stand in front of a quotation mark at most: text in a text nine times over.
pub(super) const DEEPEST: usize = 512;

/// How the text after a name is connected with it, and where it begins; `None` if the name stands alone.
pub(super) fn link(text: &str, name: Range<usize>) -> Option<(Link, usize)> {
    let closed = after_closers(text, name.end);
    let closed = array(text, closed);
    let quoted =
        text.get(name.end..closed).is_some_and(|closers| closers.contains(['"', '\'', '`', ';', '”', '’']));
    let at = after_blanks(text, closed);
    let gap = at > closed;
    if let Some(at) = value_field(text, closed)
        .or_else(|| block_field(text, closed))
        .filter(|_| closed > name.end || gap_has_line(text, closed))
    {
        return Some((Link::Listed, at));
    }
    let rest = text.get(at..)?;
    let tagged = before(text, name.start).is_some_and(|byte| matches!(byte, b'<' | b':'))
        && markup::tag_opens(text, name.start);
    if tagged && !quoted {
        return markup::tag(text, at);
    }
    // $ENV{API_TOKEN} = S, '{password}: S'
    if before(text, name.start) == Some(b'{')
        && let Some(rest) = rest.strip_prefix('}')
    {
        let sign = after_blanks(text, text.len() - rest.len());
        let length = text.get(sign..).filter(|rest| !rest.starts_with("==")).and_then(assigns);
        return length.map(|length| (Link::Assigned, sign + length));
    }
    if rest.starts_with(['→', '⇒']) {
        return Some((Link::Far, at + '→'.len_utf8()));
    }
    if let Some(length) = assigns(rest) {
        return Some((Link::Assigned, at + length));
    }
    if let Some(other) = rest.strip_prefix("!==").or_else(|| rest.strip_prefix("!=")) {
        let at = after_blanks(text, text.len() - other.len());
        return text.get(at..)?.starts_with(['"', '\'', '`']).then_some((Link::Assigned, at));
    }
    match rest.as_bytes().first()? {
        // One part of a name with colons, as ARNs have.
        b':' if before(text, name.start) == Some(b':') && !tagged && in_colons(text, name.start) => None,
        b':' => colon(text, at),
        b'{' if !quoted && !gap && text.get(at + 1..)?.starts_with('"') => Some((Link::Listed, at + 1)),
        b'>' if (quoted && markup::is_attribute(text, name.start)) || tagged => Some((Link::Element, at + 1)),
        b'<' => markup::next_element(text, at),
        b'(' if !gap => call(text, &name, at),
        b'\r' | b'\n' if quoted && (rest.starts_with("\r\n\r\n") || rest.starts_with("\n\n")) => {
            Some((Link::Part, at))
        }
        b'|' => Some((Link::Cell, at + 1)),
        b',' if let Some(at) = default_argument(text, at + 1) => Some((Link::Listed, at)),
        b',' if quoted || in_call(text, name.start) || is_code_name(text, &name) => {
            quoted_value(text, at + 1, quoted).map(|at| {
                // Words in a text are marked like that, one after another.
                let marked = text.get(at..).is_some_and(|rest| rest.starts_with('`'));
                (if marked { Link::Far } else { Link::Listed }, at)
            })
        }
        b',' if before(text, name.start) == Some(b'{') || text.get(..name.start)?.ends_with(", ") => {
            let at = after_blanks(text, at + 1);
            let value = text.get(at..)?;
            value
                .starts_with(['"', '\'', '<'])
                .then(|| (Link::Far, at + value.len() - value.trim_start_matches('<').len()))
        }
        b'"' | b'\'' | b'`' if gap || quoted => {
            Some((if is_option(text, name.start) { Link::Option } else { Link::Space }, at))
        }
        _ if gap && !quoted && is_option(text, name.start) => Some((Link::Option, at)),
        _ if gap => Some(
            typed(rest)
                .map(|length| (Link::Assigned, at + length))
                .or_else(|| sentence(text, at))
                .unwrap_or_else(|| {
                    (if environment(text, name.start) { Link::Assigned } else { Link::Space }, at)
                }),
        ),
        _ => sentence(text, at).filter(|_| !rest.is_ascii()),
    }
}

/// Behind quotation marks, brackets and marks of emphasis that close a name.
fn after_closers(text: &str, from: usize) -> usize {
    let mut at = from;
    for _ in 0..8 {
        at += text.bytes().skip(at).take(DEEPEST).take_while(|byte| *byte == b'\\').count();
        let rest = text.get(at..).unwrap_or_default();
        let entity = ["&quot;", "&#34;", "&#39;", "&apos;", "%22", "%27"]
            .into_iter()
            .find(|entity| rest.starts_with(entity));
        let length = match (rest.chars().next(), entity) {
            (_, Some(entity)) => entity.len(),
            (Some(char @ ('"' | '\'' | '`' | ']' | ')' | '*' | '”' | '’' | '“' | '»')), _) => {
                char.len_utf8()
            }
            _ => break,
        };
        at += length;
    }
    at
}

/// Behind `[]` or `[16]` of an array.
fn array(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let digits =
        rest.strip_prefix('[').map(|rest| rest.trim_start_matches(|char: char| char.is_ascii_digit()));
    digits.and_then(|rest| rest.strip_prefix(']')).map_or(at, |rest| text.len() - rest.len())
}

fn in_colons(text: &str, start: usize) -> bool {
    start.checked_sub(2).and_then(|at| text.as_bytes().get(at)).is_some_and(u8::is_ascii_alphanumeric)
}

/// The length of a sign of assignment.
fn assigns(rest: &str) -> Option<usize> {
    const SIGNS: [&str; 25] = [
        "===", "==", "=~", "=>", "=", ":=", "::=", "?=", "??=", "||=", "&&=", "+=", "+:", ".=", "<-", "->",
        "→", "⇒", ":::=", "||", "%3D", "%3d", "\\u003d", "&#61;", "%3A",
    ];
    let signs = SIGNS.into_iter().filter(|sign| rest.starts_with(sign));
    signs.map(str::len).max()
}

/// Behind a `:`, which may lead to a type first: `token: String = "S"`. Not `::`, not `://`.
fn colon(text: &str, at: usize) -> Option<(Link, usize)> {
    let rest = text.get(at + 1..)?;
    // A hidden field, or one in base64: `password:: "S"`.
    let hidden = rest.trim_start_matches(':');
    if hidden.len() + 2 >= rest.len() && hidden.len() < rest.len() && hidden.starts_with(' ') {
        return Some((Link::Far, text.len() - hidden.len()));
    }
    if rest.starts_with(':') || rest.starts_with("//") {
        return None;
    }
    let value = after_blanks(text, at + 1);
    let typed = typed(text.get(value..)?);
    Some(typed.map_or((Link::Colon, at + 1), |length| (Link::Assigned, value + length)))
}

/// A type and `=`: the length up to behind the sign.
fn typed(rest: &str) -> Option<usize> {
    let is_type = |byte: &u8| byte.is_ascii_alphanumeric() || b"_<>[]&'?.,*: |".contains(byte);
    if !rest.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'&' | b'[')) {
        // string Password { get; set; } = "S"
        let accessors = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let (_, rest_behind) = accessors.filter(|(inside, _)| inside.len() < 48 && inside.contains("get"))?;
        let sign = rest_behind.strip_prefix(" = ")?;
        return Some(rest.len() - sign.len());
    }
    let length = rest.bytes().take(48).take_while(is_type).count();
    let end = rest.get(..length)?.trim_end_matches(':');
    let words = end.split_whitespace().count();
    let sign = rest.get(end.len()..).filter(|rest| rest.starts_with(['=', ':', '<'])).and_then(assigns)?;
    ((1..=3).contains(&words) && end.ends_with(' ')).then_some(end.len() + sign)
}

/// `"value": S` or `value="S"` beside a name, on its line or the next.
fn value_field(text: &str, closed: usize) -> Option<usize> {
    let skip = |at: usize| {
        text.bytes().skip(at).take(GAP).take_while(|byte| byte.is_ascii_whitespace() || *byte == b',').count()
    };
    let gap = skip(closed);
    let open = closed + gap;
    let at = open
        + text
            .bytes()
            .skip(open)
            .take(DEEPEST)
            .take_while(|byte| matches!(byte, b'"' | b'\'' | b'\\'))
            .count();
    let rest = text.get(at..)?;
    let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).take(24).count();
    let field = rest.get(..length)?.to_ascii_lowercase();
    if gap == 0
        || !matches!(
            field.as_str(),
            "value" | "val" | "content" | "parametervalue" | "stringvalue" | "defaultvalue"
        )
    {
        return None;
    }
    let at = after_blanks(text, after_closers(text, at + length));
    let sign = text.get(at..)?;
    assigns(sign).or_else(|| sign.starts_with(':').then_some(1)).map(|length| at + length)
}

/// Behind a comma of a call: a quoted value, or any if the name was quoted and stands first in brackets.
fn quoted_value(text: &str, from: usize, quoted: bool) -> Option<usize> {
    let at = after_white(text, from);
    if is_field(text.get(at..)?) {
        return None;
    }
    let rest = text.get(at..)?.trim_start_matches(['\\', 'r', 'b', 'f', 'u', '@', '$']);
    (quoted && rest.starts_with(['"', '\'', '`', '“']) || !quoted && rest.starts_with(['"', '\'', '`']))
        .then_some(at)
}

/// `, default="S"`, `, default: "S"` in the same call.
fn default_argument(text: &str, from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    let length = rest.bytes().take(2 * GAP).take_while(|byte| !matches!(byte, b')' | b'\n' | b';')).count();
    let field = rest.get(..length)?.find("default")? + "default".len();
    let value = rest.get(field..)?.trim_start_matches("Value");
    let sign = value.trim_start_matches(' ');
    let behind = sign.strip_prefix(['=', ':'])?.trim_start_matches(' ');
    behind.starts_with(['"', '\'']).then_some(text.len() - behind.len())
}

/// Whether a quoted word is the name of the next field: `"action": "GetToken", "resource": …`.
fn is_field(rest: &str) -> bool {
    let name = rest.strip_prefix('"').unwrap_or_default();
    let length = name
        .bytes()
        .take(GAP)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        .count();
    name.get(length..).is_some_and(|rest| rest.starts_with("\":"))
}

/// Whether a name is one of several words, as programs have them: `apiToken, "S"`.
fn is_code_name(text: &str, name: &Range<usize>) -> bool {
    let name = text.get(name.clone()).unwrap_or_default();
    name.contains('_')
        || name
            .bytes()
            .zip(name.bytes().skip(1))
            .any(|(one, next)| one.is_ascii_lowercase() && next.is_ascii_uppercase())
}

fn in_call(text: &str, start: usize) -> bool {
    before(text, start) == Some(b'(')
}

/// `setPassword("S")`, `.password("S")`, `withToken("S")`.
fn call(text: &str, name: &Range<usize>, at: usize) -> Option<(Link, usize)> {
    let verb = text.get(name.clone())?.rsplit('.').next()?.to_ascii_lowercase();
    let sets = ["set", "with", "use", "add", "put"].into_iter().any(|set| verb.starts_with(set));
    let builds = before(text, name.start) == Some(b'.') || text.get(name.clone())?.contains('.');
    let arguments = text.get(at + 1..)?;
    let quoted = arguments.starts_with(['"', '\'', '`']);
    // NetworkCredential("user", "S")
    if quoted && ["credential", "credentials", "auth"].into_iter().any(|who| verb.ends_with(who)) {
        let user = arguments
            .bytes()
            .skip(1)
            .take(GAP)
            .take_while(|byte| !matches!(byte, b'"' | b'\'' | b')' | b'\n'))
            .count();
        let second = at + 1 + user + 2;
        if text.as_bytes().get(second) == Some(&b',') {
            return quoted_value(text, second + 1, true).map(|at| (Link::Listed, at));
        }
    }
    (quoted && (sets || builds)).then_some((Link::Listed, at + 1))
}

fn gap_has_line(text: &str, closed: usize) -> bool {
    text.as_bytes().get(closed).is_some_and(u8::is_ascii_whitespace)
}

/// `variable "token" { … default = "S"`.
fn block_field(text: &str, closed: usize) -> Option<usize> {
    let open = after_blanks(text, closed);
    let block = text.get(open..)?.strip_prefix("{")?;
    let end = block.bytes().take(2 * BETWEEN).take_while(|byte| !matches!(byte, b'}' | b'{')).count();
    let block = block.get(..end)?;
    let field =
        ["default", "value"].into_iter().find_map(|field| block.find(field).map(|at| at + field.len()))?;
    let rest = block.get(field..)?;
    let sign = rest.trim_start_matches([' ', '\t']);
    let length = assigns(sign)?;
    Some(open + 1 + field + rest.len() - sign.len() + length)
}

/// Whether a name is an option of a command: `-token`, `--db-password`.
fn is_option(text: &str, start: usize) -> bool {
    let at = start + text.bytes().skip(start).take_while(|byte| *byte == b'-').count();
    at > start && before(text, start).is_none_or(|byte| !byte.is_ascii_alphanumeric())
}

/// `ENV X_TOKEN S` of a Dockerfile, `setx X_TOKEN S`.
fn environment(text: &str, start: usize) -> bool {
    let head = text.get(start.saturating_sub(8)..start).unwrap_or_default();
    ["ENV ", "setenv ", "setx ", "SET "].into_iter().any(|word| head.ends_with(word))
}

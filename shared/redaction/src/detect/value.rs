//! Where a value ends: at its closing quotation mark, however deep that is escaped, or where plain text would end it.

use std::ops::Range;

use super::link::Link;
use super::quotation::{ClosingMarks, Quote};
use super::reach::{next, plain, reference};
use crate::work;

/// A value behind a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) range: Range<usize>,
    pub(super) quoted: bool,
}

/// So many values of a list are read.
const LISTED: usize = 64;
/// And of one inside another.
const LISTED_INSIDE: usize = 4;
/// Words that say how the rest proves who it is.
const SCHEMES: [&str; 12] = [
    "bearer ",
    "basic ",
    "token ",
    "digest ",
    "apikey ",
    "api-key ",
    "negotiate ",
    "sso-key ",
    "bot ",
    "key ",
    "splunk ",
    "genie-key ",
];

/// Looks for the ends of values in one text. A search that failed is not repeated.
pub(super) struct Search<'t> {
    text: &'t str,
    marks: ClosingMarks,
    /// The stretch without an end of a plain value that was looked at last.
    run: Range<usize>,
    /// The first of these at or behind a place that only moves forward.
    mark: Option<usize>,
    tag: Option<usize>,
    /// Where the longest list ends that was read: of those inside it, only the first values are read again.
    listed: usize,
}

impl<'t> Search<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, marks: ClosingMarks::new(), run: 0..0, mark: None, tag: None, listed: 0 }
    }

    /// The value that begins here, or the values if it is a list; `line` says whether it reaches to the end of the
    /// line.
    pub(super) fn values(&mut self, from: usize, link: Link, line: bool) -> Vec<Value> {
        let Some(at) = self.start(from, link) else { return Vec::new() };
        let mut values = match self.byte(at) {
            Some(b'[') => self.list(at + 1, line),
            Some(b'(') if self.quote(at + 1).is_some() => self.list(at + 1, line),
            Some(b'{') if link != Link::Element => self.block_value(at + 1, line).into_iter().collect(),
            Some(b'(') => Vec::new(),
            Some(b'-') if self.byte(at + 1) == Some(b' ') => {
                self.value(at + 2, link, line).into_iter().collect()
            }
            _ => self.value(at, link, line).into_iter().collect(),
        };
        while values.len() < 4
            && let Some(next) = values.last().and_then(|last| self.alternative(last.range.end))
            && let Some(value) = self.value(next, Link::Listed, line)
        {
            values.push(value);
        }
        self.listed = self.listed.max(at);
        values
    }

    /// `lazy { "S" }`: a block of one text.
    fn block_value(&mut self, from: usize, line: bool) -> Option<Value> {
        let at = self.skip(from, |byte| *byte == b' ');
        self.quote(at)?;
        let value = self.value(at, Link::Listed, line)?;
        let end = self.skip(value.range.end, |byte| matches!(byte, b'"' | b'\'' | b'`' | b' '));
        (self.byte(end) == Some(b'}')).then_some(value)
    }

    /// The value that is used if this one is missing, `x || "S"`, or into which it is mapped, `"x" -> "S"`.
    fn alternative(&self, end: usize) -> Option<usize> {
        let at = self.skip(end, |byte| matches!(byte, b'"' | b'\'' | b'`' | b']' | b')'));
        let at = self.skip(at, |byte| *byte == b' ');
        let sign =
            ["||", "??", "->", "=>", "or "].into_iter().find(|sign| self.rest(at).starts_with(sign))?;
        let next = self.skip(at + sign.len(), |byte| *byte == b' ');
        self.quote(next).is_some().then_some(next)
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn rest(&self, at: usize) -> &'t str {
        self.text.get(at..).unwrap_or_default()
    }

    fn skip(&self, from: usize, skips: impl Fn(&u8) -> bool) -> usize {
        from + self.text.bytes().skip(from).take_while(skips).count()
    }

    /// Where a value begins: on the same line, or on an indented one behind `:`, `=` and tags.
    fn start(&self, from: usize, link: Link) -> Option<usize> {
        let at = self.skip(from, |byte| matches!(byte, b' ' | b'\t'));
        let at = self.block(at).unwrap_or(at);
        let broken = matches!(self.byte(at), Some(b'\n' | b'\r')) || self.rest(at).starts_with("\\\n");
        if !broken {
            return Some(at).filter(|at| *at < self.text.len());
        }
        let next = self.skip(at, |byte| byte.is_ascii_whitespace() || *byte == b'\\');
        let indented = self.byte(next.checked_sub(1)?).is_some_and(|byte| matches!(byte, b' ' | b'\t'));
        let goes_on = match link {
            Link::Element | Link::Listed | Link::Part => true,
            Link::Assigned if self.quote(next).is_some() => true,
            Link::Colon | Link::Assigned => indented && !self.is_field(next),
            _ => false,
        };
        (goes_on && next < self.text.len()).then_some(next)
    }

    /// Behind `|` or `>-` of a YAML block.
    fn block(&self, at: usize) -> Option<usize> {
        let rest = self.rest(at).strip_prefix(['|', '>'])?;
        let end = rest.trim_start_matches(['+', '-', '1', '2', '4', ' ']);
        end.starts_with(['\n', '\r']).then(|| self.text.len() - end.len())
    }

    /// Whether a line is a field of its own, `name: …`.
    fn is_field(&self, at: usize) -> bool {
        let line = self.rest(at).split(['\n', '\r']).next().unwrap_or_default();
        let name = line.trim_start_matches(['-', ' ', '"', '\'']);
        let name =
            name.trim_start_matches(|char: char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.'));
        name.trim_start_matches(['"', '\'']).starts_with(": ") || name.trim_end() == ":"
    }

    fn list(&mut self, from: usize, line: bool) -> Vec<Value> {
        let mut values = Vec::new();
        let mut at = from;
        let most = if from < self.listed { LISTED_INSIDE } else { LISTED };
        while values.len() < most {
            at = self.skip(at, |byte| byte.is_ascii_whitespace() || *byte == b',');
            if self.quote(at).is_none() && !self.byte(at).is_some_and(|byte| byte.is_ascii_alphanumeric()) {
                break;
            }
            let Some(value) = self.value(at, Link::Listed, line) else { break };
            at = value.range.end;
            if value.quoted {
                at = self.skip(at, |byte| matches!(byte, b'\\' | b'"' | b'\'' | b'`'));
            }
            values.push(value);
        }
        values
    }

    fn value(&mut self, at: usize, link: Link, line: bool) -> Option<Value> {
        let at = self.wrapped(at).unwrap_or(at);
        if let Some(quote) = self.quote(at) {
            let inside = self.after_scheme(quote.inside);
            let end = self.close(quote, inside);
            return (end > inside).then_some(Value { range: inside..end, quoted: true });
        }
        let at = self.after_scheme(at);
        let rest = self.rest(at);
        let end = match link {
            Link::Element => self.next_tag(at) - at,
            _ if line => rest.find(['\n', '\r', '"', '\'', '`', '‹', '<']).unwrap_or(rest.len()),
            _ => self.plain(at) - at,
        };
        let (inside, data) = match rest.get(..end).filter(|_| link == Link::Element) {
            // <![CDATA[S]]>
            Some("") => match rest.strip_prefix("<![CDATA[") {
                Some(data) => (at + 9, data.find("]]>").unwrap_or(data.len())),
                None => return None,
            },
            _ => (at, end),
        };
        let shown = self.text.get(inside..inside + data)?.trim_end();
        // A command's next option is no value.
        let option = matches!(link, Link::Option | Link::Space) && shown.starts_with('-');
        (!shown.is_empty() && !option).then_some(Value { range: inside..inside + shown.len(), quoted: false })
    }

    /// Behind `r`, `$` and the like of a literal, or `new String(` and the like around it.
    fn wrapped(&self, at: usize) -> Option<usize> {
        let rest = self.rest(at);
        let name = |byte: &u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'.' | b' ' | b'!' | b'@' | b'$')
        };
        let length = rest.bytes().take(48).take_while(name).count();
        let (word, after) = (rest.get(..length)?, at + length);
        let hashes = rest
            .get(length..)
            .map_or(0, |rest| rest.bytes().take(8).take_while(|byte| *byte == b'#').count());
        if matches!(word, "r" | "br" | "cr" | "") && hashes > 0 && self.quote(after + hashes).is_some() {
            return Some(after + hashes);
        }
        let literal =
            (1..=2).contains(&length) && word.bytes().all(|byte| b"rbfuRBFULcNsS@$".contains(&byte));
        if literal && self.quote(after).is_some() {
            return Some(after);
        }
        // `ConvertTo-SecureString "S"`, `!Sub "S"`.
        let (tag, dashes) = (
            word.starts_with('!'),
            rest.bytes().take(64).take_while(|byte| name(byte) || *byte == b'-').count(),
        );
        let command = rest.get(..dashes).filter(|command| tag || command.contains('-'));
        let command =
            command.filter(|command| command.ends_with(' ') && command.split_whitespace().count() <= 2);
        if command.is_some_and(|command| tag || command.starts_with(|char: char| char.is_ascii_uppercase()))
            && self.quote(at + dashes).is_some()
        {
            return Some(at + dashes);
        }
        let looks_up = ["get", "env", "read", "load", "fetch", "find", "lookup", "input", "prompt"];
        let small = word.to_ascii_lowercase();
        let call = self.byte(after) == Some(b'(') && self.quote(after + 1).is_some();
        (call && length > 0 && !looks_up.iter().any(|word| small.contains(word))).then_some(after + 1)
    }

    fn quote(&self, at: usize) -> Option<Quote> {
        Quote::opening(self.rest(at), at)
    }

    /// Where the quotation closes; if it never does, the end of the text or the next placeholder.
    fn close(&mut self, quote: Quote, from: usize) -> usize {
        let closing = self.marks.close(self.text, quote, from);
        closing.unwrap_or_else(|| next(self.text, '‹', from, &mut self.mark))
    }

    fn next_tag(&mut self, from: usize) -> usize {
        next(self.text, '<', from, &mut self.tag)
    }

    /// Where a value ends that nothing encloses.
    fn plain(&mut self, at: usize) -> usize {
        let rest = self.rest(at);
        if let Some(end) = reference(rest) {
            return at + end;
        }
        if !(self.run.start..self.run.end).contains(&at) {
            let end = at + plain(rest);
            work::steps(end - at);
            self.run = at..end;
        }
        let value = self.text.get(at..self.run.end).unwrap_or_default();
        at + value.trim_end_matches('\\').len()
    }

    fn after_scheme(&self, at: usize) -> usize {
        let rest = self.rest(at);
        let is =
            |scheme: &&str| rest.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme));
        let after = SCHEMES.into_iter().find(is).map_or(at, |scheme| at + scheme.len());
        self.skip(after, |byte| *byte == b' ')
    }
}

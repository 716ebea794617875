//! Secrets that are recognised by their shape alone, whatever precedes them: a table of rows, one for each way in
//! which secrets are written, and the engine that looks for them.
//!
//! A row has words, one of which occurs in every such secret (`glpat-`). The caller finds all words of all rows in
//! one pass. A row's pattern is compiled when one of its words first occurs in a text, and is looked for only around
//! its words.

mod ai;
mod aws;
mod check;
mod cloud;
mod code;
mod edges;
mod keys;
mod messaging;
mod observability;
mod payments;
mod row;
mod saas;
#[cfg(test)]
mod samples;
mod structure;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use edges::{apart_before, byte_at};
use row::{MARKS, Shape};
pub(super) use structure::structures;

use super::{DataKind, Found, Holds};
use crate::pattern::compile_ascii;
use crate::work;

/// A pattern passes bytes at least so much faster than a detector reads them (`beginnings of tokens` in the benchmark).
const PASSED_AT_ONCE: usize = 2;
/// A match of more bytes that is no secret is passed by halves.
const LONG_REJECTED: usize = 90;

const TABLES: [&[Shape]; 9] = [
    aws::ROWS,
    cloud::ROWS,
    code::ROWS,
    ai::ROWS,
    messaging::ROWS,
    payments::ROWS,
    saas::ROWS,
    observability::ROWS,
    keys::ROWS,
];
const COUNT: usize = aws::ROWS.len()
    + cloud::ROWS.len()
    + code::ROWS.len()
    + ai::ROWS.len()
    + messaging::ROWS.len()
    + payments::ROWS.len()
    + saas::ROWS.len()
    + observability::ROWS.len()
    + keys::ROWS.len();

/// The compiled pattern of each row.
static PATTERNS: [OnceLock<Regex>; COUNT] = [const { OnceLock::new() }; COUNT];

/// The words of all rows, each with the number of its row.
pub(super) fn words() -> impl Iterator<Item = (&'static str, usize)> {
    let rows = TABLES.iter().copied().flatten().enumerate();
    rows.flat_map(|(row, shape)| shape.words.iter().map(move |word| (*word, row)))
}

/// The name of every row and the kind of what it finds.
pub(super) fn rules() -> impl Iterator<Item = (&'static str, DataKind)> {
    let rows = TABLES.iter().copied().flatten().map(|shape| (shape.rule, shape.kind));
    rows.chain(structure::rules())
}

/// The patterns of all rows.
pub(super) fn patterns() -> impl Iterator<Item = &'static str> {
    TABLES.iter().copied().flatten().map(|shape| shape.pattern)
}

/// The row of this number and its pattern.
fn row(number: usize) -> Option<(&'static Shape, &'static Regex)> {
    let mut place = number;
    for table in TABLES {
        if let Some(shape) = table.get(place) {
            let pattern = PATTERNS.get(number)?;
            return Some((shape, pattern.get_or_init(|| compile_ascii(shape.pattern, !shape.exact_case))));
        }
        place -= table.len();
    }
    None
}

/// Secrets around words that stand in the text: each word as the number of its row and the byte where it begins.
pub(super) fn find(text: &str, hits: &[(usize, usize)], found: &mut Vec<Found>) {
    work::steps(hits.len());
    let mut hits = hits.to_vec();
    hits.sort_unstable();
    for hits in hits.chunk_by(|one, other| one.0 == other.0) {
        let Some((shape, pattern)) = hits.first().and_then(|(number, _)| row(*number)) else { continue };
        let begins = |place: &usize| shape.before > 0 || apart_before(text, *place);
        let places: Vec<usize> = hits.iter().map(|(_, place)| *place).filter(begins).collect();
        Search { shape, pattern, text, found }.all(&places);
    }
}

struct Search<'a> {
    shape: &'static Shape,
    pattern: &'static Regex,
    text: &'a str,
    found: &'a mut Vec<Found>,
}

impl Search<'_> {
    /// Looks around all places, in order. Overlapping windows are joined, so that no byte is read repeatedly.
    fn all(&mut self, mut places: &[usize]) {
        let mut done = 0;
        while let Some(first) = places.first() {
            let mut end = first + self.shape.longest;
            let mut count = 1;
            while let Some(next) =
                places.get(count).filter(|next| next.saturating_sub(self.shape.before) <= end)
            {
                end = next + self.shape.longest;
                count += 1;
            }
            let (window, rest) = places.split_at_checked(count).unwrap_or((places, &[]));
            done = self.window(window, done, self.text.floor_char_boundary(end));
            places = rest;
        }
    }

    /// Looks in one window, from its first place to its end; returns where the next may begin.
    fn window(&mut self, mut places: &[usize], mut done: usize, end: usize) -> usize {
        while let Some(first) = places.first() {
            let from = self.text.floor_char_boundary(first.saturating_sub(self.shape.before)).max(done);
            let Some((whole, secret)) = self.next(from, end) else {
                work::steps(end.saturating_sub(from) / PASSED_AT_ONCE);
                return done;
            };
            work::steps(whole.end.saturating_sub(from));
            done = if apart_before(self.text, whole.start) {
                let secret = secret.start..self.with_tail(&whole, secret.end);
                let is_secret = self.is_secret(&secret);
                if is_secret {
                    self.found.push(Found {
                        range: secret.clone(),
                        kind: self.shape.kind,
                        rule: self.shape.rule,
                        holds: self.shape.holds(),
                    });
                }
                // What has a tail is passed with it: no part of it could be a secret when the whole is none.
                let passed = is_secret || secret.end > whole.end || self.shape.tail.is_some();
                if passed { secret.end.max(whole.end) } else { self.behind_rejected(&whole, true) }
            } else {
                self.behind_rejected(&whole, false)
            };
            places = after(places, |place| place < done);
        }
        done
    }

    /// The next match, and the secret in it.
    fn next(&self, from: usize, end: usize) -> Option<(Range<usize>, Range<usize>)> {
        let text = self.text.get(..end).filter(|text| from <= text.len())?;
        if self.pattern.captures_len() == 1 {
            let whole = self.pattern.find_at(text, from)?.range();
            return Some((whole.clone(), whole));
        }
        let captures = self.pattern.captures_at(text, from)?;
        let whole = captures.get(0)?.range();
        let secret = captures.get(1).map_or_else(|| whole.clone(), |secret| secret.range());
        Some((whole, secret))
    }

    /// Where a secret may begin behind a match that was none: where no letter or digit touches it, and, if the match was
    /// long and apart, behind the half of it, so that overlapping matches cost no more than their own length.
    fn behind_rejected(&self, whole: &Range<usize>, apart: bool) -> usize {
        let half = if apart && whole.len() > LONG_REJECTED { whole.len() / 2 } else { 1 };
        let from = self.text.floor_char_boundary(whole.start + half);
        let next = (from..whole.end).find(|place| apart_before(self.text, *place)).unwrap_or(whole.end);
        work::steps(next.saturating_sub(whole.start));
        next.max(whole.start + 1)
    }

    /// The end of a secret, with what belongs to it after the match.
    fn with_tail(&self, whole: &Range<usize>, end: usize) -> usize {
        let too_long = whole.len() >= self.shape.longest || byte_at(self.text, end).is_ascii_alphanumeric();
        let marks = match self.shape.tail {
            Some(marks) => marks,
            None if !self.shape.fixed && too_long && end == whole.end => "_-",
            None => return end,
        };
        let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || marks.as_bytes().contains(byte);
        let rest = self.text.as_bytes().get(end..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| belongs(byte)).count();
        work::steps(length);
        end + length
    }

    fn is_secret(&self, secret: &Range<usize>) -> bool {
        !byte_at(self.text, secret.end).is_ascii_alphanumeric()
            && (self.shape.check)(self.text.get(secret.clone()).unwrap_or_default())
    }
}

/// The places behind those that are passed.
fn after(places: &[usize], passed: impl Fn(usize) -> bool) -> &[usize] {
    places.get(places.partition_point(|place| passed(*place))..).unwrap_or_default()
}

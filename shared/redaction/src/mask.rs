//! From texts to masked texts: what is found in each, and whether it may be masked there.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use crate::detect::{self, Holds, rank};
use crate::fold::Folded;
use crate::identity::WHOLE;
use crate::known::{Known, Ready, TooMuch};
use crate::placeholder::{self, Numbers};
use crate::tree::{Role, Text};
use crate::work;

/// A stretch of a text as written, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) range: Range<usize>,
    pub(crate) kind: Cow<'static, str>,
    pub(crate) rule: Cow<'static, str>,
    holds: Holds,
}

/// A text of parameters that cannot be shown: its place among the texts, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    /// What was found may not be masked where it stands: the kind, and the rule that found it.
    Found(usize, String, String),
    /// What is masked elsewhere stands here.
    Known(usize, String),
    /// More is masked than can be looked for.
    TooMuch,
}

/// What stands in the place of a text.
pub(crate) enum Shown {
    /// What was there, whatever its type.
    Same,
    /// This text, and where in it placeholders stand, in bytes, each with its kind.
    Masked(String, Vec<(Range<usize>, Cow<'static, str>)>),
}

/// Reads the texts of parameters, which reach a call. In them a mask covers a whole value that the catalogue or its name
/// calls secret, or what a closed grammar holds; everything else that would have to be hidden refuses (E1). What is learnt
/// here is looked for in every other text; nothing learnt elsewhere is looked for here.
pub(crate) fn parameters(texts: &[Text<'_>], known: &mut Known) -> Result<Vec<Vec<Span>>, Refused> {
    let mut clean = Clean::default();
    let mut spans: Vec<Vec<Span>> = texts.iter().map(|text| clean.unless(*text, hidden_in)).collect();
    for (index, (text, found)) in texts.iter().zip(&spans).enumerate() {
        if let Some(span) = found.iter().find(|span| !may_mask(*text, span)) {
            let (kind, rule) = (span.kind.clone().into_owned(), span.rule.clone().into_owned());
            return Err(Refused::Found(index, kind, rule));
        }
    }
    learn(texts, &spans, known);
    let ready = known.search().map_err(|TooMuch| Refused::TooMuch)?;
    let Ready { search, kinds } = &*ready;
    for (index, (text, found)) in texts.iter().zip(&mut spans).enumerate() {
        *found = merged(std::mem::take(found));
        if !search.is_empty() && !matches!(text.role, Role::Whole(_)) {
            work::steps(text.text.len());
            // They stand in order and apart, so only the last that begins before it can cover it.
            let covered = |hit: &Range<usize>| {
                let before = found.partition_point(|span| span.range.start <= hit.start);
                let last = before.checked_sub(1).and_then(|last| found.get(last));
                last.is_some_and(|span| hit.end <= span.range.end)
            };
            if let Some((_, kind)) = search.find(text.text).into_iter().find(|(hit, _)| !covered(hit)) {
                let kind = kinds.get(kind).map_or("secret", String::as_str);
                return Err(Refused::Known(index, kind.to_owned()));
            }
        }
        whole_number(*text, found);
    }
    Ok(spans)
}

/// Reads texts that people read and that reach no call: whatever is found is masked, and whatever is known.
pub(crate) fn prose(texts: &[Text<'_>], known: &mut Known) -> Vec<Vec<Span>> {
    let mut clean = Clean::default();
    let mut spans: Vec<Vec<Span>> = texts.iter().map(|text| clean.unless(*text, found_in)).collect();
    learn(texts, &spans, known);
    let search = known.search();
    for (text, found) in texts.iter().zip(&mut spans) {
        match &search {
            _ if matches!(text.role, Role::Whole(_)) => {}
            Ok(ready) => {
                let Ready { search, kinds } = &**ready;
                work::steps(text.text.len());
                let hits = search.find(text.text).into_iter().map(|(range, kind)| Span {
                    range,
                    kind: kinds.get(kind).map_or("secret", String::as_str).to_owned().into(),
                    rule: "known".into(),
                    holds: Holds::Open,
                });
                found.extend(beside_placeholders(text.text, hits.collect()));
            }
            // What cannot be looked for could stand anywhere.
            Err(TooMuch) => *found = vec![whole(*text, "secret")],
        }
        *found = merged(std::mem::take(found));
        whole_number(*text, found);
    }
    spans
}

/// The lengths of texts of which it is quicker to remember that they were read than to read them.
const WORTH: Range<usize> = 18..512;

/// Texts in which nothing was found. Values are repeated in most documents, and each is read once.
#[derive(Default)]
struct Clean<'a>(HashSet<&'a str>);

impl<'a> Clean<'a> {
    fn unless<T>(&mut self, text: Text<'a>, find: impl FnOnce(Text<'a>) -> Vec<T>) -> Vec<T> {
        let worth = WORTH.contains(&text.text.len()) && !matches!(text.role, Role::Whole(_));
        if worth && self.0.contains(text.text) {
            return Vec::new();
        }
        let found = find(text);
        // What is exempt in a target is found elsewhere.
        if worth && !matches!(text.role, Role::Target(_)) && found.is_empty() {
            self.0.insert(text.text);
        }
        found
    }
}

fn learn(texts: &[Text<'_>], spans: &[Vec<Span>], known: &mut Known) {
    for (text, found) in texts.iter().zip(spans) {
        for span in found {
            known.learn(text.text.get(span.range.clone()).unwrap_or_default(), &span.kind);
        }
    }
}

fn whole(text: Text<'_>, kind: &str) -> Span {
    Span { range: 0..text.text.len(), kind: kind.to_owned().into(), rule: "name".into(), holds: Holds::Open }
}

pub(crate) fn found_in(text: Text<'_>) -> Vec<Span> {
    if let Role::Whole(kind) = text.role {
        let done = placeholder::is_of(text.text, kind);
        let all = if done { Vec::new() } else { vec![whole(text, kind)] };
        // What was masked in part before stays so.
        return if text.text.starts_with(WHOLE) { all } else { beside_placeholders(text.text, all) };
    }
    let folded = Folded::of(text.text);
    let found = detect::find(&folded.text).into_iter();
    let spans = found.map(|found| Span {
        range: folded.original(found.range),
        kind: found.kind.name().into(),
        rule: found.rule.into(),
        holds: found.holds,
    });
    beside_placeholders(text.text, spans.collect())
}

/// What stands there as a placeholder already is not masked once more: of a stretch around one, the rest is.
fn beside_placeholders(text: &str, spans: Vec<Span>) -> Vec<Span> {
    let done = placeholder::placeholders(text);
    if done.is_empty() {
        return spans;
    }
    let mut rest = Vec::with_capacity(spans.len());
    for span in spans {
        let mut from = span.range.start;
        let before = done.partition_point(|(range, _)| range.end <= from);
        let inside = done.iter().skip(before).map(|(range, _)| range);
        for range in inside.take_while(|range| range.start < span.range.end) {
            work::steps(1);
            rest.push(Span { range: from..range.start.max(from), ..span.clone() });
            from = range.end;
        }
        rest.push(Span { range: from..span.range.end.max(from), ..span });
    }
    rest.retain(|span| text.get(span.range.clone()).is_some_and(|part| part.contains(char::is_alphanumeric)));
    rest
}

/// What is found in a text of parameters, but for what the catalogue says is shown there (C27).
fn hidden_in(text: Text<'_>) -> Vec<Span> {
    let mut found = found_in(text);
    if let Role::Target(exempt) = text.role {
        found.retain(|span| !exempt.iter().any(|detector| span.kind == *detector || span.rule == *detector));
    }
    found
}

/// Whether a mask may stand there in a parameter.
pub(crate) fn may_mask(text: Text<'_>, span: &Span) -> bool {
    match text.role {
        Role::Whole(_) => true,
        Role::Key | Role::Target(_) => false,
        Role::Text | Role::Number => {
            span.holds.allows_mask(text.text.get(span.range.clone()).unwrap_or_default())
        }
    }
}

/// Overlapping stretches as one, under the most sensitive of their kinds (of equals, the longest's).
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    work::steps(spans.len());
    spans.sort_by_key(|span| (span.range.start, span.range.end));
    let mut merged: Vec<(Span, usize)> = Vec::new();
    for span in spans {
        let length = span.range.len();
        match merged.last_mut().filter(|(last, _)| span.range.start < last.range.end) {
            Some((last, longest)) => {
                last.range.end = last.range.end.max(span.range.end);
                if (rank(&span.kind), usize::MAX - length) < (rank(&last.kind), usize::MAX - *longest) {
                    last.kind = span.kind;
                    *longest = length;
                }
            }
            None => merged.push((span, length)),
        }
    }
    merged.into_iter().map(|(span, _)| span).collect()
}

/// A number is masked whole.
fn whole_number(text: Text<'_>, spans: &mut Vec<Span>) {
    if *text.role == Role::Number {
        spans.sort_by_key(|span| rank(&span.kind));
        spans.truncate(1);
        spans.iter_mut().for_each(|span| span.range = 0..text.text.len());
    }
}

/// The text as shown. `lengths` says whether placeholders tell how long what they stand for is.
pub(crate) fn shown(text: Text<'_>, spans: &[Span], numbers: &mut Numbers, lengths: bool) -> Shown {
    if spans.is_empty() {
        return Shown::Same;
    }
    let mut shown = String::with_capacity(text.text.len());
    let mut places = Vec::with_capacity(spans.len());
    let mut rest = 0;
    for span in spans {
        let part = |range: Range<usize>| text.text.get(range).unwrap_or_default();
        shown.push_str(part(rest..span.range.start));
        let value = part(span.range.clone());
        let length = lengths.then(|| value.trim_start_matches(WHOLE).chars().count());
        let start = shown.len();
        shown.push_str(&numbers.placeholder(&span.kind, value, length));
        places.push((start..shown.len(), span.kind.clone()));
        rest = span.range.end;
    }
    shown.push_str(text.text.get(rest..).unwrap_or_default());
    work::steps(shown.len());
    Shown::Masked(shown, places)
}

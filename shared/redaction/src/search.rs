//! Looking for many words at once (Aho and Corasick), in time and memory linear in words and text whatever they are: only
//! the longest word that ends at a place counts, and what overlaps is one stretch.

use std::ops::Range;

use crate::likeness::{self, Breaks};
use crate::work;

/// No word is longer: longer values are looked for in pieces of this length, the last one up to their end.
pub(crate) const LONGEST: usize = 32;

/// A word to look for, as [`likeness::likeness`] spells it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Word {
    /// At most [`LONGEST`] bytes, not empty.
    pub(crate) bytes: Vec<u8>,
    /// Whether it is found only where no letter or digit touches it.
    pub(crate) apart: bool,
    /// Its kind's place among the kinds: the first of overlapping ones counts.
    pub(crate) kind: usize,
}

/// A stretch of a text as written, and the kind of what stands there.
pub(crate) type Hit = (Range<usize>, usize);

/// Words, ready to be looked for. States are numbered by levels of the tree, children of one next to one another.
pub(crate) struct Search {
    words: Vec<Word>,
    byte: Vec<u8>,
    children: Vec<(u32, u16)>,
    /// The state of the longest proper end of this one.
    fail: Vec<u32>,
    /// One more than the word that ends here; 0 for none.
    word: Vec<u32>,
    /// The nearest state among this one and its ends where a word ends; 0 for none.
    ends: Vec<u32>,
    first: [u32; 256],
    /// The bytes of the shortest word.
    shortest: usize,
}

impl Search {
    pub(crate) fn of(mut words: Vec<Word>) -> Self {
        words.retain(|word| !word.bytes.is_empty() && word.bytes.len() <= LONGEST);
        words.sort();
        words.dedup_by(|later, earlier| later.bytes == earlier.bytes);
        let shortest = words.iter().map(|word| word.bytes.len()).min().unwrap_or(0);
        let mut search = Self {
            words,
            byte: vec![0],
            children: vec![(0, 0)],
            fail: vec![0],
            word: vec![0],
            ends: vec![0],
            first: [0; 256],
            shortest,
        };
        search.grow();
        search
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Level by level: what a state fails to is nearer the root, and so has its children already.
    fn grow(&mut self) {
        let mut level = vec![(0_u32, 0..self.words.len())];
        for depth in 0.. {
            let mut next = Vec::new();
            for (state, words) in level {
                self.branch(state, depth, words, &mut next);
            }
            if next.is_empty() {
                return;
            }
            level = next;
        }
    }

    fn branch(&mut self, state: u32, depth: usize, words: Range<usize>, next: &mut Vec<(u32, Range<usize>)>) {
        let begin = self.states();
        let mut from = words.start;
        while from < words.end {
            let Some(byte) = self.byte_of(from, depth) else {
                self.end_word(state, from);
                from += 1;
                continue;
            };
            let same = (from..words.end).take_while(|word| self.byte_of(*word, depth) == Some(byte)).count();
            work::steps(same);
            let child = self.add(state, byte);
            next.push((child, from..from + same));
            from += same;
        }
        let count = u16::try_from(self.states() - begin).unwrap_or(u16::MAX);
        if let Some(children) = self.children.get_mut(index(state)) {
            *children = (begin, count);
        }
    }

    fn states(&self) -> u32 {
        u32::try_from(self.byte.len()).unwrap_or(u32::MAX)
    }

    fn byte_of(&self, word: usize, depth: usize) -> Option<u8> {
        self.words.get(word)?.bytes.get(depth).copied()
    }

    fn end_word(&mut self, state: u32, word: usize) {
        if let Some(slot) = self.word.get_mut(index(state)) {
            *slot = u32::try_from(word + 1).unwrap_or(u32::MAX);
        }
        if let Some(slot) = self.ends.get_mut(index(state)) {
            *slot = state;
        }
    }

    fn add(&mut self, parent: u32, byte: u8) -> u32 {
        let state = self.states();
        let fail = if parent == 0 { 0 } else { self.step(get(&self.fail, parent), byte) };
        self.byte.push(byte);
        self.children.push((0, 0));
        self.fail.push(fail);
        self.word.push(0);
        self.ends.push(get(&self.ends, fail));
        if parent == 0
            && let Some(slot) = self.first.get_mut(usize::from(byte))
        {
            *slot = state;
        }
        state
    }

    /// The state after one more byte.
    fn step(&self, mut state: u32, byte: u8) -> u32 {
        loop {
            work::steps(1);
            if state == 0 {
                return self.first.get(usize::from(byte)).copied().unwrap_or(0);
            }
            if let Some(child) = self.child(state, byte) {
                return child;
            }
            state = get(&self.fail, state);
        }
    }

    fn child(&self, state: u32, byte: u8) -> Option<u32> {
        let (begin, count) = self.children.get(index(state)).copied()?;
        let bytes = self.byte.get(index(begin)..index(begin) + usize::from(count))?;
        let at = match bytes {
            [only] => (*only == byte).then_some(0)?,
            several => several.binary_search(&byte).ok()?,
        };
        begin.checked_add(u32::try_from(at).ok()?)
    }

    /// Where words stand in a text, in order; what overlaps is one stretch, under the first kind of those in it. A text that
    /// breaks lines is read twice: a value may hold a line break, and a line break may have come into one.
    pub(crate) fn find(&self, text: &str) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        if self.is_empty() || text.len() < self.shortest || self.read_plain(text, &mut hits) {
            return hits;
        }
        hits.clear();
        if self.read(text, Breaks::Space, &mut hits) {
            let mut all = Vec::new();
            self.read(text, Breaks::Nothing, &mut all);
            all.append(&mut hits);
            all.sort_by_key(|(range, _)| range.end);
            all.into_iter().for_each(|(range, kind)| join(&mut hits, range, kind));
        }
        hits
    }

    /// The same for a text without escapes and line breaks, where every byte stands for itself; whether it is one.
    fn read_plain(&self, text: &str, hits: &mut Vec<Hit>) -> bool {
        let mut state = 0;
        for (at, byte) in text.bytes().enumerate() {
            let byte = likeness::PLAIN.get(usize::from(byte)).copied().unwrap_or(0);
            if byte == 0 {
                return false;
            }
            if state == 0 {
                state = self.first.get(usize::from(byte)).copied().unwrap_or(0);
                if state == 0 {
                    continue;
                }
            } else {
                state = self.step(state, byte);
            }
            if get(&self.ends, state) != 0
                && let Some((length, kind)) =
                    self.ending(state, &|length| !touches(text, (at + 1).saturating_sub(length), at + 1))
            {
                join(hits, (at + 1).saturating_sub(length)..at + 1, kind);
            }
        }
        true
    }

    /// Whether there were line breaks.
    fn read(&self, text: &str, breaks: Breaks, hits: &mut Vec<Hit>) -> bool {
        let (mut state, mut count) = (0, 0_usize);
        let mut starts = [0_usize; LONGEST];
        likeness::each(text, breaks, |byte, start, end| {
            if let Some(slot) = starts.get_mut(count % LONGEST) {
                *slot = start;
            }
            count += 1;
            state = self.step(state, byte);
            if let Some((length, kind)) = self.ending(state, &|length| {
                let start = begin(&starts, count, length);
                !touches(text, start, end)
            }) {
                join(hits, begin(&starts, count, length)..end, kind);
            }
        })
    }

    /// Length and kind of the longest word that ends in this state and may stand here.
    fn ending(&self, state: u32, apart: &dyn Fn(usize) -> bool) -> Option<(usize, usize)> {
        let mut state = get(&self.ends, state);
        while state != 0 {
            let word = get(&self.word, state).checked_sub(1).and_then(|word| self.words.get(index(word)))?;
            if !word.apart || apart(word.bytes.len()) {
                return Some((word.bytes.len(), word.kind));
            }
            // Only words of fewer bytes than are found anywhere are left out, so this goes on a few times at most.
            work::steps(1);
            state = get(&self.ends, get(&self.fail, state));
        }
        None
    }
}

fn join(hits: &mut Vec<Hit>, range: Range<usize>, kind: usize) {
    let (mut start, mut kind) = (range.start, kind);
    while let Some((last, other)) = hits.last().filter(|(last, _)| last.end > start) {
        (start, kind) = (start.min(last.start), kind.min(*other));
        hits.pop();
    }
    hits.push((start..range.end, kind));
}

fn begin(starts: &[usize; LONGEST], count: usize, length: usize) -> usize {
    starts.get(count.wrapping_sub(length) % LONGEST).copied().unwrap_or(0)
}

fn touches(text: &str, start: usize, end: usize) -> bool {
    let joined = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
    joined(text.get(..start).and_then(|head| head.chars().next_back()))
        || joined(text.get(end..).and_then(|tail| tail.chars().next()))
}

fn get(states: &[u32], state: u32) -> u32 {
    states.get(index(state)).copied().unwrap_or(0)
}

fn index(state: u32) -> usize {
    usize::try_from(state).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(words: &[&str]) -> Search {
        let word = |text: &&str| Word { bytes: likeness::likeness(text), apart: text.len() < 8, kind: 0 };
        Search::of(words.iter().map(word).collect())
    }

    fn hits(words: &[&str], text: &str) -> Vec<(usize, usize)> {
        search(words).find(text).into_iter().map(|(range, _)| (range.start, range.end)).collect()
    }

    #[test]
    fn words_are_found_once_and_overlaps_are_one() {
        assert_eq!(hits(&["hunter2-hunter2"], "x hunter2-HUNTER2y"), [(2, 17)]);
        assert_eq!(hits(&["abcdefgh", "efghijkl", "fghi"], "_abcdefghijkl_"), [(1, 13)]);
        assert_eq!(hits(&["aaaaaaaa"], &"a".repeat(40)), [(0, 40)]);
        assert_eq!(hits(&["pass"], "pass passes a-pass"), [(0, 4), (14, 18)]);
        assert_eq!(hits(&["x-ab1", "ab1z", "ab1"], "yx-ab1 "), [(3, 6)]);
        assert_eq!(hits(&[], "anything"), Vec::<(usize, usize)>::new());
        assert_eq!(
            hits(&["hunter2-hunter2"], "x hunter2-\r\n  hunter2 y hunter2-hunter2"),
            [(2, 21), (24, 39)]
        );
        assert_eq!(hits(&["hunter2\nhunter2"], "x hunter2\nhunter2; hunter2\\nhunter2"), [(2, 17), (19, 35)]);
    }

    /// Against the obvious way: every word, everywhere.
    #[test]
    fn what_a_simple_search_finds_is_found() {
        let words = ["aababaab", "abaababa", "bbbbbbbb", "aaaaaaaaaaaa", "babababababa"];
        let mut seed = 7_u64;
        for _ in 0..200 {
            let text: String = (0..60)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    if seed >> 60 > 7 { 'a' } else { 'b' }
                })
                .collect();
            let mut covered = vec![false; text.len()];
            for word in words {
                for at in 0..text.len() {
                    if text[at..].starts_with(word) {
                        covered[at..at + word.len()].fill(true);
                    }
                }
            }
            let mut found = vec![false; text.len()];
            hits(&words, &text).into_iter().for_each(|(start, end)| found[start..end].fill(true));
            assert_eq!(found, covered, "{text}");
        }
    }
}

//! One row of the table: how secrets of one kind are written.

use crate::detect::{DataKind, Holds};

/// What secrets are made of besides letters and digits, unless the row says otherwise: nothing that a structure or a second
/// command could be made of.
pub(super) const MARKS: &str = "-_.+/=~:";
/// The longest secret that may be masked in a parameter, in bytes.
pub(super) const LONGEST_MASKED: usize = 255;

/// How secrets of one kind are written.
#[derive(Debug, Clone, Copy)]
pub(in crate::detect) struct Shape {
    /// What the rule is called.
    pub(super) rule: &'static str,
    /// What the placeholder says.
    pub(super) kind: DataKind,
    /// One of them stands in every such secret: ASCII, lower case, at least three bytes; looked for in any letter case.
    pub(super) words: &'static [&'static str],
    /// What the secret and what has to stand around it look like, in ASCII. With a group the secret is the group.
    pub(super) pattern: &'static str,
    /// The longest match of the pattern, in bytes.
    pub(super) longest: usize,
    /// How many bytes in front of a word a match may begin.
    pub(super) before: usize,
    /// What the secret has to pass besides.
    pub(super) check: fn(&str) -> bool,
    /// Characters besides letters and digits that the secret may contain if a parameter may show it masked.
    pub(super) marks: &'static str,
    /// Secrets of no fixed length: behind a match, letters, digits and these characters belong to it too.
    pub(super) tail: Option<&'static str>,
    /// Whether the pattern is case-sensitive.
    pub(super) exact_case: bool,
    /// Whether all are of one length. What is longer is none; of other rows it is one that is too long.
    pub(super) fixed: bool,
    /// Whether it may never be masked in a parameter, because more than letters and digits belongs to it.
    pub(super) open: bool,
}

impl Shape {
    const fn new(
        rule: &'static str,
        kind: DataKind,
        words: &'static [&'static str],
        pattern: &'static str,
        longest: usize,
    ) -> Self {
        Self {
            rule,
            kind,
            words,
            pattern,
            longest,
            before: 0,
            check: |_| true,
            marks: MARKS,
            tail: None,
            exact_case: false,
            fixed: false,
            open: false,
        }
    }

    pub(super) const fn token(
        r: &'static str,
        w: &'static [&'static str],
        p: &'static str,
        longest: usize,
    ) -> Self {
        Self::new(r, DataKind::Token, w, p, longest)
    }

    pub(super) const fn aws_key(
        r: &'static str,
        w: &'static [&'static str],
        p: &'static str,
        longest: usize,
    ) -> Self {
        Self::new(r, DataKind::AwsKey, w, p, longest)
    }

    pub(super) const fn aws_secret(
        r: &'static str,
        w: &'static [&'static str],
        p: &'static str,
        longest: usize,
    ) -> Self {
        Self::new(r, DataKind::AwsSecret, w, p, longest)
    }

    pub(super) const fn private_key(
        r: &'static str,
        w: &'static [&'static str],
        p: &'static str,
        longest: usize,
    ) -> Self {
        Self::new(r, DataKind::PrivateKey, w, p, longest)
    }

    pub(super) const fn jwt(
        r: &'static str,
        w: &'static [&'static str],
        p: &'static str,
        longest: usize,
    ) -> Self {
        Self::new(r, DataKind::Jwt, w, p, longest)
    }

    pub(super) const fn password(
        r: &'static str,
        w: &'static [&'static str],
        p: &'static str,
        longest: usize,
    ) -> Self {
        Self::new(r, DataKind::Password, w, p, longest)
    }

    pub(super) const fn before(self, before: usize) -> Self {
        Self { before, ..self }
    }

    pub(super) const fn check(self, check: fn(&str) -> bool) -> Self {
        Self { check, ..self }
    }

    pub(super) const fn marks(self, marks: &'static str) -> Self {
        Self { marks, ..self }
    }

    pub(super) const fn run(self, tail: &'static str) -> Self {
        Self { tail: Some(tail), ..self }
    }

    pub(super) const fn exact_case(self) -> Self {
        Self { exact_case: true, ..self }
    }

    pub(super) const fn fixed(self) -> Self {
        Self { fixed: true, ..self }
    }

    pub(super) const fn open(self) -> Self {
        Self { open: true, ..self }
    }

    pub(super) fn holds(&self) -> Holds {
        let longest = if self.tail.is_some() { LONGEST_MASKED } else { self.longest.min(LONGEST_MASKED) };
        match self.open || self.kind == DataKind::PrivateKey {
            true => Holds::Open,
            false => Holds::ClosedGrammar { max: longest, marks: self.marks },
        }
    }
}

//! What is wrong with one rule, and where in it.

use std::ops::Range;

use crate::Diagnostic;
use crate::parse::{self, Source};
use crate::rule::Rule;
use crate::text::{Layout, layout};

/// What is wrong with one rule, and what to write instead.
pub(crate) struct Finding {
    part: Part,
    message: String,
    help: String,
}

/// Where in a rule.
pub(crate) enum Part {
    Rule,
    Annotation(String),
    /// Principal, action, resource: 0, 1, 2.
    Scope(usize),
    Clause(usize),
}

impl Finding {
    pub(crate) fn new(part: Part, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { part, message: message.into(), help: help.into() }
    }

    /// The finding at its place in the sources.
    pub(crate) fn placed(self, rule: &Rule, sources: &[Source]) -> Diagnostic {
        let range = self.part.range(&rule.text, &layout(&rule.text));
        let (header, text) = (&rule.header, parse::text_of(sources, &rule.header.file));
        let found = Diagnostic::at(&header.file, text, header.offset + range.start, self.message);
        found.over(range.len()).help(self.help)
    }
}

impl Part {
    fn range(&self, text: &str, layout: &Layout) -> Range<usize> {
        let annotation = |name: &str| {
            layout.annotations.iter().find(|(found, _)| found == name).map(|(_, range)| range.clone())
        };
        let found = match self {
            Self::Rule => annotation("id"),
            Self::Annotation(name) => annotation(name),
            Self::Scope(at) => layout.scope.get(*at).cloned(),
            Self::Clause(at) => layout.clauses.get(*at).cloned(),
        };
        found.unwrap_or(0..text.lines().next().map_or(0, str::len))
    }
}

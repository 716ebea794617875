//! From text to rules, with the place of everything that is wrong.

use std::collections::BTreeMap;

use cedar_policy::{ParseErrors, Policy, PolicyId, PolicySet};
use miette::Diagnostic as _;

use crate::Diagnostic;
use crate::rule::Rule;

/// A policy file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its path relative to the bundle's directory.
    pub file: String,
    /// Cedar text.
    pub text: String,
}

/// All rules of all files, in order, every one under its own `@id`.
pub(crate) fn rules(sources: &[Source]) -> Result<Vec<Rule>, Vec<Diagnostic>> {
    let mut rules = Vec::new();
    let mut wrong = Vec::new();
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for source in sources {
        match file_rules(source) {
            Ok(found) => rules.extend(found),
            Err(found) => wrong.extend(found),
        }
    }
    for rule in &rules {
        let text = sources.iter().find(|source| source.file == rule.file).map_or("", |source| &source.text);
        let place = Diagnostic::at(&rule.file, text, rule.offset, "");
        if rule.id().is_empty() {
            wrong.push(Diagnostic { message: "a policy without `@id`".to_owned(), ..place });
        } else if let Some(other) = taken.insert(rule.id().to_owned(), place.to_string()) {
            let message =
                format!("the id `{}` is taken at {}", rule.id(), other.trim_end_matches([':', ' ']));
            wrong.push(Diagnostic { message, ..place });
        }
    }
    if wrong.is_empty() { Ok(rules) } else { Err(wrong) }
}

/// How many policies there are as Cedar reads each file whole.
///
/// # Errors
/// Its errors: read whole, they have the best positions.
pub(crate) fn count(sources: &[Source]) -> Result<usize, Vec<Diagnostic>> {
    let mut found = 0;
    let mut wrong = Vec::new();
    for source in sources {
        let parsed: Result<PolicySet, ParseErrors> = source.text.parse();
        match parsed {
            Ok(set) => found += set.policies().count() + set.templates().count(),
            Err(errors) => wrong.extend(cedar_errors(source, 0, &errors)),
        }
    }
    if wrong.is_empty() { Ok(found) } else { Err(wrong) }
}

fn file_rules(source: &Source) -> Result<Vec<Rule>, Vec<Diagnostic>> {
    let mut rules = Vec::new();
    let mut wrong = Vec::new();
    let (statements, rest) = statements(&source.text);
    for (offset, text) in statements {
        match Policy::parse(None, text) {
            Ok(policy) => {
                let id = PolicyId::new(policy.annotation("id").unwrap_or_default());
                rules.push(Rule { policy: policy.new_id(id), file: source.file.clone(), offset });
            }
            Err(found) => wrong.extend(cedar_errors(source, offset, &found)),
        }
    }
    if let Some(offset) = rest {
        wrong.push(Diagnostic::at(&source.file, &source.text, offset, "a policy that does not end in `;`"));
    }
    if wrong.is_empty() { Ok(rules) } else { Err(wrong) }
}

fn cedar_errors(source: &Source, offset: usize, found: &ParseErrors) -> Vec<Diagnostic> {
    let each = found.iter().map(|error| {
        let label = error.labels().and_then(|mut labels| labels.next());
        let at = label.map_or(0, |label| label.offset());
        Diagnostic::at(&source.file, &source.text, offset + at, error.to_string())
    });
    each.collect()
}

/// Byte offset and text of every statement, cut at `;` outside strings and comments, and where something is left over.
fn statements(text: &str) -> (Vec<(usize, &str)>, Option<usize>) {
    let mut found = Vec::new();
    let mut start = None;
    let mut reading = Reading::Code;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        match (reading, character) {
            (Reading::Code, '/') if next == Some('/') => reading = Reading::Comment,
            (Reading::Code, '"') => reading = Reading::Quoted,
            (Reading::Quoted, '\\') => {
                characters.next();
            }
            (Reading::Quoted, '"') => reading = Reading::Code,
            (Reading::Comment, '\n' | '\r') => reading = Reading::Code,
            _ => {}
        }
        if reading != Reading::Comment && start.is_none() && !character.is_whitespace() {
            start = Some(at);
        }
        if reading == Reading::Code && character == ';' {
            let begin = start.take().unwrap_or(at);
            found.extend(text.get(begin..=at).map(|statement| (begin, statement)));
        }
    }
    (found, start)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Code,
    Quoted,
    Comment,
}

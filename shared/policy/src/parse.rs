//! From text to rules, with the place of everything that is wrong.

use std::collections::BTreeMap;

use cedar_policy::{ParseErrors, Policy, PolicyId, PolicySet};

use crate::Diagnostic;
use crate::diagnostic::locate;
use crate::rule::Rule;
use crate::text::statements;

/// A policy file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its path relative to the bundle's directory.
    pub file: String,
    /// Cedar text.
    pub text: String,
}

/// The text of a file, empty if there is none.
pub(crate) fn text_of<'a>(sources: &'a [Source], file: &str) -> &'a str {
    sources.iter().find(|source| source.file == file).map_or("", |source| &source.text)
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
        let header = &rule.header;
        let say = |message: String| {
            Diagnostic::at(&header.file, text_of(sources, &header.file), header.offset, message)
        };
        if rule.id().is_empty() {
            wrong.push(say("a policy without `@id`".to_owned()).help("begin it with `@id(\"a-name\")`"));
        } else if let Some(other) =
            taken.insert(rule.id().to_owned(), format!("{}:{}", header.file, header.line))
        {
            let message = format!("the id `{}` is taken at {other}", rule.id());
            wrong.push(say(message).help("give it a name that no other policy of the bundle has"));
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
    for (offset, statement) in statements {
        match Policy::parse(None, statement) {
            Ok(policy) => {
                let id = PolicyId::new(policy.annotation("id").unwrap_or_default());
                let line = locate(&source.text, offset).0;
                rules.push(Rule::open(&source.file, (offset, line), statement, policy.new_id(id)));
            }
            Err(found) => wrong.extend(cedar_errors(source, offset, &found)),
        }
    }
    if let Some(offset) = rest {
        let open = Diagnostic::at(&source.file, &source.text, offset, "a policy that does not end in `;`");
        wrong.push(open.help("end it with `;`"));
    }
    if wrong.is_empty() { Ok(rules) } else { Err(wrong) }
}

fn cedar_errors(source: &Source, offset: usize, found: &ParseErrors) -> Vec<Diagnostic> {
    found.iter().map(|error| cedar_error(source, offset, error, error.to_string())).collect()
}

/// Cedar's own finding in a statement that begins at this offset.
pub(crate) fn cedar_error(
    source: &Source,
    offset: usize,
    error: &dyn miette::Diagnostic,
    message: String,
) -> Diagnostic {
    let label = error.labels().and_then(|mut labels| labels.next());
    let (at, length) = label.map_or((0, 0), |label| (label.offset(), label.len()));
    let found = Diagnostic::at(&source.file, &source.text, offset + at, message).over(length);
    match error.help() {
        Some(help) => found.help(help.to_string()),
        None => found,
    }
}

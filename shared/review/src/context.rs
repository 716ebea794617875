//! *Context*: who asks, why, and under which rule. With *what* it makes the review document, fixed for a revision.

use domain::{Digest, Person, Requirement, Timestamp};
use redaction::{Reading, escape_hidden, escape_value, find_hidden};
use wire::documents::{
    Change, Context, DocumentKind, Mask, Provenance, ReasonJson, Request, ReviewDocument, What,
};

/// What policy knows when people are asked.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The redacted request.
    pub request: &'a Request,
    /// The agent's name in the directory.
    pub agent: &'a str,
    /// Who answers for it.
    pub owner: Option<&'a Person>,
    /// What reviewers changed since it was proposed.
    pub changed: Vec<Change>,
    /// The rules that ask.
    pub rules: Vec<ReasonJson>,
    /// Who must agree.
    pub requirements: &'a [Requirement],
    /// The manifest digest of the rules in force.
    pub bundle: Digest,
    /// The deadline.
    pub expires_at: Timestamp,
}

/// Renders the context. The agent's words come out with hidden characters spelled out and counted; the masks in them
/// are moved along.
#[must_use]
pub fn context(asked: &Asked<'_>) -> Context {
    let request = asked.request;
    let reason = escape_hidden(&request.reason);
    let (provenance, hidden) = provenance(&request.provenance);
    Context {
        agent: escape_value(asked.agent).text,
        principal: request.principal.clone(),
        owner: asked.owner.map(Into::into),
        on_behalf_of: request.on_behalf_of.clone(),
        provenance,
        reason: reason.text,
        masked: request.masked.iter().map(|mask| moved(mask, &request.reason)).collect(),
        hidden: reason.hidden.saturating_add(hidden),
        changed: asked.changed.clone(),
        rules: asked.rules.clone(),
        requirements: asked.requirements.iter().map(Requirement::as_decided).collect(),
        bundle: asked.bundle,
        expires_at: asked.expires_at,
    }
}

/// Every text of the context that people read, and what it is to them: words with letters that look like others are told.
/// Each field is named here, so that the compiler asks about a new one.
pub(crate) fn texts_of_context(context: &Context) -> Vec<(&str, Reading)> {
    let Context {
        agent,
        principal: _,
        owner: _,
        on_behalf_of: _,
        provenance,
        reason,
        masked: _,
        hidden: _,
        rules,
        changed,
        requirements: _,
        bundle: _,
        expires_at: _,
    } = context;
    let mut texts: Vec<(&str, Reading)> =
        rules.iter().map(|rule| (rule.message.as_str(), Reading::Prose)).collect();
    texts.extend(provenance.iter().map(|fact| (fact.value.as_str(), Reading::Value)));
    let values = changed.iter().flat_map(|change| [&change.from, &change.to]).flatten();
    texts.extend(values.map(|value| (value.as_str(), Reading::Value)));
    texts.extend([(agent.as_str(), Reading::Value), (reason.as_str(), Reading::Prose)]);
    texts
}

/// The review document of the action with this digest.
#[must_use]
pub fn document(action: Digest, what: What, context: Context) -> ReviewDocument {
    ReviewDocument { format: ReviewDocument::FORMAT.to_owned(), action, what, context }
}

/// The provenance with hidden characters spelled out, and the number of hidden characters.
pub(crate) fn provenance(facts: &[Provenance]) -> (Vec<Provenance>, u32) {
    let mut hidden = 0_u32;
    let shown = facts.iter().map(|fact| {
        let (name, value) = (escape_value(&fact.name), escape_value(&fact.value));
        hidden = hidden.saturating_add(name.hidden).saturating_add(value.hidden);
        Provenance { name: name.text, value: value.text, verified: fact.verified }
    });
    (shown.collect(), hidden)
}

/// A mask of the reason where it stands once hidden characters before it are spelled out.
pub(crate) fn moved(mask: &Mask, reason: &str) -> Mask {
    if mask.pointer != "/reason" {
        return mask.clone();
    }
    let longer = |hidden: &redaction::Hidden| {
        let spelled = format!("⟨U+{:04X}⟩", hidden.codepoint).chars().count();
        u32::try_from(spelled).unwrap_or(u32::MAX).saturating_sub(1)
    };
    let before = find_hidden(reason).into_iter().filter(|hidden| hidden.offset < mask.start);
    let shift: u32 = before.map(|hidden| longer(&hidden)).sum();
    Mask { start: mask.start.saturating_add(shift), end: mask.end.saturating_add(shift), ..mask.clone() }
}

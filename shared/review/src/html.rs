//! The review document as fragments of HTML. Everything is text, escaped by construction; masks and spelled-out
//! characters are marked, values are set apart, and nothing of a value becomes a link.

use maud::{Markup, html};
use redaction::{escape_hidden, escape_value};
use wire::documents::{Context, Field, Provenance, Request, ReviewDocument, What};
use wire::text::Identity;

use crate::changes::parameter;
use crate::confusables::confusables;
use crate::context::provenance;
use crate::differences::differences;
use crate::marked::mark;
use crate::sentence::{capital, number, who_must_agree};
use crate::what::parameters;

pub use crate::marked::text;

/// The sections of the document in the order in which people need them: what will run, who asks, the agent's reason,
/// the rule.
#[must_use]
pub fn document(review: &ReviewDocument) -> Markup {
    html! {
        (what(&review.what))
        @if let Some(all) = &review.what.differences { (differences(all)) }
        (changed(&review.context))
        (who(&review.context))
        (words(&review.context))
        (rule(&review.context))
        (notices(review))
    }
}

/// The sentence, values in `code`; goes into the page's heading.
#[must_use]
pub fn sentence(what: &What) -> Markup {
    html! {
        @for segment in &what.sentence {
            @if segment.value { code { (text(&segment.text)) } } @else { (text(&segment.text)) }
        }
    }
}

/// What will run, line by line.
#[must_use]
pub fn what(what: &What) -> Markup {
    html! {
        section aria-labelledby="what" {
            h2 id="what" { "What will run" }
            dl {
                @for field in &what.fields { (line(field)) }
                dt { "Can be undone" } dd { (text(&what.reversible)) }
                dt { "If its outcome is lost" } dd { (text(&what.if_lost)) }
            }
        }
    }
}

/// What reviewers changed since it was proposed, if they did.
#[must_use]
pub fn changed(context: &Context) -> Markup {
    html! {
        @if !context.changed.is_empty() {
            section aria-labelledby="changed" {
                h2 id="changed" { "What was changed" }
                dl class="changed" {
                    @for change in &context.changed {
                        dt { (text(&capital(&parameter(&change.pointer)))) }
                        dd class="value" {
                            @if let Some(from) = &change.from { del { (text(from)) } br; }
                            @match &change.to {
                                Some(to) => ins { (text(to)) },
                                None => ins { "(nothing)" },
                            }
                            br;
                            span class="soft" { "changed by " (text(&change.by.subject)) }
                        }
                    }
                }
            }
        }
    }
}

/// Who asks and from where. Facts that a token proves and facts that the agent only states are distinguished in
/// words.
#[must_use]
pub fn who(context: &Context) -> Markup {
    let Context { agent, on_behalf_of, provenance, owner, .. } = context;
    asking(agent, on_behalf_of.as_ref(), provenance, owner.as_ref(), " (may not answer this)")
}

fn asking(
    agent: &str,
    on_behalf_of: Option<&Identity>,
    provenance: &[Provenance],
    owner: Option<&Identity>,
    limit: &str,
) -> Markup {
    html! {
        section aria-labelledby="who" {
            h2 id="who" { "Who asks" }
            dl {
                dt { "Agent" } dd { (text(agent)) }
                @if let Some(person) = on_behalf_of { dt { "For" } dd { (person.subject) (limit) } }
                @for fact in provenance { (origin(fact)) }
                dt { "Owner" }
                @match owner {
                    Some(person) => dd { (person.subject) (limit) },
                    None => dd { "nobody" },
                }
            }
        }
    }
}

/// The agent's reason, as a quotation.
#[must_use]
pub fn words(context: &Context) -> Markup {
    quotation(&context.reason)
}

fn quotation(words: &str) -> Markup {
    html! {
        section aria-labelledby="why" {
            h2 id="why" { "In the agent's words" }
            blockquote { (text(words)) }
        }
    }
}

/// The request alone, if there is no plan to review: what was asked for, by whom, and why.
#[must_use]
pub fn request(request: &Request, owner: Option<&Identity>) -> Markup {
    let agent = escape_value(&request.principal.subject).text;
    let provenance = provenance(&request.provenance).0;
    html! {
        section aria-labelledby="asked" {
            h2 id="asked" { "What was asked for" }
            dl { @for field in parameters(&request.parameters) { (line(&field)) } }
        }
        (asking(&agent, request.on_behalf_of.as_ref(), &provenance, owner, ""))
        (quotation(&escape_hidden(&request.reason).text))
    }
}

/// Why somebody is asked.
#[must_use]
pub fn rule(context: &Context) -> Markup {
    html! {
        section aria-labelledby="rule" {
            h2 id="rule" { "Why you are asked" }
            @for rule in &context.rules { (rule.message.trim_end_matches('.')) ". " }
            span class="soft" {
                (who_must_agree(&context.requirements))
                @if let [only] = context.rules.as_slice() {
                    " Rule " code { (only.policy) } "."
                } @else if !context.rules.is_empty() {
                    " Rules "
                    @for (index, rule) in context.rules.iter().enumerate() {
                        @if index > 0 { ", " }
                        code { (rule.policy) }
                    }
                    "."
                }
            }
        }
    }
}

/// Mentions hidden content: characters that cannot be seen, letters that look like others.
#[must_use]
pub fn notices(review: &ReviewDocument) -> Markup {
    let hidden = review.context.hidden;
    let alike = confusables(review);
    html! {
        @if hidden > 0 {
            section class="notice" {
                strong { (hidden_heading(hidden)) }
                "They are spelled out where they stand, like " (mark("⟨U+200B⟩")) "."
            }
        }
        @if !alike.is_empty() {
            section class="notice" {
                strong { "Some letters look like others" }
                "Compare letter by letter: "
                @for (index, word) in alike.iter().enumerate() { @if index > 0 { ", " } code { (word) } }
                "."
            }
        }
    }
}

fn hidden_heading(count: u32) -> String {
    if count == 1 {
        "One character in the agent's words cannot be seen".to_owned()
    } else {
        format!("{} characters in the agent's words cannot be seen", capital(&number(count)))
    }
}

fn line(field: &Field) -> Markup {
    html! {
        dt { (text(&field.label)) }
        dd {
            span class="value" { (text(&field.value)) }
            @if !field.note.is_empty() { br; span class="soft" { (text(&field.note)) } }
        }
    }
}

fn origin(fact: &Provenance) -> Markup {
    html! {
        dt { (text(&capital(&fact.name.replace('_', " ")))) }
        dd {
            span class="value" { (text(&fact.value)) } " "
            @if fact.verified { span class="tag proved" { "proved by its token" } }
            @else { span class="tag said" { "said by the agent" } }
        }
    }
}

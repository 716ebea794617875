//! Upper bounds of everything in an event or a document. Writers and readers both use them, so that nothing is
//! recorded that the index could not store afterwards.
//!
//! The numbers follow from the index: a row holds 400 KB, a key 2048 bytes, a transaction 100 items and 4 MB. Lengths are
//! bytes of UTF-8.

use domain::{
    AccountEvent, KeyRef, Person, Principal, RequesterSet, Requirement, Scope, SuspensionEvent, Verdict,
};

use crate::text::Identity;

/// The longest issuer.
pub const ISSUER: usize = 512;
/// The longest subject, group or name of a requirement.
pub const NAME: usize = 255;
/// The longest name of an action type: 100 characters.
pub const ACTION_TYPE: usize = 400;
/// The longest id of a key.
pub const KEY_ID: usize = 256;
/// The longest stable code, and the longest id of an attempt.
pub const CODE: usize = 100;
/// The longest JSON pointer.
pub const POINTER: usize = 2048;
/// The longest correlation of an agent.
pub const CORRELATION: usize = 512;
/// The most requirements of one decision, grants of one, or people behind one request.
pub const LISTED: usize = 32;
/// The most groups that one decision asks, and for which one person votes.
pub const GROUPS: usize = 40;
/// The most pointers of one list.
pub const POINTERS: usize = 256;
/// The most people that an action's row names as having voted.
pub const DECIDERS: usize = 40;
/// The longest sentence that an action's row stores; a longer one is cut.
pub const SENTENCE: usize = 2048;
/// The most parameters that the next request is compared with.
pub const COMPARED: usize = 256;
/// The longest text in the record of a violation.
pub const DETAIL: usize = 600;
/// The longest id of a chat account, and its longest name there.
pub const ACCOUNT: usize = 255;
/// The longest document: a table item holds 400 KB, its key and names included.
pub const DOCUMENT: usize = 390 * 1024;

/// A value that exceeds its bound. It names the value and repeats nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} is larger than the {most} that may be recorded")]
pub struct OutOfBounds {
    what: &'static str,
    most: usize,
}

pub(crate) type Bounded = Result<(), OutOfBounds>;

/// Whether the event of the suspension list may be recorded.
///
/// # Errors
/// [`OutOfBounds`].
pub fn suspension_event(event: &SuspensionEvent) -> Bounded {
    scope_of(event.scope())?;
    match event {
        SuspensionEvent::Suspended { verdict, .. } => said(verdict),
        SuspensionEvent::Resumed { attempt, .. } => text("the attempt", attempt, CODE),
    }
}

/// Whether the event of a chat account may be recorded.
///
/// # Errors
/// [`OutOfBounds`].
pub fn account_event(event: &AccountEvent) -> Bounded {
    text("the channel", &event.account().channel, CODE)?;
    text("the account", &event.account().id, ACCOUNT)?;
    match event {
        AccountEvent::Linked { person: one, shown_as, .. } => {
            text("the account's name", shown_as, ACCOUNT).and_then(|()| person(one))
        }
        AccountEvent::Unlinked { by, .. } => person(by),
    }
}

/// Whether somebody may be named so in a record.
///
/// # Errors
/// [`OutOfBounds`].
pub fn identity(identity: &Identity) -> Bounded {
    pair(&identity.issuer, &identity.subject)
}

/// Whether this text has at most so many bytes.
///
/// # Errors
/// [`OutOfBounds`], naming `what`.
pub fn text(what: &'static str, text: &str, most: usize) -> Bounded {
    if text.len() <= most { Ok(()) } else { Err(OutOfBounds { what, most }) }
}

/// The text, or as many of its first characters as fit into so many bytes, the last one an ellipsis.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub('…'.len_utf8());
    let end = (0..=room).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    format!("{}…", text.get(..end).unwrap_or_default())
}

pub(crate) fn list<T>(what: &'static str, values: &[T], most: usize) -> Bounded {
    if values.len() <= most { Ok(()) } else { Err(OutOfBounds { what, most }) }
}

fn pair(issuer: &str, subject: &str) -> Bounded {
    text("an issuer", issuer, ISSUER).and_then(|()| text("a subject", subject, NAME))
}

pub(crate) fn principal_of(principal: &Principal) -> Bounded {
    pair(&principal.issuer, &principal.subject)
}

fn person(person: &Person) -> Bounded {
    pair(&person.issuer, &person.subject)
}

pub(crate) fn key(key: &KeyRef) -> Bounded {
    text("an issuer", &key.issuer, ISSUER).and_then(|()| text("a key id", &key.kid, KEY_ID))
}

fn scope_of(scope: &Scope) -> Bounded {
    match scope {
        Scope::All => Ok(()),
        Scope::Type(name) => text("the action type", name, ACTION_TYPE),
        Scope::Agent(agent) => principal_of(agent),
    }
}

fn names(what: &'static str, values: &[String]) -> Bounded {
    list(what, values, GROUPS)?;
    values.iter().try_for_each(|value| text("a group", value, NAME))
}

fn pointers(values: &[String]) -> Bounded {
    list("a list of pointers", values, POINTERS)?;
    values.iter().try_for_each(|value| text("a pointer", value, POINTER))
}

pub(crate) fn asked(requirements: &[Requirement]) -> Bounded {
    list("the list of requirements", requirements, LISTED)?;
    let groups = requirements.iter().flat_map(|requirement| &requirement.groups);
    let mut groups: Vec<&String> = groups.map(|wanted| &wanted.group).collect();
    if groups.len() > GROUPS {
        groups.sort_unstable();
        groups.dedup();
    }
    list("the list of groups that are asked", &groups, GROUPS)?;
    requirements.iter().try_for_each(requirement)
}

fn requirement(requirement: &Requirement) -> Bounded {
    text("a requirement's name", &requirement.name, NAME)?;
    list("the list of groups of a requirement", &requirement.groups, GROUPS)?;
    requirement.groups.iter().try_for_each(|wanted| text("a group", &wanted.group, NAME))?;
    let terms = &requirement.terms;
    let empty: &[String] = &[];
    names("the groups that stand in", terms.escalation.as_ref().map_or(empty, |one| &one.groups))?;
    names("the groups of an emergency", terms.emergency.as_ref().map_or(empty, |one| &one.groups))?;
    pointers(terms.grant.as_ref().map_or(empty, |one| &one.fixed))?;
    pointers(&terms.may_change)
}

pub(crate) fn requester_set(set: &RequesterSet) -> Bounded {
    principal_of(&set.agent)?;
    set.owner.iter().try_for_each(person)?;
    list("the people behind the request", &set.humans, LISTED)?;
    set.humans.iter().try_for_each(person)
}

pub(crate) fn said(verdict: &Verdict) -> Bounded {
    person(&verdict.person)?;
    names("the groups of a verdict", &verdict.groups)?;
    list("the seats of a verdict", &verdict.seats, GROUPS)?;
    verdict
        .seats
        .iter()
        .try_for_each(|seat| text("a group", &seat.group, NAME).and_then(|()| person(&seat.person)))?;
    pointers(&verdict.changed)?;
    pointers(verdict.grant.as_ref().map_or(&[], |terms| &terms.fixed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        for (text, most, expected) in [
            ("short", 5, "short"),
            ("longer", 5, "lo…"),
            ("ääää", 6, "ä…"),
            ("ääää", 8, "ääää"),
            ("ä", 1, "…"),
        ] {
            assert_eq!(cut(text, most), expected, "{text} {most}");
        }
    }
}

//! The words of a notice. The agent's own words never stand here.

use std::collections::BTreeSet;

use bundle::Destination;
use domain::{
    DeniedBy, Emergency, Event, GroupCount, Person, ProbeGap, Proof, Review, Run, State, SuspensionEvent,
    Unstarted, VerdictKind,
};
use review::Votes;
use wire::text::rfc3339;
use wire::{Item, SuspensionItem};

use crate::receipt::Receipt;

/// One message for one audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// `ask`, `receipt`, `end`, `resolve`, `emergency`, `alarm` or `suspensions`.
    pub kind: &'static str,
    /// `group:<name>` or `person:<subject>`.
    pub audience: String,
    /// Plain text.
    pub text: String,
    /// Where to look; it asks who you are.
    pub link: String,
    /// Where it goes, if not to every address of its audience.
    pub told: Option<Vec<Destination>>,
}

impl Notice {
    /// The group that it is for, if it is for one.
    #[must_use]
    pub fn group(&self) -> Option<&str> {
        self.audience.strip_prefix("group:")
    }

    /// One line for a notification: it names nothing that an agent or a token chose.
    #[must_use]
    pub fn heading(&self) -> &'static str {
        match self.kind {
            "ask" => "Your agreement is asked for.",
            "receipt" => "A decision was recorded in your name.",
            "end" => "An action that concerns you has ended.",
            "resolve" => "The outcome of an action was lost. Somebody must look.",
            "emergency" => "An action ran as an emergency. Somebody must look.",
            "alarm" => "Nobody has looked at an emergency in time.",
            _ => "Something was suspended, or runs again.",
        }
    }
}

/// One notice per group, naming how many of it must agree and until when.
pub(crate) fn ask(review: &Review, sentence: &str, link: &str) -> Vec<Notice> {
    let until = clock(&rfc3339(review.proposal.expires_at));
    let asked = &review.decision.requirements;
    let standing_in = asked.iter().flat_map(|one| {
        let group = |group: &String| GroupCount { group: group.clone(), count: one.needed() };
        one.terms.standing_in.iter().map(group)
    });
    let mut notices: Vec<Notice> = Vec::new();
    for wanted in asked.iter().flat_map(|one| one.groups.iter().cloned()).chain(standing_in) {
        let audience = format!("group:{}", wanted.group);
        if notices.iter().any(|notice| notice.audience == audience) {
            continue;
        }
        let who = match wanted.count {
            1 => format!("One of {} must agree", wanted.group),
            count => format!("{count} of {} must agree", wanted.group),
        };
        let text = format!("{sentence}. {who} before {until}.");
        notices.push(Notice { kind: "ask", audience, text, link: link.to_owned(), told: None });
    }
    let confirms = asked.iter().any(|one| one.terms.confirm) && review.confirmed.is_none();
    for human in review.decision.requester.humans.iter().filter(|_| confirms) {
        let text =
            format!("{sentence}. It is asked for in your name: say before {until} whether you want it.");
        let audience = format!("person:{}", human.subject);
        notices.push(Notice { kind: "ask", audience, text, link: link.to_owned(), told: None });
    }
    notices
}

/// That somebody has to look what a lost attempt did, to the groups whose people may say it; where the rules name nobody,
/// to the owner of the agent.
pub(crate) fn resolve(run: &Run, sentence: &str, link: &str) -> Vec<Notice> {
    let why = match run.probe_gap {
        Some(ProbeGap::NoProbe) | None => "its target cannot be asked",
        Some(ProbeGap::CannotTell) => "its target was asked and cannot say",
        Some(ProbeGap::TimedOut) => "its target could not be asked in time",
    };
    let lost = format!("{sentence}: its outcome was lost, and {why}.");
    let asked: BTreeSet<&String> =
        run.review.resolvers().iter().flat_map(|one| one.groups.iter()).map(|one| &one.group).collect();
    let notice = |audience: String, text: String| Notice {
        kind: "resolve",
        audience,
        text,
        link: link.to_owned(),
        told: None,
    };
    if asked.is_empty() {
        let text = format!("{lost} The rules name nobody who may record whether it happened.");
        let owner = run.review.decision.requester.owner.iter();
        return owner.map(|owner| notice(format!("person:{}", owner.subject), text.clone())).collect();
    }
    let text = format!("{lost} Look at the target and record whether it happened; one of you is enough.");
    asked.into_iter().map(|group| notice(format!("group:{group}"), text.clone())).collect()
}

/// That somebody ran it at once, to the groups whose people may close its review.
pub(crate) fn emergency(review: &Review, emergency: &Emergency, sentence: &str, link: &str) -> Vec<Notice> {
    let who = &emergency.vote.person.subject;
    let until = clock(&rfc3339(emergency.review_by));
    let text = match emergency.overdue {
        true => format!("Nobody has looked at an emergency in time (until {until}): {who} ran “{sentence}”."),
        false => format!(
            "{who} ran “{sentence}” at once, as an emergency. Somebody else must look at it before {until}."
        ),
    };
    let asked = review.decision.requirements.iter();
    let groups = asked.flat_map(|one| {
        let hurry = one.terms.emergency.iter().flat_map(|rule| rule.groups.iter());
        one.groups.iter().map(|wanted| &wanted.group).chain(hurry)
    });
    let groups: BTreeSet<&String> = groups.collect();
    let kind = if emergency.overdue { "alarm" } else { "emergency" };
    let notice = |group: &String| Notice {
        kind,
        audience: format!("group:{group}"),
        text: text.clone(),
        link: link.to_owned(),
        told: None,
    };
    groups.into_iter().map(notice).collect()
}

/// What was recorded in somebody's name, so that they notice what they did not do.
pub(crate) fn receipt(receipt: &Receipt, sentence: &str, object: u64, link: &str) -> Notice {
    let said = match receipt.verdict.kind {
        VerdictKind::Approve => "approved",
        VerdictKind::Deny => "denied",
        VerdictKind::Modify => "changed",
        VerdictKind::Confirm => "confirmed",
        VerdictKind::Emergency => "ran at once, as an emergency,",
        VerdictKind::Close => "closed the review of",
        VerdictKind::Revoke => "took back the grant of",
        VerdictKind::Suspend => "suspended",
        VerdictKind::Happened => "found that it happened:",
        VerdictKind::DidNotHappen => "found that it did not happen:",
    };
    let proof = match receipt.verdict.proof {
        Proof::Idp => "signed by your identity provider",
        Proof::Service => "on the word of this service",
    };
    let at = clock(&rfc3339(receipt.at));
    let text = format!(
        "Recorded in your name: you {said} “{sentence}” at {at}, {proof} (log object {object}). \
         If this was not you, say so now."
    );
    let audience = format!("person:{}", receipt.verdict.person.subject);
    Notice { kind: "receipt", audience, text, link: link.to_owned(), told: None }
}

/// What the suspension list's event with this place changed, to the groups in whose name its scope was suspended last.
pub(crate) fn suspensions(list: &SuspensionItem, sequence: u32, link: &str) -> Vec<Notice> {
    let until = list.entries().iter().filter(|entry| entry.sequence <= sequence);
    let Some(entry) = until.clone().next_back() else { return Vec::new() };
    let (scope, text) = match &entry.event {
        SuspensionEvent::Suspended { scope, verdict } => {
            let (by, what, at) =
                (&verdict.person.subject, review::describe_scope(scope), clock(&rfc3339(entry.at)));
            (
                scope,
                format!(
                    "{by} suspended {what} at {at}. None of it runs until people approve a `countersign-resume`."
                ),
            )
        }
        SuspensionEvent::Resumed { scope, by, .. } => (
            scope,
            format!("No longer suspended: {}. Action {by} resumed it.", review::describe_scope(scope)),
        ),
    };
    let suspended = until.rev().find_map(|entry| match &entry.event {
        SuspensionEvent::Suspended { scope: suspended, verdict } if suspended == scope => Some(verdict),
        _ => None,
    });
    let groups = suspended.into_iter().flat_map(|verdict| verdict.groups.iter());
    let notice = |group: &String| Notice {
        kind: "suspensions",
        audience: format!("group:{group}"),
        text: text.clone(),
        link: link.to_owned(),
        told: None,
    };
    groups.map(notice).collect()
}

/// The sentence, and who changed what was proposed last.
pub(crate) fn as_changed(item: &Item, sentence: &str) -> String {
    match item.changes().last() {
        Some((_, verdict)) => {
            format!("{sentence}, as {} changed it", redaction::escape_value(&verdict.person.subject).text)
        }
        None => sentence.to_owned(),
    }
}

/// How it stands, for those who were asked: what every copy of the request says after it was sent.
pub(crate) fn standing(item: &Item, sentence: &str, audience: &str, link: &str) -> Notice {
    let (kind, audience, link) = ("ask", audience.to_owned(), link.to_owned());
    let State::Pending(review) = item.state() else {
        let text = format!("{sentence}: {}.", ending(item.state()));
        return Notice { kind, audience, text, link, told: None };
    };
    let sentence = as_changed(item, sentence);
    let mut asked = ask(review, &sentence, &link).into_iter();
    let Some(mut notice) = asked.find(|notice| notice.audience == audience) else {
        let text = format!("{sentence}. It waits for others.");
        return Notice { kind, audience, text, link, told: None };
    };
    let votes = Votes::of(item, None);
    let given: u32 = votes.progress(review).iter().map(|progress| progress.given).sum();
    if !votes.hidden() && given > 0 {
        notice.text = format!("{} So far {given} agreed.", notice.text);
    }
    notice
}

/// How it ended, to the owner and everybody who voted.
pub(crate) fn end(item: &Item, sentence: &str, link: &str) -> Vec<Notice> {
    let text = format!("{sentence}: {}.", ending(item.state()));
    let mut people: BTreeSet<&Person> = BTreeSet::new();
    for entry in item.entries() {
        match &entry.event {
            Event::Decided { requester, .. } => {
                people.extend(&requester.owner);
            }
            event => people.extend(event.verdict().map(|verdict| &verdict.person)),
        }
    }
    let audiences = people.iter().map(|person| format!("person:{}", person.subject)).chain(disagreed(item));
    let notice = |audience: String| Notice {
        kind: "end",
        audience,
        text: text.clone(),
        link: link.to_owned(),
        told: None,
    };
    audiences.map(notice).collect()
}

/// Whom a disagreement among people who could not see each other's votes goes to: those who would stand in for them.
fn disagreed(item: &Item) -> Vec<String> {
    let State::Denied(Unstarted::Reviewed(review), DeniedBy::Approver(_)) = item.state() else {
        return Vec::new();
    };
    // Whoever denies what was approved already disagrees with what everybody could see.
    if review.met() || review.emergency.is_some() {
        return Vec::new();
    }
    let agreed = !review.votes.is_empty();
    let blind = review.decision.requirements.iter().filter(|one| agreed && one.terms.blind);
    let above =
        blind.filter_map(|one| one.terms.escalation.as_ref()).flat_map(|escalation| &escalation.groups);
    above.map(|group| format!("group:{group}")).collect()
}

fn ending(state: &State) -> &'static str {
    let found_later = |happened: bool| match happened {
        true => "its outcome was lost; it was found that it happened",
        false => "its outcome was lost; it was found that it did not happen",
    };
    state.found_later().map_or_else(|| state.status().ended(), found_later)
}

/// `2026-11-21T15:40:00.000Z` as `15:40 UTC on 2026-11-21`.
fn clock(rfc3339: &str) -> String {
    match (rfc3339.get(11..16), rfc3339.get(..10)) {
        (Some(time), Some(date)) => format!("{time} UTC on {date}"),
        _ => rfc3339.to_owned(),
    }
}

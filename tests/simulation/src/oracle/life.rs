//! One action's events as one witness tells them, and what may not follow what.

use std::collections::BTreeSet;

use domain::{ActionId, DecisionKind, Digest, Event, Proof, Timestamp, Verdict, VerdictKind};

use super::broken::Broken;

/// What one witness (the locked log, or the state table) says of one action.
#[derive(Debug, Default)]
pub(super) struct Life {
    pub(super) events: Vec<(Event, Timestamp)>,
    pub(super) until: Option<Timestamp>,
    pub(super) ended: bool,
    pub(super) quarantined: bool,
    voted: BTreeSet<String>,
    changers: BTreeSet<String>,
    statements: BTreeSet<Digest>,
}

impl Life {
    /// Whether it was ever claimed.
    pub(super) fn is_claimed(&self) -> bool {
        self.events.iter().any(|(event, _)| matches!(event, Event::Claimed { .. }))
    }

    /// The next event.
    ///
    /// # Errors
    /// The promise it breaks.
    pub(super) fn add(&mut self, id: &ActionId, event: Event, at: Timestamp) -> Result<(), Broken> {
        if self.quarantined {
            return Err(format!("D16: {id} went on after a violation"));
        }
        let late = self.until.is_some_and(|until| at >= until);
        let begins = match &event {
            // A grant can be revoked when the action itself is long over.
            Event::VerdictGiven(verdict) => verdict.kind != VerdictKind::Revoke,
            event => matches!(event, Event::Claimed { .. }),
        };
        if begins && (self.ended || late) {
            return Err(format!("P6: {id} has a {} after its end", event.kind()));
        }
        if event == Event::Expired && !late {
            return Err(format!("P1: {id} expired before its time"));
        }
        // What a change made of it is decided anew.
        let since = self.revised();
        let again = |kind: &str| self.events.iter().skip(since).any(|(before, _)| before.kind() == kind);
        if ["proposed", "decided", "claimed"].contains(&event.kind()) && again(event.kind()) {
            return Err(format!("P2: {id} was {} twice", event.kind()));
        }
        if matches!(event, Event::Claimed { .. }) && !again("decided") {
            return Err(format!("P3: {id} was claimed before it was decided"));
        }
        match &event {
            Event::Proposed { expires_at, .. } => self.until = Some(*expires_at),
            Event::Decided { kind, expires_at, .. } => {
                self.until = Some(*expires_at);
                self.ended |= *kind == DecisionKind::Forbid;
            }
            Event::VerdictGiven(verdict) => self.voted(id, verdict)?,
            Event::Modified { verdict, .. } => self.changed(id, verdict)?,
            Event::Cancelled { .. } | Event::Expired | Event::Refused { .. } => self.ended = true,
            _ => {}
        }
        self.events.push((event, at));
        Ok(())
    }

    /// P5, P6: nobody in the requester set, each person and each statement once; a denial is final.
    fn voted(&mut self, id: &ActionId, verdict: &Verdict) -> Result<(), Broken> {
        let who = verdict.person.subject.as_str();
        let denies = verdict.kind == VerdictKind::Deny;
        for name in in_whose_name(verdict) {
            if ["demo-agent", "dana"].contains(&name) {
                return Err(format!("P5: {name} asks for {id} and had a say in it"));
            }
            if verdict.kind == VerdictKind::Approve && self.was_changed_by(name) {
                return Err(format!("E5: {name} changed {id} and approved it"));
            }
        }
        let fails_safe = denies || verdict.kind == VerdictKind::Revoke;
        if !self.statements.insert(verdict.statement) || !(self.voted.insert(who.to_owned()) || fails_safe) {
            return Err(format!("P6: a verdict of {who} on {id} counted twice"));
        }
        self.ended |= denies;
        Ok(())
    }

    /// P5, D6: nobody in the requester set changes it, and whoever had agreed to what it was is asked anew.
    fn changed(&mut self, id: &ActionId, verdict: &Verdict) -> Result<(), Broken> {
        let who = verdict.person.subject.as_str();
        let mut names = in_whose_name(verdict);
        let last = names.next_back().unwrap_or(who);
        let may = last == "alice" || (self.escalated() && ["bob", "carol"].contains(&last));
        if !may || verdict.proof != Proof::Idp || verdict.changed != ["/destination"] {
            return Err(format!("P5: {who} changed {:?} of {id}", verdict.changed));
        }
        if !self.statements.insert(verdict.statement) {
            return Err(format!("P6: a change of {id} counted twice"));
        }
        self.voted.clear();
        self.changers.extend(in_whose_name(verdict).map(str::to_owned));
        Ok(())
    }

    /// Whether this person changed it, in whatever revision.
    pub(super) fn was_changed_by(&self, who: &str) -> bool {
        self.changers.contains(who)
    }

    /// Whether others may stand in for those who were asked about what stands now.
    pub(super) fn escalated(&self) -> bool {
        self.present().any(|(event, _)| *event == Event::Escalated)
    }

    /// How many events there are up to the last change.
    fn revised(&self) -> usize {
        self.events
            .iter()
            .rposition(|(event, _)| matches!(event, Event::Modified { .. }))
            .map_or(0, |last| last + 1)
    }

    /// What happened since the last change.
    pub(super) fn present(&self) -> impl DoubleEndedIterator<Item = &(Event, Timestamp)> {
        self.events.iter().skip(self.revised())
    }

    /// The statement of the last change.
    pub(super) fn change(&self) -> Option<Digest> {
        let last = self.revised().checked_sub(1)?;
        self.events.get(last)?.0.verdict().map(|verdict| verdict.statement)
    }

    /// The place of the decision that stands, from 1.
    pub(super) fn decision(&self) -> Option<u32> {
        let decided = |(event, _): &(Event, Timestamp)| matches!(event, Event::Decided { .. });
        let place = self.events.iter().rposition(decided).filter(|place| *place >= self.revised())?;
        u32::try_from(place + 1).ok()
    }

    /// The claim of this attempt: under which manifest and when.
    pub(super) fn claim(&self, attempt: &str) -> Option<(Digest, Timestamp)> {
        self.events.iter().find_map(|(event, at)| match event {
            Event::Claimed { attempt: of, bundle, .. } if of == attempt => Some((*bundle, *at)),
            _ => None,
        })
    }

    /// The document of the action that was decided on.
    pub(super) fn action(&self) -> Option<Digest> {
        self.present().find_map(|(event, _)| match event {
            Event::Decided { action, .. } => *action,
            _ => None,
        })
    }
}

/// Who said it, and whose seats they took.
fn in_whose_name(verdict: &Verdict) -> impl DoubleEndedIterator<Item = &str> {
    let seats = verdict.seats.iter().map(|seat| seat.person.subject.as_str());
    std::iter::once(verdict.person.subject.as_str()).chain(seats)
}

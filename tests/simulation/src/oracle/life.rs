//! One action's events as one witness tells them, and what may not follow what.

use std::collections::BTreeSet;

use domain::{ActionId, DecisionKind, Digest, Event, Timestamp, Verdict, VerdictKind};

use super::Broken;

/// What one witness (the locked log, or the state table) says of one action.
#[derive(Debug, Default)]
pub(super) struct Life {
    pub(super) events: Vec<(Event, Timestamp)>,
    pub(super) until: Option<Timestamp>,
    pub(super) ended: bool,
    pub(super) dead: bool,
    voted: BTreeSet<String>,
    statements: BTreeSet<Digest>,
}

impl Life {
    /// The next event.
    ///
    /// # Errors
    /// The promise it breaks.
    pub(super) fn add(&mut self, id: &ActionId, event: Event, at: Timestamp) -> Result<(), Broken> {
        if self.dead {
            return Err(format!("D16: {id} went on after a violation"));
        }
        let late = self.until.is_some_and(|until| at >= until);
        let begins = match &event {
            // What was promised can be taken back when the action itself is long over.
            Event::VerdictGiven(verdict) => verdict.kind != VerdictKind::Revoke,
            event => matches!(event, Event::Claimed { .. }),
        };
        if begins && (self.ended || late) {
            return Err(format!("P6: {id} has a {} after its end", event.kind()));
        }
        if event == Event::Expired && !late {
            return Err(format!("P1: {id} expired before its time"));
        }
        let again = |kind: &str| self.events.iter().any(|(before, _)| before.kind() == kind);
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
            Event::Cancelled { .. } | Event::Expired | Event::Refused { .. } => self.ended = true,
            _ => {}
        }
        self.events.push((event, at));
        Ok(())
    }

    /// P5, P6: nobody on the asking side, each person and each statement once; a denial is final.
    fn voted(&mut self, id: &ActionId, verdict: &Verdict) -> Result<(), Broken> {
        let who = verdict.person.subject.as_str();
        if ["demo-agent", "dana"].contains(&who) {
            return Err(format!("P5: {who} asks for {id} and had a say in it"));
        }
        let denies = verdict.kind == VerdictKind::Deny;
        let fails_safe = denies || verdict.kind == VerdictKind::Revoke;
        if !self.statements.insert(verdict.statement) || !(self.voted.insert(who.to_owned()) || fails_safe) {
            return Err(format!("P6: a verdict of {who} on {id} counted twice"));
        }
        self.ended |= denies;
        Ok(())
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
        self.events.iter().find_map(|(event, _)| match event {
            Event::Decided { action, .. } => *action,
            _ => None,
        })
    }
}

//! What must hold of an effect that nobody was asked about because an earlier approval granted it.

use domain::{ActionId, Event, Granted, Proof, Timestamp, Verdict, VerdictKind};

use super::life::Life;
use super::{Broken, Oracle};
use crate::action_kind::ActionKind;
use crate::rules::RuleSet;

/// What the decision on an action stands on.
pub(super) fn granted(told: &Life) -> &[Granted] {
    let decided = told.present().find_map(|(event, _)| match event {
        Event::Decided { granted, .. } => Some(granted.as_slice()),
        _ => None,
    });
    decided.unwrap_or_default()
}

impl Oracle {
    /// P3, P5: the grant was made by somebody who may decide on this kind, for the same body of the same kind; it was
    /// counted with the claim, no more often than was granted, before its end and before anybody took it back.
    pub(super) fn granted_effect(
        &self,
        id: &ActionId,
        (kind, rules): (ActionKind, RuleSet),
        (grants, at): (&[Granted], Timestamp),
    ) -> Result<(), Broken> {
        let (_, needed) = kind.must_agree();
        if grants.len() != needed {
            return Err(format!("P5: {id} had an effect on {} grants", grants.len()));
        }
        for one in grants {
            let earlier = self.witness().get(&one.action);
            let earlier = earlier.ok_or_else(|| format!("P5: {id} ran on a grant nobody made"))?;
            let made = earlier.events.iter().find_map(|(event, _)| match event {
                Event::VerdictGiven(verdict) if verdict.statement == one.statement => Some(verdict),
                _ => None,
            });
            let fits = |verdict: &&Verdict| verdict.kind == VerdictKind::Approve && verdict.grant.is_some();
            let made = made.filter(fits).ok_or_else(|| format!("P5: {id} ran on what granted nothing"))?;
            let name = made.person.subject.as_str();
            let proven = made.proof == Proof::Idp || !kind.needs_idp();
            let may = |seat: &str| rules.lists(kind, seat, earlier.escalated());
            if !(proven && rules.seat(made).is_some_and(may)) {
                return Err(format!("P5: {id} ran on a grant of {name}"));
            }
            let (ours, theirs) = (self.decided(id)?, self.decided(&one.action)?);
            let same = self.kinds.get(&one.action) == Some(&kind) && ours.parameters == theirs.parameters;
            if !same || ours.principal != theirs.principal {
                return Err(format!("P3: {id} ran on a grant about something else"));
            }
            self.counted(id, one, made, at)?;
        }
        Ok(())
    }

    /// The uses of the grant, as the item that made it has them.
    fn counted(&self, id: &ActionId, one: &Granted, made: &Verdict, at: Timestamp) -> Result<(), Broken> {
        let terms = made.grant.as_ref().ok_or("no terms")?;
        if at >= terms.until {
            return Err(format!("P6: {id} ran on a grant that was over"));
        }
        let Some(life) = self.table.lives.get(&one.action).filter(|_| !self.restored) else { return Ok(()) };
        let (mut used, mut ours, mut revoked) = (0, false, false);
        for (event, _) in &life.events {
            match event {
                Event::GrantUsed { statement, by, .. } if *statement == one.statement => {
                    used += 1;
                    if by == id && !revoked {
                        ours = true;
                    }
                }
                Event::VerdictGiven(verdict) => revoked |= verdict.kind == VerdictKind::Revoke,
                _ => {}
            }
        }
        match ours && used <= terms.uses {
            true => Ok(()),
            false => Err(format!("P5: {id} ran on a grant used {used} of {} times", terms.uses)),
        }
    }
}

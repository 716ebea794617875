//! What must hold at the moment of an effect, and when credentials for one are minted.

use std::collections::BTreeSet;

use credentials::Session;
use domain::{ActionId, Digest, Proof, Timestamp, Verdict, VerdictKind};
use serde_json::Value;
use store::StreamImage;
use wire::documents::Action;

use super::granted::granted;
use super::life::Life;
use super::{Broken, Oracle};
use crate::action_kind::ActionKind;
use crate::deployment::{SimulatedBundle, SimulatedDeployment};
use crate::people::CHANGED;
use crate::rules::RuleSet;
use crate::target::SimulatedEffect;

/// How long an attempt may take from asking for the bundle to its claim, in seconds, with clocks off by a minute.
const ATTEMPT: i64 = 240;
/// How long after its deadline an action that was claimed in time may still have its effect: the lease, and clocks off by
/// a minute.
const LEASE: i64 = 360;

impl Oracle {
    /// W19, P4, P11: credentials that can act are minted only for a claim that both the item and the locked bucket hold,
    /// after the decision was locked, and allow what the plan says.
    pub(super) fn minted(&self, deployment: &SimulatedDeployment, session: &Session) -> Result<(), Broken> {
        let Some(action) = &session.source_identity else { return Ok(()) };
        let id: ActionId = action.parse().map_err(|_| format!("P3: credentials for `{action}`"))?;
        let tag = session.tags.iter().find(|(name, _)| name == "countersign:attempt");
        let attempt = tag.map(|(_, attempt)| attempt.as_str()).unwrap_or_default();
        self.claimed(deployment, &id, attempt)?;
        let plan = self.decided(&id)?.plan;
        let text = session.policy.as_deref().unwrap_or_default();
        if session.role != plan.role || allowed(text) != allowed(&plan.session_policy) {
            return Err(format!("P11: credentials for {id} allow more than its plan"));
        }
        Ok(())
    }

    /// P2 to P7 at the moment of an effect: nothing has happened since it reached its target.
    pub(super) fn effect(
        &mut self,
        deployment: &SimulatedDeployment,
        effect: &SimulatedEffect,
    ) -> Result<(), Broken> {
        let id: ActionId =
            effect.action.parse().map_err(|_| format!("P3: an effect of `{}`", effect.action))?;
        let kind =
            *self.kinds.get(&id).ok_or_else(|| format!("P3: an effect of {id}, which nobody asked for"))?;
        let count = self.effects.entry(id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            return Err(format!("P2: {id} had {count} effects"));
        }
        if effect.done {
            self.done.insert(id.clone());
        }
        let told =
            self.witness().get(&id).ok_or_else(|| format!("P4: {id} had an effect before its records"))?;
        // A denial that a restored table has lost may be recorded while an attempt is under way already.
        let over = told.ended && self.over_when_claimed.get(&id) != Some(&false);
        if over || told.quarantined {
            let kinds: Vec<&str> = told.events.iter().map(|(event, _)| event.kind()).collect();
            let quarantined = if told.quarantined { " and a violation" } else { "" };
            return Err(format!(
                "P6: {id} had an effect after its end, which the log tells as {kinds:?}{quarantined}"
            ));
        }
        if told.until.is_none_or(|until| effect.at >= until.plus_seconds(LEASE)) {
            return Err(format!("P6: {id} had an effect long after its deadline"));
        }
        let plan = self.decided(&id)?.plan;
        if plan.calls != effect.calls {
            return Err(format!("P3: {id} ran {:?}, approved was {:?}", effect.calls, plan.calls));
        }
        let (bundle, at) = self.claimed(deployment, &id, &effect.attempt)?;
        let rules = in_force(&deployment.published(), bundle, at).map_err(|why| format!("P3: {id} {why}"))?;
        if rules.forbid(kind) {
            return Err(format!("P3: {id} had an effect that the rules in force at its claim forbid"));
        }
        match granted(told) {
            [] => agreed(&id, kind, rules, told)?,
            grants => self.granted_effect(&id, (kind, rules), (grants, at))?,
        }
        let accepted = self.acknowledged.get(&id).and_then(|bodies| bodies.first()).copied();
        let calls = format!("{:?}", effect.calls);
        if let Some(statement) = told.change() {
            return self.as_changed(&id, statement, &calls);
        }
        match accepted {
            Some(other) if !calls.contains(kind.mark(other)) => {
                Err(format!("P7: {id} ran another body: {calls}"))
            }
            _ => Ok(()),
        }
    }

    /// P12: what was changed last is what runs, as the statement in the log says it.
    fn as_changed(&self, id: &ActionId, statement: Digest, calls: &str) -> Result<(), Broken> {
        let said = self.recorded.documents.get(&statement).and_then(|body| body.get("patch"));
        let said = said.and_then(|patch| patch.get("destination")).and_then(Value::as_str);
        let said = said.ok_or_else(|| format!("P12: nobody said what {id} was changed to"))?;
        let file = said.rsplit('/').next().unwrap_or(said);
        match said == CHANGED && calls.contains(file) {
            true => Ok(()),
            false => Err(format!("P12: {id} was changed to `{said}` and ran {calls}")),
        }
    }

    /// P3, P4, P12: the action document of the recorded decision.
    pub(super) fn decided(&self, id: &ActionId) -> Result<Action, Broken> {
        let place = self.witness().get(id).and_then(Life::decision);
        let recorded =
            self.recorded.places.iter().any(|((of, sequence), _)| of == id && Some(*sequence) == place);
        let digest = self.witness().get(id).and_then(Life::action).filter(|_| recorded);
        let digest =
            digest.ok_or_else(|| format!("P4: {id} was to have an effect before its decision was locked"))?;
        let body = self.recorded.documents.get(&digest).cloned();
        let action = body.and_then(|body| wire::json::from_value::<Action>(body).ok());
        action.ok_or_else(|| format!("P4: the action document of {id} is not in the log"))
    }

    /// P3, W19: the item held this attempt's claim, and so does the locked bucket. Under which manifest, and when.
    fn claimed(
        &self,
        deployment: &SimulatedDeployment,
        id: &ActionId,
        attempt: &str,
    ) -> Result<(Digest, Timestamp), Broken> {
        let held = deployment.log.claims().get(id).and_then(|bytes| wire::json::parse_value(bytes).ok());
        let held = held.ok_or_else(|| format!("D11: {id} was to have an effect without a locked claim"))?;
        if held.get("attempt").and_then(Value::as_str) != Some(attempt) {
            return Err(format!("D11: another attempt holds the claim of {id}"));
        }
        if let Some(claim) = self.table.lives.get(id).and_then(|life| life.claim(attempt)) {
            return Ok(claim);
        }
        // The item was bent or put back since; it held the claim all the same.
        let stream = deployment.states.stream();
        let items = stream.iter().filter_map(|record| match &record.image {
            StreamImage::Item(item) => item.action().filter(|item| item.id() == id),
            _ => None,
        });
        let claim = items.flat_map(|item| item.entries()).find_map(|entry| match &entry.event {
            domain::Event::Claimed { attempt: of, bundle, .. } if of == attempt => Some((*bundle, entry.at)),
            _ => None,
        });
        claim.ok_or_else(|| format!("P3: {id} was to have an effect without a claim"))
    }
}

/// The rules of the claim's manifest, which no other had followed long before.
fn in_force(published: &[SimulatedBundle], bundle: Digest, at: Timestamp) -> Result<RuleSet, &'static str> {
    let place = published.iter().position(|one| one.manifest == bundle);
    let place = place.ok_or("was claimed under a bundle nobody published")?;
    match published.get(place + 1) {
        Some(next) if next.at.plus_seconds(ATTEMPT) < at => {
            Err("was claimed under a bundle that was no longer in force")
        }
        _ => Ok(published[place].rules),
    }
}

/// P5, from records alone: enough distinct people who may, on as many distinct people's seats (C20), none of the requester set,
/// each as well proven as demanded. Only those count whom the directory in force at the claim still lists or lends a seat
/// (F17, E17), and nobody who changed it (E5).
fn agreed(id: &ActionId, kind: ActionKind, rules: RuleSet, told: &Life) -> Result<(), Broken> {
    let approvals = told.present().filter_map(|(event, _)| match event {
        domain::Event::VerdictGiven(verdict) if verdict.kind == VerdictKind::Approve => Some(verdict),
        _ => None,
    });
    let (_, needed) = kind.must_agree();
    let counts = |verdict: &Verdict| {
        let (name, seat) = (verdict.person.subject.clone(), rules.seat(verdict)?.to_owned());
        let signed = verdict.proof == Proof::Idp;
        let may = (signed || !kind.needs_idp())
            && rules.lists(kind, &seat, told.escalated())
            && ![&name, &seat].iter().any(|who| told.was_changed_by(who));
        may.then_some((name, seat))
    };
    let people: BTreeSet<(String, String)> = approvals.filter_map(counts).collect();
    let voters: BTreeSet<&String> = people.iter().map(|(name, _)| name).collect();
    let seats: BTreeSet<&String> = people.iter().map(|(_, seat)| seat).collect();
    match voters.len().min(seats.len()) >= needed {
        true => Ok(()),
        false => Err(format!("P5: {id} had an effect with the consent of {people:?} alone")),
    }
}

/// What a session policy allows, without the time it is narrowed to.
fn allowed(text: &str) -> Option<Value> {
    let mut policy = wire::json::parse_value(text.as_bytes()).ok()?;
    for statement in policy.get_mut("Statement")?.as_array_mut()? {
        let statement = statement.as_object_mut()?;
        if let Some(conditions) = statement.get_mut("Condition").and_then(Value::as_object_mut) {
            conditions.remove("DateLessThan");
            if conditions.is_empty() {
                statement.remove("Condition");
            }
        }
    }
    Some(policy)
}

//! What people say of an action: a change, and their votes.

use domain::{Event, Proof, Seat, Verdict, VerdictKind};
use serde_json::json;
use testkit::{Gate, LocalSigner};
use wire::documents::Statement;

use super::TestStack;
use super::sample_action::{SampleAction, Tampering};

/// Somebody changes it, honestly or not; what they said.
pub(super) async fn change(stack: &mut TestStack, tampering: Tampering) -> Vec<Statement> {
    let honest = stack.scenario.signer.clone();
    if tampering == Tampering::ChangedUnsigned {
        stack.scenario.signer = LocalSigner::seeded([66; 32], Gate::open());
    }
    let who = if tampering == Tampering::ChangedByOwner { "dana" } else { "alice" };
    let patch = match tampering {
        Tampering::ChangedElsewhere => json!({"source": "s3://customers/2026/q3-short.csv"}),
        _ => json!({"destination": "s3://partner-drop/inbox/q3.csv"}),
    };
    stack.scenario.change(who, &["data-owners"], &patch, Proof::Idp).await;
    stack.scenario.signer = honest;
    let (_, verdict) = stack.scenario.item.changes().last().unwrap();
    let said: Statement = stack.scenario.documents[&verdict.statement].open().unwrap();
    if tampering == Tampering::ChangedOtherwise {
        // Policy makes something else of it than was said.
        return vec![Statement {
            patch: Some(json!({"destination": "s3://partner-drop/other.csv"})),
            ..said
        }];
    }
    vec![said]
}

/// Those who are asked answer, honestly or not.
pub(super) async fn vote(stack: &mut TestStack, ask: SampleAction, tampering: Tampering) {
    if ask.requirement().is_none() || tampering.unasked() {
        return;
    }
    let (voter, group, proof) = ask.voter();
    let voter = match tampering {
        Tampering::OwnerApproves => "dana",
        Tampering::Outsider => "mallory",
        _ if tampering.changes() || tampering.stands_in() => "erin",
        _ => voter,
    };
    if tampering.stands_in() {
        stack.scenario.seats = vec![Seat { group: group.to_owned(), person: stack.scenario.person("bob") }];
    }
    stack.scenario.signed_in =
        matches!(tampering, Tampering::Silent | Tampering::SilentEmergency).then_some(75);
    if tampering.hurries() {
        let honest = stack.scenario.signer.clone();
        if tampering == Tampering::ForgedEmergency {
            stack.scenario.signer = LocalSigner::seeded([66; 32], Gate::open());
        }
        let who = if tampering == Tampering::OwnerHurries { "dana" } else { "bob" };
        stack.scenario.vote(who, &["sre"], VerdictKind::Emergency, Proof::Idp).await;
        stack.scenario.signer = honest;
        return;
    }
    if tampering == Tampering::ListedOnly {
        let verdict = stack.scenario.verdict(voter, &["nobody"], VerdictKind::Approve, proof).await;
        stack.scenario.add(Event::VerdictGiven(Verdict { groups: vec![group.to_owned()], ..verdict }));
        return;
    }
    let proof = if tampering == Tampering::WeakerProof { Proof::Service } else { proof };
    if tampering == Tampering::ForgedEnvelope {
        let honest = stack.scenario.signer.clone();
        stack.scenario.signer = LocalSigner::seeded([66; 32], Gate::open());
        stack.scenario.vote(voter, &[group], VerdictKind::Approve, proof).await;
        stack.scenario.signer = honest;
        return;
    }
    stack.scenario.vote(voter, &[group], VerdictKind::Approve, proof).await;
    if matches!(ask, SampleAction::Resume | SampleAction::Rules) {
        stack.scenario.vote("carol", &[group], VerdictKind::Approve, proof).await;
    }
    if tampering.confirms() {
        let who = if tampering == Tampering::Confirmed { "frank" } else { "mallory" };
        stack.scenario.vote(who, &[], VerdictKind::Confirm, proof).await;
    }
}

//! What people say of an action: a change, and their votes.

use domain::{Event, Proof, Seat, Verdict, VerdictKind};
use serde_json::json;
use testkit::{Gate, LocalSigner};
use wire::documents::Statement;

use super::World;
use super::ask::{Ask, Twist};

/// Somebody changes it, honestly or not; what they said.
pub(super) async fn change(world: &mut World, twist: Twist) -> Vec<Statement> {
    let honest = world.story.signer.clone();
    if twist == Twist::ChangedUnsigned {
        world.story.signer = LocalSigner::seeded([66; 32], Gate::open());
    }
    let who = if twist == Twist::ChangedByOwner { "dana" } else { "alice" };
    let patch = match twist {
        Twist::ChangedElsewhere => json!({"source": "s3://customers/2026/q3-short.csv"}),
        _ => json!({"destination": "s3://partner-drop/inbox/q3.csv"}),
    };
    world.story.change(who, &["data-owners"], &patch, Proof::Idp).await;
    world.story.signer = honest;
    let (_, verdict) = world.story.item.changes().last().unwrap();
    let said: Statement = world.story.documents[&verdict.statement].open().unwrap();
    if twist == Twist::ChangedOtherwise {
        // Policy makes something else of it than was said.
        return vec![Statement {
            patch: Some(json!({"destination": "s3://partner-drop/other.csv"})),
            ..said
        }];
    }
    vec![said]
}

/// Those who are asked answer, honestly or not.
pub(super) async fn vote(world: &mut World, ask: Ask, twist: Twist) {
    if ask.requirement().is_none() || twist.unasked() {
        return;
    }
    let (voter, group, proof) = ask.voter();
    let voter = match twist {
        Twist::OwnerApproves => "dana",
        Twist::Outsider => "mallory",
        _ if twist.changes() || twist.stands_in() => "erin",
        _ => voter,
    };
    if twist.stands_in() {
        world.story.seats = vec![Seat { group: group.to_owned(), person: world.story.person("bob") }];
    }
    world.story.signed_in = matches!(twist, Twist::Silent | Twist::SilentEmergency).then_some(75);
    if twist.hurries() {
        let honest = world.story.signer.clone();
        if twist == Twist::ForgedEmergency {
            world.story.signer = LocalSigner::seeded([66; 32], Gate::open());
        }
        let who = if twist == Twist::OwnerHurries { "dana" } else { "bob" };
        world.story.vote(who, &["sre"], VerdictKind::Emergency, Proof::Idp).await;
        world.story.signer = honest;
        return;
    }
    if twist == Twist::ListedOnly {
        let verdict = world.story.verdict(voter, &["nobody"], VerdictKind::Approve, proof).await;
        world.story.add(Event::VerdictGiven(Verdict { groups: vec![group.to_owned()], ..verdict }));
        return;
    }
    let proof = if twist == Twist::WeakerProof { Proof::Service } else { proof };
    if twist == Twist::ForgedEnvelope {
        let honest = world.story.signer.clone();
        world.story.signer = LocalSigner::seeded([66; 32], Gate::open());
        world.story.vote(voter, &[group], VerdictKind::Approve, proof).await;
        world.story.signer = honest;
        return;
    }
    world.story.vote(voter, &[group], VerdictKind::Approve, proof).await;
    if matches!(ask, Ask::Resume | Ask::Rules) {
        world.story.vote("carol", &[group], VerdictKind::Approve, proof).await;
    }
    if twist.confirms() {
        let who = if twist == Twist::Confirmed { "frank" } else { "mallory" };
        world.story.vote(who, &[], VerdictKind::Confirm, proof).await;
    }
}

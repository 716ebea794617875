//! How an action comes to be approved: what intake, policy, people and callbacks write, honest or not.

use bundle::{CatalogueEntry, InForce, Rules};
use data_encoding::BASE64;
use domain::{ActionRef, DecisionKind, Event, KeyRef, Proof, RequesterSet, Requirement, Scope};
use evaluation::{Derived, Planner, agent_name, derive};
use identity::{VerifiedCaller, caller_with_key, unverified_key_ref};
use review::Asked;
use serde_json::json;
use store::{EffectiveSuspensions, SealPayload, SuspendState};
use testkit::scenario::DEPLOYMENT;
use testkit::{Gate, Scenario};
use wire::documents::{
    Action, DecisionDocument, DocumentKind, Payload, Provenance, ReasonJson, Request, ReviewDocument,
    Statement,
};

use super::answered::{change, vote};
use super::issuers::{issuers, pipelines};
use super::sample_action::{SampleAction, Tampering};
use super::{TestStack, rules};

const REASON: &str = "For dana@example.com: quarterly report";

pub async fn tell(stack: &mut TestStack, ask: SampleAction, tampering: Tampering) {
    rules::publish(stack, tampering).await;
    let in_force =
        InForce::load(&stack.bundles, &stack.publisher.key(), None).await.expect("a bundle is in force");
    let entry = in_force.bundle.entry(ask.action_type()).expect("the sample has the type").clone();
    let (payload, derived) = propose(stack, ask, tampering, (&in_force, &entry)).await;
    decide(stack, ask, tampering, (&in_force, &entry), (&derived, &[])).await;
    if tampering.changes() {
        let said = change(stack, tampering).await;
        let (caller, bundle) = (derived.caller, &in_force.bundle);
        let derived = derive(&payload, &said, caller, &entry, bundle, &issuers()).expect("an honest change");
        decide(stack, ask, Tampering::None, (&in_force, &entry), (&derived, &said)).await;
    }
    vote(stack, ask, tampering).await;
}

async fn propose(
    stack: &mut TestStack,
    ask: SampleAction,
    tampering: Tampering,
    (in_force, entry): (&InForce, &CatalogueEntry),
) -> (Payload, Derived) {
    let issuers = issuers();
    let agent = if tampering == Tampering::OtherToken { "ci-agent" } else { "demo-agent" };
    let own = json!({"sub": ask.agent(), "client_id": ask.agent()});
    let token = match tampering {
        Tampering::Unmapped => {
            pipelines().access(&json!({"sub": "demo-agent", "actor": "carol"}), stack.scenario.now)
        }
        Tampering::OtherIssuer => pipelines().access(&own, stack.scenario.now),
        Tampering::UnaskedOther => stack.scenario.issuer.agent("ci-agent", stack.scenario.now),
        Tampering::UnaskedBehind => {
            let behind = json!({"sub": "frank", "client_id": "demo-agent", "act": {"sub": "demo-agent"}});
            stack.scenario.issuer.access(&behind, stack.scenario.now)
        }
        Tampering::ShortToken => {
            let soon = stack.scenario.now.seconds() + 60;
            let own = json!({"sub": ask.agent(), "client_id": ask.agent(), "exp": soon});
            stack.scenario.issuer.access(&own, stack.scenario.now)
        }
        _ if tampering.confirms() => {
            let behind = json!({"sub": "demo-agent", "client_id": "demo-agent", "actor": "frank"});
            stack.scenario.issuer.access(&behind, stack.scenario.now)
        }
        _ => stack.scenario.issuer.access(&own, stack.scenario.now),
    };
    let payload = Payload {
        format: Payload::FORMAT.to_owned(),
        parameters: ask.parameters(),
        reason: REASON.to_owned(),
        token,
        commitment_key: BASE64.encode(&[3; 32]),
    };
    let key = stack.scenario.issuer.jwk();
    let caller = caller_with_key(&payload.token, &key, &issuers, stack.scenario.now).unwrap();
    let VerifiedCaller::Agent(caller) = caller else { unreachable!("an agent's token") };
    let derived =
        derive(&payload, &[], caller, entry, &in_force.bundle, &issuers).expect("an honest request");
    let mut sealed = payload.clone();
    match tampering {
        Tampering::OtherToken => sealed.token = stack.scenario.issuer.agent(agent, stack.scenario.now),
        Tampering::ForgedToken => {
            sealed.token.pop();
            sealed.token.push(if payload.token.ends_with('A') { 'Q' } else { 'A' });
        }
        Tampering::LaterToken => {
            sealed.token = stack.scenario.issuer.agent(agent, stack.scenario.now.plus_seconds(600))
        }
        Tampering::OtherParameters => sealed.parameters["destination"] = json!("s3://partner-drop/other.csv"),
        _ => {}
    }
    let deadline =
        stack.scenario.now.plus_seconds(if tampering == Tampering::ShortPayload { 600 } else { 3600 });
    let sealed = stack.seal.seal(&sealed, stack.scenario.item.id(), 1, deadline).await.unwrap();
    let payload_digest = stack.scenario.put(&sealed);
    let request = request(stack, ask, tampering, &derived);
    let request = stack.scenario.put(&request);
    let mut key_ref: KeyRef = unverified_key_ref(&payload.token).unwrap();
    if tampering == Tampering::OtherIssuer {
        key_ref.issuer = stack.scenario.issuer.name().to_owned();
    }
    let event = Event::Proposed {
        action_type: ask.action_type().to_owned(),
        principal: derived.caller.principal.clone(),
        payload: payload_digest,
        request,
        token_key: key_ref,
        expires_at: stack.scenario.now.plus_seconds(3600),
    };
    stack.scenario.add(event);
    (payload, derived)
}

fn request(stack: &TestStack, ask: SampleAction, tampering: Tampering, derived: &Derived) -> Request {
    let said = Provenance { name: "commit".to_owned(), value: "9f2c".to_owned(), verified: false };
    let said = Provenance { verified: tampering == Tampering::FalseProvenance, ..said };
    Request {
        format: Request::FORMAT.to_owned(),
        action: stack.id(),
        revision: 1,
        action_type: ask.action_type().to_owned(),
        parameters: derived.redacted.parameters.clone(),
        commitment: derived.commitment,
        reason: derived.redacted.reason.clone(),
        masked: derived.redacted.masked.clone(),
        principal: (&derived.caller.principal).into(),
        on_behalf_of: derived.caller.on_behalf_of.as_ref().map(Into::into),
        provenance: [derived.caller.claims.clone(), vec![said]].concat(),
        correlation: None,
    }
}

async fn decide(
    stack: &mut TestStack,
    ask: SampleAction,
    tampering: Tampering,
    (in_force, entry): (&InForce, &CatalogueEntry),
    (derived, said): (&Derived, &[Statement]),
) {
    let suspensions = match ask {
        SampleAction::Resume => suspended(stack).await,
        _ => EffectiveSuspensions::default(),
    };
    let planner = Planner {
        suspensions: suspensions.all(),
        known: &derived.known,
        in_force,
        deployment: DEPLOYMENT,
        assume: &stack.sts.through(Gate::open()),
        inspect: &stack.targets.through(Gate::open()),
    };
    tampering.prepare(&stack.targets);
    let shown = &derived.shown;
    let mut plan = planner.plan(stack.scenario.item.id(), entry, shown).await.expect("a plan");
    let what = review::what(entry, shown, &plan).expect("it can be shown");
    if tampering == Tampering::WiderPlan {
        plan.session_policy = plan.session_policy.replace("s3:GetObjectVersion", "s3:*");
    }
    let id = stack.id();
    let name = ActionRef { deployment: DEPLOYMENT, id: &id, revision: stack.scenario.revision() };
    let action = derived.action(name, Rules { in_force, entry }, plan).unwrap();
    let requirements = requirements(ask, tampering, in_force);
    let owner = !matches!(
        tampering,
        Tampering::ChangedByOwner
            | Tampering::OwnerApproves
            | Tampering::SeatOfOwner
            | Tampering::OwnerHurries
            | Tampering::Ownerless
    );
    let owner = owner.then(|| stack.scenario.person("dana"));
    let event = written(stack, tampering, (in_force, derived, said), (action, what), requirements, owner);
    stack.scenario.add(event);
}

/// The suspension list, on which somebody has suspended everything.
async fn suspended(stack: &TestStack) -> EffectiveSuspensions {
    let mut suspensions = Scenario::suspensions();
    suspensions.suspend("bob", &["sre"], Scope::All).await;
    stack.states.suspend(None, &suspensions.list).await.unwrap();
    stack.record_suspensions(&suspensions.list, 1).await;
    EffectiveSuspensions::read(&stack.states, &stack.index).await.unwrap()
}

fn requirements(ask: SampleAction, tampering: Tampering, in_force: &InForce) -> Vec<Requirement> {
    let name = ask.requirement().filter(|_| !tampering.unasked());
    let rule = name.map(|name| in_force.bundle.requirement(name).expect("it is there").requirement());
    let mut requirements: Vec<Requirement> = rule.into_iter().collect();
    if tampering == Tampering::ChangedElsewhere {
        requirements.iter_mut().for_each(|one| one.terms.may_change = vec!["/source".to_owned()]);
    }
    if tampering == Tampering::WeakerProof {
        requirements.iter_mut().for_each(|one| {
            (one.proof, one.max_age, one.prompt_login) = (Proof::Service, None, false);
        });
    }
    requirements
}

fn written(
    stack: &mut TestStack,
    tampering: Tampering,
    (in_force, derived, said): (&InForce, &Derived, &[Statement]),
    (action, what): (Action, wire::documents::What),
    requirements: Vec<Requirement>,
    owner: Option<domain::Person>,
) -> Event {
    let kind = if requirements.is_empty() { DecisionKind::Permit } else { DecisionKind::RequireApproval };
    let rules =
        vec![ReasonJson { policy: "rule".to_owned(), message: "They agree".to_owned(), instead: None }];
    let latest = stack.scenario.item.state().proposal().unwrap().expires_at;
    let expires_at = stack.scenario.now.plus_seconds(1800).min(latest);
    let digest = stack.scenario.put(&action);
    let request = &stack.scenario.documents[&stack.scenario.item.state().proposal().unwrap().request];
    let request: Request = request.open().unwrap();
    let mut review: ReviewDocument = review::document(
        digest,
        what,
        review::context(&Asked {
            request: &request,
            agent: &agent_name(&in_force.bundle, &derived.caller),
            owner: derived.requester.owner.as_ref(),
            changed: review::changes(&derived.redacted.parameters, said),
            rules: rules.clone(),
            requirements: &requirements,
            bundle: in_force.manifest,
            expires_at,
        }),
    );
    match tampering {
        Tampering::HarmlessReview => review.what.consequence = "nothing much".to_owned(),
        Tampering::OtherReason => review.context.reason = "The board has asked for it".to_owned(),
        _ => {}
    }
    let review = stack.scenario.put(&review);
    let entry = in_force.bundle.entry(&action.action_type).unwrap();
    let resolvers = match requirements.is_empty() && tampering != Tampering::OtherResolvers {
        true => in_force.bundle.resolvers(entry, &stack.granted),
        false => Vec::new(),
    };
    let document = stack.scenario.put(&DecisionDocument {
        format: DecisionDocument::FORMAT.to_owned(),
        action: stack.id(),
        revision: stack.scenario.revision(),
        outcome: kind.into(),
        code: None,
        bundle: Some(in_force.manifest),
        reasons: rules,
        cause: None,
        observed: Vec::new(),
        resource: None,
        requirements: requirements.clone(),
        granted: stack.granted.iter().cloned().map(Into::into).collect(),
        resolvers: resolvers.clone(),
        history: None,
    });
    // An owner is needed for anything that asks; a lying policy names somebody else.
    let owner = owner.or_else(|| Some(stack.scenario.person("mallory")));
    let humans = match tampering {
        Tampering::ConfirmedByAnother => vec![stack.scenario.person("mallory")],
        Tampering::Confirmed => derived.requester.humans.clone(),
        _ => Vec::new(),
    };
    let requester = RequesterSet { agent: derived.caller.principal.clone(), owner, humans };
    Event::Decided {
        kind,
        document,
        review: Some(review),
        action: Some(digest),
        requirements,
        granted: stack.granted.clone(),
        resolvers,
        requester,
        expires_at,
    }
}

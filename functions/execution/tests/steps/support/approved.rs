//! How an action comes to be approved: what intake, policy, people and callbacks write, honest or not.

use bundle::{CatalogueEntry, InForce, Rules};
use data_encoding::BASE64;
use domain::{ActionRef, DecisionKind, Event, KeyRef, Proof, RequesterSet, Requirement, Scope};
use evaluation::{Derived, Planner, agent_name, derive};
use identity::{VerifiedCaller, caller_with_key, unverified_key_ref};
use review::Asked;
use serde_json::json;
use store::{EffectiveSuspensions, SealPayload, SuspendState};
use testkit::story::DEPLOYMENT;
use testkit::{Gate, Story};
use wire::documents::{
    Action, DecisionDocument, DocumentKind, Payload, Provenance, ReasonJson, Request, ReviewDocument,
    Statement,
};

use super::answered::{change, vote};
use super::ask::{Ask, Twist};
use super::issuers::{issuers, pipelines};
use super::{World, rules};

const REASON: &str = "For dana@example.com: quarterly report";

pub async fn tell(world: &mut World, ask: Ask, twist: Twist) {
    rules::publish(world, twist).await;
    let in_force =
        InForce::load(&world.bundles, &world.publisher.key(), None).await.expect("a bundle is in force");
    let entry = in_force.bundle.entry(ask.action_type()).expect("the sample has the type").clone();
    let (payload, derived) = propose(world, ask, twist, (&in_force, &entry)).await;
    decide(world, ask, twist, (&in_force, &entry), (&derived, &[])).await;
    if twist.changes() {
        let said = change(world, twist).await;
        let (caller, bundle) = (derived.caller, &in_force.bundle);
        let derived = derive(&payload, &said, caller, &entry, bundle, &issuers()).expect("an honest change");
        decide(world, ask, Twist::None, (&in_force, &entry), (&derived, &said)).await;
    }
    vote(world, ask, twist).await;
}

async fn propose(
    world: &mut World,
    ask: Ask,
    twist: Twist,
    (in_force, entry): (&InForce, &CatalogueEntry),
) -> (Payload, Derived) {
    let issuers = issuers();
    let agent = if twist == Twist::OtherToken { "ci-agent" } else { "demo-agent" };
    let own = json!({"sub": ask.agent(), "client_id": ask.agent()});
    let token = match twist {
        Twist::Unmapped => {
            pipelines().access(&json!({"sub": "demo-agent", "actor": "carol"}), world.story.now)
        }
        Twist::OtherIssuer => pipelines().access(&own, world.story.now),
        Twist::UnaskedOther => world.story.issuer.agent("ci-agent", world.story.now),
        Twist::UnaskedBehind => {
            let behind = json!({"sub": "frank", "client_id": "demo-agent", "act": {"sub": "demo-agent"}});
            world.story.issuer.access(&behind, world.story.now)
        }
        Twist::ShortToken => {
            let soon = world.story.now.seconds() + 60;
            let own = json!({"sub": ask.agent(), "client_id": ask.agent(), "exp": soon});
            world.story.issuer.access(&own, world.story.now)
        }
        _ if twist.confirms() => {
            let behind = json!({"sub": "demo-agent", "client_id": "demo-agent", "actor": "frank"});
            world.story.issuer.access(&behind, world.story.now)
        }
        _ => world.story.issuer.access(&own, world.story.now),
    };
    let payload = Payload {
        format: Payload::FORMAT.to_owned(),
        parameters: ask.parameters(),
        reason: REASON.to_owned(),
        token,
        commitment_key: BASE64.encode(&[3; 32]),
    };
    let key = world.story.issuer.jwk();
    let caller = caller_with_key(&payload.token, &key, &issuers, world.story.now).unwrap();
    let VerifiedCaller::Agent(caller) = caller else { unreachable!("an agent's token") };
    let derived =
        derive(&payload, &[], caller, entry, &in_force.bundle, &issuers).expect("an honest request");
    let mut sealed = payload.clone();
    match twist {
        Twist::OtherToken => sealed.token = world.story.issuer.agent(agent, world.story.now),
        Twist::ForgedToken => {
            sealed.token.pop();
            sealed.token.push(if payload.token.ends_with('A') { 'Q' } else { 'A' });
        }
        Twist::LaterToken => {
            sealed.token = world.story.issuer.agent(agent, world.story.now.plus_seconds(600))
        }
        Twist::OtherParameters => sealed.parameters["destination"] = json!("s3://partner-drop/other.csv"),
        _ => {}
    }
    let deadline = world.story.now.plus_seconds(if twist == Twist::ShortPayload { 600 } else { 3600 });
    let sealed = world.seal.seal(&sealed, world.story.item.id(), 1, deadline).await.unwrap();
    let payload_digest = world.story.put(&sealed);
    let request = request(world, ask, twist, &derived);
    let request = world.story.put(&request);
    let mut key_ref: KeyRef = unverified_key_ref(&payload.token).unwrap();
    if twist == Twist::OtherIssuer {
        key_ref.issuer = world.story.issuer.name().to_owned();
    }
    let event = Event::Proposed {
        action_type: ask.action_type().to_owned(),
        principal: derived.caller.principal.clone(),
        payload: payload_digest,
        request,
        token_key: key_ref,
        expires_at: world.story.now.plus_seconds(3600),
    };
    world.story.add(event);
    (payload, derived)
}

fn request(world: &World, ask: Ask, twist: Twist, derived: &Derived) -> Request {
    let said = Provenance { name: "commit".to_owned(), value: "9f2c".to_owned(), verified: false };
    let said = Provenance { verified: twist == Twist::FalseProvenance, ..said };
    Request {
        format: Request::FORMAT.to_owned(),
        action: world.id(),
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
    world: &mut World,
    ask: Ask,
    twist: Twist,
    (in_force, entry): (&InForce, &CatalogueEntry),
    (derived, said): (&Derived, &[Statement]),
) {
    let suspensions = match ask {
        Ask::Resume => suspended(world).await,
        _ => EffectiveSuspensions::default(),
    };
    let planner = Planner {
        suspensions: suspensions.all(),
        known: &derived.known,
        in_force,
        deployment: DEPLOYMENT,
        assume: &world.sts.through(Gate::open()),
        inspect: &world.targets.through(Gate::open()),
    };
    twist.prepare(&world.targets);
    let shown = &derived.shown;
    let mut plan = planner.plan(world.story.item.id(), entry, shown).await.expect("a plan");
    let what = review::what(entry, shown, &plan).expect("it can be shown");
    if twist == Twist::WiderPlan {
        plan.session_policy = plan.session_policy.replace("s3:GetObjectVersion", "s3:*");
    }
    let id = world.id();
    let name = ActionRef { deployment: DEPLOYMENT, id: &id, revision: world.story.revision() };
    let action = derived.action(name, Rules { in_force, entry }, plan).unwrap();
    let requirements = requirements(ask, twist, in_force);
    let owner = !matches!(
        twist,
        Twist::ChangedByOwner
            | Twist::OwnerApproves
            | Twist::SeatOfOwner
            | Twist::OwnerHurries
            | Twist::Ownerless
    );
    let owner = owner.then(|| world.story.person("dana"));
    let event = written(world, twist, (in_force, derived, said), (action, what), requirements, owner);
    world.story.add(event);
}

/// The suspension list, on which somebody has suspended everything.
async fn suspended(world: &World) -> EffectiveSuspensions {
    let mut suspensions = Story::suspensions();
    suspensions.suspend("bob", &["sre"], Scope::All).await;
    world.states.suspend(None, &suspensions.list).await.unwrap();
    world.record_suspensions(&suspensions.list, 1).await;
    EffectiveSuspensions::read(&world.states, &world.index).await.unwrap()
}

fn requirements(ask: Ask, twist: Twist, in_force: &InForce) -> Vec<Requirement> {
    let name = ask.requirement().filter(|_| !twist.unasked());
    let rule = name.map(|name| in_force.bundle.requirement(name).expect("it is there").requirement());
    let mut requirements: Vec<Requirement> = rule.into_iter().collect();
    if twist == Twist::ChangedElsewhere {
        requirements.iter_mut().for_each(|one| one.terms.may_change = vec!["/source".to_owned()]);
    }
    if twist == Twist::WeakerProof {
        requirements.iter_mut().for_each(|one| {
            (one.proof, one.max_age, one.prompt_login) = (Proof::Service, None, false);
        });
    }
    requirements
}

fn written(
    world: &mut World,
    twist: Twist,
    (in_force, derived, said): (&InForce, &Derived, &[Statement]),
    (action, what): (Action, wire::documents::What),
    requirements: Vec<Requirement>,
    owner: Option<domain::Person>,
) -> Event {
    let kind = if requirements.is_empty() { DecisionKind::Permit } else { DecisionKind::RequireApproval };
    let rules =
        vec![ReasonJson { policy: "rule".to_owned(), message: "They agree".to_owned(), instead: None }];
    let latest = world.story.item.state().proposal().unwrap().expires_at;
    let expires_at = world.story.now.plus_seconds(1800).min(latest);
    let digest = world.story.put(&action);
    let request = &world.story.documents[&world.story.item.state().proposal().unwrap().request];
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
    match twist {
        Twist::HarmlessReview => review.what.consequence = "nothing much".to_owned(),
        Twist::OtherReason => review.context.reason = "The board has asked for it".to_owned(),
        _ => {}
    }
    let review = world.story.put(&review);
    let entry = in_force.bundle.entry(&action.action_type).unwrap();
    let resolvers = match requirements.is_empty() && twist != Twist::OtherResolvers {
        true => in_force.bundle.resolvers(entry, &world.granted),
        false => Vec::new(),
    };
    let document = world.story.put(&DecisionDocument {
        format: DecisionDocument::FORMAT.to_owned(),
        action: world.id(),
        revision: world.story.revision(),
        outcome: kind.into(),
        code: None,
        bundle: Some(in_force.manifest),
        reasons: rules,
        cause: None,
        observed: Vec::new(),
        resource: None,
        requirements: requirements.clone(),
        granted: world.granted.iter().cloned().map(Into::into).collect(),
        resolvers: resolvers.clone(),
        history: None,
    });
    // An owner is needed for anything that asks; a lying policy names somebody else.
    let owner = owner.or_else(|| Some(world.story.person("mallory")));
    let humans = match twist {
        Twist::ConfirmedByAnother => vec![world.story.person("mallory")],
        Twist::Confirmed => derived.requester.humans.clone(),
        _ => Vec::new(),
    };
    let requester = RequesterSet { agent: derived.caller.principal.clone(), owner, humans };
    Event::Decided {
        kind,
        document,
        review: Some(review),
        action: Some(digest),
        requirements,
        granted: world.granted.clone(),
        resolvers,
        requester,
        expires_at,
    }
}

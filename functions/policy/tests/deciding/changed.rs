//! What a reviewer changed, decided anew.

use domain::{Digest, Event, Person, Proof, Verdict, VerdictKind};
use evaluation::derive;
use identity::{VerifiedCaller, caller_with_key};
use serde_json::{Value, json};
use store::ExtendState;
use testkit::Gate;
use wire::documents::{Action, DocumentKind, Payload, Request, Statement};
use wire::patch::touched;

use crate::sample_request::SampleRequest;
use crate::support::{TestStack, edited, sample};

const ELSEWHERE: &str = "s3://partner-drop/inbox/q3.csv";

/// What is bent between what Alice says and what stands in the table.
#[derive(Default)]
struct Bent {
    said: Option<Value>,
    pointers: Option<Vec<String>>,
    request: Option<fn(&mut Request)>,
}

fn statement(stack: &TestStack, review: &domain::Review, patch: Value) -> Statement {
    Statement {
        format: Statement::FORMAT.to_owned(),
        deployment: "local".to_owned(),
        action: stack.id.clone(),
        revision: review.proposal.revision,
        action_digest: review.decision.action,
        review_digest: review.decision.review,
        verdict: VerdictKind::Modify.into(),
        reason_code: None,
        reason: None,
        grant: None,
        scope: None,
        patch: Some(patch),
        person: (&alice(stack)).into(),
        client: "countersign-pages".to_owned(),
        channel: "page".to_owned(),
        account: None,
        at: stack.now(),
        salt: "00".repeat(16),
    }
}

fn alice(stack: &TestStack) -> Person {
    Person { issuer: stack.people.name().to_owned(), subject: "alice".to_owned() }
}

/// Alice changes it; what stands is what she said unless it was bent on the way.
async fn change(stack: &TestStack, patch: Value, bent: Bent) {
    let item = stack.item().await;
    let review = item.state().review().unwrap().clone();
    let asked: Request = stack.open(review.proposal.request);
    let mut next = asked.changed(&patch);
    if let Some(bend) = bent.request {
        bend(&mut next);
    }
    let changed = bent.pointers.unwrap_or_else(|| touched(&patch));
    let verdict = Verdict {
        person: alice(stack),
        kind: VerdictKind::Modify,
        groups: vec!["data-owners".to_owned()],
        seats: vec![],
        proof: Proof::Idp,
        statement: stack.put(&statement(stack, &review, bent.said.unwrap_or(patch))).await,
        envelope: Digest::of(b"envelope"),
        proof_document: Some(Digest::of(b"ID token")),
        grant: None,
        changed,
    };
    let event = Event::Modified { verdict, request: stack.put(&next).await };
    let (next, _) = item.extend(event, stack.now()).unwrap();
    stack.states.through(Gate::open()).extend(item.chain(), &next).await.unwrap();
    stack.clock.pass(1);
}

async fn pending() -> TestStack {
    let stack = TestStack::new().await;
    stack.propose(SampleRequest::customers()).await;
    stack.deliver().await.unwrap();
    assert_eq!(stack.gist().await, "pending data-owners");
    stack.clock.pass(60);
    stack
}

/// D6, P12: the plan is worked out from what the agent sealed with what the reviewer said, and everybody is asked anew.
#[tokio::test]
async fn what_was_changed_is_decided_anew() {
    let stack = pending().await;
    let before = stack.decided().await;
    change(&stack, json!({"destination": ELSEWHERE}), Bent::default()).await;
    stack.deliver().await.unwrap();
    assert_eq!(stack.gist().await, "pending data-owners");
    let decided = stack.decided().await;
    assert_ne!(decided.action, before.action);
    assert!(decided.expires_at <= before.expires_at, "a change is no way to more time");
    let action: Action = stack.open(decided.action.unwrap());
    assert_eq!((action.revision, &action.parameters["destination"]), (2, &json!(ELSEWHERE)));
    assert!(
        action.plan.session_policy.contains("partner-drop/inbox/q3.csv"),
        "{}",
        action.plan.session_policy
    );
    let request: Request = stack.open(stack.item().await.state().proposal().unwrap().request);
    assert_ne!(action.commitment, request.commitment, "one is of what was sent, one of what will run");
    let shown = stack.review().await;
    let [change] = shown.context.changed.as_slice() else { panic!("one change is shown") };
    assert_eq!((change.pointer.as_str(), change.by.subject.as_str()), ("/destination", "alice"));
    assert_eq!(
        (change.from.as_deref(), change.to.as_deref()),
        (Some("s3://partner-drop/q3.csv"), Some(ELSEWHERE))
    );
    assert_eq!(stack.item().await.state().review().unwrap().votes, []);
}

/// D1, D14, W24: what stands in the table and was not said, or cannot be shown as it was typed.
#[tokio::test]
async fn what_a_change_cannot_be() {
    let honest = || json!({"destination": ELSEWHERE});
    let to = |text: &str| json!({ "destination": text });
    let bent: Vec<(&str, &str, Value, Bent)> = vec![
        (
            "request-mismatch",
            "another statement",
            honest(),
            Bent { said: Some(to("s3://analytics/x.csv")), ..Bent::default() },
        ),
        (
            "request-mismatch",
            "more than the event says",
            honest(),
            Bent {
                said: Some(json!({"destination": ELSEWHERE, "source": "s3://reports/a.csv"})),
                ..Bent::default()
            },
        ),
        ("request-mismatch", "no patch", honest(), Bent { said: Some(json!([])), ..Bent::default() }),
        (
            "request-mismatch",
            "another request",
            honest(),
            Bent {
                request: Some(|request| request.reason = "The board asked".to_owned()),
                ..Bent::default()
            },
        ),
        ("hidden-characters", "a placeholder", to("s3://partner-drop/‹email 1›.csv"), Bent::default()),
        ("hidden-characters", "what cannot be seen", to("s3://partner-drop/q3\u{200b}.csv"), Bent::default()),
        ("secret-in-target", "an address", to("s3://partner-drop/dana@example.com.csv"), Bent::default()),
        ("invalid-parameters", "no place", to("partner-drop"), Bent::default()),
        ("invalid-parameters", "nothing", json!({"destination": null}), Bent::default()),
    ];
    for (code, why, patch, bend) in bent {
        let stack = pending().await;
        change(&stack, patch, bend).await;
        stack.deliver().await.unwrap();
        assert_eq!(stack.gist().await, format!("denied {code}"), "{why}");
    }
}

/// D5, P8: a reviewer's value stands there as it was typed, whether or not it is what a masked one hides.
#[tokio::test]
async fn a_change_is_no_way_to_try_out_what_is_masked() {
    let stack = TestStack::new().await;
    let bundle = &sample().bundle;
    let entry = bundle.entry("secret-put-value").unwrap();
    let token = stack.people.access(&json!({"sub": "demo-agent", "client_id": "demo-agent"}), stack.now());
    let payload = Payload {
        format: Payload::FORMAT.to_owned(),
        parameters: json!({"secret": "prod/payments/db", "value": "correct-horse"}),
        reason: "The old one leaked".to_owned(),
        token,
        commitment_key: data_encoding::BASE64.encode(&[3; 32]),
    };
    let Ok(VerifiedCaller::Agent(caller)) =
        caller_with_key(&payload.token, &stack.people.jwk(), &stack.issuers(), stack.now())
    else {
        panic!("an agent's token")
    };
    let pending = pending().await;
    let review = pending.item().await.state().review().unwrap().clone();
    let with = |patch: Value| {
        let said = [statement(&pending, &review, patch)];
        derive(&payload, &said, caller.clone(), entry, bundle, &stack.issuers())
    };
    let shown = |guess: &str| {
        let derived = with(json!({ "secret": guess })).unwrap();
        assert_eq!(derived.shown["secret"], json!(guess), "as it was typed");
        (derived.shown["value"].clone(), derived.redacted)
    };
    assert_eq!(shown("correct-horse"), shown("wrong-horse"));
    let masked = with(json!({"value": "another"})).err().unwrap();
    assert_eq!(masked.code, "secret-in-target", "what is masked nobody changes");
    // What no mark masks but a detector did is as little for anybody to change.
    let job = bundle.entry("lambda-invoke").unwrap();
    let text = "{\"ask\":\"dana@example.com\"}";
    let parameters = json!({"function": "demo-retrain", "version": "1", "payload": text});
    let payload = Payload { parameters, ..payload };
    let said = [statement(&pending, &review, json!({"payload": "{}"}))];
    let refused = derive(&payload, &said, caller, job, bundle, &stack.issuers()).err().unwrap();
    assert_eq!(refused.code, "request-mismatch", "{}", refused.detail);
}

/// O12: what the rules open is what people may change: without it there is nothing to change.
#[tokio::test]
async fn nobody_changes_what_is_not_open() {
    let rules = edited(&[("approvals.yaml", "  may_change: [/destination]\n", "")]);
    let stack = TestStack::new().await;
    stack.publish(&rules).await;
    stack.propose(SampleRequest::customers()).await;
    stack.deliver().await.unwrap();
    let item = stack.item().await;
    let review = item.state().review().unwrap();
    assert!(review.may_change(&["data-owners".to_owned()]).is_empty());
}

//! What an earlier approval granted, and so nobody is asked about.

use domain::{ActionId, Digest, Event, GrantTerms, Person, Proof, Verdict, VerdictKind};
use serde_json::json;
use store::{ExtendState, IndexRow};
use testkit::Gate;
use wire::Item;
use wire::text::Identity;

use crate::history::row;
use crate::sample_request::SampleRequest;
use crate::support::{TestStack, edited};

/// A version of the job with this payload.
fn job(version: &str, payload: &str) -> SampleRequest {
    let parameters = json!({ "function": "demo-retrain", "version": version, "payload": payload });
    SampleRequest { action_type: "lambda-invoke", parameters, ..SampleRequest::summary() }
}

/// What somebody grants, and what happened to it since.
struct EarlierGrant {
    by: &'static str,
    uses: u32,
    used: u32,
    seconds: i64,
    fixed: &'static [&'static str],
    begun: bool,
    listed: bool,
    payload: &'static str,
}

const HONEST: EarlierGrant = EarlierGrant {
    by: "bob",
    uses: 3,
    used: 1,
    seconds: 3600,
    fixed: &["/function", "/version"],
    begun: true,
    listed: true,
    payload: "{}",
};

impl EarlierGrant {
    /// Somebody of sre approves a job and grants more; the stack's next action is another.
    async fn made(&self, stack: &mut TestStack) -> Item {
        stack.targets.things(|things| {
            things.put_function("demo-retrain", "1", "code-sha-1");
            things.put_function("demo-retrain", "2", "code-sha-2");
        });
        stack.propose(job("1", self.payload)).await;
        stack.deliver().await.unwrap();
        assert_eq!(stack.gist().await, "pending sre");
        let asked = stack.item().await;
        let mut item = self.extended(stack, asked.clone(), self.vote(stack));
        if self.begun {
            let lease_until = stack.now().plus_seconds(300);
            let bundle = Digest::of(b"manifest");
            item = self.extended(stack, item, Event::Claimed { attempt: "a1".into(), lease_until, bundle });
        }
        for by in (0..self.used).filter(|_| self.begun) {
            let (statement, by) = (Digest::of(b"statement"), ActionId::of(&by.to_be_bytes()));
            item = self.extended(stack, item, Event::GrantUsed { statement, by, attempt: "b1".into() });
        }
        stack.states.through(Gate::open()).extend(asked.chain(), &item).await.unwrap();
        let principal = Identity { issuer: "http://127.0.0.1:8081".into(), subject: "demo-agent".into() };
        let row = IndexRow { action_type: "lambda-invoke".into(), ..row(1, principal, stack.now()) };
        let action = item.id().clone();
        stack.index.forge(IndexRow { action, grants: self.listed, ..row });
        stack.id = ActionId::of(b"another proposal");
        item
    }

    fn vote(&self, stack: &TestStack) -> Event {
        let fixed = self.fixed.iter().map(|pointer| (*pointer).to_owned()).collect();
        let until = stack.now().plus_seconds(self.seconds);
        Event::VerdictGiven(Verdict {
            person: Person { issuer: "http://127.0.0.1:8081".into(), subject: self.by.into() },
            kind: VerdictKind::Approve,
            groups: vec!["sre".into()],
            seats: vec![],
            proof: Proof::Service,
            statement: Digest::of(b"statement"),
            envelope: Digest::of(b"envelope"),
            proof_document: None,
            grant: Some(GrantTerms { until, uses: self.uses, fixed }),
            changed: Vec::new(),
        })
    }

    fn extended(&self, stack: &TestStack, item: Item, event: Event) -> Item {
        item.extend(event, stack.now()).expect("it may be said").0
    }
}

async fn decided(stack: &TestStack, ask: SampleRequest) -> String {
    stack.propose(ask).await;
    stack.deliver().await.unwrap();
    stack.gist().await
}

/// P3: a live grant of the same covers it; event, decision document and what people see say whose and what is left.
#[tokio::test]
async fn a_live_grant_stands_for_those_who_would_be_asked() {
    let mut stack = TestStack::new().await;
    let earlier = HONEST.made(&mut stack).await;
    assert_eq!(decided(&stack, job("1", "{\"other\":true}")).await, "approved");
    let item = stack.item().await;
    let granted = &item.state().review().expect("it is decided").decision.granted;
    assert_eq!(granted.len(), 1);
    assert_eq!((granted[0].requirement.as_str(), &granted[0].action), ("sre", earlier.id()));
    let decision = stack.decision().await;
    assert_eq!(decision.granted.len(), 1);
    let said = format!("Granted by bob's approval of {}: 2 of 3 uses left", earlier.id());
    assert_eq!(decision.reasons[0].message, said);
    assert!(stack.review().await.context.rules.iter().any(|rule| rule.message == said));
}

/// P3, P5, P10, W16: people are asked about whatever is not live, not the same, or not to be found.
#[tokio::test]
async fn what_no_grant_covers_is_asked() {
    const MASKED: &str = "{\"to\":\"x@example.org\"}";
    for (what, earlier, version) in [
        ("another version", HONEST, "2"),
        ("used up", EarlierGrant { used: 3, ..HONEST }, "1"),
        ("not begun", EarlierGrant { begun: false, ..HONEST }, "1"),
        ("not in the index", EarlierGrant { listed: false, ..HONEST }, "1"),
        (
            "masked",
            EarlierGrant { fixed: &["/function", "/payload", "/version"], payload: MASKED, ..HONEST },
            "1",
        ),
    ] {
        let mut stack = TestStack::new().await;
        earlier.made(&mut stack).await;
        assert_eq!(decided(&stack, job(version, earlier.payload)).await, "pending sre", "{what}");
        assert_eq!(stack.decision().await.granted, [], "{what}");
    }
    let mut stack = TestStack::new().await;
    EarlierGrant { seconds: 60, ..HONEST }.made(&mut stack).await;
    stack.clock.pass(61);
    assert_eq!(decided(&stack, job("1", "{}")).await, "pending sre", "over");
    for (what, from, to) in [
        ("approvals.yaml", "uses: 5", "uses: 4"),
        ("directory.yaml", "display: demo-agent, owner: dana", "display: demo-agent, owner: bob"),
        ("actions/lambda-invoke.yaml", "title: Run a function", "title: Run any function"),
    ] {
        let mut stack = TestStack::new().await;
        HONEST.made(&mut stack).await;
        stack.publish(&edited(&[(what, from, to)])).await;
        assert_eq!(decided(&stack, job("1", "{}")).await, "pending sre", "{what}");
    }
    // Another agent, or the same one for somebody else.
    for (claims, gist) in [
        (json!({ "sub": "ci-agent", "client_id": "ci-agent" }), "pending sre"),
        (json!({ "sub": "frank", "client_id": "demo-agent", "act": { "sub": "demo-agent" } }), "pending sre"),
    ] {
        let mut stack = TestStack::new().await;
        HONEST.made(&mut stack).await;
        assert_eq!(decided(&stack, job("1", "{}").by(claims.clone())).await, gist, "{claims}");
    }
}

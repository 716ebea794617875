//! What was done before, as rules hear it, and rules that only observe.

use domain::{Digest, HistoryEntry, HistoryKind, RequestProfile, Timestamp};
use store::{IndexRow, Position, Watermark, WriteIndex};
use testkit::Gate;
use wire::documents::CountsJson;
use wire::text::Identity;

use crate::sample_request::SampleRequest;
use crate::support::TestStack;

const FIRST: &str = "@id(\"internal-data-stays-inside\")";
const RULE: &str = "@id(\"three-an-hour\") @reason(\"Three an hour are enough\")\n\
    forbid (principal, action == Action::\"s3-export\", resource) when { context.history.executed_hour >= 3 };\n\n";
const RESOURCE: &str = "Object::\"s3://reports/2026/revenue-q3.csv\"";

/// A stack with one more rule.
async fn ruled(rule: &str) -> TestStack {
    TestStack::edited(&[("policies/exports.cedar", FIRST, &format!("{rule}{FIRST}"))]).await
}

impl TestStack {
    /// The ledger showed itself so many seconds before the decision.
    fn write_heartbeats(&self, ago: i64) {
        let heartbeat = self.now().plus_seconds(1 - ago);
        let mark =
            Watermark { next_object: 3, size: 9, range: vec![], last: Some(Digest::of(b"")), heartbeat };
        self.index.set_watermark(Some(mark));
    }

    /// Somebody did this so many seconds ago.
    async fn did(
        &self,
        number: u64,
        ago: i64,
        kind: HistoryKind,
        (who, what): (&str, &str),
        profile: RequestProfile,
    ) {
        let at = self.now().plus_seconds(-ago);
        let principal = Identity { issuer: "http://127.0.0.1:8081".to_owned(), subject: who.to_owned() };
        let history_key = wire::history_key(&principal, "s3-export", what).unwrap();
        let row = row(number, principal, at);
        let row = IndexRow { history_key: Some(history_key), profile: Some(profile), ..row };
        let HistoryEntry { at, kind } = HistoryEntry { at, kind };
        let position = Position {
            position: number,
            object: number,
            kind: "event".to_owned(),
            sequence: 3,
            at,
            digest: Digest::of(b"line"),
            tried: None,
            history_entry: Some(kind),
        };
        self.index.through(Gate::open()).apply(&position, &row).await.unwrap();
    }

    /// It ran so often in the last minutes.
    async fn ran(&self, times: u64) {
        for number in 0..times {
            self.did(number, 60, HistoryKind::Executed, ("demo-agent", RESOURCE), RequestProfile::default())
                .await;
        }
    }

    /// The summary is proposed and decided.
    async fn summary(&self) -> String {
        self.propose(SampleRequest::summary()).await;
        self.deliver().await.unwrap();
        self.gist().await
    }
}

pub fn row(number: u64, principal: Identity, at: Timestamp) -> IndexRow {
    let action = domain::ActionId::of(&number.to_be_bytes());
    IndexRow {
        sequence: 3,
        status: "succeeded".to_owned(),
        action_type: "s3-export".to_owned(),
        sentence: "s3-export".to_owned(),
        principal,
        ..IndexRow::blank(&action, at, 0)
    }
}

/// P10: a rule counts what this agent did with this type and resource, within its time, and nothing of anybody else.
#[tokio::test]
async fn a_rule_counts_what_was_done() {
    let stack = ruled(RULE).await;
    stack.write_heartbeats(1);
    assert_eq!(stack.summary().await, "approved");
    let decision = stack.decision().await;
    assert_eq!(decision.resource.as_deref(), Some(RESOURCE));
    let told = decision.history.expect("told");
    assert_eq!((told.executed, told.changed_since_last), (CountsJson::default(), vec!["first".to_owned()]));

    let stack = ruled(RULE).await;
    stack.write_heartbeats(1);
    stack.ran(2).await;
    let other =
        RequestProfile { parameters: [("source".to_owned(), None)].into(), ..RequestProfile::default() };
    for (number, (ago, kind, whose)) in [
        (7200, HistoryKind::Executed, ("demo-agent", RESOURCE)),
        (60, HistoryKind::Denied, ("demo-agent", RESOURCE)),
        (60, HistoryKind::Failed, ("demo-agent", RESOURCE)),
        (60, HistoryKind::Executed, ("ci-agent", RESOURCE)),
        (60, HistoryKind::Executed, ("demo-agent", "Object::\"s3://reports/2026/q3.csv\"")),
    ]
    .into_iter()
    .enumerate()
    {
        stack.did(10 + number as u64, ago, kind, whose, other.clone()).await;
    }
    assert_eq!(stack.summary().await, "approved");
    let told = stack.decision().await.history.expect("told");
    assert_eq!(told.executed, CountsJson { hour: 2, day: 3, week: 3 });
    assert_eq!((told.denied.hour, told.failed.hour), (1, 1));
    assert_eq!(told.changed_since_last, ["destination", "source"]);

    let stack = ruled(RULE).await;
    stack.write_heartbeats(1);
    stack.ran(3).await;
    assert_eq!(stack.summary().await, "denied forbidden-by-policy");
    let decision = stack.decision().await;
    assert_eq!(decision.reasons[0].policy, "three-an-hour");
    assert_eq!(decision.history.expect("told").executed.hour, 3);
}

/// W25, P10: an index that is behind, or that nobody wrote yet, denies what a rule that reads history decides, and nothing
/// else: where no such rule speaks nobody asks for it.
#[tokio::test]
async fn a_past_that_is_not_known_denies_what_depends_on_it() {
    for ago in [None, Some(300), Some(86_400)] {
        let stack = ruled(RULE).await;
        if let Some(ago) = ago {
            stack.write_heartbeats(ago);
        }
        assert_eq!(stack.summary().await, "denied policy-error", "{ago:?}");
        let decision = stack.decision().await;
        assert_eq!((decision.history, decision.reasons[0].policy.as_str()), (None, "three-an-hour"));
        stack.assert_not_looked_at("stale");
    }
    let stack = ruled(RULE).await;
    stack.write_heartbeats(299);
    assert_eq!(stack.summary().await, "approved");
    let jobs = RULE.replace("s3-export", "lambda-invoke");
    for stack in [TestStack::new().await, ruled(&jobs).await] {
        assert_eq!(stack.summary().await, "approved");
        let points = stack.probe.points();
        assert!(!points.contains(&"index.query"), "{points:?}");
    }
}

/// A rule that only observes is recorded with those that decide, and stops nothing, not even when it knows nothing.
#[tokio::test]
async fn what_only_observes_is_recorded() {
    let observing = RULE.replace("@reason", "@mode(\"observe\") @reason");
    for (ran, beats, said) in [(3, true, 1), (2, true, 0), (0, false, 1)] {
        let stack = ruled(&observing).await;
        if beats {
            stack.write_heartbeats(1);
        }
        stack.ran(ran).await;
        assert_eq!(stack.summary().await, "approved");
        let decision = stack.decision().await;
        assert_eq!(decision.observed.len(), said, "{:?}", decision.observed);
        assert!(decision.observed.iter().all(|reason| reason.policy == "three-an-hour"));
        assert!(decision.reasons.iter().all(|reason| reason.policy != "three-an-hour"));
        assert_eq!(decision.history.is_some(), beats);
    }
}

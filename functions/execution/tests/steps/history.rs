//! What was done before, asked again at the claim.

use bundle_build::{Compiled, Sources};
use domain::{Digest, HistoryKind, RequestProfile, Status};
use store::{IndexRow, Position, Watermark, WriteIndex};
use testkit::Gate;

use crate::support::{SampleAction, TestStack};

const FIRST: &str = "@id(\"internal-data-stays-inside\")";
const RULE: &str = "@id(\"once-an-hour\") @reason(\"Once an hour is enough\")\n\
    forbid (principal, action == Action::\"s3-export\", resource) when { context.history.executed_hour >= 1 };\n\n";

/// Approved, and then a rule that reads history comes into force.
async fn ruled() -> TestStack {
    let stack = TestStack::approved(SampleAction::Summary).await;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/policies");
    let mut sources = Sources::read(&folder).unwrap();
    let text = sources.0.get_mut("policies/exports.cedar").unwrap();
    *text = text.replacen(FIRST, &format!("{RULE}{FIRST}"), 1);
    stack.publish(&Compiled::from_sources(&sources, None).unwrap()).await;
    stack
}

fn write_heartbeats(stack: &TestStack, ago: i64) {
    let heartbeat = stack.now().plus_seconds(-ago);
    let mark = Watermark { next_object: 3, size: 9, range: vec![], last: Some(Digest::of(b"")), heartbeat };
    stack.index.set_watermark(Some(mark));
}

/// This action ran a minute ago, as the index says.
async fn did(stack: &TestStack, action: domain::ActionId) {
    let row = stack.row(1, 0);
    let history_key =
        wire::history_key(&row.principal, "s3-export", "Object::\"s3://reports/2026/revenue-q3.csv\"")
            .unwrap();
    let row = IndexRow {
        action,
        sequence: 0,
        history_key: Some(history_key),
        profile: Some(RequestProfile::default()),
        ..row
    };
    let position = Position {
        position: 77,
        object: 0,
        kind: "claimed".to_owned(),
        sequence: 3,
        at: stack.now().plus_seconds(-60),
        digest: Digest::of(b"line"),
        tried: None,
        history_entry: Some(HistoryKind::Executed),
    };
    stack.index.through(Gate::open()).apply(&position, &row).await.unwrap();
}

/// D2: a rule that reads history is asked again with the current history, this action itself left out.
#[tokio::test]
async fn the_past_of_now_decides() {
    let stack = ruled().await;
    write_heartbeats(&stack, 1);
    did(&stack, stack.id()).await;
    stack.deliver(1).await.unwrap();
    assert_eq!(
        stack.item().await.state().status(),
        Status::Succeeded,
        "its own entry is no part of its history"
    );

    let stack = ruled().await;
    write_heartbeats(&stack, 1);
    did(&stack, domain::ActionId::of(b"another")).await;
    stack.deliver(1).await.unwrap();
    let (code, detail) = stack.refusal().await.unwrap();
    assert_eq!((code.as_str(), detail.as_str()), ("no-longer-allowed", "Once an hour is enough"));
    stack.assert_untouched("done before");
}

/// W25: unknown history refuses what a rule about it decides.
#[tokio::test]
async fn a_past_that_is_not_known_refuses() {
    for ago in [None, Some(300)] {
        let stack = ruled().await;
        if let Some(ago) = ago {
            write_heartbeats(&stack, ago);
        }
        stack.deliver(1).await.unwrap();
        let (code, detail) = stack.refusal().await.unwrap();
        assert_eq!(
            (code.as_str(), detail.as_str()),
            ("no-longer-allowed", "the history is stale or missing")
        );
        stack.assert_untouched("unknown");
    }
}

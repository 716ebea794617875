//! New rules that people agreed to: put in force as they were shown, or not at all.

use bundle::ReadBundles;
use bundle_build::stage;
use domain::Status;
use testkit::sample_bundle;

use crate::support::{SampleAction, Tampering, TestStack, changed};

const BUCKET: &str = "countersign-local-bundles-000000000000";
const STAGED: &str = "bundles/staged/example.json";
const NUMBER: &str = "bundles/00000000000000000002";

/// Other rules, staged, shown to two people and approved.
async fn approved() -> TestStack {
    let mut stack = TestStack::empty("rules").await;
    let rules = changed("policies/jobs.cedar", "One of sre agrees before", "Somebody of sre agrees before");
    let about = ("carol", Some("example"));
    stage(&stack.bundles, stack.publisher.signer(), &rules, about, stack.now()).await.unwrap();
    for key in stack.bundles.keys() {
        let body = String::from_utf8(stack.bundles.get(&key).await.unwrap().unwrap().bytes).unwrap();
        stack.targets.things(|things| things.put_object(BUCKET, &key, &body));
    }
    stack.tell(SampleAction::Rules, Tampering::None).await;
    stack.settle().await;
    stack
}

/// P12, D2: what lies under the number afterwards is what was signed, byte by byte.
#[tokio::test]
async fn the_very_bytes_come_into_force() {
    let stack = approved().await;
    stack.deliver(1).await.unwrap();
    assert_eq!(stack.item().await.state().status(), Status::Succeeded, "{:?}", stack.refusal().await);
    let object = |key: &str| stack.targets.things(|things| things.object(BUCKET, key).map(str::to_owned));
    assert_eq!(object(NUMBER), object(STAGED));
    let effects: Vec<_> = stack.targets.effects().into_iter().map(|effect| effect.call).collect();
    assert_eq!(effects, ["s3:CopyObject"]);
}

/// D2, D4, F16: what came into force after people agreed, and what was changed since, lets nothing run.
#[tokio::test]
async fn what_no_longer_follows_does_not_run() {
    for what in ["other rules", "another version", "number taken", "content gone"] {
        let stack = approved().await;
        let content =
            stack.bundles.keys().into_iter().find(|key| {
                key.starts_with("bundles/content/") && !key.contains(&sample_bundle().digest.hex())
            });
        stack.targets.things(|things| match what {
            "another version" => {
                let body = things.object(BUCKET, STAGED).map(str::to_owned).unwrap();
                things.put_object(BUCKET, STAGED, &body);
            }
            "number taken" => things.put_object(BUCKET, NUMBER, "garbage"),
            "content gone" => things.delete_object(BUCKET, &content.unwrap()),
            _ => {}
        });
        if what == "other rules" {
            stack.publish(&changed("actions/lambda-invoke.yaml", "title: Run", "title: Start")).await;
        }
        stack.deliver(1).await.unwrap();
        let (code, detail) = stack.refusal().await.unwrap();
        assert_eq!(code, "changed-since-review", "{what}: {detail}");
        stack.assert_untouched(what);
    }
}

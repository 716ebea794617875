//! New rules that people agreed to: put in force as they were shown, or not at all.

use bundle::ReadBundles;
use bundle_build::stage;
use domain::Status;
use testkit::sample_bundle;

use crate::support::{Ask, Twist, World, changed};

const BUCKET: &str = "countersign-local-bundles-000000000000";
const STAGED: &str = "bundles/staged/example.json";
const NUMBER: &str = "bundles/00000000000000000002";

/// Other rules, staged, shown to two people and approved.
async fn approved() -> World {
    let mut world = World::empty("rules").await;
    let rules = changed("policies/jobs.cedar", "One of sre agrees before", "Somebody of sre agrees before");
    let about = ("carol", Some("example"));
    stage(&world.bundles, world.publisher.signer(), &rules, about, world.now()).await.unwrap();
    for key in world.bundles.keys() {
        let body = String::from_utf8(world.bundles.get(&key).await.unwrap().unwrap().bytes).unwrap();
        world.targets.things(|things| things.put_object(BUCKET, &key, &body));
    }
    world.tell(Ask::Rules, Twist::None).await;
    world.settle().await;
    world
}

/// P12, D2: what lies under the number afterwards is what was signed, byte by byte.
#[tokio::test]
async fn the_very_bytes_come_into_force() {
    let world = approved().await;
    world.deliver(1).await.unwrap();
    assert_eq!(world.item().await.state().status(), Status::Succeeded, "{:?}", world.refusal().await);
    let object = |key: &str| world.targets.things(|things| things.object(BUCKET, key).map(str::to_owned));
    assert_eq!(object(NUMBER), object(STAGED));
    let effects: Vec<_> = world.targets.effects().into_iter().map(|effect| effect.call).collect();
    assert_eq!(effects, ["s3:CopyObject"]);
}

/// D2, D4, F16: what came into force after people agreed, and what was changed since, lets nothing run.
#[tokio::test]
async fn what_no_longer_follows_does_not_run() {
    for what in ["other rules", "another version", "number taken", "content gone"] {
        let world = approved().await;
        let content =
            world.bundles.keys().into_iter().find(|key| {
                key.starts_with("bundles/content/") && !key.contains(&sample_bundle().digest.hex())
            });
        world.targets.things(|things| match what {
            "another version" => {
                let body = things.object(BUCKET, STAGED).map(str::to_owned).unwrap();
                things.put_object(BUCKET, STAGED, &body);
            }
            "number taken" => things.put_object(BUCKET, NUMBER, "garbage"),
            "content gone" => things.delete_object(BUCKET, &content.unwrap()),
            _ => {}
        });
        if what == "other rules" {
            world.publish(&changed("actions/lambda-invoke.yaml", "title: Run", "title: Start")).await;
        }
        world.deliver(1).await.unwrap();
        let (code, detail) = world.refusal().await.unwrap();
        assert_eq!(code, "changed-since-review", "{what}: {detail}");
        world.assert_untouched(what);
    }
}

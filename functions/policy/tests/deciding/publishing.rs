//! New rules as an action that people decide: what is staged is judged and told before anybody is asked.

use bundle::ReadBundles;
use bundle_build::{Compiled, Staged, stage};
use domain::Digest;
use serde_json::json;
use testkit::Publisher;

use crate::sample_request::SampleRequest;
use crate::support::{TestStack, edited, sample};

const BUCKET: &str = "countersign-local-bundles-000000000000";
const MANIFEST: &str = "bundles/staged/example.json";
const DESTINATION: &str = "bundles/00000000000000000002";

/// Staged rules under a number, proposed by a publisher's agent.
fn publishing(key: &str, destination: &str) -> SampleRequest {
    let at = |key: &str| format!("s3://{BUCKET}/{key}");
    let claims = json!({ "sub": "ci-agent", "client_id": "ci-agent" });
    let parameters = json!({ "manifest": at(key), "destination": at(destination) });
    SampleRequest { action_type: "bundle-publish", parameters, ..SampleRequest::summary() }.by(claims)
}

fn example() -> SampleRequest {
    publishing(MANIFEST, DESTINATION)
}

/// A stack in which these rules are staged for the number after the sample's.
async fn staged(rules: &Compiled) -> (TestStack, Staged) {
    let stack = TestStack::new().await;
    let about = ("carol", Some("example"));
    let staged = stage(&stack.bundles, stack.publisher.signer(), rules, about, stack.now()).await.unwrap();
    for key in stack.bundles.keys() {
        let object = stack.bundles.get(&key).await.unwrap().unwrap();
        let body = String::from_utf8(object.bytes).unwrap();
        stack.targets.things(|things| things.put_object(BUCKET, &key, &body));
    }
    (stack, staged)
}

async fn put(stack: &TestStack, key: &str, bytes: &[u8]) {
    let body = String::from_utf8(bytes.to_vec()).unwrap();
    stack.targets.things(|things| things.put_object(BUCKET, key, &body));
}

fn other_rules() -> Compiled {
    edited(&[("policies/jobs.cedar", "One of sre agrees before", "Somebody of sre agrees before")])
}

/// W25, P12, C23: only a publisher's agent may propose rules; two of sre are asked, and see what changes before and after, with
/// both contents pinned.
#[tokio::test]
async fn people_see_what_changes() {
    let rules = other_rules();
    let (stack, staged) = staged(&rules).await;
    stack.propose(example()).await;
    stack.deliver().await.unwrap();
    assert_eq!(stack.gist().await, "pending two-of-sre");
    let action: wire::documents::Action = stack.open(stack.decided().await.action.unwrap());
    let (pins, effects) = (&action.plan.pins, &action.plan.effects);
    assert_eq!(pins["bundle"], rules.digest.to_string());
    assert_eq!(pins["replaced_bundle"], sample().digest.to_string());
    assert_eq!((pins["destination_state"].as_str(), pins["source_version"].as_str()), ("absent", "v1"));
    assert_eq!(effects["number"], staged.number.to_string());
    assert_eq!(effects["changes"], "rules: ~ jobs-need-one-of-sre");
    let what = stack.review().await.what;
    let all = what.differences.clone().unwrap();
    let [rule] = all.items.as_slice() else { panic!("one rule differs: {all:?}") };
    assert_eq!((all.whole, rule.kind.as_str(), rule.name.as_str()), (true, "rule", "jobs-need-one-of-sre"));
    for line in ["- @reason(\"One of sre", "+ @reason(\"Somebody of sre", "  forbid (principal"] {
        assert!(rule.lines.iter().any(|shown| shown.starts_with(line)), "{line}: {rule:?}");
    }
    assert_eq!(action.plan.differences, what.differences);
    let shown = serde_json::to_string(&what).unwrap();
    assert!(shown.contains("rules: ~ jobs-need-one-of-sre") && shown.contains("carol"), "{shown}");
    let policy = &action.plan.session_policy;
    assert!(policy.contains(&format!("arn:aws:s3:::{BUCKET}/{DESTINATION}")), "{policy}");
    assert!(!policy.contains('*'), "{policy}");

    let stack = TestStack::new().await;
    stack.propose(example().by(json!({ "sub": "demo-agent", "client_id": "demo-agent" }))).await;
    stack.deliver().await.unwrap();
    assert_eq!(stack.gist().await, "denied no-permit");
    stack.assert_not_looked_at("an agent that publishes nothing");
}

/// D2, P10: what would not come into force is denied before anybody is asked, with a sentence that says why.
#[tokio::test]
async fn what_would_not_come_into_force_is_denied() {
    let rules = other_rules();
    let content = format!("bundles/content/{}.json", rules.digest.hex());
    let sign = |stack: &TestStack, publisher: &Publisher, number, previous| {
        let manifest =
            publisher.signer().sign(number, rules.digest, previous, stack.now(), "mallory").unwrap();
        manifest.bytes().unwrap()
    };
    for (what, expected) in [
        ("another's signature", "no manifest for number 2 signed with the publisher's key"),
        ("another number's", "no manifest for number 2 signed with the publisher's key"),
        ("other bytes", "no manifest for number 2 signed with the publisher's key"),
        ("following others", "follows other rules than those in force"),
        ("overtaken", "not the next one, which is 3"),
        ("content gone", "is missing"),
        ("other content", "has other bytes"),
        ("nothing staged", "no object at the source"),
        ("a number too far", "not the next one, which is 2"),
        ("another bucket", "in the bucket where they are staged"),
    ] {
        let (stack, _) = staged(&rules).await;
        let previous = Some(in_force(&stack).await);
        let mut ask = example();
        match what {
            "another's signature" => {
                put(&stack, MANIFEST, &sign(&stack, &Publisher::new(), 2, previous)).await;
            }
            "another number's" => put(&stack, MANIFEST, &sign(&stack, &stack.publisher, 3, previous)).await,
            "other bytes" => put(&stack, MANIFEST, b"{}").await,
            "following others" => {
                let elsewhere = Some(Digest::of(b"elsewhere"));
                put(&stack, MANIFEST, &sign(&stack, &stack.publisher, 2, elsewhere)).await;
            }
            "overtaken" => stack.publish(sample()).await,
            "content gone" => stack.targets.things(|things| things.delete_object(BUCKET, &content)),
            "other content" => put(&stack, &content, &sample().bytes).await,
            "nothing staged" => ask = publishing("bundles/staged/other.json", DESTINATION),
            "a number too far" => ask = publishing(MANIFEST, "bundles/00000000000000000003"),
            _ => ask.parameters["destination"] = json!(format!("s3://elsewhere/{DESTINATION}")),
        }
        stack.propose(ask).await;
        stack.deliver().await.unwrap();
        let told = stack.decision().await;
        assert_eq!(stack.gist().await, "denied cannot-plan", "{what}");
        let message = told.reasons.first().map(|reason| reason.message.clone()).unwrap_or_default();
        let message = told.cause.map_or(message, |cause| cause.detail);
        assert!(message.contains(expected), "{what}: {message}");
    }
}

/// The digest of the manifest in force.
async fn in_force(stack: &TestStack) -> Digest {
    Digest::of(&stack.bundles.get("bundles/00000000000000000001").await.unwrap().unwrap().bytes)
}

/// C23: more than the review document has room for is asked all the same, every name that fits and no text, and marked as not
/// whole: callbacks has no approve button for it, and execution refuses whatever was voted.
#[tokio::test]
async fn too_much_at_once_is_not_whole() {
    let resources: String = (0..2_000)
        .map(|n| format!("  - {{ type: Object, pattern: \"s3://bucket-{n}/*\", account: \"000000000000\", classification: internal }}\n"))
        .collect();
    let heading = "\nresources:\n";
    let rules = edited(&[("directory.yaml", heading, &format!("{heading}{resources}"))]);
    let (stack, _) = staged(&rules).await;
    stack.propose(example()).await;
    stack.deliver().await.unwrap();
    assert_eq!(stack.gist().await, "pending two-of-sre");
    let what = stack.review().await.what;
    assert!(!what.is_whole());
    let all = what.differences.unwrap();
    assert!(all.items.iter().all(|item| item.lines.is_empty()) && all.items.len() > 500);
    assert_eq!(all.items.len() + all.left_out as usize, 2_000);
}

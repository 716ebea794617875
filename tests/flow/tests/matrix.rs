//! Who may touch what: every function's real role tries every call. What the design's matrix leaves empty must be denied
//! by the enforcing emulator; what it grants must not be.
#![expect(
    clippy::disallowed_methods,
    reason = "what is banned is tried here, and must be denied; a test's steps fail loudly"
)]

mod calls;

use std::collections::BTreeSet;

use calls::{Clients, Verdict, all, verdict};
use flow::stack::Stack;
use flow::{aws, roles};

/// What each role may do, by the names of `calls`.
const GRANTED: [(&str, &str); 7] = [
    (
        "intake",
        "state.get state.put state.update documents.get documents.put index.get index.query bundles.get bundles.list \
         limits.get limits.put limits.update kms.generate payload.secret:fingerprint",
    ),
    (
        "policy",
        "state.get state.update documents.get documents.put index.get index.query bundles.get bundles.list \
         kms.decrypt assume.inspect",
    ),
    (
        "ledger",
        "state.get documents.get index.get index.query index.put index.update bundles.get bundles.list log.get log.list \
         log.put log.lock-configuration send.policy send.notify send.execution",
    ),
    (
        "notify",
        "state.get documents.get channels.get channels.put channels.query bundles.get bundles.list log.get \
         payload.secret:chat",
    ),
    (
        "callbacks",
        "state.get state.update documents.get documents.put index.get index.query channels.get channels.put channels.query \
         bundles.get bundles.list kms.sign-verdict payload.secret:chat payload.secret:client \
         payload.secret:cookie",
    ),
    (
        "execution",
        "state.get state.update activity.get activity.update documents.get documents.put index.get index.query \
         bundles.get bundles.list log.get claims.put claims.get kms.decrypt assume.inspect assume.run",
    ),
    ("sweep", "state.update state.query-due index.get log.get log.list checkpoints.put kms.sign-checkpoint"),
];

/// D1, W25, P8, P10: every cell of the matrix, tried. Intake cannot open what it sealed; nobody deletes anything; only ledger
/// writes the log and sends; only callbacks signs verdicts; only execution assumes what runs.
#[tokio::test]
async fn every_cell_of_the_matrix() {
    let stack = Stack::running().expect("a running stack");
    let mut wrong = Vec::new();
    for (function, granted) in GRANTED {
        let granted: BTreeSet<&str> = granted.split_whitespace().collect();
        let clients = Clients::new(&stack, roles::of(&stack, function).await.expect("credentials")).await;
        for (call, verdict) in all(&stack, &clients).await {
            let expected = granted.contains(call.as_str());
            match (&verdict, expected) {
                (Verdict::Denied, false) | (Verdict::Allowed, true) => {}
                (Verdict::Other(code), _) => {
                    wrong.push(format!("{function} {call}: neither allowed nor denied: {code}"))
                }
                _ => wrong.push(format!("{function} {call}: {verdict:?}, granted: {expected}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// P11, D2: the role that looks at staged rules reads them and what they name; the role that puts them in force reads what is
/// staged and writes numbers. Neither does anything else in the bundles' bucket, or anything in the log's.
#[tokio::test]
async fn the_roles_that_publish_rules() {
    let stack = Stack::running().expect("a running stack");
    let number = "bundles/00000000000000000001";
    let content = "bundles/content/matrix.json";
    let (staged, bucket) = ("bundles/staged/matrix.json", &stack.bundles_bucket);
    let execution = aws::with(&stack, roles::of(&stack, "execution").await.expect("credentials")).await;
    let root = aws::s3(&aws::root(&stack).await);
    let version = match root.head_object().bucket(bucket).key("bundles/staged/example.json").send().await {
        Ok(found) => found.version_id().expect("a version").to_owned(),
        Err(error) => unreachable!("`make up` stages the example: {error:?}"),
    };
    for (kind, granted) in [
        ("inspect", "content.get staged.get-version versions.list list"),
        ("run", "staged.get-version number.put"),
    ] {
        let granted: BTreeSet<&str> = granted.split_whitespace().collect();
        let role = format!(
            "arn:aws:iam::{}:role/countersign-{}-{kind}-bundle-publish",
            stack.account, stack.deployment
        );
        let s3 = Clients::new(&stack, roles::assumed(&execution, &role).await.expect("credentials")).await.s3;
        let mut answers = Vec::new();
        for (name, bucket, key) in [
            ("number", bucket, number),
            ("content", bucket, content),
            ("staged", bucket, staged),
            ("log", &stack.log_bucket, "log/00000000000000000000"),
        ] {
            let get = s3.get_object().bucket(bucket).key(key).send().await;
            answers.push((format!("{name}.get"), verdict(get)));
            // A number that is taken: the create-only condition fails once the permission is there.
            let put =
                s3.put_object().bucket(bucket).key(key).if_none_match("*").body(b"matrix".to_vec().into());
            answers.push((format!("{name}.put"), verdict(put.send().await)));
            let delete = s3.delete_object().bucket(bucket).key(key).send().await;
            answers.push((format!("{name}.delete"), verdict(delete)));
        }
        let example = s3.get_object().bucket(bucket).key("bundles/staged/example.json").version_id(&version);
        answers.push(("staged.get-version".into(), verdict(example.send().await)));
        let versions = s3.list_object_versions().bucket(bucket).prefix("bundles/").max_keys(1).send().await;
        answers.push(("versions.list".into(), verdict(versions)));
        let list = s3.list_objects_v2().bucket(bucket).prefix("bundles/").max_keys(1).send().await;
        answers.push(("list".into(), verdict(list)));
        for (call, verdict) in answers {
            let expected = if granted.contains(call.as_str()) { Verdict::Allowed } else { Verdict::Denied };
            assert_eq!(verdict, expected, "{kind} {call}");
        }
    }
}

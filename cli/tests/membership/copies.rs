//! Copies of the bundles' bucket that are forged, incomplete, old or changed.

use bundle_build::Compiled;
use serde_json::json;

use crate::judged::*;
use crate::support::log::{Bucket, download, signer, trust, verify};

/// C22, D2: what the trusted publisher did not sign for this number, or what does not continue its bundles, is a finding
/// and puts nobody into a group.
#[tokio::test]
async fn forged_bundles() {
    let (scenario, at) = approved(&["nobody"]).await;
    let earlier = at.plus_seconds(-90_000);
    let mallory = signer();
    let seen = |forge: &dyn Fn(&mut Bucket)| {
        let mut bucket = Bucket::copied_after(at);
        bucket.publish(&WITHOUT, earlier);
        forge(&mut bucket);
        // The next honest one goes past it.
        bucket.publish(&WITHOUT, at.plus_seconds(7200));
        judged(&scenario, &bucket)
    };
    let another = |bucket: &mut Bucket| {
        bucket.forge(&mallory, &WITH, earlier);
    };
    let garbage = |bucket: &mut Bucket| {
        bucket.put(2, b"garbage", earlier);
    };
    let moved = |bucket: &mut Bucket| {
        let mut elsewhere = Bucket::copied_after(at);
        std::mem::swap(&mut elsewhere.signer, &mut bucket.signer);
        elsewhere.publish(&OPEN, earlier).publish(&WITH, earlier);
        std::mem::swap(&mut elsewhere.signer, &mut bucket.signer);
        let bytes = elsewhere.objects["bundles/00000000000000000002"].clone();
        bucket.put(2, &bytes, earlier);
    };
    type Forgery<'a> = (&'a str, &'a dyn Fn(&mut Bucket));
    let cases: [Forgery<'_>; 3] =
        [("manifest-invalid", &another), ("manifest-invalid", &garbage), ("manifest-unlinked", &moved)];
    for (code, forge) in cases {
        let (exit, text) = seen(forge);
        assert_eq!(exit, 1, "{text}");
        assert!(text.contains("bundle 2: ") && text.contains(&format!("({code})")), "{text}");
        assert!(text.contains("(group-unproven)") && text.contains("2 findings: "), "{text}");
    }
}

/// C22: bundles that another publisher signed are findings, and no word about anybody; without a key none is believed.
#[tokio::test]
async fn another_publishers_bundles() {
    let (scenario, at) = approved(&["nobody"]).await;
    let folder = download(&scenario, false);
    let mut bucket = Bucket::copied_after(at);
    bucket.publish(&WITHOUT, at.plus_seconds(-90_000)).save(folder.path());
    Bucket::copied_after(at).trusted(folder.path(), trust());
    let (code, text) = verify(folder.path(), &[]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("bundle 1: ") && text.contains("(manifest-invalid)"), "{text}");
    assert!(text.contains("(group-unchecked)") && !text.contains("(group-unproven)"), "{text}");
    std::fs::write(folder.path().join("trust.json"), trust().to_string()).unwrap();
    let seen = verify(folder.path(), &[]);
    assert!(unchecked(&seen) && seen.1.contains("no `publisher_key`"), "{seen:?}");
    let mut wrong = trust();
    wrong["publisher_key"] = json!("no key");
    std::fs::write(folder.path().join("trust.json"), wrong.to_string()).unwrap();
    let (code, text) = verify(folder.path(), &[]);
    assert!(code == 2 && text.contains("`publisher_key`: "), "{text}");
}

/// C22: a number that the copy lacks is said; from there on nobody can tell who belonged to a group, until there is a
/// better copy. What is known for sure before it still counts.
#[tokio::test]
async fn a_bundle_that_is_missing() {
    let (scenario, at) = approved(&["nobody"]).await;
    let lacking = |first: i64| {
        let mut bucket = Bucket::copied_after(at);
        bucket.publish(&WITH, at.plus_seconds(first));
        bucket.publish(&WITHOUT, at.plus_seconds(-4000)).publish(&WITHOUT, at.plus_seconds(-3900)).lose(2);
        bucket
    };
    let folder = download(&scenario, false);
    lacking(-7200).save(folder.path());
    let seen = verify(folder.path(), &[]);
    assert!(
        unchecked(&seen) && seen.1.contains("not checked: bundle 2: it is missing from the copy"),
        "{seen:?}"
    );
    assert_eq!(verify(folder.path(), &["--strict"]).0, 2);
    assert!(unchecked(&judged(&scenario, lacking(-7200).lose(1))), "the first");
    // It is known to have been in force within the hour before the vote.
    let (code, text) = judged(&scenario, &lacking(-3000));
    assert!(
        code == 0 && !text.contains("(group-unchecked)") && text.contains("(manifest-missing)"),
        "{text}"
    );
}

/// C22: a copy that was made before the vote says nothing about it, once an hour has passed.
#[tokio::test]
async fn an_old_copy() {
    let (scenario, at) = approved(&["nobody"]).await;
    for (rules, copied, expected) in [
        (&*WITH, -7200, "group-unchecked"),
        (&*WITHOUT, -60, "group-unchecked"),
        (&*WITHOUT, 1, "group-unproven"),
        (&*WITH, -60, "clean: "),
    ] {
        let mut bucket = Bucket::copied_after(at);
        bucket.publish(rules, at.plus_seconds(-90_000)).read_at = at.plus_seconds(copied);
        let (code, text) = judged(&scenario, &bucket);
        assert_eq!(code, i32::from(expected == "group-unproven"), "{text}");
        assert!(text.contains(expected), "{expected} {text}");
    }
}

/// C22: a copy whose times cannot be true, or whose contents are not what the manifests name, proves nothing and hides
/// nothing.
#[tokio::test]
async fn a_copy_that_was_changed() {
    let (scenario, at) = approved(&["nobody"]).await;
    let mut bucket = Bucket::copied_after(at);
    bucket.publish(&WITHOUT, at.plus_seconds(-90_000)).publish(&WITH, at.plus_seconds(7200));
    bucket.stored.insert(2, at.plus_seconds(-60));
    let seen = judged(&scenario, &bucket);
    assert!(unchecked(&seen) && seen.1.contains("(manifest-time)"), "stored before it was signed: {seen:?}");
    let content = |rules: &Compiled| format!("bundles/content/{}.json", rules.digest.hex());
    let mut bucket = Bucket::copied_after(at);
    bucket.publish(&WITHOUT, at.plus_seconds(-90_000));
    bucket.objects.insert(content(&WITHOUT), WITH.bytes.clone());
    let seen = judged(&scenario, &bucket);
    assert!(found(&seen, "content-differs") && seen.1.contains("(group-unchecked)"), "{seen:?}");
    bucket.objects.remove(&content(&WITHOUT));
    let seen = judged(&scenario, &bucket);
    assert!(unchecked(&seen) && seen.1.contains("(content-missing)"), "{seen:?}");
    // A manifest that the copy gives no time for came into force nobody knows when.
    let mut bucket = Bucket::copied_after(at);
    bucket.publish(&WITHOUT, at.plus_seconds(-90_000)).publish(&WITH, at.plus_seconds(-80_000));
    bucket.stored.remove(&2);
    let seen = judged(&scenario, &bucket);
    assert!(unchecked(&seen) && seen.1.contains("(manifest-missing)"), "{seen:?}");
    let folder = download(&scenario, true);
    std::fs::create_dir(folder.path().join("bundles")).unwrap();
    std::fs::write(folder.path().join("bundles/stored.json"), "{}").unwrap();
    let (code, text) = verify(folder.path(), &[]);
    assert!(code == 2 && text.contains("stored.json` cannot be used"), "{text}");
}

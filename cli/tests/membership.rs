//! `countersign ledger verify` on who belonged to which group: by the bundle in force then, or unchecked.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod support;

use std::sync::LazyLock;

use bundle_build::Compiled;
use domain::{Event, Proof, Scope, Seat, Timestamp, Verdict, VerdictKind};
use serde_json::{Value, json};
use support::log::{Bucket, download, signer, trust, verify};
use testkit::{Ask, Gate, LocalSigner, Story, changed_bundle, sample_bundle};

const MEMBERS: &str = "data-owners: { members: [alice] }";

/// `data-owners` has Alice alone.
static WITHOUT: LazyLock<Compiled> = LazyLock::new(sample_bundle);
/// `data-owners` has Bob too.
static WITH: LazyLock<Compiled> =
    LazyLock::new(|| changed_bundle("directory.yaml", MEMBERS, "data-owners: { members: [alice, bob] }"));
/// Tokens say who is in `data-owners`.
static OPEN: LazyLock<Compiled> =
    LazyLock::new(|| changed_bundle("directory.yaml", MEMBERS, "data-owners: {}"));

/// An export that Bob approves for `data-owners` with proof of his sign-in, and when he did. His token names these groups.
async fn approved(token: &[&str]) -> (Story, Timestamp) {
    approved_on(token, &[]).await
}

/// The same on the seats of these people.
async fn approved_on(token: &[&str], away: &[&str]) -> (Story, Timestamp) {
    let mut story = Story::new("judged later");
    story.propose();
    story.decide(Ask::DataOwner);
    let at = story.now;
    let verdict = story.verdict("bob", token, VerdictKind::Approve, Proof::Idp).await;
    let group = "data-owners".to_owned();
    let seat = |who: &&str| Seat { group: group.clone(), person: story.person(who) };
    let (seats, groups) = (away.iter().map(seat).collect(), vec![group.clone()]);
    story.add(Event::VerdictGiven(Verdict { groups, seats, ..verdict }));
    (story, at)
}

/// A trust file whose directory has this one member of `data-owners`.
fn listing(who: &str) -> Value {
    let mut trust = trust();
    let directory = json!([{ "issuer": "http://127.0.0.1:8081", "subject": who, "groups": ["data-owners"] }]);
    trust.as_object_mut().unwrap().insert("directory".to_owned(), directory);
    trust
}

/// What these bundles make of Bob's vote.
fn judged(story: &Story, bucket: &Bucket) -> (i32, String) {
    let folder = download(story, false);
    bucket.save(folder.path());
    verify(folder.path(), &[])
}

fn clean(found: &(i32, String)) -> bool {
    found.0 == 0 && found.1.starts_with("clean: ")
}

fn found(found: &(i32, String), code: &str) -> bool {
    found.0 == 1 && found.1.contains(&format!("({code})"))
}

fn unchecked(found: &(i32, String)) -> bool {
    found.0 == 0
        && found.1.contains("(group-unchecked)")
        && found.1.contains("clean, the groups of 1 verdict unchecked: ")
}

/// C22: an honest vote of Bob, who is in the group by the directory, judged with him in the trust file's directory, without
/// him there, and without a directory: never a finding. With the bundle of that time it is clean each time, though he has
/// left since; without it he is known or unchecked.
#[tokio::test]
async fn the_same_vote_years_later() {
    let (story, at) = approved(&["nobody"]).await;
    let mut bucket = Bucket::copied_after(at);
    bucket.publish(&WITH, at.plus_seconds(-7200)).publish(&WITHOUT, at.plus_seconds(7200));
    let folder = download(&story, false);
    let trusts = [listing("bob"), listing("alice"), trust()];
    for (trust, known) in trusts.iter().zip([true, false, false]) {
        std::fs::write(folder.path().join("trust.json"), trust.to_string()).unwrap();
        let seen = verify(folder.path(), &[]);
        assert!(if known { clean(&seen) } else { unchecked(&seen) }, "{known} {seen:?}");
        let (code, text) = verify(folder.path(), &["--strict"]);
        assert_eq!(code, if known { 0 } else { 2 }, "{text}");
    }
    bucket.save(folder.path());
    for trust in trusts {
        bucket.trusted(folder.path(), trust);
        let seen = verify(folder.path(), &["--strict"]);
        assert!(clean(&seen), "{seen:?}");
    }
}

/// C22: what is unchecked stands apart from findings, for programs too; it belongs to its action.
#[tokio::test]
async fn unchecked_is_no_finding() {
    let (story, _) = approved(&["nobody"]).await;
    let folder = download(&story, true);
    let (code, text) = verify(folder.path(), &["--json"]);
    let value = wire::json::parse_value(text.as_bytes()).unwrap();
    assert_eq!((code, value["result"].as_str()), (0, Some("unchecked")), "{text}");
    assert_eq!(
        (&value["findings"], &value["unchecked"], &value["bundles"]),
        (&json!([]), &json!([]), &json!(null))
    );
    let left = &value["groups_unchecked"][0];
    assert_eq!(
        (left["action"].as_str(), &left["sequence"], &left["code"]),
        (Some(story.item.id().as_str()), &json!(3), &json!("group-unchecked"))
    );
    assert!(
        left["meaning"].as_str().unwrap().contains("whether `bob` spoke for `data-owners` then: "),
        "{left}"
    );
    let (_, text) = verify(folder.path(), &["--action", "act_aaaaaaaaaaaaaaaaaaaaaaaaaa"]);
    assert!(!text.contains("(group-unchecked)"), "{text}");
}

/// C22: a group that the ID token itself names counts only where no directory lists its members: unchecked while nobody
/// knows, proven by a bundle that lists none, a finding by one that lists others.
#[tokio::test]
async fn a_group_that_the_token_names() {
    let (story, at) = approved(&["data-owners"]).await;
    assert!(unchecked(&verify(download(&story, true).path(), &[])));
    let by = |rules: &Compiled| {
        let mut bucket = Bucket::copied_after(at);
        bucket.publish(rules, at.plus_seconds(-7200));
        judged(&story, &bucket)
    };
    assert!(clean(&by(&OPEN)), "{:?}", by(&OPEN));
    assert!(found(&by(&WITHOUT), "group-unproven"), "{:?}", by(&WITHOUT));
}

/// C22: without any bundle all the rest of a verdict is checked: its signature, its nonce, who asked.
#[tokio::test]
async fn all_else_is_checked() {
    let (mut story, _) = approved(&["nobody"]).await;
    story.signer = LocalSigner::seeded([1; 32], Gate::open());
    story.vote("carol", &["data-owners"], VerdictKind::Deny, Proof::Service).await;
    let seen = verify(download(&story, true).path(), &[]);
    assert!(
        found(&seen, "envelope-invalid") && seen.1.contains("the groups of 1 verdict unchecked"),
        "{seen:?}"
    );
    let mut silent = Story::new("silent");
    silent.propose();
    silent.decide(Ask::DataOwner);
    silent.signed_in = Some(400);
    silent.vote("bob", &["data-owners"], VerdictKind::Approve, Proof::Idp).await;
    let seen = verify(download(&silent, true).path(), &[]);
    assert!(found(&seen, "sign-in-not-fresh") && !seen.1.contains("group-unchecked"), "{seen:?}");
}

/// C22: a member who was added only after the vote is a finding; one who was removed up to an hour before it is none, as
/// for the ledger, which may have recorded a vote that was long on its way.
#[tokio::test]
async fn added_later_and_removed_before() {
    let (story, at) = approved(&["nobody"]).await;
    let changed = |before: &Compiled, after: &Compiled, seconds: i64| {
        let mut bucket = Bucket::copied_after(at);
        bucket.publish(before, at.plus_seconds(-90_000)).publish(after, at.plus_seconds(seconds));
        judged(&story, &bucket)
    };
    for (seconds, holds) in [(-90, true), (0, true), (301, false), (3600, false)] {
        let seen = changed(&WITHOUT, &WITH, seconds);
        assert!(
            if holds { clean(&seen) } else { found(&seen, "group-unproven") },
            "added {seconds} {seen:?}"
        );
    }
    for (seconds, holds) in [(3600, true), (-3600, true), (-3601, false), (-80_000, false)] {
        let seen = changed(&WITH, &WITHOUT, seconds);
        assert!(
            if holds { clean(&seen) } else { found(&seen, "group-unproven") },
            "removed {seconds} {seen:?}"
        );
    }
}

/// C22: a delegation counts at the time of the vote, whatever has ended or begun since.
#[tokio::test]
async fn a_delegation_that_ended_since() {
    let (story, at) = approved_on(&["nobody"], &["alice"]).await;
    let lent = |from: i64, until: i64| {
        let time = |seconds| wire::text::rfc3339(at.plus_seconds(seconds));
        let one = format!(
            "delegations: [{{ from: alice, to: bob, group: data-owners, since: \"{}\", until: \"{}\" }}]",
            time(from),
            time(until)
        );
        let teams = "teams: [data-agents, publishers]\n\n";
        let rules = changed_bundle("directory.yaml", teams, &format!("{teams}{one}\n"));
        let mut bucket = Bucket::copied_after(at);
        bucket.publish(&rules, at.plus_seconds(-90_000)).publish(&WITHOUT, at.plus_seconds(7200));
        judged(&story, &bucket)
    };
    assert!(clean(&lent(-60, 60)), "ended since");
    assert!(found(&lent(-7200, -60), "group-unproven"), "ended before");
    assert!(found(&lent(60, 7200), "group-unproven"), "not begun");
}

/// C22, D2: what the trusted publisher did not sign for this number, or what does not continue its bundles, is a finding
/// and puts nobody into a group.
#[tokio::test]
async fn forged_bundles() {
    let (story, at) = approved(&["nobody"]).await;
    let earlier = at.plus_seconds(-90_000);
    let mallory = signer();
    let seen = |forge: &dyn Fn(&mut Bucket)| {
        let mut bucket = Bucket::copied_after(at);
        bucket.publish(&WITHOUT, earlier);
        forge(&mut bucket);
        // The next honest one goes past it.
        bucket.publish(&WITHOUT, at.plus_seconds(7200));
        judged(&story, &bucket)
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
    let (story, at) = approved(&["nobody"]).await;
    let folder = download(&story, false);
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
    let (story, at) = approved(&["nobody"]).await;
    let lacking = |first: i64| {
        let mut bucket = Bucket::copied_after(at);
        bucket.publish(&WITH, at.plus_seconds(first));
        bucket.publish(&WITHOUT, at.plus_seconds(-4000)).publish(&WITHOUT, at.plus_seconds(-3900)).lose(2);
        bucket
    };
    let folder = download(&story, false);
    lacking(-7200).save(folder.path());
    let seen = verify(folder.path(), &[]);
    assert!(
        unchecked(&seen) && seen.1.contains("not checked: bundle 2: it is missing from the copy"),
        "{seen:?}"
    );
    assert_eq!(verify(folder.path(), &["--strict"]).0, 2);
    assert!(unchecked(&judged(&story, lacking(-7200).lose(1))), "the first");
    // It is known to have been in force within the hour before the vote.
    let (code, text) = judged(&story, &lacking(-3000));
    assert!(
        code == 0 && !text.contains("(group-unchecked)") && text.contains("(manifest-missing)"),
        "{text}"
    );
}

/// C22: a copy that was made before the vote says nothing about it, once an hour has passed.
#[tokio::test]
async fn an_old_copy() {
    let (story, at) = approved(&["nobody"]).await;
    for (rules, copied, expected) in [
        (&*WITH, -7200, "group-unchecked"),
        (&*WITHOUT, -60, "group-unchecked"),
        (&*WITHOUT, 1, "group-unproven"),
        (&*WITH, -60, "clean: "),
    ] {
        let mut bucket = Bucket::copied_after(at);
        bucket.publish(rules, at.plus_seconds(-90_000)).read_at = at.plus_seconds(copied);
        let (code, text) = judged(&story, &bucket);
        assert_eq!(code, i32::from(expected == "group-unproven"), "{text}");
        assert!(text.contains(expected), "{expected} {text}");
    }
}

/// C22: a copy whose times cannot be true, or whose contents are not what the manifests name, proves nothing and hides
/// nothing.
#[tokio::test]
async fn a_copy_that_was_changed() {
    let (story, at) = approved(&["nobody"]).await;
    let mut bucket = Bucket::copied_after(at);
    bucket.publish(&WITHOUT, at.plus_seconds(-90_000)).publish(&WITH, at.plus_seconds(7200));
    bucket.stored.insert(2, at.plus_seconds(-60));
    let seen = judged(&story, &bucket);
    assert!(unchecked(&seen) && seen.1.contains("(manifest-time)"), "stored before it was signed: {seen:?}");
    let content = |rules: &Compiled| format!("bundles/content/{}.json", rules.digest.hex());
    let mut bucket = Bucket::copied_after(at);
    bucket.publish(&WITHOUT, at.plus_seconds(-90_000));
    bucket.objects.insert(content(&WITHOUT), WITH.bytes.clone());
    let seen = judged(&story, &bucket);
    assert!(found(&seen, "content-differs") && seen.1.contains("(group-unchecked)"), "{seen:?}");
    bucket.objects.remove(&content(&WITHOUT));
    let seen = judged(&story, &bucket);
    assert!(unchecked(&seen) && seen.1.contains("(content-missing)"), "{seen:?}");
    // A manifest that the copy gives no time for came into force nobody knows when.
    let mut bucket = Bucket::copied_after(at);
    bucket.publish(&WITHOUT, at.plus_seconds(-90_000)).publish(&WITH, at.plus_seconds(-80_000));
    bucket.stored.remove(&2);
    let seen = judged(&story, &bucket);
    assert!(unchecked(&seen) && seen.1.contains("(manifest-missing)"), "{seen:?}");
    let folder = download(&story, true);
    std::fs::create_dir(folder.path().join("bundles")).unwrap();
    std::fs::write(folder.path().join("bundles/stored.json"), "{}").unwrap();
    let (code, text) = verify(folder.path(), &[]);
    assert!(code == 2 && text.contains("stored.json` cannot be used"), "{text}");
}

/// C22: who may suspend things is a matter of the bundle in force then, too.
#[tokio::test]
async fn who_may_suspend() {
    let mut story = Story::suspensions();
    let at = story.now;
    story.suspend("bob", &["sre"], Scope::All).await;
    assert!(unchecked(&verify(download(&story, true).path(), &[])));
    let others = changed_bundle("directory.yaml", "may_suspend: [sre]", "may_suspend: [data-owners]");
    for (rules, may) in [(&*WITHOUT, true), (&others, false)] {
        let mut bucket = Bucket::copied_after(at);
        bucket.publish(rules, at.plus_seconds(-90_000));
        let seen = judged(&story, &bucket);
        assert!(if may { clean(&seen) } else { found(&seen, "not-an-approver") }, "{seen:?}");
    }
}

//! `countersign ledger verify` on who belonged to which group: by the bundle in force then, or unchecked.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod copies;
mod judged;
#[path = "../support/mod.rs"]
mod support;

use bundle_build::Compiled;
use domain::{Proof, Scope, VerdictKind};
use judged::*;
use serde_json::json;
use support::log::{Bucket, download, trust, verify};
use testkit::{Gate, LocalSigner, SampleRequirement, Scenario, changed_bundle};

/// C22: an honest vote of Bob, who is in the group by the directory, judged with him in the trust file's directory, without
/// him there, and without a directory: never a finding. With the bundle of that time it is clean each time, though he has
/// left since; without it he is known or unchecked.
#[tokio::test]
async fn the_same_vote_years_later() {
    let (scenario, at) = approved(&["nobody"]).await;
    let mut bucket = Bucket::copied_after(at);
    bucket.publish(&WITH, at.plus_seconds(-7200)).publish(&WITHOUT, at.plus_seconds(7200));
    let folder = download(&scenario, false);
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
    let (scenario, _) = approved(&["nobody"]).await;
    let folder = download(&scenario, true);
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
        (Some(scenario.item.id().as_str()), &json!(3), &json!("group-unchecked"))
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
    let (scenario, at) = approved(&["data-owners"]).await;
    assert!(unchecked(&verify(download(&scenario, true).path(), &[])));
    let by = |rules: &Compiled| {
        let mut bucket = Bucket::copied_after(at);
        bucket.publish(rules, at.plus_seconds(-7200));
        judged(&scenario, &bucket)
    };
    assert!(clean(&by(&OPEN)), "{:?}", by(&OPEN));
    assert!(found(&by(&WITHOUT), "group-unproven"), "{:?}", by(&WITHOUT));
}

/// C22: without any bundle all the rest of a verdict is checked: its signature, its nonce, who asked.
#[tokio::test]
async fn all_else_is_checked() {
    let (mut scenario, _) = approved(&["nobody"]).await;
    scenario.signer = LocalSigner::seeded([1; 32], Gate::open());
    scenario.vote("carol", &["data-owners"], VerdictKind::Deny, Proof::Service).await;
    let seen = verify(download(&scenario, true).path(), &[]);
    assert!(
        found(&seen, "envelope-invalid") && seen.1.contains("the groups of 1 verdict unchecked"),
        "{seen:?}"
    );
    let mut silent = Scenario::new("silent");
    silent.propose();
    silent.decide(SampleRequirement::DataOwner);
    silent.signed_in = Some(400);
    silent.vote("bob", &["data-owners"], VerdictKind::Approve, Proof::Idp).await;
    let seen = verify(download(&silent, true).path(), &[]);
    assert!(found(&seen, "sign-in-not-fresh") && !seen.1.contains("group-unchecked"), "{seen:?}");
}

/// C22: a member who was added only after the vote is a finding; one who was removed up to an hour before it is none, as
/// for the ledger, which may have recorded a vote that was long on its way.
#[tokio::test]
async fn added_later_and_removed_before() {
    let (scenario, at) = approved(&["nobody"]).await;
    let changed = |before: &Compiled, after: &Compiled, seconds: i64| {
        let mut bucket = Bucket::copied_after(at);
        bucket.publish(before, at.plus_seconds(-90_000)).publish(after, at.plus_seconds(seconds));
        judged(&scenario, &bucket)
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
    let (scenario, at) = approved_on(&["nobody"], &["alice"]).await;
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
        judged(&scenario, &bucket)
    };
    assert!(clean(&lent(-60, 60)), "ended since");
    assert!(found(&lent(-7200, -60), "group-unproven"), "ended before");
    assert!(found(&lent(60, 7200), "group-unproven"), "not begun");
}

/// C22: who may suspend things is a matter of the bundle in force then, too.
#[tokio::test]
async fn who_may_suspend() {
    let mut scenario = Scenario::suspensions();
    let at = scenario.now;
    scenario.suspend("bob", &["sre"], Scope::All).await;
    assert!(unchecked(&verify(download(&scenario, true).path(), &[])));
    let others = changed_bundle("directory.yaml", "may_suspend: [sre]", "may_suspend: [data-owners]");
    for (rules, may) in [(&*WITHOUT, true), (&others, false)] {
        let mut bucket = Bucket::copied_after(at);
        bucket.publish(rules, at.plus_seconds(-90_000));
        let seen = judged(&scenario, &bucket);
        assert!(if may { clean(&seen) } else { found(&seen, "not-an-approver") }, "{seen:?}");
    }
}

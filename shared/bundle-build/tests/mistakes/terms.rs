//! What a requirement says beyond its count, and who votes for whom.

use serde_json::{Value, json};

use crate::each_is_named;
use crate::sample::{APPROVALS, DIRECTORY, Sample};

/// W4, W23, O12: what a requirement says beyond its count never makes it weaker, and can be kept.
#[test]
fn terms_that_would_not_hold() {
    let stands_in = |after: &str, to: &[&str]| Some(json!({ "after": after, "to": to }));
    let hurries = |groups: &[&str], within: &str| Some(json!({ "groups": groups, "review_within": within }));
    let escalation = "/sre/escalation";
    let emergency = "/sre/emergency";
    each_is_named(vec![
        (
            APPROVALS,
            escalation,
            stands_in("PT30M", &["auditors"]),
            "`auditors` would be a weaker group under the same name",
        ),
        (APPROVALS, escalation, stands_in("PT2H", &["auditors"]), "an escalation comes before the deadline"),
        (APPROVALS, escalation, stands_in("PT30M", &[]), "names at least one group"),
        (APPROVALS, escalation, stands_in("PT30M", &["leads"]), "`leads` is no group"),
        (APPROVALS, emergency, hurries(&[], "PT1H"), "names at least one group"),
        (APPROVALS, emergency, hurries(&["sre"], "PT1S"), "between five minutes and seven days"),
        (APPROVALS, emergency, hurries(&["nobody"], "PT1H"), "`nobody` is no group"),
        (APPROVALS, "/sre/confirm", Some(json!("somebody")), "unknown variant"),
        (APPROVALS, "/sre/if_abandoned", Some(json!("wait")), "unknown variant"),
        (APPROVALS, "/sre/confirm", Some(json!("on_behalf_of")), "`grant` and `confirm` exclude each other"),
        (APPROVALS, "/sre/may_change/0", Some(json!("/nothing")), "`/nothing` is no parameter"),
        (
            APPROVALS,
            "/sre/may_change/0",
            Some(json!("/value")),
            "`/value` is no parameter that people are shown",
        ),
        (APPROVALS, "/sre/may_change/0", Some(json!("/function/type")), "`/function/type` is a part"),
    ]);
    let alone = hurries(&["data-owners"], "PT1H");
    each_is_named(vec![(
        APPROVALS,
        "/data-owners/emergency",
        alone,
        "nobody is left to look at an emergency",
    )]);
}

/// P5, O12: a grant has an end, few uses, and something that stays the same; one person's never stands for several.
#[test]
fn grants_that_would_not_hold() {
    let grant = |at_most: &str, uses: u32, fixed: &[&str]| {
        Some(json!({ "at_most": at_most, "uses": uses, "fixed": fixed }))
    };
    let hidden = "`/value` is no parameter that people are shown";
    each_is_named(vec![
        (APPROVALS, "/sre/grant", grant("PT1H", 5, &[]), "without any it is a permit"),
        (APPROVALS, "/sre/grant", grant("PT1H", 0, &["/function"]), "between 1 and 100"),
        (APPROVALS, "/sre/grant", grant("PT720H", 5, &["/function"]), "between a minute and seven days"),
        (APPROVALS, "/sre/grant", grant("PT1H", 5, &["/value"]), hidden),
        (APPROVALS, "/sre-pair/grant", grant("PT1H", 5, &["/role"]), "needs a count of one"),
    ]);
}

/// `from` is away until this day, and `to` votes for them in the group sre.
fn delegation(from: &str, to: &str, until: &str) -> Value {
    let since = "2026-11-01T00:00:00.000Z";
    json!({ "from": from, "to": to, "group": "sre", "since": since, "until": until })
}

/// Somebody votes for who is away: a listed member, for a while, never themselves.
#[test]
fn delegations_that_would_not_hold() {
    let away = |from: &str, to: &str, until: &str| Some(json!([delegation(from, to, until)]));
    let soon = "2026-11-15T00:00:00.000Z";
    let late = "2026-12-25T00:00:00.000Z";
    let before = "2026-10-01T00:00:00.000Z";
    each_is_named(vec![
        (DIRECTORY, "/delegations", away("alice", "carol", soon), "`alice` is no listed member of `sre`"),
        (DIRECTORY, "/delegations", away("bob", "bob", soon), "cannot vote for themselves"),
        (DIRECTORY, "/delegations", away("bob", "BOB", soon), "cannot vote for themselves"),
        (DIRECTORY, "/delegations", away("bob", "alice", late), "at most 31 days later"),
        (DIRECTORY, "/delegations", away("bob", "alice", before), "ends after it begins"),
    ]);
}

/// C1: one person is written one way everywhere: letter case tells nobody apart, so two spellings would look like two people.
#[test]
fn one_spelling_per_person() {
    let members = "/groups/sre/members";
    let agent = "/agents/1/subject";
    each_is_named(vec![
        (DIRECTORY, members, Some(json!(["bob", "Bob"])), "`Bob` and `bob` are one person"),
        (DIRECTORY, members, Some(json!(["bob", "carol", "Alice"])), "`Alice` and `alice` are one person"),
        (DIRECTORY, "/agents/1/owner", Some(json!("Dana")), "`Dana` and `dana` are one person"),
        (DIRECTORY, agent, Some(json!("Demo-Agent")), "`Demo-Agent` is listed twice in `agents`"),
    ]);
}

/// W1, C20: a delegate votes in the group while it holds and not a moment longer, on the seat of who is away, and hands
/// nothing on.
#[test]
fn a_delegate_stands_in_for_a_while() {
    let list = json!([delegation("bob", "alice", "2026-11-15T00:00:00.000Z")]);
    let bundle = Sample::new().set(DIRECTORY, "/delegations", list).compile().unwrap().bundle;
    let alice = domain::Person { issuer: "http://127.0.0.1:8081".to_owned(), subject: "alice".to_owned() };
    let at = |day: i64| domain::Timestamp::from_millis(1_793_491_200_000).plus_seconds((day - 1) * 86_400);
    assert_eq!(bundle.membership(&alice, at(0)).speaks_for(&[]), ["data-owners"]);
    assert_eq!(bundle.membership(&alice, at(1)).speaks_for(&[]), ["data-owners", "sre"]);
    assert_eq!(bundle.membership(&alice, at(14)).speaks_for(&[]), ["data-owners", "sre"]);
    assert_eq!(bundle.membership(&alice, at(15)).speaks_for(&[]), ["data-owners"]);
    let spelled = domain::Person { subject: "ALICE".to_owned(), ..alice.clone() };
    let membership = bundle.membership(&spelled, at(1));
    assert!(membership.belongs("data-owners") && !membership.belongs("sre"), "C1: under every spelling");
    let away: Vec<&str> = membership.away("sre").map(|person| person.subject.as_str()).collect();
    assert_eq!(away, ["bob"]);
    let elsewhere = domain::Person { issuer: "https://elsewhere.example".to_owned(), ..alice };
    assert_eq!(bundle.membership(&elsewhere, at(1)).speaks_for(&[]), [""; 0]);
}

/// E5: a requirement whose parameters somebody may change builds only where enough others could approve what they made of it:
/// whoever changed it does not count, unless the requirement says so. Who may stand in later is enough, and so is a group
/// whose members the directory does not list.
#[test]
fn nobody_left_after_a_change() {
    let alone = "after a change by `alice` too few people are left";
    let pair = "after a change by `bob` too few people are left";
    each_is_named(vec![
        (APPROVALS, "/data-owners/escalation", None, alone),
        (APPROVALS, "/sre-pair/may_change", Some(json!(["/destination"])), pair),
    ]);
    let stuck = Sample::new().without(APPROVALS, "/data-owners/escalation");
    assert!(!stuck.mistakes().is_empty());
    let members = "/groups/data-owners/members";
    for (why, sample) in [
        (
            "the requirement says so",
            stuck.clone().set(APPROVALS, "/data-owners/who_changed_may_approve", json!(true)),
        ),
        ("there is another", stuck.clone().set(DIRECTORY, members, json!(["alice", "erin"]))),
        ("nobody knows", stuck.clone().without(DIRECTORY, members)),
    ] {
        assert_eq!(sample.mistakes(), Vec::<String>::new(), "{why}");
    }
}

//! What a requirement says beyond its count, and who votes for whom.

use bundle_build::{Compiled, Sources};

use crate::{APPROVALS, DIRECTORY, each_is_named, folder};

/// W4, W23, O12: what a requirement says beyond its count never makes it weaker, and can be kept.
#[test]
fn terms_that_would_not_hold() {
    let sre = "proof: service";
    let with = |terms: &str| format!("{sre}\n  {terms}");
    for (terms, expected) in [
        (
            "escalation: { after: PT30M, to: [auditors] }",
            "`auditors` would be a weaker group under the same name",
        ),
        ("escalation: { after: PT2H, to: [auditors] }", "an escalation comes before the deadline"),
        ("escalation: { after: PT30M, to: [] }", "names at least one group"),
        ("escalation: { after: PT30M, to: [leads] }", "`leads` is no group"),
        ("emergency: { groups: [], review_within: PT1H }", "names at least one group"),
        ("emergency: { groups: [sre], review_within: PT1S }", "between five minutes and seven days"),
        ("emergency: { groups: [nobody], review_within: PT1H }", "`nobody` is no group"),
        ("confirm: somebody", "unknown variant"),
        ("if_abandoned: wait", "unknown variant"),
        ("confirm: on_behalf_of", "`grant` and `confirm` exclude each other"),
    ] {
        each_is_named(&[(APPROVALS, sre, &with(terms), expected)]);
    }
    let change = "may_change: [/payload]";
    for (terms, expected) in [
        ("may_change: [/nothing]", "`/nothing` is no parameter"),
        ("may_change: [/value]", "`/value` is no parameter that people are shown"),
        ("may_change: [/function/type]", "`/function/type` is a part"),
    ] {
        each_is_named(&[(APPROVALS, change, terms, expected)]);
    }
    let grant = "grant: { at_most: PT1H, uses: 5, fixed: [/function, /version] }";
    for (terms, expected) in [
        ("grant: { at_most: PT1H, uses: 5, fixed: [] }", "without any it is a permit"),
        ("grant: { at_most: PT1H, uses: 0, fixed: [/function] }", "between 1 and 100"),
        ("grant: { at_most: PT720H, uses: 5, fixed: [/function] }", "between a minute and seven days"),
        (
            "grant: { at_most: PT1H, uses: 5, fixed: [/value] }",
            "`/value` is no parameter that people are shown",
        ),
    ] {
        each_is_named(&[(APPROVALS, grant, terms, expected)]);
    }
    let two = "proof: idp\n  grant: { at_most: PT1H, uses: 5, fixed: [/role] }";
    each_is_named(&[(
        APPROVALS,
        "deadline: PT4H\n  proof: idp",
        &format!("deadline: PT4H\n  {two}"),
        "needs a count of one",
    )]);
    let alone = "proof: idp\n  emergency: { groups: [data-owners], review_within: PT1H }";
    each_is_named(&[(APPROVALS, "proof: idp", alone, "nobody is left to look at an emergency")]);
}

/// Somebody votes for who is away: a listed member, for a while, never themselves.
#[test]
fn delegations_that_would_not_hold() {
    let away = |from: &str, to: &str, until: &str| {
        format!(
            "teams: [data-agents, publishers]\ndelegations: [{{ from: {from}, to: {to}, group: sre, \
             since: \"2026-11-01T00:00:00.000Z\", until: \"{until}\" }}]"
        )
    };
    let soon = "2026-11-15T00:00:00.000Z";
    for (text, expected) in [
        (away("alice", "carol", soon), "`alice` is no listed member of `sre`"),
        (away("bob", "bob", soon), "cannot vote for themselves"),
        (away("bob", "BOB", soon), "cannot vote for themselves"),
        (away("bob", "alice", "2026-12-25T00:00:00.000Z"), "at most 31 days later"),
        (away("bob", "alice", "2026-10-01T00:00:00.000Z"), "ends after it begins"),
    ] {
        each_is_named(&[(DIRECTORY, "teams: [data-agents, publishers]", &text, expected)]);
    }
}

/// C1: one person is written one way everywhere: letter case tells nobody apart, so two spellings would look like two people.
#[test]
fn one_spelling_per_person() {
    let members = "sre: { members: [bob, carol],";
    let agents = "  - { subject: ci-agent, display: ci-agent, owner: dana,";
    for (from, to, expected) in [
        (members, "sre: { members: [bob, Bob],", "`Bob` and `bob` are one person"),
        (members, "sre: { members: [bob, carol, Alice],", "`Alice` and `alice` are one person"),
        (
            agents,
            "  - { subject: ci-agent, display: ci-agent, owner: Dana,",
            "`Dana` and `dana` are one person",
        ),
        (
            agents,
            "  - { subject: Demo-Agent, display: ci-agent, owner: dana,",
            "`Demo-Agent` is listed twice in `agents`",
        ),
    ] {
        each_is_named(&[(DIRECTORY, from, to, expected)]);
    }
}

/// W1, C20: a delegate votes in the group while it holds and not a moment longer, on the seat of who is away, and hands
/// nothing on.
#[test]
fn a_delegate_stands_in_for_a_while() {
    let mut sources = Sources::read(&folder()).unwrap();
    let text = sources.0.get_mut(DIRECTORY).unwrap();
    let day = |day: u32| format!("\"2026-11-{day:02}T00:00:00.000Z\"");
    let one = |from: &str, to: &str| {
        format!("{{ from: {from}, to: {to}, group: sre, since: {}, until: {} }}", day(1), day(15))
    };
    let list = format!("teams: [data-agents, publishers]\ndelegations: [{}]", one("bob", "alice"));
    *text = text.replacen("teams: [data-agents, publishers]", &list, 1);
    let bundle = Compiled::from_sources(&sources, None).unwrap().bundle;
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
    let escalation = "\n  escalation: { after: PT30M, to: [sre] }";
    let alone = "after a change by `alice` too few people are left";
    each_is_named(&[(APPROVALS, escalation, "", alone)]);
    let pair = "deadline: PT4H\n  proof: idp";
    let change = "deadline: PT4H\n  may_change: [/destination]\n  proof: idp";
    each_is_named(&[(APPROVALS, pair, change, "after a change by `bob` too few people are left")]);
    let builds = |file: &str, from: &str, to: &str| {
        let mut sources = Sources::read(&folder()).unwrap();
        let approvals = sources.0.get_mut(APPROVALS).unwrap();
        *approvals = approvals.replacen(escalation, "", 1);
        let text = sources.0.get_mut(file).unwrap();
        assert!(text.contains(from), "{from}");
        *text = text.replacen(from, to, 1);
        Compiled::from_sources(&sources, None).map(drop)
    };
    let may = "may_change: [/destination]";
    let allowed = format!("{may}\n  who_changed_may_approve: true");
    assert!(builds(APPROVALS, may, &allowed).is_ok(), "the requirement says so");
    let two = "data-owners: { members: [alice, erin] }";
    assert!(builds(DIRECTORY, "data-owners: { members: [alice] }", two).is_ok(), "there is another");
    assert!(
        builds(DIRECTORY, "data-owners: { members: [alice] }", "data-owners: {}").is_ok(),
        "nobody knows"
    );
    assert!(
        builds(DIRECTORY, "data-owners: { members: [alice] }", "data-owners: { members: [alice] } ").is_err()
    );
}

//! An action as the API shows it, in every state there is.

#![expect(clippy::unwrap_used, reason = "a sample that cannot be built fails loudly")]

mod sample;
mod scenario;

use domain::*;
use scenario::{Scenario, at};
use wire::http::ActionView;

const BASE: &str = "http://127.0.0.1:8080";

fn view(scenario: &Scenario, second: i64) -> ActionView {
    review::view(&scenario.item, &scenario.action_documents, BASE, None, at(second)).unwrap()
}

/// Every state an action can be in, by name, and how it got there.
fn scenarios() -> Vec<(&'static str, Scenario)> {
    let pending = || Scenario::proposed().decided(&[("data-owners", &[("data-owners", 1)])]);
    let running = || pending().approved_by("alice", "data-owners").claimed();
    vec![
        ("proposed", Scenario::proposed()),
        ("pending", pending()),
        ("pending on two of one group, one has agreed", {
            let scenario = Scenario::proposed().decided(&[("sre-pair", &[("sre", 2)])]);
            scenario.approved_by("bob", "sre")
        }),
        ("pending on two requirements, one of them of two groups", {
            let both: &[(&str, &[(&str, u32)])] =
                &[("data-owners", &[("data-owners", 1)]), ("joint", &[("sre", 2), ("legal", 1)])];
            Scenario::proposed().decided(both).approved_by("bob", "sre")
        }),
        ("approved", pending().approved_by("alice", "data-owners")),
        ("approved, nothing required", Scenario::proposed().decided(&[])),
        ("executing", running()),
        ("held", running().held()),
        ("succeeded", running().succeeded()),
        ("succeeded, as a person found", running().lost().resolved(true)),
        ("failed", running().failed()),
        ("failed, as a person found", running().lost().resolved(false)),
        ("unknown", running().lost()),
        ("released", running().held().released()),
        ("withheld", running().held().withheld()),
        ("denied by policy", Scenario::proposed().forbidden("forbidden-by-policy")),
        ("denied by policy: no permit", Scenario::proposed().forbidden("no-permit")),
        ("denied by policy: rules unreadable", Scenario::proposed().forbidden("unavailable")),
        ("denied by an approver", pending().denied_by("alice", None, Some("The contract ended in October."))),
        ("denied by an approver with a code alone", pending().denied_by("alice", Some("not-now"), None)),
        (
            "denied at the claim",
            pending().approved_by("alice", "data-owners").refused("changed-since-review"),
        ),
        ("expired while pending", pending().expired()),
        ("expired, allowed but not begun", Scenario::proposed().decided(&[]).expired()),
        ("cancelled", pending().cancelled()),
    ]
}

/// O11: what a model reads in every state: whether anything ran, who refused and why, what may be tried next.
#[test]
fn the_message_of_every_state() {
    let mut table = String::new();
    for (name, scenario) in scenarios() {
        let view = view(&scenario, 60);
        table += &format!("{name} [{}, final {}]\n  {}\n", view.status, view.is_final, view.agent_message);
        if let Some(denial) = &view.denial {
            table += &format!("  denial {}\n", serde_json::to_string(denial).unwrap());
        }
    }
    insta::assert_snapshot!(table);
}

/// How long a running action usually takes is told while it runs and in no other state, and that it takes longer once it does.
#[test]
fn how_long_it_usually_takes() {
    let mut claimed = Scenario::proposed().decided(&[]).claimed();
    claimed.action_documents.review = Some(sample::plain());
    let since = claimed.item.state().run().unwrap().claimed_at;
    for (after, longer) in [(0, false), (4, false), (5, true), (60, true)] {
        let now = since.plus_seconds(after);
        let view = review::view(&claimed.item, &claimed.action_documents, BASE, None, now).unwrap();
        assert_eq!(view.expected_seconds, Some(5));
        assert!(view.agent_message.contains("It usually takes 5 seconds"), "{}", view.agent_message);
        assert_eq!(view.agent_message.contains("longer than usual"), longer, "{}", view.agent_message);
    }
    for (name, mut scenario) in scenarios().into_iter().filter(|(name, _)| *name != "executing") {
        scenario.action_documents.review = Some(sample::plain());
        let view = view(&scenario, 600);
        assert_eq!((view.expected_seconds, view.agent_message.contains("usually")), (None, false), "{name}");
    }
}

/// Every state's name of the lifecycle is among the scenarios, so that a new one cannot be forgotten here.
#[test]
fn no_state_is_missing() {
    let seen: Vec<String> = scenarios().iter().map(|(_, scenario)| view(scenario, 60).status).collect();
    for status in Status::OF_ACTIONS {
        assert!(seen.iter().any(|name| name == status.name()), "{}", status.name());
    }
    let absent = Scenario::proposed();
    assert!(
        review::view(&wire::Item::new(absent.item.id().clone()), &absent.action_documents, BASE, None, at(0))
            .is_none()
    );
}

/// The whole view, once while people are asked and once after it ran.
#[test]
fn the_whole_view() {
    let pending = Scenario::proposed().decided(&[("data-owners", &[("data-owners", 1)])]);
    insta::assert_snapshot!(serde_json::to_string_pretty(&view(&pending, 1)).unwrap());
    let done = pending.approved_by("alice", "data-owners").claimed().succeeded();
    insta::assert_snapshot!(serde_json::to_string_pretty(&view(&done, 60)).unwrap());
}

/// W13, W14: past the deadline the message promises nothing any more, even before the sweep has come by.
#[test]
fn a_passed_deadline_is_said_before_it_is_swept() {
    for scenario in [Scenario::proposed(), Scenario::proposed().decided(&[]), {
        Scenario::proposed().decided(&[("data-owners", &[("data-owners", 1)])])
    }] {
        let view = view(&scenario, 3600);
        let expected = "Nothing has run, and nothing will: the deadline, 13:06 UTC, has passed.";
        assert!(view.agent_message.starts_with(expected), "{}", view.agent_message);
    }
}

/// The time is said with its date when that is not the day of the proposal.
#[test]
fn a_deadline_on_another_day_carries_its_date() {
    let scenario = Scenario::proposed_for(3 * 86_400).decided(&[("data-owners", &[("data-owners", 1)])]);
    assert!(
        view(&scenario, 1).agent_message.contains("before 2026-11-21 12:06 UTC."),
        "{}",
        view(&scenario, 1).agent_message
    );
}

/// P8: a result that is held or withheld is in no view, in no field.
#[test]
fn a_held_result_is_not_shown() {
    let running = || {
        Scenario::proposed()
            .decided(&[("data-owners", &[("data-owners", 1)])])
            .approved_by("alice", "data-owners")
            .claimed()
    };
    for (scenario, shown) in [
        (running().held(), false),
        (running().held().withheld(), false),
        (running().held().released(), true),
        (running().succeeded(), true),
    ] {
        let text = serde_json::to_string(&view(&scenario, 60)).unwrap();
        assert_eq!(text.contains("4096 rows"), shown, "{text}");
    }
}

/// W24: what cannot be seen in the agent's words is spelled out, and the mask behind it moves along.
#[test]
fn hidden_characters_are_spelled_out() {
    let mut scenario = Scenario::proposed();
    scenario.action_documents.request.reason = "Fo\u{202e}r ‹email 1›".into();
    let mask = &mut scenario.action_documents.request.masked[0];
    (mask.start, mask.end) = (5, 14);
    scenario.action_documents.request.provenance[0].value = "9f\n2c".into();
    let view = view(&scenario, 1);
    assert_eq!(view.reason, "Fo⟨U+202E⟩r ‹email 1›");
    let (start, end) = (view.masked[0].start as usize, view.masked[0].end as usize);
    assert_eq!(view.reason.chars().skip(start).take(end - start).collect::<String>(), "‹email 1›");
    assert_eq!(view.provenance[0].value, "9f⟨U+000A⟩2c");
}

/// A verdict's words come from the statement it names, and from no other.
#[test]
fn words_belong_to_their_statement() {
    let mut scenario = Scenario::proposed().decided(&[("data-owners", &[("data-owners", 1)])]).denied_by(
        "alice",
        Some("other"),
        Some("No."),
    );
    scenario.action_documents.statements[0].reason = Some("Put into her mouth.".into());
    let view = view(&scenario, 60);
    assert_eq!(view.verdicts[0].reason, None);
    assert!(!view.agent_message.contains("mouth"));
}

/// E12: what was found at the target is in a person's view of a denial and in no agent's.
#[test]
fn what_was_found_is_for_people() {
    let mut scenario = Scenario::proposed().forbidden("cannot-plan");
    let cause = wire::documents::Cause {
        detail: "There is no object at the source.".to_owned(),
        salt: Commitment::of(&Key::from_bytes([1; 32]), b"{}"),
    };
    scenario.action_documents.decision.as_mut().unwrap().cause = Some(cause);
    let agent = serde_json::to_string(&view(&scenario, 1)).unwrap();
    assert!(!agent.contains("no object"), "{agent}");
    let alice = Person { issuer: "http://127.0.0.1:8081".to_owned(), subject: "alice".to_owned() };
    let person = review::view(&scenario.item, &scenario.action_documents, BASE, Some(&alice), at(1)).unwrap();
    assert_eq!(person.denial.unwrap().cause.as_deref(), Some("There is no object at the source."));
}

/// What a rule allows instead ends as a sentence before the next one begins, with or without a full stop in the rule.
#[test]
fn what_is_allowed_instead_is_a_sentence() {
    for instead in ["Ask the platform team", "Ask the platform team."] {
        let mut scenario = Scenario::proposed().forbidden("forbidden-by-policy");
        scenario.action_documents.decision.as_mut().unwrap().reasons[0].instead = Some(instead.to_owned());
        let message = view(&scenario, 1).agent_message;
        assert!(message.contains("Instead: Ask the platform team. Propose something changed"), "{message}");
        let reasons = &mut scenario.action_documents.decision.as_mut().unwrap().reasons;
        let second = wire::documents::ReasonJson { instead: Some("Wait".to_owned()), ..reasons[0].clone() };
        reasons.push(second);
        let message = view(&scenario, 1).agent_message;
        assert!(message.contains("Instead: Ask the platform team. Wait. Propose"), "{message}");
    }
}

//! One function at a time under foreign control writes what its role lets it write. Afterwards P2 to P6 still hold (they
//! are looked at after every step), and nothing that needs a signed-in person's consent has had an effect.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helper functions fail loudly")]

use domain::{ActionId, DecisionKind, Digest, Event, GroupCount, Proof, Requirement, Terms, VerdictKind};
use runtime::{Clock, Queue};
use simulation::action_kind::ActionKind;
use simulation::deployment::SimulatedDeployment;
use simulation::executor::Fates;
use simulation::forgery::Token;
use simulation::people::{PEOPLE, PersonStep};
use simulation::processes::Function;
use simulation::run::{Weather, come_to_rest, deliver_all, random, straight};
use simulation::scheduler::{Scheduler, Work};
use simulation::seeds::each;
use store::{AttributeValue, Attributes, image};
use wire::Item;

const KEY: &str = "key-0";

/// A run in which the agent has asked, everything is delivered and nobody has voted.
fn asked(kind: ActionKind, hostile: Function) -> (Scheduler, ActionId) {
    let mut run = Scheduler::new(1, SimulatedDeployment::new(1, Fates::kind()));
    run.oracle.distrust(hostile);
    run.start(Work::Step(PersonStep::Propose { kind, key: KEY.to_owned(), other: false }));
    deliver_all(&mut run).unwrap();
    let id = run.deployment.action(KEY);
    (run, id)
}

/// The same before policy was asked: the proposal is recorded, nothing else.
fn proposed(kind: ActionKind, hostile: Function) -> (Scheduler, ActionId) {
    let mut run = Scheduler::new(1, SimulatedDeployment::new(1, Fates::kind()));
    run.oracle.distrust(hostile);
    run.start(Work::Step(PersonStep::Propose { kind, key: KEY.to_owned(), other: false }));
    finish(&mut run);
    run.deliver_stream();
    finish(&mut run);
    let id = run.deployment.action(KEY);
    (run, id)
}

fn finish(run: &mut Scheduler) {
    while !run.is_idle() {
        run.poll().unwrap();
    }
}

/// Somebody decides on the page, and everything is delivered.
fn decides(run: &mut Scheduler, name: &str, approve: bool) {
    let person = PEOPLE.iter().position(|(person, _)| *person == name).unwrap();
    run.start(Work::Step(PersonStep::Page { person, key: KEY.to_owned(), approve }));
    deliver_all(run).unwrap();
}

/// Lets everything come to rest; how many commands of this action reached a target.
fn effects(run: &mut Scheduler, id: &ActionId) -> usize {
    come_to_rest(run).unwrap_or_else(|broken| panic!("{broken}\n{}", run.trace.join("\n")));
    run.oracle.effects_of(id)
}

/// The code with which execution refused it.
fn refused(run: &Scheduler, id: &ActionId) -> Option<String> {
    let item = run.deployment.item(id);
    item.entries().iter().find_map(|entry| match &entry.event {
        Event::Refused { code, .. } => Some(code.clone()),
        _ => None,
    })
}

/// The codes of the violations that are recorded.
fn violations(run: &Scheduler) -> Vec<String> {
    let objects = run.deployment.log.objects();
    let lines = objects.iter().flat_map(|(_, bytes)| bytes.split(|byte| *byte == b'\n'));
    let records = lines.filter_map(|line| wire::json::parse::<wire::record::Record>(line).ok());
    let codes = records.filter_map(|record| match record {
        wire::record::Record::Violation { code, .. } => Some(code),
        _ => None,
    });
    codes.collect()
}

/// D1, P5: whoever may write the item (intake, policy, execution, sweep, and callbacks without its key) writes Alice's
/// approval, with a proof made up or without one: a violation is recorded and nothing happens, now or when Alice herself
/// approves.
#[test]
fn a_vote_written_by_who_cannot_sign() {
    for token in [Token::Invented, Token::Elsewhere] {
        let (mut run, id) = asked(ActionKind::Export, Function::Policy);
        let vote =
            run.deployment.forge_vote(&id, ("alice", "data-owners"), VerdictKind::Approve, token, false);
        run.deployment.append(&id, Event::VerdictGiven(vote), |line| line);
        assert_eq!(effects(&mut run, &id), 0, "{token:?}");
        assert_eq!(violations(&run), ["envelope-invalid"], "{token:?}");
    }
}

/// D1, D7, P5: callbacks under foreign control signs what it likes: an ID token that somebody made up or that was given for
/// something else proves nothing, and its own word alone is not enough.
#[test]
fn a_vote_signed_by_callbacks_alone() {
    for (token, code) in [(Token::Invented, "token-signature"), (Token::Elsewhere, "nonce-differs")] {
        let (mut run, id) = asked(ActionKind::Export, Function::Callbacks);
        let vote =
            run.deployment.forge_vote(&id, ("alice", "data-owners"), VerdictKind::Approve, token, true);
        run.deployment.append(&id, Event::VerdictGiven(vote), |line| line);
        assert_eq!(effects(&mut run, &id), 0, "{token:?}");
        assert_eq!(violations(&run), [code], "{token:?}");
    }
    // E2: the person's own silent sign-in with the nonce of these words, a minute after they typed their password.
    let (mut run, id) = asked(ActionKind::Export, Function::Callbacks);
    let vote =
        run.deployment.forge_vote(&id, ("alice", "data-owners"), VerdictKind::Approve, Token::Silent, true);
    run.deployment.append(&id, Event::VerdictGiven(vote), |line| line);
    assert_eq!(effects(&mut run, &id), 0, "a silent sign-in");
    assert_eq!(violations(&run), ["sign-in-not-fresh"]);
    // By `service`, which this requirement does not take: such an approval cannot even stand in an item.
    let (mut run, id) = asked(ActionKind::Export, Function::Callbacks);
    let vote =
        run.deployment.forge_vote(&id, ("alice", "data-owners"), VerdictKind::Approve, Token::None, true);
    assert_eq!(vote.proof, Proof::Service);
    let denial = domain::Verdict { kind: VerdictKind::Deny, ..vote };
    run.deployment.append(&id, Event::VerdictGiven(denial), |line| line.replace("\"deny\"", "\"approve\""));
    assert_eq!(effects(&mut run, &id), 0);
    assert_eq!(violations(&run), ["impossible-event"]);
}

/// E5: callbacks under foreign control lets the person who changed where it goes approve what they made of it: such an
/// approval cannot even stand in an item.
#[test]
fn whoever_changed_it_approves_it() {
    let (mut run, id) = asked(ActionKind::Export, Function::Callbacks);
    run.start(Work::Step(PersonStep::Change { person: 0, key: KEY.to_owned() }));
    deliver_all(&mut run).unwrap();
    assert_eq!(run.deployment.item(&id).state().proposal().map(|one| one.revision), Some(2));
    let vote =
        run.deployment.forge_vote(&id, ("alice", "data-owners"), VerdictKind::Deny, Token::Elsewhere, true);
    run.deployment.append(&id, Event::VerdictGiven(vote), |line| line.replace("\"deny\"", "\"approve\""));
    assert_eq!(effects(&mut run, &id), 0);
    assert_eq!(violations(&run), ["impossible-event"]);
}

/// E17: callbacks under foreign control says that Mallory speaks for a group whose members the directory lists.
#[test]
fn a_group_the_directory_does_not_give() {
    for kind in [VerdictKind::Approve, VerdictKind::Deny] {
        let (mut run, id) = asked(ActionKind::Job, Function::Callbacks);
        let vote = run.deployment.forge_vote(&id, ("mallory", "sre"), kind, Token::None, true);
        run.deployment.append(&id, Event::VerdictGiven(vote), |line| line);
        assert_eq!(effects(&mut run, &id), 0, "{kind:?}");
        assert_eq!(violations(&run), ["group-unproven"], "{kind:?}");
    }
}

/// D1, P3: policy under foreign control decides as it likes: permits what needs consent, or asks people who are easier to
/// find. Execution asks the rules again.
#[test]
fn a_decision_that_is_not_the_rules() {
    let easier = |name: &str| Requirement {
        name: name.to_owned(),
        groups: vec![GroupCount { group: "sre".to_owned(), count: 1 }],
        proof: Proof::Service,
        max_age: None,
        prompt_login: false,
        terms: Terms::default(),
    };
    for (kind, requirements) in [
        (DecisionKind::Permit, vec![]),
        (DecisionKind::RequireApproval, vec![easier("sre")]),
        (DecisionKind::RequireApproval, vec![easier("data-owners")]),
    ] {
        let (model, id) = asked(ActionKind::Export, Function::Policy);
        let honest = model.deployment.item(&id).entries()[1].event.clone();
        let (mut run, same) = proposed(ActionKind::Export, Function::Policy);
        assert_eq!(id, same);
        for (digest, body) in model.deployment.documents.contents() {
            run.deployment.documents.forge(digest, body);
        }
        let forged = run.deployment.decision(&honest, kind, requirements.clone());
        run.deployment.append(&id, forged, |line| line);
        deliver_all(&mut run).unwrap();
        let bob = PEOPLE.iter().position(|(person, _)| *person == "bob").unwrap();
        run.start(Work::Step(PersonStep::Api { person: bob, key: KEY.to_owned(), approve: true }));
        assert_eq!(effects(&mut run, &id), 0, "{kind:?} {requirements:?}");
        assert_eq!(refused(&run, &id).as_deref(), Some("no-longer-allowed"), "{kind:?} {requirements:?}");
    }
}

/// D16: Alice denies; somebody who may write the item takes her denial out of it; honest people then approve. What is
/// recorded stays recorded, and the action is quarantined.
#[test]
fn a_denial_taken_out_of_the_item() {
    let (mut run, id) = asked(ActionKind::Rights, Function::Sweep);
    decides(&mut run, "bob", false);
    run.deployment.truncate(&id, 2);
    decides(&mut run, "carol", true);
    decides(&mut run, "bob", true);
    assert_eq!(effects(&mut run, &id), 0);
    assert_eq!(violations(&run)[0], "chain-differs");
}

/// D17, D9: policy makes up an action for another agent, with a payload sealed by itself: execution takes the principal
/// from the agent's own token alone.
#[test]
fn an_action_made_up_for_another_agent() {
    let (mut run, model) = asked(ActionKind::Inside, Function::Policy);
    let id = run.deployment.made_up(&model);
    assert_eq!(effects(&mut run, &id), 0);
    let row = run.deployment.index.rows().into_iter().find(|row| row.action == id).expect("it is recorded");
    assert!(
        !row.quarantined,
        "{:?}: so the ledger found nothing wrong, and execution refused",
        violations(&run)
    );
    assert_eq!(refused(&run, &id).as_deref(), Some("request-mismatch"));
}

/// What somebody who dates an item back may write before it, so that its events look as if they had stood there.
fn before(item: &Item, what: &str) -> Option<Attributes> {
    let mut image = image::created(item);
    let number = |number: &str| AttributeValue::N(number.to_owned());
    match what {
        "nothing" => return None,
        "another version" => drop(image.insert("v".to_owned(), number("2"))),
        "no version" => drop(image.remove("v")),
        "another sequence" => drop(image.insert("seq".to_owned(), number("1"))),
        "another chain" => {
            let chain = AttributeValue::S(Digest::of(b"another").to_string());
            drop(image.insert("chain".to_owned(), chain));
        }
        "events alone" => image.retain(|name, _| name == "id" || name == "events"),
        other => panic!("{other}"),
    }
    Some(image)
}

/// E3: policy under foreign control has kept a payload of an agent, whose token has expired since. It makes up an action of
/// that agent, sealed anew, and dates it back to when the token held; whatever it writes first, so that the stream's old
/// image shows the same events, nothing runs, the ledger says so, and so does the verifier.
#[test]
fn an_action_dated_back_to_when_a_token_held() {
    for what in
        ["nothing", "another version", "no version", "another sequence", "another chain", "events alone"]
    {
        let (mut run, model) = asked(ActionKind::Inside, Function::Policy);
        let then = run.deployment.clock.now().plus_seconds(-7200);
        let item = run.deployment.making_up(&model, "demo-agent", then);
        let id = item.id().clone();
        if let Some(image) = before(&item, what) {
            run.deployment.states.forge(id.as_str(), image);
        }
        run.deployment.states.forge(id.as_str(), image::created(&item));
        assert_eq!(effects(&mut run, &id), 0, "{what}");
        let found = violations(&run);
        let expected = if what == "nothing" { "time-implausible" } else { "foreign-image" };
        assert!(found.contains(&expected.to_owned()), "{what}: {found:?}");
        assert!(!simulation::oracle::verify(&run.deployment).is_clean(), "{what}: the verifier says so");
        let row =
            run.deployment.index.rows().into_iter().find(|row| row.action == id).expect("it is recorded");
        assert!(row.quarantined, "{what}");
    }
}

/// D18: whatever document the item names is overwritten before Alice approves: nothing runs. Afterwards: what cannot be
/// opened and compared does not run; decision and action document are worked out again and compared by digest, so that
/// what runs is what she approved.
#[test]
fn documents_overwritten() {
    let named = ["payload", "request", "decision", "review", "action"];
    for (late, expected) in [(false, [0, 0, 0, 0, 0]), (true, [0, 0, 1, 0, 1])] {
        for (place, name) in named.iter().enumerate() {
            let (mut run, id) = asked(ActionKind::Export, Function::Policy);
            if late {
                run.start(Work::Step(PersonStep::Page { person: 0, key: KEY.to_owned(), approve: true }));
                finish(&mut run);
            }
            let item = run.deployment.item(&id);
            let documents: Vec<_> =
                item.entries()[..2].iter().flat_map(|entry| entry.event.documents()).collect();
            run.deployment.documents.forge(documents[place], "{\"format\":\"countersign-action/1\"}");
            if !late {
                decides(&mut run, "alice", true);
            }
            assert_eq!(effects(&mut run, &id), expected[place], "{name}, late: {late}");
        }
    }
}

/// D10: ledger under foreign control puts a malformed object at the next position. It counts as a finding; the log goes on
/// after it, and the action runs once.
#[test]
fn a_malformed_object_in_the_log() {
    for bytes in ["", "{}", "{\"format\":\"countersign-log/1\"}\n", "not json\nat all"] {
        let (mut run, id) = asked(ActionKind::Export, Function::Ledger);
        let next = u64::try_from(run.deployment.log.objects().len()).unwrap();
        run.deployment.log.place(next, bytes);
        straight(&mut run, ActionKind::Export, KEY).unwrap();
        assert_eq!(effects(&mut run, &id), 1, "{bytes}");
        assert!(!simulation::oracle::verify(&run.deployment).is_clean(), "{bytes}: the verifier says so");
    }
}

/// P4, P5: ledger under foreign control sends what does not follow: Execute for an action that still waits, with any object
/// as its record.
#[test]
fn messages_that_do_not_follow() {
    let (mut run, id) = asked(ActionKind::Export, Function::Ledger);
    let (_, model) = run.deployment.queues.sent().first().cloned().unwrap();
    for object in 0..4 {
        let item = run.deployment.item(&id);
        let effect = wire::message::EffectName::Execute;
        let message = wire::message::Message {
            effect,
            object,
            sequence: item.sequence(),
            chain: item.chain(),
            ..model.clone()
        };
        run.deployment.queues.put_back(Queue::Execution, message);
    }
    assert_eq!(effects(&mut run, &id), 0);
}

/// D1, F15: sweep under foreign control says that time has passed: the event's time is not that of its write.
#[test]
fn a_deadline_that_has_not_passed() {
    let (mut run, id) = asked(ActionKind::Export, Function::Sweep);
    let was = run.deployment.clock.now();
    run.deployment.clock.pass(3 * 3600);
    let item = run.deployment.item(&id);
    let (next, _) = item.extend(Event::Expired, run.deployment.clock.now()).unwrap();
    run.deployment.clock.set(was);
    let lines: Vec<String> = next.entries().iter().map(|entry| entry.line.clone()).collect();
    run.deployment.states.forge_events(&id, &lines);
    assert_eq!(effects(&mut run, &id), 0);
    assert_eq!(violations(&run), ["time-implausible"]);
}

/// D1, D16 to D18 among faults: each of the functions in turn writes what its role may, now and then, while everything else
/// goes on under failures and kills. P2 to P6 and P9 hold after every step, and P1 for what it did not touch. A failing run
/// names its seed.
#[test]
fn any_weather_with_one_of_us_hostile() {
    each("any_weather_with_one_of_us_hostile", 140, |seed| random(seed, Weather::Hostile));
}

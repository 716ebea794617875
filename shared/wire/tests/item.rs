//! The item: stored lines read back exactly, and nothing else is an item.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a sample that cannot be built fails loudly")]

use domain::*;
use proptest::prelude::*;
use wire::{AnyItem, Item, ItemError, SuspensionItem};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_204).plus_seconds(seconds)
}

fn digest(name: &str) -> Digest {
    Digest::of(name.as_bytes())
}

fn person(subject: &str) -> Person {
    Person { issuer: "http://127.0.0.1:8081".into(), subject: subject.into() }
}

fn agent() -> Principal {
    Principal { issuer: "http://127.0.0.1:8081".into(), subject: "demo-agent".into() }
}

fn events() -> Vec<Event> {
    let requirement = Requirement {
        name: "data-owners".into(),
        groups: vec![GroupCount { group: "data-owners".into(), count: 1 }],
        proof: Proof::Idp,
        max_age: Some(300),
        prompt_login: true,
        terms: Terms::default(),
    };
    vec![
        Event::Proposed {
            action_type: "s3-export".into(),
            principal: agent(),
            payload: digest("payload"),
            request: digest("request"),
            token_key: KeyRef { issuer: agent().issuer, kid: "key-1".into() },
            expires_at: at(3600),
        },
        Event::Decided {
            kind: DecisionKind::RequireApproval,
            document: digest("decision"),
            review: Some(digest("review")),
            action: Some(digest("action")),
            requirements: vec![requirement],
            granted: Vec::new(),
            resolvers: Vec::new(),
            requester: RequesterSet { agent: agent(), owner: Some(person("dana")), humans: vec![] },
            expires_at: at(3600),
        },
        Event::VerdictGiven(Verdict {
            person: person("alice"),
            kind: VerdictKind::Approve,
            groups: vec!["data-owners".into()],
            seats: vec![],
            proof: Proof::Idp,
            statement: digest("statement"),
            envelope: digest("envelope"),
            proof_document: Some(digest("id token")),
            grant: None,
            changed: Vec::new(),
        }),
        Event::Claimed { attempt: "5f0c".into(), lease_until: at(303), bundle: digest("manifest") },
        Event::Succeeded { attempt: "5f0c".into(), outcome: digest("outcome") },
    ]
}

fn item() -> Item {
    let id = ActionId::of(b"example");
    events()
        .into_iter()
        .zip(0..)
        .fold(Item::new(id), |item, (event, second)| item.extend(event, at(second)).unwrap().0)
}

fn lines(item: &Item) -> Vec<&str> {
    item.entries().iter().map(|entry| entry.line.as_str()).collect()
}

/// The exact bytes of one action's whole way; a change here is a change of format.
#[test]
fn the_stored_form() {
    let item = item();
    let chains = item.entries().iter().map(|entry| entry.chain.to_string());
    let shown: Vec<String> =
        item.entries().iter().zip(chains).map(|(e, chain)| format!("{}\n  {chain}", e.line)).collect();
    insta::assert_snapshot!(shown.join("\n"));
}

/// Every kind of event survives being written and read.
#[test]
fn every_event_reads_back() {
    let verdict = |kind| Verdict {
        person: person("bob"),
        kind,
        groups: vec!["sre".into()],
        seats: vec![],
        proof: Proof::Service,
        statement: digest("s"),
        envelope: digest("e"),
        proof_document: None,
        grant: None,
        changed: Vec::new(),
    };
    let attempt = || String::from("5f0c");
    let (outcome, document) = (digest("outcome"), digest("note"));
    let ends: Vec<Vec<Event>> = vec![
        vec![Event::Succeeded { attempt: attempt(), outcome }],
        vec![Event::Failed { attempt: attempt(), outcome }],
        vec![Event::OutcomeLost { attempt: attempt(), reason: LossReason::NoAnswer }],
        vec![Event::OutcomeLost { attempt: attempt(), reason: LossReason::ClaimedElsewhere }],
        vec![
            Event::OutcomeLost { attempt: attempt(), reason: LossReason::NoAnswer },
            Event::ProbeInconclusive { attempt: attempt(), reason: ProbeGap::CannotTell },
            Event::Resolved {
                attempt: attempt(),
                happened: true,
                by: ResolvedBy::Person(Verdict {
                    proof: Proof::Idp,
                    proof_document: Some(document),
                    groups: vec!["data-owners".into()],
                    ..verdict(VerdictKind::Happened)
                }),
            },
        ],
        vec![
            Event::OutcomeLost { attempt: attempt(), reason: LossReason::NoAnswer },
            Event::Resolved { attempt: attempt(), happened: true, by: ResolvedBy::Probe(document) },
        ],
        vec![Event::ResultHeld { attempt: attempt(), outcome, release_by: at(60) }, Event::Withheld(None)],
    ];
    let start = events();
    for end in ends {
        let all = [start.get(..4).unwrap().to_vec(), end].concat();
        round_trip(&all);
    }
    let mut pending = start.get(..2).unwrap().to_vec();
    if let Some(Event::Decided { requirements, .. }) = pending.last_mut() {
        requirements.iter_mut().for_each(|one| one.terms.may_change = vec!["/destination".into()]);
    }
    let modified = Event::Modified {
        verdict: Verdict {
            proof: Proof::Idp,
            proof_document: Some(document),
            groups: vec!["data-owners".into()],
            changed: vec!["/destination".into()],
            ..verdict(VerdictKind::Modify)
        },
        request: digest("r"),
    };
    round_trip(&[pending.to_vec(), vec![modified]].concat());
    round_trip(&[pending.to_vec(), vec![Event::Cancelled { by: agent() }]].concat());
    round_trip(
        &[
            start.get(..3).unwrap().to_vec(),
            vec![Event::Refused { code: "changed-since-review".into(), document }],
        ]
        .concat(),
    );
}

fn suspend(scope: Scope) -> SuspensionEvent {
    let verdict = Verdict {
        person: person("bob"),
        kind: VerdictKind::Suspend,
        groups: vec!["sre".into()],
        seats: vec![],
        proof: Proof::Service,
        statement: digest("s"),
        envelope: digest("e"),
        proof_document: None,
        grant: None,
        changed: Vec::new(),
    };
    SuspensionEvent::Suspended { scope, verdict }
}

/// The suspension list reads back as it was written, whatever it suspends; no action becomes it, and it becomes no action.
#[test]
fn the_suspensions_are_one_item_of_their_own() {
    let scopes = [Scope::All, Scope::Type("s3-export".into()), Scope::Agent(agent())];
    let (by, attempt) = (ActionId::of(b"resume"), "5f0c".to_owned());
    let resume = SuspensionEvent::Resumed { scope: Scope::All, by, attempt };
    let said = scopes.into_iter().map(suspend).chain([resume]);
    let list = said.fold(SuspensionItem::absent(), |list, event| list.extend(event, at(0)).unwrap().0);
    let stored: Vec<&str> = list.entries().iter().map(|entry| entry.line.as_str()).collect();
    let id = ActionId::suspensions();
    assert_eq!(SuspensionItem::parse(id.clone(), stored.iter().copied()).unwrap(), list);
    assert_eq!(AnyItem::parse(id.clone(), stored.iter().copied()).unwrap(), list.clone().into());
    insta::assert_snapshot!("the_stored_suspension_list", stored.join("\n"));
    // Under an action's id its events are no events, and it is not the list.
    let elsewhere = ActionId::of(b"an action");
    assert!(matches!(
        Item::parse(elsewhere.clone(), stored.iter().copied()),
        Err(ItemError::Malformed(1, _))
    ));
    let moved = SuspensionItem::parse(elsewhere.clone(), stored.iter().copied());
    assert_eq!(moved, Err(ItemError::Impossible(1, EventRejection::NotPossible)));
    assert!(SuspensionItem::new(elsewhere).extend(suspend(Scope::All), at(0)).is_err());
    // Nor is an action the list under the list's id.
    assert!(Item::new(id.clone()).extend(events().remove(0), at(0)).is_err());
    let proposed = item();
    let moved = Item::parse(id.clone(), lines(&proposed));
    assert_eq!(moved, Err(ItemError::Impossible(1, EventRejection::NotPossible)));
    assert!(matches!(AnyItem::parse(id, lines(&proposed)), Err(ItemError::Malformed(1, _))));
}

fn round_trip(events: &[Event]) {
    let seconds = |index: usize| if index == 5 { 60 } else { 0 };
    let item = events.iter().enumerate().fold(Item::new(ActionId::of(b"x")), |item, (index, event)| {
        item.extend(event.clone(), at(seconds(index))).unwrap_or_else(|e| panic!("{event:?}: {e}")).0
    });
    assert_eq!(Item::parse(item.id().clone(), lines(&item)).unwrap(), item);
}

/// D1, D16: a line that is left out, doubled, swapped or rewritten is no history; and it has another chain.
#[test]
fn another_list_of_events_is_another_chain_or_none() {
    let item = item();
    let all = lines(&item);
    let parse = |lines: Vec<&str>| Item::parse(item.id().clone(), lines);
    assert!(parse(all.iter().copied().skip(1).collect()).is_err());
    assert!(parse(vec![all[0], all[0]]).is_err());
    assert!(parse(vec![all[0], all[2]]).is_err());
    let shorter = parse(all[..3].to_vec()).unwrap();
    assert_eq!(item.chain_at(3), Some(shorter.chain()));
    assert_ne!(item.chain(), shorter.chain());
}

/// A newer version is told apart from a malformed line: it is left for a newer program.
#[test]
fn a_newer_version_is_left_alone() {
    let newer = lines(&item())[0].replace("\"v\":1", "\"v\":2");
    assert_eq!(Item::parse(item().id().clone(), [newer.as_str()]), Err(ItemError::NewerVersion(1, 2)));
}

proptest! {
    /// Any byte changed anywhere: refused, or another chain.
    #[test]
    fn a_changed_byte_shows(line in 0..5usize, place in 0..1000usize, byte in 0x20..0x7fu8) {
        let item = item();
        let mut changed: Vec<Vec<u8>> = lines(&item).iter().map(|line| line.as_bytes().to_vec()).collect();
        let place = place % changed[line].len();
        prop_assume!(changed[line][place] != byte);
        changed[line][place] = byte;
        let texts: Vec<String> = changed.into_iter().map(|line| String::from_utf8(line).unwrap()).collect();
        if let Ok(other) = Item::parse(item.id().clone(), texts.iter().map(String::as_str)) {
            prop_assert_ne!(other.chain(), item.chain());
        }
    }
}

fn vote_of(subject: &str, kind: VerdictKind) -> Event {
    let Some(Event::VerdictGiven(given)) = events().into_iter().nth(2) else { panic!("a vote") };
    Event::VerdictGiven(Verdict { person: person(subject), kind, ..given })
}

/// E21: whoever approves, changes or uses a grant leaves room, however many they are: an item that takes no more of these
/// can still be denied, cancelled, expire, be claimed and told how it ended, well below what a table's item holds.
#[test]
fn an_item_keeps_room_for_its_end() {
    const TABLE: usize = 400 * 1024;
    let mut asked = events();
    let Some(Event::Decided { requirements, .. }) = asked.get_mut(1) else { panic!("a decision") };
    requirements[0].groups[0].count = 100_000;
    let mut item = Item::new(ActionId::of(b"full"));
    for event in asked.into_iter().take(2) {
        item = item.extend(event, at(0)).unwrap().0;
    }
    let full = (0..1_000).find_map(|n| {
        match item.extend(vote_of(&format!("somebody-{n}-{}", "x".repeat(230)), VerdictKind::Approve), at(1))
        {
            Ok((next, _)) => {
                item = next;
                None
            }
            Err(refusal) => Some(refusal),
        }
    });
    assert_eq!(full, Some(EventRejection::NoRoom));
    assert!(item.bytes() <= wire::ROOM_FOR_VOTES, "{}", item.bytes());
    let ends =
        [vote_of("somebody-else", VerdictKind::Deny), Event::Cancelled { by: agent() }, Event::Expired];
    for end in ends {
        let (ended, _) = item.extend(end.clone(), at(if end == Event::Expired { 3600 } else { 2 })).unwrap();
        assert!(ended.bytes() < TABLE / 2 + TABLE / 10, "{}", ended.bytes());
        assert!(ended.state().status().is_final());
        Item::parse(ended.id().clone(), ended.entries().iter().map(|entry| entry.line.as_str())).unwrap();
    }
}

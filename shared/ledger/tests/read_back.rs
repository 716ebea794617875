//! C6: whatever is written, reads back as the same through the strict readers, or is not written at all.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

use domain::{
    ActionId, Commitment, Digest, Event, GroupCount, Key, KeyRef, Principal, Proof, Requirement, Terms,
    Timestamp,
};
use ledger::{Object, Tail, document_line, record, record_line};
use proptest::prelude::*;
use serde_json::{Map, Number, Value};
use wire::Item;
use wire::documents::*;
use wire::json::{self, MAX_DEPTH, depth};
use wire::message::{EffectName, Message};
use wire::record::Record;
use wire::text::Identity;

/// Any text: control characters, surrogate pairs and line ends too, sometimes long.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => any::<String>(),
        1 => "[\\u{0}-\\u{1f}\\u{2028}\\u{7f}\"\\\\]{0,40}",
        1 => (0..3000usize).prop_map(|length| "ä".repeat(length)),
    ]
}

fn number() -> impl Strategy<Value = Value> {
    let float = |float| Number::from_f64(float).map_or(Value::Null, Value::Number);
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(float),
        (-(1_i64 << 53)..(1 << 53)).prop_map(Value::from),
    ]
}

/// Any value that an agent, a reviewer or a target may send: up to as deep as anything from outside is read.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number(),
        text().prop_map(Value::String),
    ];
    let wide = leaf.prop_recursive(6, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::vec((text(), inner), 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    });
    (wide, 0..40usize, any::<bool>()).prop_map(|(value, levels, lists)| {
        (0..levels).fold(value, |inner, _| match lists {
            true => Value::Array(vec![inner]),
            false => Value::Object([("in".to_owned(), inner)].into_iter().collect()),
        })
    })
}

/// As it would come through the reader of everything from outside.
fn from_outside(value: &Value) -> Option<Value> {
    json::parse_value(json::canonical(value).ok()?.as_bytes()).ok()
}

fn identity() -> impl Strategy<Value = Identity> {
    (text(), text()).prop_map(|(issuer, subject)| Identity { issuer, subject })
}

fn id() -> ActionId {
    ActionId::of(b"read back")
}

fn at() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_204)
}

/// The document is not written, or it opens to the same, alone and from its line in an object of the log. Equal as written:
/// `0.0` and `0` are one number.
fn check<T: DocumentKind + PartialEq>(content: &T) -> Result<bool, TestCaseError> {
    let Ok(document) = content.document() else { return Ok(false) };
    let same = |read: T| read.document().is_ok_and(|again| again == document);
    prop_assert!(document.open::<T>().is_ok_and(same), "{}", document.body());
    let record = record::violation("a key", 0, "a-code", "a detail".to_owned(), at());
    let (record, line) = (record_line(&record).unwrap(), document_line(&document).unwrap());
    let bytes = Tail::default().compose(&[record], &[line]).unwrap();
    let object = Object::read(0, &bytes).unwrap();
    prop_assert!(object.bad_documents().is_empty(), "{:?}", object.bad_documents());
    prop_assert!(object.open::<T>(&document.digest()).is_some_and(same));
    Ok(true)
}

fn check_record(record: &Record) -> Result<(), TestCaseError> {
    let Ok(line) = record_line(record) else { return Ok(()) };
    let bytes = Tail::default().compose(&[line], &[]).unwrap();
    let object = Object::read(0, &bytes).unwrap();
    prop_assert_eq!(object.records()[0].record.as_ref(), Ok(record));
    Ok(())
}

fn request(parameters: Value, words: &[String], who: &Identity) -> Request {
    let commitment = Commitment::of(&Key::from_bytes([7; 32]), b"parameters");
    let fact = |value: &String| Provenance { name: "fact".to_owned(), value: value.clone(), verified: false };
    Request {
        format: Request::FORMAT.to_owned(),
        action: id(),
        revision: 1,
        action_type: words[0].clone(),
        parameters,
        commitment,
        reason: words[1].clone(),
        masked: vec![Mask { pointer: words[2].clone(), start: 0, end: u32::MAX, kind: words[3].clone() }],
        principal: who.clone(),
        on_behalf_of: Some(who.clone()),
        provenance: words.iter().map(fact).collect(),
        correlation: Some(words[2].clone()),
    }
}

fn action(parameters: Value, words: &[String], who: &Identity) -> Action {
    let facts = || words.iter().map(|word| (word.clone(), word.clone())).collect();
    let call = Call { service: words[0].clone(), operation: words[1].clone(), input: facts() };
    Action {
        format: Action::FORMAT.to_owned(),
        deployment: words[0].clone(),
        action: id(),
        revision: 1,
        action_type: words[1].clone(),
        parameters,
        commitment: Commitment::of(&Key::from_bytes([7; 32]), b"parameters"),
        principal: who.clone(),
        on_behalf_of: None,
        entry: Digest::of(b"entry"),
        plan: Plan {
            account: words[2].clone(),
            region: words[3].clone(),
            role: words[0].clone(),
            session_policy: words[1].clone(),
            calls: vec![call],
            pins: facts(),
            effects: facts(),
            differences: Some(differences(words)),
        },
    }
}

fn statement(patch: Value, words: &[String], who: &Identity) -> Statement {
    Statement {
        format: Statement::FORMAT.to_owned(),
        deployment: words[0].clone(),
        action: id(),
        revision: 2,
        action_digest: Digest::of(b"action"),
        review_digest: Digest::of(b"review"),
        verdict: VerdictName::Modify,
        reason_code: Some(words[1].clone()),
        reason: Some(words[2].clone()),
        grant: Some(GrantTermsJson { until: at(), uses: 1, fixed: words.to_vec() }),
        scope: Some(words[3].clone()),
        patch: Some(patch),
        person: who.clone(),
        client: words[0].clone(),
        channel: words[1].clone(),
        account: Some(StatedAccount { id: words[2].clone(), link: Digest::of(b"link") }),
        at: at(),
        salt: words[2].clone(),
    }
}

fn outcome(result: Value, words: &[String]) -> Outcome {
    Outcome {
        format: Outcome::FORMAT.to_owned(),
        action: id(),
        attempt: words[0].clone(),
        status: OutcomeStatus::Failed,
        result,
        error: Some(OutcomeError { code: words[1].clone(), detail: words[2].clone() }),
        started_at: at(),
        finished_at: at(),
        session: words[3].clone(),
    }
}

fn differences(words: &[String]) -> Differences {
    let [kind, name, note] = [0, 1, 2].map(|place| words[place].clone());
    let one = Difference { kind, name, change: ChangeName::Added, note, lines: words.to_vec() };
    Differences { whole: true, items: vec![one], left_out: 3 }
}

fn cause(word: &str) -> Cause {
    Cause { detail: word.to_owned(), salt: Commitment::of(&Key::from_bytes([7; 32]), b"parameters") }
}

fn decision(words: &[String]) -> DecisionDocument {
    let reason = |word: &String| ReasonJson {
        policy: word.clone(),
        message: word.clone(),
        instead: Some(word.clone()),
    };
    DecisionDocument {
        format: DecisionDocument::FORMAT.to_owned(),
        action: id(),
        revision: 1,
        outcome: OutcomeKind::Forbid,
        code: Some(words[0].clone()),
        bundle: None,
        resource: Some(words[1].clone()),
        reasons: words.iter().map(reason).collect(),
        observed: words.iter().map(reason).collect(),
        requirements: vec![Requirement {
            name: words[2].clone(),
            groups: vec![GroupCount { group: words[3].clone(), count: 1 }],
            proof: Proof::Idp,
            max_age: Some(300),
            prompt_login: true,
            terms: Terms { may_change: words.to_vec(), ..Terms::default() },
        }],
        granted: Vec::new(),
        resolvers: Vec::new(),
        history: Some(HistoryJson { changed_since_last: words.to_vec(), ..HistoryJson::default() }),
        cause: Some(cause(&words[3])),
    }
}

fn review(words: &[String], who: &Identity) -> ReviewDocument {
    let word = |place: usize| words[place % words.len()].clone();
    let change = Change { pointer: word(0), from: Some(word(1)), to: None, by: who.clone() };
    let shown =
        testkit::Scenario::new("any").review_content(Digest::of(b"action"), Digest::of(b"bundle"), &[]);
    ReviewDocument {
        what: What {
            sentence: words.iter().map(|word| Segment { text: word.clone(), value: true }).collect(),
            consequence: word(0),
            fields: vec![Field { label: word(1), value: word(2), note: word(3) }],
            reversible: word(1),
            sensitivity: word(2),
            differences: Some(differences(words)),
            ..shown.what
        },
        context: Context {
            agent: word(0),
            principal: who.clone(),
            owner: Some(who.clone()),
            reason: word(3),
            hidden: 7,
            changed: vec![change],
            expires_at: at(),
            ..shown.context
        },
        ..shown
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// C6: every document, whatever an agent, a reviewer or a target put into it.
    #[test]
    fn documents(value in value(), words in prop::collection::vec(text(), 4), who in identity()) {
        check(&request(value.clone(), &words, &who))?;
        check(&action(value.clone(), &words, &who))?;
        check(&statement(value.clone(), &words, &who))?;
        check(&outcome(value.clone(), &words))?;
        check(&decision(&words))?;
        check(&review(&words, &who))?;
        check(&IdTokenProof { format: IdTokenProof::FORMAT.to_owned(), id_token: words[0].clone() })?;
        let (code, detail, cause) = (words[0].clone(), words[1].clone(), Some(cause(&words[2])));
        check(&RefusalNote { format: RefusalNote::FORMAT.to_owned(), action: id(), code, detail, cause })?;
        let [key, nonce, ciphertext] = [0, 1, 2].map(|place| words[place].clone());
        let format = SealedPayload::FORMAT.to_owned();
        check(&SealedPayload { format, key, nonce, ciphertext, expires_at: at() })?;
        let unsigned = UnsignedEnvelope {
            format: Envelope::FORMAT.to_owned(),
            statement: Digest::of(b"statement"),
            proof: Proof::Service,
            proof_document: None,
            at: at(),
        };
        check(&unsigned.signed(words[3].clone()))?;
    }

    /// C6: what the reader of everything from outside has taken is never too deep or too strange for what is made of it.
    #[test]
    fn what_was_taken_can_be_written(value in value(), who in "[a-z]{1,20}") {
        let Some(value) = from_outside(&value) else { return Ok(()) };
        prop_assert!(depth(&value) <= MAX_DEPTH);
        let words = ["a".to_owned(), "b".to_owned(), "c".to_owned(), "d".to_owned()];
        let who = Identity { issuer: "https://id.example".to_owned(), subject: who };
        prop_assert!(check(&request(value.clone(), &words, &who))?);
        prop_assert!(check(&action(value.clone(), &words, &who))?);
        // No patch is null: that is to change nothing.
        prop_assert!(value.is_null() || check(&statement(value.clone(), &words, &who))?);
        prop_assert!(check(&outcome(value, &words))?);
    }

    /// C6: every record, item and message.
    #[test]
    fn records_items_and_messages(value in value(), words in prop::collection::vec(text(), 4), who in identity(), count in any::<u32>()) {
        check_record(&record::refused_verdict(&id(), &who, &words[0], count, at()))?;
        check_record(&record::violation(&words[0], count, &words[1], words[2].clone(), at()))?;
        let key = KeyRef { issuer: words[0].clone(), kid: words[1].clone() };
        if let Some(jwk) = from_outside(&value) {
            check_record(&record::key(&key, jwk, at()))?;
        }
        let proposed = Event::Proposed {
            action_type: words[2].clone(),
            principal: Principal { issuer: who.issuer.clone(), subject: who.subject.clone() },
            payload: Digest::of(b"payload"),
            request: Digest::of(b"request"),
            token_key: key,
            expires_at: at().plus_seconds(60),
        };
        if let Ok((item, _)) = Item::new(id()).extend(proposed, at()) {
            let lines: Vec<&str> = item.entries().iter().map(|entry| entry.line.as_str()).collect();
            let read = Item::parse(id(), lines);
            prop_assert_eq!(read.as_ref(), Ok(&item));
            check_record(&record::event(&item.into(), 1).unwrap())?;
        }
        let message = Message {
            format: Message::FORMAT.to_owned(),
            effect: EffectName::SendReceipt,
            action: id(),
            sequence: count,
            chain: Digest::of(b"chain"),
            proposed_object: 0,
            object: u64::from(count),
            person: Some(who),
        };
        let text = json::canonical(&message).unwrap();
        prop_assert_eq!(json::parse::<Message>(text.as_bytes()), Ok(message));
    }
}

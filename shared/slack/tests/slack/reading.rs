//! What is read of a signed request.

use std::collections::BTreeMap;

use domain::Timestamp;
use secrecy::SecretString;
use serde_json::{Value, json};
use slack::{
    Answer, Interaction, LinkStep, LinkSubmission, Press, Pressed, Presser, Refused, Reply, SigningSecrets,
    Submission, Verified, deny, read, verify,
};

use crate::signing::signed;

const APP: &str = "A0COUNTERSIGN";
const RENDERING: &str = "0123456789abcdef01234567";

fn read_body(body: &str) -> Result<Interaction, Refused> {
    with_verified(body, |verified| read(verified, APP))
}

fn with_verified<T>(body: &str, then: impl FnOnce(&Verified<'_>) -> T) -> T {
    let secrets = SigningSecrets::new(&SecretString::from("a secret"), None).unwrap();
    let now = Timestamp::from_millis(1_780_000_000_000);
    let headers = signed("a secret", "1780000000", body.as_bytes());
    then(&verify(&headers, body.as_bytes(), now, &secrets).unwrap())
}

fn read_json(payload: &Value) -> Result<Interaction, Refused> {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    read_body(&form.append_pair("payload", &payload.to_string()).finish())
}

fn user() -> Value {
    json!({ "id": "U0ALICE", "team_id": "T0HOME", "username": "alice", "name": "alice" })
}

fn press() -> Value {
    json!({
        "type": "block_actions", "api_app_id": APP, "token": "deprecated", "user": user(), "trigger_id": "1.2.abc",
        "team": { "id": "T0HOST", "domain": "another" }, "channel": { "id": "C0ELSEWHERE", "name": "general" },
        "message": { "text": "Approve action act_other", "blocks": [] }, "response_url": "https://hooks.example",
        "actions": [{
            "type": "button", "action_id": "approve", "block_id": format!("{RENDERING}-answers"),
            "value": "reference-1", "text": { "type": "plain_text", "text": "Approve act_other" }, "action_ts": "1.2"
        }]
    })
}

fn submission(callback: &str, values: Value) -> Value {
    json!({
        "type": "view_submission", "api_app_id": APP, "user": user(), "team": null, "trigger_id": "1.2.abc",
        "view": { "callback_id": callback, "private_metadata": "reference-1", "state": { "values": values },
                  "app_installed_team_id": "T0HOME" }
    })
}

fn changed(mut payload: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match payload.pointer_mut(parent).unwrap() {
        Value::Object(object) => drop(object.insert(name.to_owned(), value)),
        Value::Array(list) => list[name.parse::<usize>().unwrap()] = value,
        other => panic!("{other}"),
    }
    payload
}

fn alice() -> Presser {
    Presser { organisation: "T0HOME".to_owned(), user: "U0ALICE".to_owned() }
}

/// C39: a press is who pressed, which button and the opaque reference; nothing else of the message is read.
#[test]
fn a_press() {
    let expected = Press {
        presser: alice(),
        pressed: Pressed::Approve,
        reference: "reference-1".to_owned(),
        rendering: RENDERING.to_owned(),
        trigger: Some("1.2.abc".to_owned()),
    };
    assert_eq!(read_json(&press()), Ok(Interaction::Press(expected.clone())));
    // The message says something else, the host is another organisation: nothing changes.
    let other = changed(press(), "/message/text", json!("Approve act_00000000"));
    let other =
        changed(changed(other, "/team/id", json!("T0ATTACKER")), "/actions/0/text/text", json!("Deny"));
    assert_eq!(read_json(&other), Ok(Interaction::Press(expected)));
    for (id, pressed) in [("deny", Pressed::Deny), ("change", Pressed::Change), ("ask", Pressed::Ask)] {
        match read_json(&changed(press(), "/actions/0/action_id", json!(id))) {
            Ok(Interaction::Press(press)) => assert_eq!(press.pressed, pressed),
            other => panic!("{other:?}"),
        }
    }
}

/// A link that was followed and a modal that was closed are acknowledged, and nothing else.
#[test]
fn nothing_to_act_on() {
    assert_eq!(read_json(&changed(press(), "/actions/0/action_id", json!("open"))), Ok(Interaction::Ignored));
    assert_eq!(read_json(&changed(press(), "/type", json!("view_closed"))), Ok(Interaction::Ignored));
}

/// O2: everything that is not exactly ours is refused, with its cause.
#[test]
fn what_is_not_ours() {
    let cases = [
        ("/api_app_id", json!("A0OTHER"), Refused::OtherApp),
        ("/type", json!("message_action"), Refused::NotOurs),
        ("/type", json!("shortcut"), Refused::NotOurs),
        ("/actions", json!([]), Refused::Malformed),
        ("/actions", json!([press()["actions"][0], press()["actions"][0]]), Refused::Malformed),
        ("/actions/0/action_id", json!("approve_all"), Refused::NotOurs),
        ("/actions/0/type", json!("overflow"), Refused::NotOurs),
        ("/actions/0/value", Value::Null, Refused::Malformed),
        ("/actions/0/value", json!("two words"), Refused::Malformed),
        ("/actions/0/block_id", json!("another-answers"), Refused::NotOurs),
        ("/actions/0/block_id", Value::Null, Refused::Malformed),
        ("/user/id", json!("alice"), Refused::Malformed),
        ("/user/team_id", json!("home"), Refused::Malformed),
        ("/user/team_id", Value::Null, Refused::NoOrganisation),
    ];
    for (pointer, value, refused) in cases {
        assert_eq!(read_json(&changed(press(), pointer, value.clone())), Err(refused), "{pointer} {value}");
    }
}

/// C43: whose account it is comes from the account, never from the conversation's host; without it the press is refused.
#[test]
fn the_host_is_not_the_person() {
    let mut payload = press();
    payload["user"].as_object_mut().unwrap().remove("team_id");
    assert_eq!(read_json(&payload), Err(Refused::NoOrganisation));
    // An installation in a whole organisation has no team, and the account still says its own.
    let payload = changed(press(), "/team", Value::Null);
    assert!(matches!(read_json(&payload), Ok(Interaction::Press(press)) if press.presser == alice()));
}

/// The payload is there once, in strict JSON.
#[test]
fn the_form() {
    let json = press().to_string();
    let form = |pairs: &[(&str, &str)]| {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(pairs).finish()
    };
    assert!(read_body(&form(&[("payload", &json)])).is_ok());
    for body in
        [form(&[]), form(&[("payload", &json), ("payload", &json)]), form(&[("payload", "[]")]), json.clone()]
    {
        assert_eq!(read_body(&body), Err(Refused::Malformed), "{body}");
    }
    let twice = json.replacen('{', &format!("{{\"api_app_id\":\"{APP}\","), 1);
    assert_eq!(read_body(&form(&[("payload", &twice)])), Err(Refused::Malformed));
}

/// Modals: a reason, a question, and the fields of a change.
#[test]
fn submissions() {
    let text = |value: &str| json!({ "type": "plain_text_input", "value": value });
    let answer = |callback: &str, values: Value| match read_json(&submission(callback, values)) {
        Ok(Interaction::Submission(Submission { presser, reference, answer })) => {
            assert_eq!((presser, reference.as_str()), (alice(), "reference-1"));
            Ok(answer)
        }
        Ok(other) => panic!("{other:?}"),
        Err(refused) => Err(refused),
    };
    let reason = json!({ "reason": { "reason": text("Too much data") } });
    assert_eq!(
        answer("countersign_deny", reason.clone()),
        Ok(Answer::Deny { reason: "Too much data".to_owned() })
    );
    let question = json!({ "question": { "question": text("Which partner?") } });
    assert_eq!(
        answer("countersign_ask", question),
        Ok(Answer::Ask { question: "Which partner?".to_owned() })
    );
    let fields = json!({ "field-0": { "/limit": text("10") }, "field-1": { "/note": { "type": "plain_text_input", "value": null } } });
    let expected =
        BTreeMap::from([("/limit".to_owned(), "10".to_owned()), ("/note".to_owned(), String::new())]);
    assert_eq!(answer("countersign_change", fields), Ok(Answer::Change { fields: expected }));
    assert_eq!(answer("countersign_other", reason.clone()), Err(Refused::NotOurs));
    assert_eq!(answer("countersign_ask", reason), Err(Refused::Malformed));
    for values in [
        json!({}),
        json!({ "field-0": { "/limit": { "type": "number_input", "value": "10" } } }),
        json!({ "field-0": { "/limit": text("1"), "/note": text("2") } }),
        json!({ "field-0": { "/limit": text("1") }, "field-1": { "/limit": text("2") } }),
        json!({ "other": { "/limit": text("1") } }),
    ] {
        assert_eq!(answer("countersign_change", values.clone()), Err(Refused::Malformed), "{values}");
    }
}

/// W10, W15: the modals of a link, by the account that Slack's signature names; everything else is left to `read`.
#[test]
fn submissions_of_a_link() {
    let read_link_of = |payload: &Value| {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        with_verified(&form.append_pair("payload", &payload.to_string()).finish(), |verified| {
            slack::read_link(verified, APP)
        })
    };
    let typed = json!({ "code": { "code": { "type": "plain_text_input", "value": "bcdf-ghjk" } } });
    let of = |step| LinkSubmission { presser: alice(), reference: "reference-1".to_owned(), step };
    let code = submission("countersign_link_code", typed.clone());
    assert_eq!(read_link_of(&code), Ok(Some(of(LinkStep::Code("bcdf-ghjk".to_owned())))));
    let agree = submission("countersign_link_agree", json!({}));
    assert_eq!(read_link_of(&agree), Ok(Some(of(LinkStep::Agree))));
    for payload in [
        press(),
        submission("countersign_deny", json!({})),
        changed(code.clone(), "/type", "view_closed".into()),
    ] {
        assert_eq!(read_link_of(&payload), Ok(None), "{payload}");
    }
    for (pointer, value, refused) in [
        ("/api_app_id", Value::from("A0OTHER"), Refused::OtherApp),
        ("/user/team_id", Value::Null, Refused::NoOrganisation),
        ("/view/private_metadata", Value::Null, Refused::Malformed),
        ("/view/state/values", json!({}), Refused::Malformed),
    ] {
        assert_eq!(read_link_of(&changed(code.clone(), pointer, value)), Err(refused), "{pointer}");
    }
    assert_eq!(read_json(&code), Err(Refused::NotOurs), "it decides nothing");
}

/// What Slack is answered.
#[test]
fn replies() {
    assert_eq!(Reply::Acknowledge.body(), "");
    assert_eq!(Reply::Close.body(), "{}");
    let errors: Value = Reply::Errors(vec![("reason".to_owned(), "Give a reason.")]).body().parse().unwrap();
    assert_eq!(errors, json!({ "response_action": "errors", "errors": { "reason": "Give a reason." } }));
    let shown: Value = Reply::Show(deny("reference-1").unwrap()).body().parse().unwrap();
    assert_eq!(shown["response_action"], "update");
    assert_eq!(shown["view"]["private_metadata"], "reference-1");
}

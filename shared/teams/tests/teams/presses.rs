//! Who pressed what, and which accounts count.

use std::collections::BTreeMap;

use channel::DeliveryError;
use serde_json::{Value, json};
use teams::{Account, ChangeField, Form, Invoke, Member, Refused, Reply, Wish, judge, read, render};

use crate::world::{BOB, LINK, REFERENCE, TENANT, approve, card, merged, settings, task, verified};

fn pressed(activity: &Value) -> Result<Wish, Refused> {
    read(&verified(activity), &settings()).map(|press| press.wish)
}

/// W9, W15, C39: the person by tenant and object id, the action by an opaque reference, and nothing else.
#[test]
fn what_is_read() {
    let press = read(&verified(&approve()), &settings()).unwrap();
    assert_eq!(press.presser.account, Account { tenant: TENANT.to_owned(), object: BOB.to_owned() });
    assert_eq!(press.reference, REFERENCE);
    assert_eq!(press.presser.member, "29:bob");
    assert_eq!(
        press.presser.conversation.address().0,
        "https://smba.trafficmanager.net/emea/v3/conversations/19%3Aroom%40thread.tacv2"
    );
    let data = |verb: &str, more: Value| merged(json!({ "ref": REFERENCE, "verb": verb }), &more);
    let fields = BTreeMap::from([("bucket".to_owned(), "other".to_owned())]);
    let cases = [
        (approve(), Wish::Approve),
        (task("task/submit", &data("approve", json!({}))), Wish::Approve),
        (task("task/fetch", &data("approve", json!({}))), Wish::Open(Form::Approve)),
        (task("task/fetch", &data("deny", json!({}))), Wish::Open(Form::Deny)),
        (task("task/fetch", &data("change", json!({}))), Wish::Open(Form::Change)),
        (task("task/fetch", &data("ask", json!({}))), Wish::Open(Form::Ask)),
        (task("task/submit", &data("deny", json!({"reason": "no"}))), Wish::Deny { reason: "no".to_owned() }),
        (
            task("task/submit", &data("ask", json!({"question": "why?"}))),
            Wish::Ask { question: "why?".to_owned() },
        ),
        (
            task("task/submit", &data("change", json!({"field.bucket": "other", "x": 1}))),
            Wish::Change { fields },
        ),
    ];
    for (activity, wanted) in cases {
        assert_eq!(pressed(&activity), Ok(wanted));
    }
}

/// W21, C38, C40: what a client sends by itself, what nobody pressed, and what refers to nothing.
#[test]
fn what_is_no_press() {
    let over = |over: Value| merged(approve(), &over);
    let submit = |data: Value| task("task/submit", &data);
    let cases = [
        ("a message", over(json!({"type": "message", "text": "approve", "name": null})), Refused::NotAPress),
        ("a message with a value", over(json!({"type": "message", "name": null})), Refused::NotAPress),
        ("another invoke", over(json!({"name": "composeExtension/submitAction"})), Refused::NotAPress),
        ("a reaction", over(json!({"type": "messageReaction"})), Refused::NotAPress),
        ("another action", over(json!({"value": {"action": {"type": "Action.Submit"}}})), Refused::NotAPress),
        ("another verb", over(json!({"value": {"action": {"verb": "Approve"}}})), Refused::NotAPress),
        (
            "a denial without its form",
            over(json!({"value": {"action": {"verb": "deny"}}})),
            Refused::NotAPress,
        ),
        ("no data", over(json!({"value": {"action": {"data": null}}})), Refused::NotAPress),
        ("no reference", over(json!({"value": {"action": {"data": {"ref": null}}}})), Refused::Reference),
        ("a short one", over(json!({"value": {"action": {"data": {"ref": "act_1"}}}})), Refused::Reference),
        (
            "a long one",
            over(json!({"value": {"action": {"data": {"ref": "a".repeat(257)}}}})),
            Refused::Reference,
        ),
        (
            "a strange one",
            over(json!({"value": {"action": {"data": {"ref": "../../../../etc/pw"}}}})),
            Refused::Reference,
        ),
        ("a form without verb", submit(json!({"ref": REFERENCE})), Refused::NotAPress),
        ("a denial without reason", submit(json!({"ref": REFERENCE, "verb": "deny"})), Refused::Field),
        (
            "a reason that is no text",
            submit(json!({"ref": REFERENCE, "verb": "deny", "reason": 1})),
            Refused::Field,
        ),
        (
            "a long one",
            submit(json!({"ref": REFERENCE, "verb": "deny", "reason": "x".repeat(2001)})),
            Refused::Field,
        ),
        (
            "a changed number",
            submit(json!({"ref": REFERENCE, "verb": "change", "field.a": 1})),
            Refused::Field,
        ),
    ];
    for (name, activity, wanted) in cases {
        assert_eq!(pressed(&activity), Err(wanted), "{name}");
    }
    for trigger in [json!("automatic"), json!("other"), json!(null)] {
        assert_eq!(pressed(&over(json!({"value": {"trigger": trigger}}))), Ok(Wish::Refresh), "{trigger}");
    }
}

/// W20, C43: accounts of agents, bots and other organisations.
#[test]
fn who_is_no_person_of_ours() {
    let other = "ffffffff-bbbb-4ccc-8ddd-eeeeeeeeeeee";
    let cases = [
        ("an agent's user", json!({"from": {"agenticUserId": BOB}}), Refused::NotAPerson),
        ("an agent's app", json!({"from": {"agenticAppId": "x"}}), Refused::NotAPerson),
        ("an agent's blueprint", json!({"from": {"agenticAppBlueprintId": "x"}}), Refused::NotAPerson),
        ("an agent's role", json!({"from": {"role": "agenticUser"}}), Refused::NotAPerson),
        ("a bot's role", json!({"from": {"role": "bot"}}), Refused::NotAPerson),
        ("a role that is none", json!({"from": {"role": 1}}), Refused::NotAPerson),
        ("to an agent", json!({"recipient": {"role": "agenticUser"}}), Refused::NotAPerson),
        ("a bot's id", json!({"from": {"id": "28:bot"}}), Refused::NotAPerson),
        ("no id", json!({"from": {"id": null}}), Refused::NotAPerson),
        ("no object id", json!({"from": {"aadObjectId": null}}), Refused::NotAPerson),
        ("an e-mail address", json!({"from": {"aadObjectId": "bob@example.com"}}), Refused::NotAPerson),
        ("another organisation", json!({"channelData": {"tenant": {"id": other}}}), Refused::OtherTenant),
        ("no organisation", json!({"channelData": {"tenant": null}}), Refused::OtherTenant),
        ("a conversation elsewhere", json!({"conversation": {"tenantId": other}}), Refused::OtherTenant),
        ("an account from elsewhere", json!({"from": {"tenantId": other}}), Refused::OtherTenant),
    ];
    for (name, over, wanted) in cases {
        assert_eq!(pressed(&merged(approve(), &over)), Err(wanted), "{name}");
    }
    let upper = merged(approve(), &json!({"from": {"aadObjectId": BOB.to_uppercase()}}));
    assert_eq!(
        read(&verified(&upper), &settings()).unwrap().presser.account.object,
        BOB,
        "one key for one account"
    );
}

/// C36, C43: Teams' own list of members decides; what it does not say refuses.
#[test]
fn who_is_refused_by_the_members_list() {
    let press = read(&verified(&approve()), &settings()).unwrap();
    let bob = Member {
        object: BOB.to_owned(),
        tenant: TENANT.to_owned(),
        sign_in_name: Some("bob@example.com".to_owned()),
        role: Some("user".to_owned()),
        person: true,
    };
    let text = |text: &str| Some(text.to_owned());
    let cases = [
        ("Bob", bob.clone(), Ok(())),
        ("an owner of the team", Member { role: text("owner"), ..bob.clone() }, Ok(())),
        ("without a role", Member { role: None, ..bob.clone() }, Ok(())),
        ("somebody else", Member { object: TENANT.to_owned(), ..bob.clone() }, Err(Refused::NotConfirmed)),
        (
            "of another organisation",
            Member { tenant: BOB.to_owned(), ..bob.clone() },
            Err(Refused::OtherTenant),
        ),
        ("an agent", Member { person: false, ..bob.clone() }, Err(Refused::NotAPerson)),
        ("a guest", Member { role: text("guest"), ..bob.clone() }, Err(Refused::Guest)),
        ("anonymous", Member { role: text("anonymous"), ..bob.clone() }, Err(Refused::Guest)),
        ("a role to come", Member { role: text("visitor"), ..bob.clone() }, Err(Refused::Guest)),
        (
            "a guest's name",
            Member { sign_in_name: text("eve_elsewhere#ext#@example.com"), ..bob.clone() },
            Err(Refused::Guest),
        ),
        (
            "neither name nor role",
            Member { sign_in_name: None, role: None, ..bob.clone() },
            Err(Refused::Guest),
        ),
    ];
    for (name, member, wanted) in cases {
        assert_eq!(judge(&press.presser, Ok(&member)), wanted, "{name}");
    }
    let failed = DeliveryError::Passing { channel: "teams", code: "status-500".to_owned(), retry_after: 0 };
    assert_eq!(judge(&press.presser, Err(&failed)), Err(Refused::NotConfirmed));
}

/// C38: every answer has a type that Teams knows, and none is empty.
#[test]
fn answers_are_typed() {
    let value = |reply: &Reply| -> Value { wire::json::parse_value(reply.body().as_bytes()).unwrap() };
    let rendered = render(&card(), LINK);
    let action = value(&Reply::card(Invoke::Action, &rendered));
    assert_eq!(
        (&action["statusCode"], &action["type"]),
        (&json!(200), &json!("application/vnd.microsoft.card.adaptive"))
    );
    assert_eq!(action["value"], rendered.card);
    let said = value(&Reply::sentence(Invoke::Action, "Recorded."));
    let wanted = json!({"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Recorded."});
    assert_eq!(said, wanted);
    let refused = value(&Reply::refused(Invoke::Action, Refused::Guest));
    assert_eq!(
        (&refused["statusCode"], &refused["type"]),
        (&json!(400), &json!("application/vnd.microsoft.error"))
    );
    assert_eq!(refused["value"]["message"], Refused::Guest.told());
    assert_eq!(value(&Reply::failed(Invoke::Action))["statusCode"], 500);
    for invoke in [Invoke::Fetch, Invoke::Submit] {
        assert_eq!(
            value(&Reply::sentence(invoke, "Recorded.")),
            json!({"task": {"type": "message", "value": "Recorded."}})
        );
        assert_eq!(value(&Reply::refused(invoke, Refused::Guest))["task"]["type"], "message");
        assert_eq!(value(&Reply::failed(invoke))["task"]["type"], "message");
        let card = value(&Reply::card(invoke, &rendered));
        assert_eq!(card["task"]["type"], "continue");
        assert_eq!(card["task"]["value"]["card"]["content"], rendered.card);
    }
}

/// C39: a form repeats the reference and nothing else of the card; a value that a field would not show as it is cannot be
/// changed there.
#[test]
fn forms() {
    let field = |id: &str, value: &str| ChangeField {
        id: id.into(),
        name: format!("Name of {id}"),
        value: value.into(),
    };
    let fields =
        [field("a", "one"), field("b", "{{DATE(x)}}"), field("c", "a\u{200b}b"), field("d", " spaced")];
    for (form, verb) in
        [(Form::Approve, "approve"), (Form::Deny, "deny"), (Form::Change, "change"), (Form::Ask, "ask")]
    {
        let reply = wire::json::parse_value(form.open(REFERENCE, &fields).body().as_bytes()).unwrap();
        let card = &reply["task"]["value"]["card"]["content"];
        assert_eq!(card["actions"][0]["data"], json!({ "ref": REFERENCE, "verb": verb }));
        assert_eq!(card["actions"].as_array().unwrap().len(), 1);
        assert!(!card.to_string().contains("{{"));
        if form == Form::Change {
            let inputs: Vec<&Value> = card["body"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|element| element["type"] == "Input.Text")
                .collect();
            assert_eq!(inputs.len(), 1);
            assert_eq!((&inputs[0]["id"], &inputs[0]["value"]), (&json!("field.a"), &json!("one")));
            assert!(card.to_string().contains("3 more values can be changed on the page only"));
        }
    }
}

//! The forms with which an account is linked.

use serde_json::{Value, json};
use teams::{Account, Invoke, LinkPress, LinkStep, Refused, Reply, link_agree, link_code, read, read_link};

use crate::cards::paragraphs;
use crate::world::{BOB, REFERENCE, TENANT, approve, merged, settings, task, verified};

const PAGE: &str = "https://countersign.example.com/link/abc";

fn of(activity: &Value) -> Result<Option<LinkPress>, Refused> {
    read_link(&verified(activity), &settings())
}

fn step(activity: &Value) -> Result<Option<LinkStep>, Refused> {
    Ok(of(activity)?.map(|press| press.step))
}

/// W10, W15: a code and an agreement by the account that Teams names; a refresh is neither, and everything else is left to `read`.
#[test]
fn presses_of_a_link() {
    let submitted = |data: Value| task("task/submit", &data);
    let executed = |verb: &str, data: Value| {
        let action = json!({ "type": "Action.Execute", "verb": verb, "data": data });
        merged(approve(), &json!({ "value": { "action": action } }))
    };
    let code = json!({ "ref": REFERENCE, "verb": "link_code", "code": "bcdf-ghjk" });
    let typed = Ok(Some(LinkStep::Code("bcdf-ghjk".to_owned())));
    assert_eq!(step(&submitted(code.clone())), typed);
    assert_eq!(step(&executed("link_code", code.clone())), typed);
    let press = of(&submitted(code.clone())).unwrap().unwrap();
    assert_eq!(press.presser.account, Account { tenant: TENANT.to_owned(), object: BOB.to_owned() });
    assert_eq!((press.reference.as_str(), press.invoke), (REFERENCE, Invoke::Submit));
    let agree = json!({ "ref": REFERENCE, "verb": "link_agree" });
    assert_eq!(step(&submitted(agree.clone())), Ok(Some(LinkStep::Agree)));
    for other in
        [approve(), task("task/fetch", &agree), submitted(json!({ "ref": REFERENCE, "verb": "deny" }))]
    {
        assert_eq!(of(&other), Ok(None), "{other}");
    }
    let refresh = merged(executed("link_agree", agree), &json!({ "value": { "trigger": "automatic" } }));
    assert_eq!(of(&refresh), Err(Refused::Automatic));
    for (over, refused) in [
        (json!({ "code": null }), Refused::Field),
        (json!({ "code": "x".repeat(25) }), Refused::Field),
        (json!({ "ref": "short" }), Refused::Reference),
    ] {
        assert_eq!(of(&submitted(merged(code.clone(), &over))), Err(refused), "{over}");
    }
    let elsewhere = merged(submitted(code.clone()), &json!({ "channelData": { "tenant": { "id": BOB } } }));
    assert_eq!(of(&elsewhere), Err(Refused::OtherTenant));
    assert_eq!(
        read(&verified(&submitted(code)), &settings()).err(),
        Some(Refused::NotAPress),
        "it decides nothing"
    );
}

fn card(reply: &Reply) -> Value {
    let reply = wire::json::parse_value(reply.body().as_bytes()).unwrap();
    let dialog = reply.pointer("/task/value/card/content").cloned();
    dialog.unwrap_or_else(|| reply["value"].clone())
}

/// W10: the form leads to the page and takes the code; the person's name is shown as literal text, whole or not at all.
#[test]
fn forms_of_a_link() {
    for (invoke, kind) in [
        (Invoke::Action, "Action.Execute"),
        (Invoke::Fetch, "Action.Submit"),
        (Invoke::Submit, "Action.Submit"),
    ] {
        let card = card(&link_code(invoke, REFERENCE, PAGE, Some("The code is another one.")));
        assert_eq!(
            card["actions"][0],
            json!({ "type": "Action.OpenUrl", "title": "Open the page", "url": PAGE })
        );
        assert_eq!(card["actions"][1]["type"], kind);
        assert_eq!(card["actions"][1]["data"]["ref"], REFERENCE);
        for name in ["alice", "**alice** [x](https://x.example)", "{{DATE(1)}}", "a\u{202e}b"] {
            let card = self::card(&link_agree(invoke, REFERENCE, name).unwrap());
            let mut shown = Vec::new();
            paragraphs(&card, &mut shown);
            let name = redaction::escape_hidden(name).text;
            assert!(shown.contains(&name), "{name}: {shown:?}");
            assert!(!card.to_string().contains("{{"), "{card}");
            assert_eq!(card["actions"].as_array().unwrap().len(), 1);
        }
    }
    assert_eq!(link_agree(Invoke::Submit, REFERENCE, ""), None);
    assert_eq!(link_agree(Invoke::Submit, REFERENCE, &"x".repeat(301)), None);
}

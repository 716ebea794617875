//! Which requests are Teams', and which are not.

use domain::Timestamp;
use identity::Invalid;
use serde_json::{Value, json};
use teams::{MAX_BODY, Refused, verify};

use crate::signer::{framework, stranger};
use crate::world::{APP, NOW, SERVICE, approve, claims, header, merged, now, settings, signed};

/// O3: a token that is not the Bot Framework's for this bot, this service and this moment.
#[test]
fn tokens_that_do_not_count() {
    let invalid = |why: Invalid| Err(Refused::Token(why));
    let none = json!({});
    let cases = [
        ("good", none.clone(), none.clone(), Ok(())),
        (
            "a service address without its slash",
            none.clone(),
            json!({"serviceurl": SERVICE.trim_end_matches('/')}),
            Ok(()),
        ),
        (
            "its host in capitals",
            none.clone(),
            json!({"serviceurl": "https://SMBA.trafficmanager.net/emea/"}),
            Ok(()),
        ),
        ("just within the skew", none.clone(), json!({"exp": NOW - 299}), Ok(())),
        ("expired", none.clone(), json!({"exp": NOW - 300}), invalid(Invalid::Expired)),
        ("without an end", none.clone(), json!({"exp": null}), invalid(Invalid::Expired)),
        ("not yet valid", none.clone(), json!({"nbf": NOW + 301}), invalid(Invalid::NotYetValid)),
        (
            "for another bot",
            none.clone(),
            json!({"aud": "99999999-2222-4333-8444-555555555555"}),
            invalid(Invalid::Audience),
        ),
        (
            "for two bots",
            none.clone(),
            json!({"aud": [APP, "99999999-2222-4333-8444-555555555555"]}),
            invalid(Invalid::Audience),
        ),
        ("for none", none.clone(), json!({"aud": null}), invalid(Invalid::Audience)),
        (
            "of Entra ID, as agent identities have",
            none.clone(),
            json!({"iss": "https://login.microsoftonline.com/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee/v2.0"}),
            invalid(Invalid::Issuer),
        ),
        (
            "of the emulator",
            none.clone(),
            json!({"iss": "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"}),
            invalid(Invalid::Issuer),
        ),
        (
            "of another cloud",
            none.clone(),
            json!({"iss": "https://api.botframework.us"}),
            invalid(Invalid::Issuer),
        ),
        ("of nobody", none.clone(), json!({"iss": null}), invalid(Invalid::Issuer)),
        ("without a service address", none.clone(), json!({"serviceurl": null}), Err(Refused::ServiceUrl)),
        (
            "for another service",
            none.clone(),
            json!({"serviceurl": "https://smba.trafficmanager.net/amer/"}),
            Err(Refused::ServiceUrl),
        ),
        (
            "for a service below",
            none.clone(),
            json!({"serviceurl": format!("{SERVICE}x")}),
            Err(Refused::ServiceUrl),
        ),
        ("with another algorithm", json!({"alg": "RS384"}), none.clone(), invalid(Invalid::Algorithm)),
        ("with a shared secret", json!({"alg": "HS256"}), none.clone(), invalid(Invalid::Algorithm)),
        ("with none", json!({"alg": "none"}), none.clone(), invalid(Invalid::Algorithm)),
        ("with an unknown key", json!({"kid": "framework-2"}), none.clone(), invalid(Invalid::Key)),
        ("without a key", json!({"kid": null}), none.clone(), invalid(Invalid::KeyId)),
        ("with a key of its own", json!({"jwk": {}}), none.clone(), invalid(Invalid::Header)),
    ];
    for (name, header, claims, wanted) in cases {
        let got = signed(&framework(), &header, &claims, &approve()).map(|_| ());
        assert_eq!(got, wanted, "{name}");
    }
    let forged = signed(&stranger(), &json!({}), &json!({}), &approve());
    assert_eq!(forged.err(), Some(Refused::Token(Invalid::Signature)));
}

/// O3, C43: an activity that is not what its token was issued for.
#[test]
fn activities_that_do_not_belong_to_their_token() {
    let elsewhere = "https://mallory.example/emea/";
    let cases = [
        ("of another channel", json!({"channelId": "webchat"}), json!({}), Refused::Channel),
        ("of no channel", json!({"channelId": null}), json!({}), Refused::Channel),
        (
            "from another service",
            json!({"serviceUrl": "https://smba.trafficmanager.net/amer/"}),
            json!({}),
            Refused::ServiceUrl,
        ),
        ("from nowhere", json!({"serviceUrl": null}), json!({}), Refused::ServiceUrl),
        (
            "from a service off the list, with a token that says so",
            json!({"serviceUrl": elsewhere}),
            json!({"serviceurl": elsewhere}),
            Refused::ServiceNotAllowed,
        ),
        (
            "from a neighbour's host",
            json!({"serviceUrl": "https://smba.trafficmanager.net.mallory.example/"}),
            json!({"serviceurl": "https://smba.trafficmanager.net.mallory.example/"}),
            Refused::ServiceNotAllowed,
        ),
        (
            "over plain HTTP",
            json!({"serviceUrl": "http://smba.trafficmanager.net/emea/"}),
            json!({"serviceurl": "http://smba.trafficmanager.net/emea/"}),
            Refused::ServiceNotAllowed,
        ),
        (
            "with a password in the address",
            json!({"serviceUrl": "https://a:b@smba.trafficmanager.net/"}),
            json!({"serviceurl": "https://a:b@smba.trafficmanager.net/"}),
            Refused::ServiceNotAllowed,
        ),
    ];
    for (name, activity, claims, wanted) in cases {
        let got = signed(&framework(), &json!({}), &claims, &merged(approve(), &activity));
        assert_eq!(got.err(), Some(wanted), "{name}");
    }
}

/// O3: the key must be endorsed for Teams; one without endorsements is for no channel, and one id with two keys for nobody.
#[test]
fn keys_that_are_not_for_teams() {
    let token = format!("Bearer {}", framework().sign(&header(), &claims()));
    let body = approve().to_string();
    let with = |keys: &[Value]| verify(Some(&token), body.as_bytes(), now(), keys, &settings()).err();
    let key = |endorsements: Value| framework().jwk(&endorsements);
    let unknown = Some(Refused::Token(Invalid::Key));
    assert_eq!(with(&[key(json!(["msteams"]))]), None);
    assert_eq!(with(&[key(json!(["webchat"]))]), Some(Refused::Channel));
    assert_eq!(with(&[key(json!([]))]), Some(Refused::Channel));
    assert_eq!(with(&[key(json!("msteams"))]), Some(Refused::Channel));
    assert_eq!(with(&[key(Value::Null)]), Some(Refused::Channel));
    assert_eq!(with(&[]), unknown);
    assert_eq!(with(&[key(json!(["msteams"])), stranger().jwk(&json!(["msteams"]))]), unknown);
    assert_eq!(with(&[merged(key(json!(["msteams"])), &json!({"use": "enc"}))]), unknown);
}

/// W11, W15: without a token, with half of one, or with a body that is no strict JSON, nothing is read.
#[test]
fn requests_without_a_token_or_a_body() {
    let good = framework().sign(&header(), &claims());
    let keys = [framework().jwk(&json!(["msteams"]))];
    let with =
        |header: Option<&str>, body: &[u8], at: Timestamp| verify(header, body, at, &keys, &settings()).err();
    let (bearer, body) = (format!("Bearer {good}"), approve().to_string());
    let long = vec![b' '; MAX_BODY + 1];
    let twice = body.replacen('{', "{\"serviceUrl\":\"https://mallory.example/\",", 1);
    for header in [None, Some(""), Some("Bearer "), Some("bearer x"), Some("Basic x")] {
        assert_eq!(with(header, body.as_bytes(), now()), Some(Refused::NoToken), "{header:?}");
    }
    assert_eq!(with(Some("Bearer x.y"), body.as_bytes(), now()), Some(Refused::Token(Invalid::Malformed)));
    for body in [&b""[..], b"[]", b"{", &long, twice.as_bytes()] {
        assert_eq!(with(Some(&bearer), body, now()), Some(Refused::Body));
    }
    assert_eq!(
        with(Some(&bearer), body.as_bytes(), now().plus_seconds(3900)),
        Some(Refused::Token(Invalid::Expired))
    );
    assert_eq!(
        (Refused::NoToken.status(), Refused::Body.status(), Refused::Channel.status()),
        (401, 400, 403)
    );
}

//! ID tokens: the provider's word for one statement.

#![expect(clippy::indexing_slicing, reason = "a sample that cannot be built fails loudly")]

use domain::Timestamp;
use identity::{IdTokenExpected, Invalid, IssuerSettings, id_token};
use serde_json::{Value, json};
use testkit::{Algorithm, IdToken, Issuer};

const NONCE: &str = "sha256:8d1f6a0b5c1e4e0b9a8c1f3b2d7e6a5940c3b2a1908f7e6d5c4b3a2918070605";

fn now() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000)
}

fn claims(over: Value) -> Value {
    let mut claims = json!({
        "iss": "https://people.example", "aud": "countersign-pages", "sub": "alice", "nonce": NONCE,
        "iat": now().seconds(), "exp": now().seconds() + 300, "auth_time": now().seconds() - 30,
        "groups": ["data-owners"],
    });
    for (name, value) in over.as_object().cloned().unwrap_or_default() {
        claims[name] = value;
    }
    claims
}

/// O5: nonce, audience, issuer, client and times of the token that proves a verdict.
#[test]
fn what_is_refused() {
    let issuer = Issuer::new("https://people.example", Algorithm::Es256);
    let settings = issuer.settings();
    let at = now().seconds();
    let check = |over: Value, max_age: Option<u32>, fresh_since: Option<Timestamp>| {
        let expected = IdTokenExpected {
            issuer: &settings,
            client: "countersign-pages",
            nonce: NONCE,
            at: now(),
            max_age,
            fresh_since,
        };
        id_token(&issuer.sign(&json!({"typ": "JWT"}), &claims(over)), &issuer.jwk(), &expected)
    };
    assert!(check(json!({}), Some(60), Some(now())).is_ok());
    let table = [
        ("another nonce", json!({"nonce": "sha256:00"}), Invalid::Nonce),
        ("no nonce", json!({"nonce": null}), Invalid::Nonce),
        ("the API's audience", json!({"aud": "countersign"}), Invalid::Audience),
        ("a second audience", json!({"aud": ["countersign-pages", "other"]}), Invalid::Audience),
        ("issued to another client", json!({"azp": "countersign-cli"}), Invalid::Client),
        ("another issuer", json!({"iss": "https://people.example/tenant-2"}), Invalid::Issuer),
        ("expired", json!({"exp": at - 301}), Invalid::Expired),
        ("not yet valid", json!({"nbf": at + 301}), Invalid::NotYetValid),
        ("without a time of issue", json!({"iat": null}), Invalid::NotYetValid),
        ("no subject", json!({"sub": null}), Invalid::Subject),
    ];
    for (name, over, expected) in table {
        assert_eq!(check(over, None, None), Err(expected), "{name}");
    }
    let stale = json!({"auth_time": at - 121});
    let silent = json!({"auth_time": null});
    let future = json!({"auth_time": at + 301});
    // D7: a provider that ignores max_age or prompt=login, or does not say when, is refused where it matters.
    let fresh = [
        ("max_age, too old", &stale, Some(60), None),
        ("max_age, not said", &silent, Some(60), None),
        ("max_age, in the future", &future, Some(60), None),
        ("prompt=login, older session", &stale, None, Some(now())),
        ("prompt=login, not said", &silent, None, Some(now())),
        ("both, the stricter counts", &stale, Some(3600), Some(now())),
    ];
    for (name, over, max_age, since) in fresh {
        let why = if *over == silent { Invalid::NoSignInTime } else { Invalid::NotFresh };
        assert_eq!(check(over.clone(), max_age, since), Err(why), "{name}");
    }
    assert!(check(stale, None, None).is_ok());
}

/// E2: freshness is the distance of the provider's own two values, whatever time callbacks wrote into statement and
/// envelope: a silent sign-in is refused, and a token issued before its sign-in, and one that does not say when.
#[test]
fn freshness_by_the_providers_own_two_values() {
    let issuer = Issuer::new("https://people.example", Algorithm::Es256);
    let check = |after: i64, max_age: Option<u32>, anew: bool, seconds: u32| {
        let settings = IssuerSettings { sign_in_seconds: seconds, ..issuer.settings() };
        let expected = IdTokenExpected {
            issuer: &settings,
            client: "countersign-pages",
            nonce: NONCE,
            at: now(),
            max_age,
            // The best time a hostile callbacks could have written: any earlier sign-in looks as if it came after it.
            fresh_since: anew.then(|| now().plus_seconds(-550)),
        };
        let over = json!({"auth_time": now().seconds() - after});
        id_token(&issuer.sign(&json!({"typ": "JWT"}), &claims(over)), &issuer.jwk(), &expected).map(drop)
    };
    for (after, max_age, anew, seconds, fresh) in [
        (60, None, true, 60, true),
        (61, None, true, 60, false),
        (75, None, true, 60, false),
        (75, Some(300), true, 60, false),
        (75, None, true, 120, true),
        (121, None, true, 120, false),
        (300, Some(300), false, 60, true),
        (301, Some(300), false, 60, false),
        (30, Some(20), true, 60, false),
        (-1, None, true, 60, false),
        (-1, Some(300), false, 60, false),
        (7200, None, false, 60, true),
    ] {
        let expected = if fresh { Ok(()) } else { Err(Invalid::NotFresh) };
        assert_eq!(
            check(after, max_age, anew, seconds),
            expected,
            "{after} s, {max_age:?}, {anew}, {seconds}"
        );
    }
}

/// O5: a person is (issuer, subject); groups come from the configured claim; an access token is no ID token.
#[test]
fn what_it_proves() {
    let issuer = Issuer::new("https://people.example", Algorithm::Rs256);
    let mut settings = issuer.settings();
    settings.groups_claim = identity::ClaimPath::top("cognito:groups");
    let expected = IdTokenExpected {
        issuer: &settings,
        client: "countersign-pages",
        nonce: NONCE,
        at: now(),
        max_age: None,
        fresh_since: None,
    };
    let over = json!({"groups": ["wrong"], "cognito:groups": ["sre"], "email": "alice@example.org"});
    let facts = id_token(&issuer.sign(&json!({}), &claims(over)), &issuer.jwk(), &expected).unwrap();
    assert_eq!(facts.person.to_string(), "https://people.example|alice");
    assert_eq!(facts.groups.names, ["sre"]);
    let access = issuer.sign(&json!({"typ": "at+jwt"}), &claims(json!({})));
    assert_eq!(id_token(&access, &issuer.jwk(), &expected), Err(Invalid::Type));
    let minted = issuer.id_token(&IdToken {
        subject: "alice",
        groups: &[],
        client: "countersign-pages",
        nonce: NONCE,
        at: now(),
        auth_time: None,
    });
    assert!(id_token(&minted, &issuer.jwk(), &expected).is_ok());
}

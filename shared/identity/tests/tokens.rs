//! Access tokens: who is recognised, and every way to get one wrong.

#![expect(clippy::indexing_slicing, reason = "a sample that cannot be built fails loudly")]

use data_encoding::BASE64URL_NOPAD;
use domain::Timestamp;
use identity::{Invalid, IssuerSettings, Issuers, VerifiedCaller, caller_with_key, unverified_key_ref};
use serde_json::{Value, json};
use testkit::{Algorithm, Issuer};

const PEOPLE: &str = "http://127.0.0.1:8081";

fn now() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000)
}

fn people() -> Issuer {
    Issuer::new(PEOPLE, Algorithm::Es256)
}

fn issuers(settings: IssuerSettings) -> Issuers {
    Issuers::of(vec![settings]).unwrap_or_else(|e| unreachable!("{e}"))
}

fn check(issuer: &Issuer, token: &str) -> Result<VerifiedCaller, Invalid> {
    caller_with_key(token, &issuer.jwk(), &issuers(issuer.settings()), now())
}

fn claims(over: Value) -> Value {
    let mut claims = json!({
        "iss": PEOPLE, "aud": "countersign", "sub": "alice", "client_id": "countersign-cli",
        "iat": now().seconds(), "exp": now().seconds() + 600, "groups": ["data-owners"], "auth_time": now().seconds(),
    });
    for (name, value) in over.as_object().cloned().unwrap_or_default() {
        claims[name] = value;
    }
    claims
}

fn part(value: &Value) -> String {
    BASE64URL_NOPAD.encode(value.to_string().as_bytes())
}

/// O4: `none`, key confusion, `kid` tricks, keys brought along, unknown critical headers, other types: all refused.
#[test]
fn headers_that_are_refused() {
    let issuer = people();
    let jwk = issuer.jwk();
    let table: Vec<(&str, Value, Invalid)> = vec![
        ("alg none", json!({"alg": "none"}), Invalid::Algorithm),
        ("alg None", json!({"alg": "None"}), Invalid::Algorithm),
        ("alg missing", json!({"alg": null}), Invalid::Algorithm),
        ("alg a list", json!({"alg": ["ES256"]}), Invalid::Algorithm),
        ("alg HS256", json!({"alg": "HS256"}), Invalid::Algorithm),
        ("alg not in the issuer's list", json!({"alg": "ES384"}), Invalid::Algorithm),
        ("alg of another family", json!({"alg": "RS256"}), Invalid::Key),
        ("kid missing", json!({"kid": null}), Invalid::KeyId),
        ("kid empty", json!({"kid": ""}), Invalid::KeyId),
        ("kid a path", json!({"kid": "../../dev/null"}), Invalid::Key),
        ("kid an injection", json!({"kid": "x' UNION SELECT 'key"}), Invalid::KeyId),
        ("kid with a line break", json!({"kid": "es-0\n"}), Invalid::KeyId),
        ("kid a number", json!({"kid": 0}), Invalid::KeyId),
        ("kid too long", json!({"kid": "k".repeat(257)}), Invalid::KeyId),
        ("kid of no key", json!({"kid": "es-9"}), Invalid::Key),
        ("jku", json!({"jku": "https://evil.example/keys"}), Invalid::Header),
        ("x5u", json!({"x5u": "https://evil.example/cert"}), Invalid::Header),
        ("jwk", json!({"jwk": jwk}), Invalid::Header),
        ("x5c", json!({"x5c": ["MIIB"]}), Invalid::Header),
        ("crit", json!({"crit": ["exp"]}), Invalid::Header),
        ("crit empty", json!({"crit": []}), Invalid::Header),
        ("b64", json!({"b64": false}), Invalid::Header),
        ("zip", json!({"zip": "DEF"}), Invalid::Header),
        ("typ of a logout token", json!({"typ": "logout+jwt"}), Invalid::Type),
        ("typ of an ID token", json!({"typ": "id+jwt"}), Invalid::Type),
    ];
    for (name, header, expected) in table {
        let token = issuer.sign(&header, &claims(json!({})));
        assert_eq!(check(&issuer, &token), Err(expected), "{name}");
    }
    for typ in ["JWT", "at+jwt", "application/at+jwt"] {
        assert!(check(&issuer, &issuer.sign(&json!({"typ": typ}), &claims(json!({})))).is_ok(), "{typ}");
    }
}

/// O4: a token signed by HMAC with the public key as secret, under every name an attacker may give it.
#[test]
fn key_confusion() {
    let issuer = Issuer::new(PEOPLE, Algorithm::Rs256);
    let jwk = issuer.jwk();
    let secret = jwk["n"].as_str().unwrap().as_bytes();
    for algorithm in ["HS256", "HS384", "RS256", "none"] {
        let header = json!({"alg": algorithm, "kid": jwk["kid"], "typ": "JWT"});
        let signed = format!("{}.{}", part(&header), part(&claims(json!({}))));
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
        let tag = aws_lc_rs::hmac::sign(&key, signed.as_bytes());
        let token = format!("{signed}.{}", BASE64URL_NOPAD.encode(tag.as_ref()));
        assert!(check(&issuer, &token).is_err(), "{algorithm}");
    }
    // A symmetric key in the set is no key at all, and configuration cannot allow HMAC.
    let symmetric = json!({"kty": "oct", "kid": jwk["kid"], "k": "c2VjcmV0"});
    let token = issuer.sign(&json!({}), &claims(json!({})));
    assert_eq!(caller_with_key(&token, &symmetric, &issuers(issuer.settings()), now()), Err(Invalid::Key));
    let lax = IssuerSettings { algorithms: vec!["HS256".into()], ..issuer.settings() };
    assert!(Issuers::of(vec![lax]).is_err());
}

/// O4: the wrong issuer, audience, client or subject; expired, not yet valid, without expiry.
#[test]
fn claims_that_are_refused() {
    let issuer = people();
    let at = now().seconds();
    let table: Vec<(&str, Value, Invalid)> = vec![
        ("another issuer", json!({"iss": "http://127.0.0.1:9999"}), Invalid::Issuer),
        ("an issuer that differs by a slash", json!({"iss": format!("{PEOPLE}/")}), Invalid::Issuer),
        ("no issuer", json!({"iss": null}), Invalid::Issuer),
        ("another audience", json!({"aud": "other"}), Invalid::Audience),
        ("an audience that begins alike", json!({"aud": "countersign-pages"}), Invalid::Audience),
        ("no audience", json!({"aud": null}), Invalid::Audience),
        ("an audience that is a number", json!({"aud": 7}), Invalid::Audience),
        ("an audience among which one is no text", json!({"aud": ["countersign", 7]}), Invalid::Audience),
        ("expired", json!({"exp": at - 300}), Invalid::Expired),
        ("no expiry", json!({"exp": null}), Invalid::Expired),
        ("an expiry in words", json!({"exp": "tomorrow"}), Invalid::Time),
        ("a negative expiry", json!({"exp": -1}), Invalid::Time),
        ("not yet valid", json!({"nbf": at + 301}), Invalid::NotYetValid),
        ("issued in the future", json!({"iat": at + 301}), Invalid::NotYetValid),
        ("no subject", json!({"sub": null}), Invalid::Subject),
        ("an empty subject", json!({"sub": ""}), Invalid::Subject),
        ("a subject longer than is kept", json!({"sub": "x".repeat(256)}), Invalid::Subject),
        ("a subject with a control character", json!({"sub": "ali\u{0}ce"}), Invalid::Subject),
        ("two clients", json!({"azp": "countersign-cli", "client_id": "demo-agent"}), Invalid::Client),
        ("groups that are no list", json!({"groups": 7}), Invalid::Groups),
        ("groups that are no names", json!({"groups": [["data-owners"]]}), Invalid::Groups),
        ("a person's subject beyond ASCII", json!({"sub": "ali\u{e7}e"}), Invalid::Subject),
        ("an actor of another issuer", json!({"act": {"sub": "x", "iss": "https://other"}}), Invalid::Actor),
        ("an actor without a name", json!({"act": {}}), Invalid::Actor),
    ];
    for (name, over, expected) in table {
        let token = issuer.sign(&json!({}), &claims(over));
        assert_eq!(check(&issuer, &token), Err(expected), "{name}");
    }
    // F14: five minutes of skew are borne, either way.
    for over in [json!({"exp": at - 299}), json!({"nbf": at + 300, "iat": at + 300})] {
        assert!(check(&issuer, &issuer.sign(&json!({}), &claims(over))).is_ok());
    }
}

/// O4, O7: what is no compact JWS of strict JSON is not read any further.
#[test]
fn tokens_that_are_malformed() {
    let issuer = people();
    let good = issuer.sign(&json!({}), &claims(json!({})));
    let parts: Vec<&str> = good.split('.').collect();
    let raw = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
    let twice = raw(&format!("{{\"alg\":\"none\",{}", &issuer_header(&good)[1..]));
    let table = [
        ("empty", String::new()),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("four parts", format!("{good}.x")),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("padded", format!("{good}=")),
        ("plain base64", good.replace(['-', '_'], "+") + "+"),
        ("a key twice in the header", format!("{twice}.{}.{}", parts[1], parts[2])),
        ("a list for a header", format!("{}.{}.{}", raw("[]"), parts[1], parts[2])),
        ("claims that are no JSON", format!("{}.{}.{}", parts[0], raw("x"), parts[2])),
        ("encrypted", format!("{}.{}.{}.{}.{}", parts[0], parts[1], parts[2], parts[1], parts[2])),
    ];
    for (name, token) in table {
        assert_eq!(check(&issuer, &token), Err(Invalid::Malformed), "{name}");
    }
    let long = issuer.sign(&json!({}), &claims(json!({"note": "x".repeat(20_000)})));
    assert_eq!(check(&issuer, &long), Err(Invalid::TooLong));
    assert_eq!(unverified_key_ref(&good).unwrap().kid, "es-0");
}

fn issuer_header(token: &str) -> String {
    let header = token.split('.').next().unwrap_or_default();
    String::from_utf8(BASE64URL_NOPAD.decode(header.as_bytes()).unwrap_or_default()).unwrap_or_default()
}

/// W15, W16: one byte changed in claims or signature, or another issuer's key of the same id: refused.
#[test]
fn signatures_that_do_not_hold() {
    for algorithm in [Algorithm::Es256, Algorithm::Rs256, Algorithm::EdDsa(7)] {
        let issuer = Issuer::new(PEOPLE, algorithm);
        let good = issuer.sign(&json!({}), &claims(json!({})));
        assert!(check(&issuer, &good).is_ok(), "{algorithm:?}");
        let parts: Vec<&str> = good.split('.').collect();
        let other = part(&claims(json!({"sub": "mallory"})));
        let forged = format!("{}.{other}.{}", parts[0], parts[2]);
        assert_eq!(check(&issuer, &forged), Err(Invalid::Signature), "{algorithm:?}");
        let zero =
            BASE64URL_NOPAD.encode(&vec![0; BASE64URL_NOPAD.decode(parts[2].as_bytes()).unwrap().len()]);
        let zeroed = format!("{}.{}.{zero}", parts[0], parts[1]);
        assert_eq!(check(&issuer, &zeroed), Err(Invalid::Signature), "{algorithm:?}");
    }
    let (ours, theirs) = (people(), people());
    let token = theirs.sign(&json!({}), &claims(json!({})));
    assert_eq!(check(&ours, &token), Err(Invalid::Signature));
}

/// Which tokens are a person's, and that every other valid one is an agent's.
///
/// W20, D7: a token issued to an agent's client is an agent's, whoever signed in; one handed on (`act`) too; a person
/// client's own credentials are nobody's.
#[test]
fn who_is_a_person() {
    let issuer = people();
    let table: Vec<(&str, Value)> = vec![
        ("alice through the command line", json!({})),
        ("alice through the pages", json!({"client_id": "countersign-pages", "name": "Alice"})),
        ("alice, client in azp", json!({"client_id": null, "azp": "countersign-cli"})),
        ("alice through an agent's client", json!({"client_id": "demo-agent"})),
        ("alice through no client", json!({"client_id": null})),
        ("alice's token handed on", json!({"act": {"sub": "demo-agent"}})),
        ("alice behind two agents", json!({"act": {"sub": "demo-agent", "act": {"sub": "ci-agent"}}})),
        ("the pages themselves", json!({"sub": "countersign-pages", "client_id": "countersign-pages"})),
        ("demo-agent", json!({"sub": "demo-agent", "client_id": "demo-agent", "groups": null})),
        (
            "ci-agent with a pipeline's facts",
            json!({"sub": "ci-agent", "client_id": "ci-agent", "repository": "acme/reports", "sha": "9f2c41d",
                   "ref": "refs/heads/main", "workflow": "quarterly.yml", "run_id": 4812, "actor": "carol"}),
        ),
        ("alice with a hidden name", json!({"name": "Alice\u{202e}ecila"})),
    ];
    let shown: Vec<String> = table
        .into_iter()
        .map(|(name, over)| {
            let caller = check(&issuer, &issuer.sign(&json!({}), &claims(over)));
            format!("{name}\n{caller:#?}\n")
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
    // W20: what a pipeline does in somebody's name is no word of theirs, whichever client it came through.
    let acted = issuer.sign(&json!({}), &claims(json!({"actor": "carol"})));
    assert!(matches!(check(&issuer, &acted), Ok(VerifiedCaller::Agent(_))));
    // What cannot be kept as it is refuses the token: a rule that forbids by it would not see it.
    for fact in ["main\u{1b}[2J".to_owned(), "x".repeat(513)] {
        let over = json!({"sub": "ci-agent", "client_id": "ci-agent", "ref": fact, "sha": "9f2c41d"});
        assert_eq!(check(&issuer, &issuer.sign(&json!({}), &claims(over))), Err(Invalid::Fact));
    }
}

/// D8: a human whom another issuer names cannot be mapped to a person, and is said to be so.
#[test]
fn humans_of_other_issuers_are_unmapped() {
    let pipelines = Issuer::new("https://pipelines.example", Algorithm::Es256);
    let settings = IssuerSettings { people: false, person_clients: vec![], ..pipelines.settings() };
    let all = Issuers::of(vec![people().settings(), settings]).unwrap();
    let token = pipelines.access(&json!({"sub": "repo:acme/reports", "actor": "carol"}), now());
    let caller = caller_with_key(&token, &pipelines.jwk(), &all, now()).unwrap();
    let VerifiedCaller::Agent(agent) = caller else { panic!("a pipeline is no person") };
    let humans: Vec<String> = agent.humans.iter().map(ToString::to_string).collect();
    assert_eq!(humans, ["https://pipelines.example|carol"]);
    // The same claims could never make a person: only one issuer has people, whatever clients others list.
    let listing = IssuerSettings {
        person_clients: vec!["countersign-cli".to_owned()],
        people: false,
        ..pipelines.settings()
    };
    let all = Issuers::of(vec![people().settings(), listing]).unwrap();
    let posing = pipelines.access(&json!({"sub": "alice", "client_id": "countersign-cli"}), now());
    assert!(matches!(caller_with_key(&posing, &pipelines.jwk(), &all, now()), Ok(VerifiedCaller::Agent(_))));
}

/// E22: deciding needs the configured scope, as `scope` or `scp` contains it, whole and in no other shape.
#[test]
fn what_a_token_may() {
    let issuer = people();
    let may = |settings: IssuerSettings, over: Value| {
        let token = issuer.sign(&json!({"typ": "at+jwt"}), &claims(over));
        match caller_with_key(&token, &issuer.jwk(), &issuers(settings), now()) {
            Ok(VerifiedCaller::Person(person)) => person.may_decide,
            other => panic!("this is a person: {other:?}"),
        }
    };
    for (over, expected) in [
        (json!({}), false),
        (json!({"scope": "openid countersign:decide groups"}), true),
        (json!({"scope": "openid countersign:read"}), false),
        (json!({"scp": "countersign:decide"}), true),
        (json!({"scp": ["countersign:read", "countersign:decide"]}), true),
        (json!({"scp": ["countersign:decide countersign:read"]}), false),
        (json!({"scope": ["countersign:decide"]}), false),
        (json!({"scope": "countersign:decided xcountersign:decide countersign:decide\u{a0}"}), false),
        (json!({"scope": "Countersign:Decide"}), false),
        (json!({"scp": {"countersign:decide": true}}), false),
        (json!({"scope": null, "roles": ["countersign:decide"]}), false),
    ] {
        assert_eq!(may(issuer.settings(), over.clone()), expected, "{over}");
    }
    let renamed = || IssuerSettings { decide_scope: "approve".to_owned(), ..issuer.settings() };
    assert!(may(renamed(), json!({"scope": "approve"})));
    assert!(!may(renamed(), json!({"scope": "countersign:decide"})));
}

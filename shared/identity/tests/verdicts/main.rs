//! All of one verdict: what holds, and that changing any part of it does not.

#![expect(clippy::unwrap_used, reason = "a sample that cannot be built fails loudly")]

mod case;

use case::{Bend, Case, at, person, refused};
use data_encoding::BASE64;
use domain::*;
use identity::{Freshness, Invalid, PublicKey, SignEnvelope, freshness};
use testkit::{Gate, LocalSigner};
use wire::documents::VerdictName;

/// W16, D3, D6: a statement about anything else, in any part, is no statement about this.
#[tokio::test]
async fn the_statement_is_bound_to_everything() {
    let bends: [Bend; 12] = [
        ("deployment", |c| c.statement.deployment = "other".into(), Invalid::Statement),
        ("action", |c| c.statement.action = ActionId::of(b"other"), Invalid::Statement),
        ("revision", |c| c.statement.revision = 2, Invalid::Statement),
        ("action digest", |c| c.statement.action_digest = Digest::of(b"x"), Invalid::Statement),
        ("review digest", |c| c.statement.review_digest = Digest::of(b"x"), Invalid::Statement),
        ("verdict", |c| c.statement.verdict = VerdictName::Deny, Invalid::Statement),
        ("salt", |c| c.statement.salt.clear(), Invalid::Statement),
        ("person", |c| c.statement.person.subject = "bob".into(), Invalid::Person),
        ("tenant", |c| c.statement.person.issuer = "https://other.example".into(), Invalid::Person),
        ("client", |c| c.statement.client = "countersign-cli".into(), Invalid::Document),
        ("time after the envelope", |c| c.statement.at = at(113), Invalid::Envelope),
        ("time too long before", |c| c.statement.at = at(112 - 601), Invalid::Envelope),
    ];
    refused(Case::idp, &bends).await;
}

/// D1: an envelope signed by another key, or about other documents, another proof, another time.
#[tokio::test]
async fn the_envelope_is_signed_and_fits() {
    let bends: [Bend; 5] = [
        ("another key", |c| c.key = Some(PublicKey::from_bytes([3; 32])), Invalid::EnvelopeSignature),
        ("signed as another proof", |c| c.signed_as = Some(Proof::Service), Invalid::Envelope),
        ("no proof document", |c| c.named_proof = false, Invalid::Proof),
        ("another time", |c| c.envelope_at = at(111), Invalid::Envelope),
        ("committed later", |c| c.committed_at = at(113), Invalid::Envelope),
    ];
    refused(Case::idp, &bends).await;
}

/// P5, D7, O5: the ID token is this person's, for these words, as fresh as demanded; groups only as something proves.
#[tokio::test]
async fn the_proof_is_this_persons_for_these_words() {
    let bends: [Bend; 12] = [
        ("another nonce", |c| c.nonce = Some("sha256:00"), Invalid::Nonce),
        ("another person came back", |c| c.token_subject = "bob", Invalid::Person),
        ("a token for another client", |c| c.token_client = "countersign-cli", Invalid::Audience),
        ("signed in before the button", |c| c.auth_time = Some(at(100 - 61)), Invalid::NotFresh),
        ("no word on when", |c| c.auth_time = None, Invalid::NoSignInTime),
        (
            "max_age ignored",
            |c| {
                c.requirement.prompt_login = false;
                c.auth_time = Some(at(112 - 361));
            },
            Invalid::NotFresh,
        ),
        ("issued before the button", |c| c.issued_at = at(100 - 301), Invalid::NotFresh),
        ("issued in the future", |c| c.issued_at = at(112 + 301), Invalid::NotYetValid),
        ("a group the token does not give", |c| c.token_groups = &["sre"], Invalid::UnprovenGroup),
        ("one group too many", |c| c.groups.push("sre".into()), Invalid::UnprovenGroup),
        ("no key", |c| c.jwk = false, Invalid::Key),
        ("another issuer's key", |c| c.foreign_key = true, Invalid::Signature),
    ];
    refused(Case::idp, &bends).await;
    let mut by_directory = Case::idp();
    by_directory.token_groups = &[];
    by_directory.directory.groups.insert("data-owners".into());
    by_directory.check().await.unwrap();
}

/// E17, C2: where the directory lists a group's members, only they and who stands in for them speak for it: neither an ID
/// token's claim nor callbacks' own word about one counts. For a group it does not list, the claim of a kept ID token counts,
/// and without one nothing does.
#[tokio::test]
async fn listed_members_only() {
    for make in [Case::idp, Case::service] {
        let mut case = make();
        case.directory = Membership { listed: ["data-owners".into()].into(), ..Membership::default() };
        assert_eq!(case.check().await, Err(Invalid::UnprovenGroup), "{:?}", case.proof);
        case.directory.groups.insert("data-owners".into());
        case.check().await.unwrap();
        let mut elsewhere = make();
        elsewhere.directory = Membership { listed: ["sre".into()].into(), ..Membership::default() };
        let proven = if elsewhere.proof == Proof::Idp { Ok(()) } else { Err(Invalid::UnprovenGroup) };
        assert_eq!(elsewhere.check().await, proven);
    }
    let mut denial = Case::service();
    denial.kind = VerdictKind::Deny;
    denial.statement.verdict = VerdictName::Deny;
    denial.statement.reason_code = Some("not-now".into());
    denial.directory = Membership { listed: ["data-owners".into()].into(), ..Membership::default() };
    assert_eq!(denial.check().await, Err(Invalid::UnprovenGroup));
}

/// C20: a verdict on another's seat holds where the directory lends it, with either proof, and nowhere else: a token's claim to
/// the group lends no seat.
#[tokio::test]
async fn a_seat_is_the_directory_s_to_lend() {
    for make in [Case::idp, Case::service] {
        let mut case = make();
        case.directory = Membership::default();
        case.seats = vec![Seat { group: "data-owners".into(), person: person("erin") }];
        assert_eq!(case.check().await, Err(Invalid::UnprovenGroup), "{:?}", case.proof);
        case.directory.lent.insert("data-owners".into(), [person("frank")].into());
        assert_eq!(case.check().await, Err(Invalid::UnprovenGroup), "{:?}", case.proof);
        case.directory.lent.insert("data-owners".into(), [person("frank"), person("Erin")].into());
        case.check().await.unwrap();
        case.seats.push(Seat { group: "sre".into(), person: person("erin") });
        assert_eq!(case.check().await, Err(Invalid::NotAnApprover), "a seat outside the groups");
    }
}

/// E2: callbacks sends a person who signed in 75 seconds ago through the provider without a word, with the nonce of a
/// statement they never saw, and writes whatever times suit it: an approval, a change or an emergency by it does not hold.
#[tokio::test]
async fn a_silent_sign_in_proves_nothing() {
    for started in [100, 50, 0, -400] {
        let mut case = Case::idp();
        (case.auth_time, case.statement.at) = (Some(at(111 - 75)), at(started));
        assert_eq!(case.check().await, Err(Invalid::NotFresh), "a statement said to be of {started}");
        case.auth_time = Some(at(111 - 60));
        case.check().await.unwrap();
    }
    let mut change = Case::idp();
    change.requirement.terms.may_change = vec!["/destination".into()];
    (change.kind, change.statement.verdict) = (VerdictKind::Modify, VerdictName::Modify);
    change.statement.patch = Some(serde_json::json!({"destination": "s3://partner-drop/other.csv"}));
    change.changed = &["/destination"];
    change.check().await.unwrap();
    (change.auth_time, change.statement.at) = (Some(at(111 - 75)), at(50));
    assert_eq!(change.check().await, Err(Invalid::NotFresh), "a change");
    let mut emergency = Case::idp();
    emergency.requirement.proof = Proof::Service;
    (emergency.requirement.prompt_login, emergency.requirement.max_age) = (false, None);
    let rule = EmergencyRule { groups: vec!["data-owners".into()], review_within: 600 };
    emergency.requirement.terms.emergency = Some(rule);
    (emergency.kind, emergency.statement.verdict) = (VerdictKind::Emergency, VerdictName::Emergency);
    emergency.statement.reason_code = Some("other".into());
    emergency.check().await.unwrap();
    (emergency.auth_time, emergency.statement.at) = (Some(at(111 - 75)), at(50));
    assert_eq!(emergency.check().await, Err(Invalid::NotFresh), "an emergency");
}

/// W4, W20, D8: nobody in the requester set, nobody who is not asked, nobody of another issuer; no weaker proof.
#[tokio::test]
async fn the_person_may_decide() {
    fn as_person(case: &mut Case, subject: &'static str) {
        case.subject = subject;
        case.token_subject = subject;
        case.statement.person.subject = subject.into();
    }
    let bends: [Bend; 6] = [
        ("the owner", |c| as_person(c, "dana"), Invalid::OwnRequest),
        ("a human behind the token", |c| as_person(c, "mallory"), Invalid::OwnRequest),
        ("the agent itself", |c| as_person(c, "demo-agent"), Invalid::OwnRequest),
        ("somebody of no group", |c| c.groups.clear(), Invalid::NotAnApprover),
        ("somebody of another group", |c| c.groups = vec!["sre".into()], Invalid::NotAnApprover),
        ("service where idp is demanded", |c| c.proof = Proof::Service, Invalid::Proof),
    ];
    refused(Case::idp, &bends).await;
}

/// P5, D1, E2: a resolution says in words what was looked at, and is bound, proven and as fresh as an approval; what was signed
/// as anything else, or about another action, resolves nothing.
#[tokio::test]
async fn a_resolution_is_as_proven_as_an_approval() {
    fn resolving() -> Case {
        let mut case = Case::idp();
        (case.kind, case.statement.verdict) = (VerdictKind::Happened, VerdictName::Happened);
        case.statement.reason = Some("The copy is there".into());
        case
    }
    let bends: [Bend; 11] = [
        ("no words", |c| c.statement.reason = None, Invalid::Statement),
        (
            "a code alone",
            |c| (c.statement.reason, c.statement.reason_code) = (None, Some("other".into())),
            Invalid::Statement,
        ),
        ("the opposite was signed", |c| c.kind = VerdictKind::DidNotHappen, Invalid::Statement),
        ("an approval was signed", |c| c.statement.verdict = VerdictName::Approve, Invalid::Statement),
        ("another action", |c| c.statement.action = ActionId::of(b"other"), Invalid::Statement),
        ("another revision", |c| c.statement.revision = 2, Invalid::Statement),
        ("another key", |c| c.key = Some(PublicKey::from_bytes([3; 32])), Invalid::EnvelopeSignature),
        ("somebody of another group", |c| c.groups = vec!["sre".into()], Invalid::NotAnApprover),
        ("a silent sign-in", |c| c.auth_time = Some(at(111 - 75)), Invalid::NotFresh),
        ("service where idp is demanded", |c| c.proof = Proof::Service, Invalid::Proof),
        (
            "the owner of the agent",
            |c| (c.subject, c.token_subject, c.statement.person.subject) = ("dana", "dana", "dana".into()),
            Invalid::OwnRequest,
        ),
    ];
    refused(resolving, &bends).await;
}

/// A denial needs `service` only, and words or a code.
#[tokio::test]
async fn a_denial_fails_safe() {
    let mut denial = Case::service();
    denial.kind = VerdictKind::Deny;
    denial.statement.verdict = VerdictName::Deny;
    assert_eq!(denial.check().await, Err(Invalid::Statement));
    denial.statement.reason_code = Some("not-now".into());
    denial.check().await.unwrap();
    Case::service().check().await.unwrap();
}

/// The strictest demand counts.
#[test]
fn freshness_is_the_strictest() {
    let one = Case::idp().requirement;
    let lax = Requirement { max_age: None, prompt_login: false, ..one.clone() };
    let strict = Requirement { max_age: Some(60), ..lax.clone() };
    assert_eq!(freshness(std::slice::from_ref(&lax)), Freshness { max_age: None, prompt_login: false });
    assert_eq!(freshness(&[one, lax, strict]), Freshness { max_age: Some(60), prompt_login: true });
}

/// Ed25519 signatures of KMS verify offline with the raw public key; longer messages are refused before signing.
#[tokio::test]
async fn signatures() {
    let signer = LocalSigner::seeded([7; 32], Gate::open());
    let signature = signer.sign(b"message").await.unwrap();
    signer.public_key().verify(b"message", &signature).unwrap();
    assert_eq!(signer.public_key().verify(b"massage", &signature), Err(Invalid::Signature));
    assert!(signer.sign(&[0; 4097]).await.is_err());
    let text = BASE64.encode(signer.public_key().as_bytes());
    assert_eq!(PublicKey::parse(&text), Ok(signer.public_key()));
    assert_eq!(PublicKey::parse("AAAA"), Err(Invalid::Key));
}

/// D1, P12: what a change says in the statement is what its event says it changes, and no other word changes anything.
#[tokio::test]
async fn a_change_says_what_it_changes() {
    let changing = || {
        let mut case = Case::idp();
        case.kind = VerdictKind::Modify;
        case.requirement.terms.may_change = vec!["/destination".into(), "/source".into()];
        case.statement.verdict = VerdictName::Modify;
        case.statement.patch = Some(serde_json::json!({"destination": "s3://partner-drop/other.csv"}));
        case.changed = &["/destination"];
        case
    };
    assert_eq!(changing().check().await, Ok(()));
    type Bend = fn(&mut Case);
    let bends: [(&str, Bend); 6] = [
        ("no patch", |case| case.statement.patch = None),
        ("an empty patch", |case| case.statement.patch = Some(serde_json::json!({}))),
        ("no object", |case| case.statement.patch = Some(serde_json::json!(["/destination"]))),
        ("more than the event says", |case| {
            case.statement.patch = Some(serde_json::json!({"destination": "a", "source": "b"}));
        }),
        ("less than the event says", |case| case.changed = &["/destination", "/source"]),
        ("an approval with a patch", |case| {
            (case.kind, case.statement.verdict) = (VerdictKind::Approve, VerdictName::Approve);
            case.changed = &[];
        }),
    ];
    for (what, bend) in bends {
        let mut case = changing();
        bend(&mut case);
        assert_eq!(case.check().await, Err(Invalid::Statement), "{what}");
    }
    let mut none = changing();
    none.requirement.terms.may_change.clear();
    assert_eq!(none.check().await, Err(Invalid::NotAnApprover), "nobody may change anything");
    let mut weak = changing();
    weak.proof = Proof::Service;
    assert_eq!(weak.check().await, Err(Invalid::Proof), "a change takes the proof an approval takes");
}

//! A review document to bend.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;

use bundle::CatalogueEntry;
use domain::{ActionId, Commitment, Digest, GroupCount, Key, Person, Proof, Requirement, Timestamp};
use review::{Asked, context, document, what};
use serde_json::{Value, json};
use wire::documents::{Call, DocumentKind, Mask, Plan, Provenance, ReasonJson, Request, ReviewDocument};
use wire::text::Identity;

pub fn entry() -> CatalogueEntry {
    serde_json::from_value(json!({
        "type": "s3-export",
        "title": "Export an object",
        "sentence": "Copy {source_key} out of {source_bucket} into {destination_bucket}, {effect.destination_place}",
        "summary": "Copies one version of one object.",
        "consequence": "customer data leaves",
        "sensitivity": "high",
        "reversible": { "can": false, "description": "Copied data cannot be called back." },
        "idempotency": "probeable",
        "parameters": { "type": "object", "additionalProperties": false, "required": ["source", "destination"],
            "properties": { "source": { "type": "string" }, "destination": { "type": "string" },
                "note": { "type": "string" }, "password": { "type": "string" }, "extra": {} } },
        "example": {},
        "derived": { "source": "s3://{source_bucket}/{source_key}",
            "destination": "s3://{destination_bucket}/{destination_key}" },
        "resource": { "type": "Object", "id": "{source}" },
        "fields": [
            { "label": "From", "value": "{source}", "note": "{effect.resource_environment}, account {plan.account}" },
            { "label": "To", "value": "{destination}", "note": "{effect.destination_place}" },
            { "label": "Note", "value": "{note}" }
        ],
        "redaction": { "masked": [{ "pointer": "/password", "kind": "secret" }], "targets": ["/source", "/destination"] },
        "pins": [{ "name": "source_version", "description": "this version of the object, no other", "held_by": "call" }],
        "unpinned": ["Who may read the destination later"],
        "effects": ["source_size"],
        "connector": "s3-export",
        "inspection_role": "countersign-{deployment}-inspect-s3-export",
        "run_role": "countersign-{deployment}-run-s3-export",
        "session_policy": {},
        "expected_seconds": 5
    }))
    .unwrap()
}

pub fn parameters() -> Value {
    json!({ "source": "s3://customers/2026/q3.csv", "destination": "s3://partner-drop/q3.csv" })
}

pub fn plan() -> Plan {
    let facts = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    Plan {
        account: "000000000000".to_owned(),
        region: "us-east-1".to_owned(),
        role: "arn:aws:iam::000000000000:role/countersign-local-run-s3-export".to_owned(),
        session_policy: json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "s3:GetObjectVersion", "Resource": "arn:aws:s3:::customers/2026/q3.csv",
                "Condition": { "StringEquals": { "s3:VersionId": "v7" } } },
            { "Effect": "Allow", "Action": ["s3:PutObject"], "Resource": ["arn:aws:s3:::partner-drop/q3.csv"] },
            { "Effect": "Deny", "NotAction": "s3:*", "Resource": "*" }
        ] })
        .to_string(),
        calls: vec![Call {
            service: "s3".to_owned(),
            operation: "CopyObject".to_owned(),
            input: facts(&[("source", "customers/2026/q3.csv")]),
        }],
        pins: facts(&[("source_version", "v7"), ("source_etag", "\"abc\"")]),
        effects: facts(&[
            ("resource_environment", "production"),
            ("destination_place", "outside your organisation"),
            ("source_size", "3.1 MB"),
        ]),
        differences: None,
    }
}

pub fn request(reason: &str, masked: Vec<Mask>) -> Request {
    let issuer = "http://127.0.0.1:8081".to_owned();
    Request {
        format: Request::FORMAT.to_owned(),
        action: ActionId::of(b"example"),
        revision: 1,
        action_type: "s3-export".to_owned(),
        parameters: parameters(),
        commitment: Commitment::of(&Key::from_bytes([7; 32]), b"{}"),
        reason: reason.to_owned(),
        masked,
        principal: Identity { issuer: issuer.clone(), subject: "demo-agent".to_owned() },
        on_behalf_of: Some(Identity { issuer, subject: "carol".to_owned() }),
        provenance: vec![
            Provenance { name: "repository".to_owned(), value: "acme/reports".to_owned(), verified: true },
            Provenance {
                name: "run_url".to_owned(),
                value: "https://ci.example/\u{202E}1".to_owned(),
                verified: false,
            },
        ],
        correlation: None,
    }
}

pub fn review_of(request: &Request) -> ReviewDocument {
    let dana = Person { issuer: "http://127.0.0.1:8081".to_owned(), subject: "dana".to_owned() };
    let group = |group: &str, count| GroupCount { group: group.to_owned(), count };
    let requirement = Requirement {
        name: "data-owners".to_owned(),
        groups: vec![group("data-owners", 1), group("sre", 2)],
        proof: Proof::Idp,
        max_age: Some(300),
        prompt_login: true,
        terms: Default::default(),
    };
    let asked = Asked {
        request,
        agent: "demo-agent",
        owner: Some(&dana),
        changed: Vec::new(),
        rules: vec![ReasonJson {
            policy: "customer-exports-need-their-owners".to_owned(),
            message: "Customer data leaves with its owners' consent.".to_owned(),
            instead: None,
        }],
        requirements: &[requirement],
        bundle: Digest::of(b"bundle"),
        expires_at: Timestamp::from_millis(1_795_275_600_000),
    };
    let what = what(&entry(), &request.parameters, &plan()).unwrap();
    document(Digest::of(b"action"), what, context(&asked))
}

pub fn plain() -> ReviewDocument {
    let mut request = request("Quarterly report, ask ‹email 1›.", vec![reason_mask(22, 31)]);
    request.provenance.truncate(1);
    review_of(&request)
}

pub fn reason_mask(start: u32, end: u32) -> Mask {
    Mask { pointer: "/reason".to_owned(), start, end, kind: "email".to_owned() }
}

//! A small vocabulary to decide about.
#![allow(dead_code, reason = "each test file uses its part")]
#![expect(clippy::panic, reason = "a test's own functions fail loudly")]

use std::collections::{BTreeMap, BTreeSet};

use domain::Timestamp;
use policy::{
    ActionWords, Agent, Calendar, Engine, EvaluationContext, Fact, Facts, History, ParameterKind,
    ParameterWords, RequirementWords, Resource, Source, Vocabulary,
};

pub fn vocabulary() -> Vocabulary {
    let requirement = |name: &str, fresh_proof| (name.to_owned(), RequirementWords { fresh_proof });
    let parameter = |name: &str, kind, required| (name.to_owned(), ParameterWords { kind, required });
    Vocabulary {
        actions: vec![
            ActionWords {
                name: "s3-export".to_owned(),
                groups: BTreeSet::from(["data-export".to_owned()]),
                resource: "Object".to_owned(),
                related: BTreeMap::from([("destination".to_owned(), "Object".to_owned())]),
                parameters: BTreeMap::from([
                    parameter("rows", ParameterKind::Whole, true),
                    parameter("note", ParameterKind::Text, false),
                    parameter("labels", ParameterKind::Texts, true),
                    parameter("dry", ParameterKind::Truth, true),
                ]),
                high: true,
                irreversible: true,
            },
            ActionWords {
                name: "lambda-invoke".to_owned(),
                groups: BTreeSet::new(),
                resource: "Function".to_owned(),
                related: BTreeMap::new(),
                parameters: BTreeMap::new(),
                high: false,
                irreversible: false,
            },
        ],
        teams: BTreeSet::from(["data-agents".to_owned(), "others".to_owned()]),
        classifications: ["public", "internal", "customer"].map(str::to_owned).to_vec(),
        environments: ["development", "production"].map(str::to_owned).to_vec(),
        requirements: BTreeMap::from([
            requirement("data-owners", true),
            requirement("sre", false),
            requirement("security", true),
        ]),
    }
}

pub fn sources(text: &str) -> Vec<Source> {
    vec![Source { file: "policies/test.cedar".to_owned(), text: text.to_owned() }]
}

pub fn engine(text: &str) -> Engine {
    Engine::read(&sources(text), &vocabulary()).unwrap_or_else(|wrong| panic!("{wrong:?}"))
}

pub fn object(id: &str, classification: &str) -> Resource {
    Resource {
        kind: "Object".to_owned(),
        id: id.to_owned(),
        account: "000000000000".to_owned(),
        classification: classification.to_owned(),
        environment: "production".to_owned(),
        inside: true,
        known: true,
        owner: String::new(),
    }
}

pub fn export(classification: &str) -> Facts {
    Facts {
        agent: Agent {
            issuer: "http://127.0.0.1:8081".to_owned(),
            subject: "demo-agent".to_owned(),
            owner: "dana".to_owned(),
            teams: BTreeSet::from(["data-agents".to_owned()]),
        },
        action: "s3-export".to_owned(),
        resource: object("s3://customers/2026/q3.csv", classification),
        related: BTreeMap::from([("destination".to_owned(), object("s3://partner-drop/q3.csv", "internal"))]),
        context: EvaluationContext {
            now: Timestamp::from_millis(1_795_000_000_123),
            change_freeze: false,
            calendar: Calendar {
                zone: "Europe/Berlin".to_owned(),
                weekday: 3,
                hour: 9,
                minute: 30,
                date: "2026-11-18".to_owned(),
                business_hours: true,
            },
            history: Some(History::default()),
            emergency: false,
            sensitivity: "high".to_owned(),
            reversible: false,
            provenance: BTreeMap::from([("repository".to_owned(), "acme/reports".to_owned())]),
            parameters: BTreeMap::from([
                ("rows".to_owned(), Fact::Whole(12)),
                ("labels".to_owned(), Fact::Texts(BTreeSet::from(["a".to_owned()]))),
                ("dry".to_owned(), Fact::Truth(false)),
            ]),
        },
    }
}

pub fn names(of: &[&str]) -> BTreeSet<String> {
    of.iter().map(|name| (*name).to_owned()).collect()
}

//! What the documents of a scenario say.

use std::collections::BTreeMap;

use domain::{Commitment, Digest, Key, RESUME, Requirement, VerdictKind};
use review::Asked;
use serde_json::json;
use wire::documents::{self, Action, DocumentKind, Plan, ReasonJson, Request, Segment, Statement, What};

use super::{DEPLOYMENT, PAGES_CLIENT, Scenario};

/// What people are shown of an export to a partner.
fn shown_export() -> What {
    let text = |text: &str, value| Segment { text: text.to_owned(), value };
    What {
        sentence: vec![text("Copy ", false), text("2026/q3.csv", true), text(" out of customers", false)],
        consequence: "customer data leaves".to_owned(),
        fields: Vec::new(),
        reversible: "No. Copied data cannot be called back.".to_owned(),
        sensitivity: "high".to_owned(),
        expected_seconds: 30,
        if_lost: "Countersign asks the target.".to_owned(),
        differences: None,
    }
}

impl Scenario {
    fn commitment(&self) -> Commitment {
        Commitment::of(&Key::from_bytes([3; 32]), self.item.id().as_str().as_bytes())
    }

    pub(super) fn request_content(&self) -> Request {
        let (action_type, parameters) = match &self.resumes {
            Some((scope, _)) => (RESUME, json!({ "scope": scope.to_string() })),
            None => (
                "s3-export",
                json!({"source": "s3://customers/2026/q3.csv", "destination": "s3://partner-drop/q3.csv"}),
            ),
        };
        Request {
            format: Request::FORMAT.to_owned(),
            action: self.item.id().clone(),
            revision: 1,
            action_type: action_type.to_owned(),
            parameters,
            commitment: self.commitment(),
            reason: self.reason.to_owned(),
            masked: Vec::new(),
            principal: (&self.agent()).into(),
            on_behalf_of: None,
            provenance: Vec::new(),
            correlation: Some("thread-81/toolu_01".to_owned()),
        }
    }

    pub(super) fn action_content(&self) -> Action {
        let request = self.asked();
        Action {
            format: Action::FORMAT.to_owned(),
            deployment: DEPLOYMENT.to_owned(),
            action: request.action,
            revision: request.revision,
            action_type: request.action_type,
            parameters: request.parameters,
            commitment: request.commitment,
            principal: request.principal,
            on_behalf_of: None,
            entry: Digest::of(b"catalogue entry"),
            plan: Plan {
                account: "000000000000".to_owned(),
                region: "us-east-1".to_owned(),
                role: "arn:aws:iam::000000000000:role/countersign-local-run-s3-export".to_owned(),
                session_policy: "{}".to_owned(),
                calls: Vec::new(),
                pins: BTreeMap::from([match &self.resumes {
                    Some((_, suspension)) => ("suspension".to_owned(), suspension.to_string()),
                    None => ("source_version".to_owned(), "v7".to_owned()),
                }]),
                effects: BTreeMap::new(),
                differences: None,
            },
        }
    }

    /// What people are shown of this action: the one review document that tests start from.
    #[must_use]
    pub fn review_content(
        &self,
        action: Digest,
        bundle: Digest,
        requirements: &[Requirement],
    ) -> documents::ReviewDocument {
        let rule =
            ReasonJson { policy: "exports".to_owned(), message: "Owners agree".to_owned(), instead: None };
        let context = review::context(&Asked {
            request: &self.request_content(),
            agent: "demo-agent",
            owner: Some(&self.person("dana")),
            changed: Vec::new(),
            rules: vec![rule],
            requirements,
            bundle,
            expires_at: self.now.plus_seconds(1800),
        });
        let what = What { differences: self.differences.clone(), ..shown_export() };
        review::document(action, what, context)
    }

    pub(super) fn statement_content(&self, subject: &str, kind: VerdictKind) -> Statement {
        let shown = self.item.state().review().map(|review| (review.decision.action, review.decision.review));
        let (action_digest, review_digest) = shown.unwrap_or((Digest::of(b"none"), Digest::of(b"none")));
        Statement {
            format: Statement::FORMAT.to_owned(),
            deployment: DEPLOYMENT.to_owned(),
            action: self.item.id().clone(),
            revision: self.item.state().proposal().map_or(1, |proposal| proposal.revision),
            action_digest,
            review_digest,
            verdict: kind.into(),
            reason_code: None,
            reason: Some("Agreed with the partner team".to_owned()),
            grant: self.grant_terms(kind).as_ref().map(Into::into),
            scope: None,
            patch: None,
            person: (&self.person(subject)).into(),
            client: PAGES_CLIENT.to_owned(),
            channel: "page".to_owned(),
            account: None,
            // As if it had been written when the person signed in, which is what callbacks would rather have had.
            at: self.now.plus_seconds(-1 - self.signed_in.unwrap_or(0)),
            salt: Digest::of(subject.as_bytes()).hex().chars().take(32).collect(),
        }
    }
}

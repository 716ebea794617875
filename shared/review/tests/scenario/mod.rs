//! Actions told event by event, with the documents each event names.

use std::collections::BTreeMap;

use domain::*;
use serde_json::json;
use wire::Item;
use wire::action_documents::ActionDocuments;
use wire::documents::{
    self, DocumentKind, Mask, OutcomeError, OutcomeKind, OutcomeStatus, Provenance, ReasonJson, RefusalNote,
    Request, Statement, VerdictName,
};

/// One action's way and its opened documents.
#[derive(Clone)]
pub struct Scenario {
    pub item: Item,
    pub action_documents: ActionDocuments,
    second: i64,
}

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(1_795_003_560_000).plus_seconds(second)
}

fn person(subject: &str) -> Person {
    Person { issuer: "http://127.0.0.1:8081".into(), subject: subject.into() }
}

fn agent() -> Principal {
    Principal { issuer: "http://127.0.0.1:8081".into(), subject: "demo-agent".into() }
}

impl Scenario {
    pub fn proposed() -> Self {
        Self::proposed_for(3600)
    }

    pub fn proposed_for(seconds: i64) -> Self {
        let id = ActionId::of(b"example");
        let request = request(&id);
        let event = Event::Proposed {
            action_type: "s3-export".into(),
            principal: agent(),
            payload: Digest::of(b"payload"),
            request: request.document().unwrap().digest(),
            token_key: KeyRef { issuer: agent().issuer, kid: "key-1".into() },
            expires_at: at(seconds),
        };
        let item = Item::new(id).extend(event, at(0)).unwrap().0;
        let (decision, action, review, outcome, probe, refusal) = (None, None, None, None, None, None);
        let (sent, changes, statements) = (request.parameters.clone(), vec![], vec![]);
        let action_documents = ActionDocuments {
            request,
            sent,
            changes,
            decision,
            action,
            review,
            statements,
            outcome,
            probe,
            refusal,
        };
        Self { item, action_documents, second: 0 }
    }

    pub fn then(mut self, event: Event) -> Self {
        self.second += 1;
        self.item = self.item.extend(event, at(self.second)).unwrap().0;
        self
    }

    pub fn decided(mut self, wanted: &[(&str, &[(&str, u32)])]) -> Self {
        let outcome = if wanted.is_empty() { OutcomeKind::Permit } else { OutcomeKind::RequireApproval };
        let decision = self.decision(outcome, None, "customer-exports-need-their-owners");
        let expires_at = self.item.state().proposal().unwrap().expires_at;
        let event = Event::Decided {
            kind: outcome.into(),
            document: decision.document().unwrap().digest(),
            review: Some(Digest::of(b"review")),
            action: Some(Digest::of(b"action")),
            requirements: wanted.iter().map(|(name, groups)| requirement(name, groups)).collect(),
            granted: Vec::new(),
            resolvers: Vec::new(),
            requester: RequesterSet { agent: agent(), owner: Some(person("dana")), humans: vec![] },
            expires_at,
        };
        self.action_documents.decision = Some(decision);
        self.then(event)
    }

    pub fn forbidden(mut self, code: &str) -> Self {
        let decision = self.decision(OutcomeKind::Forbid, Some(code), "no-export-of-salaries");
        let expires_at = self.item.state().proposal().unwrap().expires_at;
        let event = Event::Decided {
            kind: DecisionKind::Forbid,
            document: decision.document().unwrap().digest(),
            review: None,
            action: None,
            requirements: vec![],
            granted: Vec::new(),
            resolvers: Vec::new(),
            requester: RequesterSet { agent: agent(), owner: None, humans: vec![] },
            expires_at,
        };
        self.action_documents.decision = Some(decision);
        self.then(event)
    }

    fn decision(&self, outcome: OutcomeKind, code: Option<&str>, rule: &str) -> documents::DecisionDocument {
        let forbidden = outcome == OutcomeKind::Forbid;
        let reason = ReasonJson {
            policy: rule.into(),
            message: if forbidden {
                "Salaries never leave."
            } else {
                "Customer data leaves with its owners' consent"
            }
            .into(),
            instead: forbidden.then(|| "Export the anonymised table `salary_bands`.".to_owned()),
        };
        documents::DecisionDocument {
            format: documents::DecisionDocument::FORMAT.into(),
            action: self.item.id().clone(),
            revision: 1,
            outcome,
            code: code.map(Into::into),
            bundle: Some(Digest::of(b"bundle")),
            reasons: if code == Some("no-permit") { vec![] } else { vec![reason] },
            cause: None,
            observed: Vec::new(),
            resource: None,
            requirements: vec![],
            granted: Vec::new(),
            resolvers: Vec::new(),
            history: None,
        }
    }

    fn verdict(
        &mut self,
        who: &str,
        group: &str,
        kind: VerdictKind,
        words: (Option<&str>, Option<&str>),
    ) -> Verdict {
        let statement = Statement {
            format: Statement::FORMAT.into(),
            deployment: "local".into(),
            action: self.item.id().clone(),
            revision: 1,
            action_digest: Digest::of(b"action"),
            review_digest: Digest::of(b"review"),
            verdict: VerdictName::from(kind),
            reason_code: words.0.map(Into::into),
            reason: words.1.map(Into::into),
            grant: None,
            scope: None,
            patch: None,
            person: (&person(who)).into(),
            client: "countersign-pages".into(),
            channel: "page".into(),
            account: None,
            at: at(self.second),
            salt: "00".repeat(16),
        };
        let digest = statement.document().unwrap().digest();
        self.action_documents.statements.push(statement);
        Verdict {
            person: person(who),
            kind,
            groups: vec![group.into()],
            seats: vec![],
            proof: Proof::Idp,
            statement: digest,
            envelope: Digest::of(b"envelope"),
            proof_document: Some(Digest::of(b"token")),
            grant: None,
            changed: Vec::new(),
        }
    }

    pub fn approved_by(mut self, who: &str, group: &str) -> Self {
        let verdict =
            self.verdict(who, group, VerdictKind::Approve, (None, Some("Agreed with the partner team")));
        self.then(Event::VerdictGiven(verdict))
    }

    pub fn denied_by(mut self, who: &str, code: Option<&str>, reason: Option<&str>) -> Self {
        let verdict = self.verdict(who, "data-owners", VerdictKind::Deny, (code, reason));
        self.then(Event::VerdictGiven(verdict))
    }

    pub fn claimed(self) -> Self {
        let lease_until = at(self.second + 10);
        self.then(Event::Claimed { attempt: "5f0c".into(), lease_until, bundle: Digest::of(b"bundle") })
    }

    fn came_of_it(&mut self, error: Option<OutcomeError>) -> Digest {
        let outcome = documents::Outcome {
            format: documents::Outcome::FORMAT.into(),
            action: self.item.id().clone(),
            attempt: "5f0c".into(),
            status: if error.is_some() { OutcomeStatus::Failed } else { OutcomeStatus::Succeeded },
            result: if error.is_some() { json!(null) } else { json!({ "copied": "4096 rows" }) },
            error,
            started_at: at(self.second),
            finished_at: at(self.second + 1),
            session: "session".into(),
        };
        let digest = outcome.document().unwrap().digest();
        self.action_documents.outcome = Some(outcome);
        digest
    }

    pub fn succeeded(mut self) -> Self {
        let outcome = self.came_of_it(None);
        self.then(Event::Succeeded { attempt: "5f0c".into(), outcome })
    }

    pub fn failed(mut self) -> Self {
        let error =
            OutcomeError { code: "access-denied".into(), detail: "the target refused the copy".into() };
        let outcome = self.came_of_it(Some(error));
        self.then(Event::Failed { attempt: "5f0c".into(), outcome })
    }

    pub fn held(mut self) -> Self {
        let outcome = self.came_of_it(None);
        self.then(Event::ResultHeld { attempt: "5f0c".into(), outcome, release_by: at(600) })
    }

    pub fn released(mut self) -> Self {
        let verdict = self.verdict("alice", "data-owners", VerdictKind::Approve, (None, None));
        self.then(Event::Released(verdict))
    }

    pub fn withheld(mut self) -> Self {
        let verdict = self.verdict("alice", "data-owners", VerdictKind::Deny, (Some("other"), None));
        self.then(Event::Withheld(Some(verdict)))
    }

    pub fn lost(mut self) -> Self {
        self.second += 10;
        self.then(Event::OutcomeLost { attempt: "5f0c".into(), reason: LossReason::LeaseLost })
    }

    pub fn resolved(mut self, succeeded: bool) -> Self {
        self.second += 120;
        let kind = VerdictKind::resolution(succeeded);
        let verdict = self.verdict("alice", "data-owners", kind, (None, Some("Looked at the bucket")));
        let by = ResolvedBy::Person(verdict);
        self.then(Event::Resolved { attempt: "5f0c".into(), happened: succeeded, by })
    }

    pub fn refused(mut self, code: &str) -> Self {
        let note = RefusalNote {
            format: RefusalNote::FORMAT.into(),
            action: self.item.id().clone(),
            code: code.into(),
            detail: "The object at the source was replaced after it was shown.".into(),
            cause: None,
        };
        let document = note.document().unwrap().digest();
        self.action_documents.refusal = Some(note);
        self.then(Event::Refused { code: code.into(), document })
    }

    pub fn expired(mut self) -> Self {
        self.second = 3600;
        self.then(Event::Expired)
    }

    pub fn cancelled(self) -> Self {
        self.then(Event::Cancelled { by: agent() })
    }
}

fn requirement(name: &str, groups: &[(&str, u32)]) -> Requirement {
    Requirement {
        name: name.into(),
        groups: groups
            .iter()
            .map(|(group, count)| GroupCount { group: (*group).into(), count: *count })
            .collect(),
        // The service's word is enough for a requirement of that name.
        proof: if name == "service" { Proof::Service } else { Proof::Idp },
        max_age: None,
        prompt_login: true,
        // A requirement of that name hides its votes.
        terms: Terms { blind: name == "blind", ..Terms::default() },
    }
}

fn request(id: &ActionId) -> Request {
    let said = BTreeMap::from([("commit", "9f2c41d"), ("run_url", "https://ci.example/runs/7")]);
    Request {
        format: Request::FORMAT.into(),
        action: id.clone(),
        revision: 1,
        action_type: "s3-export".into(),
        parameters: json!({ "source": "s3://customers/2026/q3.csv", "destination": "s3://partner-drop/q3.csv" }),
        commitment: Commitment::of(&Key::from_bytes([7; 32]), b"{}"),
        reason: "For ‹email 1›: quarterly report".into(),
        masked: vec![Mask { pointer: "/reason".into(), start: 4, end: 13, kind: "email".into() }],
        principal: (&agent()).into(),
        on_behalf_of: None,
        provenance: said
            .into_iter()
            .map(|(name, value)| Provenance { name: name.into(), value: value.into(), verified: false })
            .collect(),
        correlation: Some("thread-81/toolu_01".into()),
    }
}

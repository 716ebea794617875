//! The suspension list's scenario: suspensions and resumes.

use domain::{ActionId, Digest, Proof, Scope, SuspensionEvent, VerdictKind};
use wire::documents::Statement;
use wire::{AnyItem, Item};

use super::{SampleRequirement, Scenario};

impl Scenario {
    /// The suspension list before anything was ever suspended.
    #[must_use]
    pub fn suspensions() -> Self {
        Self { item: Item::new(ActionId::suspensions()), ..Self::new("the suspension list") }
    }

    /// What the scenario is about: the chat account, the suspension list once it has an event, else the action.
    #[must_use]
    pub fn any(&self) -> AnyItem {
        if let Some((account, _)) = &self.account {
            return account.clone().into();
        }
        match self.list.sequence() {
            0 => self.item.clone().into(),
            _ => self.list.clone().into(),
        }
    }

    /// A person of these groups suspends it.
    pub async fn suspend(&mut self, subject: &str, groups: &[&str], scope: Scope) {
        let digest = scope.digest();
        let said = Statement {
            revision: 0,
            action_digest: digest,
            review_digest: digest,
            scope: Some(scope.to_string()),
            channel: "api".to_owned(),
            ..self.statement_content(subject, VerdictKind::Suspend)
        };
        let verdict = self.verdict_of(said, subject, groups, Proof::Service).await;
        self.add_to_list(SuspensionEvent::Suspended { scope, verdict });
    }

    /// An action that two of sre agree to, which ends the suspension of this scope by this statement, and begins to.
    pub async fn resuming(key: &str, scope: Scope, suspension: Digest) -> Self {
        let mut scenario = Self { resumes: Some((scope, suspension)), ..Self::new(key) };
        scenario.propose();
        scenario.decide(SampleRequirement::TwoOfSre);
        for person in ["bob", "carol"] {
            scenario.vote(person, &["sre"], VerdictKind::Approve, Proof::Service).await;
        }
        scenario.claim();
        scenario
    }

    #[expect(clippy::expect_used, reason = "a step that is not possible must fail the test loudly")]
    fn add_to_list(&mut self, event: SuspensionEvent) {
        self.list = self.list.extend(event, self.now).expect("the step is possible").0;
        self.now = self.now.plus_seconds(1);
    }

    /// The statement of the newest suspension.
    #[must_use]
    pub fn suspended_by(&self) -> Digest {
        let statements = self.list.entries().iter().rev().filter_map(|entry| entry.event.verdict());
        statements.map(|verdict| verdict.statement).next().unwrap_or(Digest::of(b"none"))
    }

    /// An approved action resumes it.
    pub fn resume(&mut self, scope: Scope, by: ActionId, attempt: &str) {
        self.add_to_list(SuspensionEvent::Resumed { scope, by, attempt: attempt.to_owned() });
    }
}

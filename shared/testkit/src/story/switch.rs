//! The stop switch's story: stops and thaws.

use domain::{ActionId, Digest, Event, Proof, Scope, VerdictKind};
use wire::Item;
use wire::documents::Statement;

use super::{Ask, Story};

impl Story {
    /// The stop switch before anything was ever stopped.
    #[must_use]
    pub fn switch() -> Self {
        Self { item: Item::new(ActionId::switch()), ..Self::new("the stop switch") }
    }

    /// A person of these groups stops it.
    pub async fn freeze(&mut self, subject: &str, groups: &[&str], scope: Scope) {
        let digest = scope.matter(&[]).decision.action;
        let said = Statement {
            revision: 0,
            action_digest: digest,
            review_digest: digest,
            scope: Some(scope.to_string()),
            channel: "api".to_owned(),
            ..self.statement_content(subject, VerdictKind::Freeze)
        };
        let verdict = self.verdict_of(said, subject, groups, Proof::Service).await;
        self.add(Event::Frozen { scope, verdict });
    }

    /// An action that two of sre agree to, which ends the stop of this scope by this statement, and begins to.
    pub async fn thawing(key: &str, scope: Scope, freeze: Digest) -> Self {
        let mut story = Self { thaws: Some((scope, freeze)), ..Self::new(key) };
        story.propose();
        story.decide(Ask::TwoOfSre);
        for person in ["bob", "carol"] {
            story.vote(person, &["sre"], VerdictKind::Approve, Proof::Service).await;
        }
        story.claim();
        story
    }

    /// The statement of the newest stop.
    #[must_use]
    pub fn stopped_by(&self) -> Digest {
        let statements = self.item.entries().iter().rev().filter_map(|entry| entry.event.verdict());
        statements.map(|verdict| verdict.statement).next().unwrap_or(Digest::of(b"none"))
    }

    /// An approved action lets it run again.
    pub fn thaw(&mut self, scope: Scope, by: ActionId, attempt: &str) {
        self.add(Event::Thawed { scope, by, attempt: attempt.to_owned() });
    }
}

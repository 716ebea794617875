//! A reviewer changes parameters.

use domain::{Digest, Event, Proof, VerdictKind};
use serde_json::Value;
use wire::documents::{Request, Statement};

use super::Scenario;

impl Scenario {
    /// The revision that stands.
    #[must_use]
    pub fn revision(&self) -> u32 {
        self.item.state().proposal().map_or(1, |proposal| proposal.revision)
    }

    /// The request that stands.
    #[must_use]
    pub fn asked(&self) -> Request {
        let named = self.item.state().proposal().and_then(|proposal| self.documents.get(&proposal.request));
        named.and_then(|document| document.open().ok()).unwrap_or_else(|| self.request_content())
    }

    /// A person of these groups changes parameters.
    pub async fn change(&mut self, subject: &str, groups: &[&str], patch: &Value, proof: Proof) {
        let event = self.changed(subject, groups, patch, proof).await;
        self.add(event);
    }

    /// The change a person would make now, with its documents kept.
    pub async fn changed(&mut self, subject: &str, groups: &[&str], patch: &Value, proof: Proof) -> Event {
        let said = self.statement_content(subject, VerdictKind::Modify);
        let said = Statement { patch: Some(patch.clone()), ..said };
        let verdict = self.verdict_of(said, subject, groups, proof).await;
        let next = self.asked().changed(patch);
        let request: Digest = self.put(&next);
        Event::Modified { verdict, request }
    }
}

//! What execution left behind.

use domain::{DeniedBy, Digest, Event, State};
use store::ReadState;
use testkit::Gate;
use wire::Item;
use wire::documents::{Outcome, RefusalNote};

use super::TestStack;

impl TestStack {
    /// The item as it is stored.
    pub async fn item(&self) -> Item {
        self.states.through(Gate::open()).item(&self.id()).await.unwrap().unwrap()
    }

    /// The outcome document, once there is one.
    pub async fn outcome(&self) -> Option<Outcome> {
        let item = self.item().await;
        let digest = item.entries().iter().find_map(|entry| match &entry.event {
            Event::Succeeded { outcome, .. } | Event::Failed { outcome, .. } => Some(*outcome),
            _ => None,
        })?;
        let body = self.documents.contents().get(&digest).cloned().unwrap();
        Some(wire::json::parse(body.as_bytes()).unwrap())
    }

    /// Code and detail, if execution refused.
    pub async fn refusal(&self) -> Option<(String, String)> {
        let State::Denied(_, DeniedBy::Claim { document, .. }) = self.item().await.state().clone() else {
            return None;
        };
        let note = self.note(document);
        Some((note.code, note.detail))
    }

    /// What execution found at the target and tells people alone.
    pub async fn cause(&self) -> Option<String> {
        let State::Denied(_, DeniedBy::Claim { document, .. }) = self.item().await.state().clone() else {
            return None;
        };
        self.note(document).cause.map(|cause| cause.detail)
    }

    fn note(&self, document: Digest) -> RefusalNote {
        let body = self.documents.contents().get(&document).cloned().unwrap();
        wire::json::parse(body.as_bytes()).unwrap()
    }

    /// How many sessions of run roles were minted.
    pub fn minted(&self) -> usize {
        self.sts.minted().iter().filter(|session| session.role.contains("-run-")).count()
    }

    /// Nothing was claimed, minted or run.
    pub fn assert_untouched(&self, why: &str) {
        assert_eq!(self.targets.effects(), [], "{why}");
        assert_eq!(self.minted(), 0, "{why}");
        assert!(self.log.claims().is_empty(), "{why}");
    }
}

//! The offline verifier on the log as it is.

use domain::{KeyRef, Membership, Rejection};
use ledger::verify::{
    CheckVerdict, GroupCheck, LinkEvidence, VerdictEvidence, Verification, VerificationReport,
};
use wire::documents::{Document, IdTokenProof};

use crate::deployment::{DEPLOYMENT, PAGES_CLIENT, SimulatedDeployment};

/// What an auditor of this deployment finds.
#[must_use]
pub fn verify(deployment: &SimulatedDeployment) -> VerificationReport {
    let trust = Trust(deployment);
    let mut verification = Verification::new(Some(&trust));
    deployment.log.objects().iter().for_each(|(number, bytes)| verification.object(*number, bytes));
    verification.finish()
}

/// Whom an auditor of this deployment believes.
struct Trust<'a>(&'a SimulatedDeployment);

impl CheckVerdict for Trust<'_> {
    fn verdict(&self, evidence: &VerdictEvidence<'_>) -> Result<GroupCheck, Rejection> {
        let (key, issuers) = (self.0.verdict.public_key(), self.0.issuers());
        let context = identity::VerdictContext {
            deployment: DEPLOYMENT,
            action: evidence.action,
            subject: evidence.subject,
            scope: evidence.scope,
            verdict: evidence.verdict,
            committed_at: evidence.at,
            verdict_key: &key,
            issuers: &issuers,
            pages_client: PAGES_CLIENT,
        };
        let documents = identity::VerdictDocuments {
            statement: evidence.statement,
            envelope: evidence.envelope,
            proof: evidence.proof,
            proof_key: evidence.proof_key,
        };
        // Some of the directories in force in a run list these people there, or lend one of them these seats.
        let groups: &[&str] = match evidence.verdict.person.subject.as_str() {
            "alice" => &["data-owners", "sre"],
            "bob" | "carol" | "dana" => &["sre"],
            _ => &[],
        };
        let mut membership = Membership::default();
        membership.groups.extend(groups.iter().map(|group| (*group).to_owned()));
        if evidence.verdict.person.subject == "mallory" {
            let away = ["bob", "dana"].map(|name| self.0.person(name));
            membership.lent.insert("sre".to_owned(), away.into());
        }
        identity::verdict_holds(&context, &documents, &membership)
            .map(|()| GroupCheck::Proven)
            .map_err(|invalid| Rejection::new(invalid.code(), invalid.to_string()))
    }

    fn link(&self, evidence: &LinkEvidence<'_>) -> Result<(), Rejection> {
        let context = identity::LinkContext {
            deployment: DEPLOYMENT,
            link: evidence.link,
            proof: evidence.named,
            verdict_key: &self.0.verdict.public_key(),
            issuers: &self.0.issuers(),
            pages_client: PAGES_CLIENT,
        };
        let documents = identity::LinkDocuments {
            statement: evidence.statement,
            envelope: evidence.envelope,
            id_token: evidence.id_token,
            key: evidence.key,
        };
        identity::link_holds(&context, &documents)
            .map_err(|invalid| Rejection::new(invalid.code(), invalid.to_string()))
    }

    fn proof_key(&self, proof: &Document) -> Option<KeyRef> {
        identity::unverified_key_ref(&proof.open::<IdTokenProof>().ok()?.id_token).ok()
    }
}

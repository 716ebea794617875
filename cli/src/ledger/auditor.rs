//! The auditor: believes the keys and issuers of the trust file, and judges who spoke for a group by the bundles that were
//! in force when they did.

use bundle::{Around, Timeline};
use domain::{KeyRef, Membership, Rejection, Verdict};
use identity::{
    Invalid, LinkContext, LinkDocuments, VerdictContext, VerdictDocuments, link_holds, unverified_key_ref,
    verdict_holds,
};
use ledger::verify::{CheckVerdict, GroupCheck, LinkEvidence, VerdictEvidence};
use wire::documents::{Document, IdTokenProof};

use super::Trust;

/// Whom to believe, and which rules were in force when.
pub(super) struct Auditor<'a> {
    pub trust: &'a Trust,
    /// Or why there are none.
    pub bundles: Result<Timeline, String>,
}

impl CheckVerdict for Auditor<'_> {
    fn verdict(&self, evidence: &VerdictEvidence<'_>) -> Result<GroupCheck, Rejection> {
        let VerdictEvidence { verdict, at, .. } = *evidence;
        // What does not hold whatever a directory says needs none.
        self.holds(evidence, &Membership::as_spoken(verdict)).map_err(rejection)?;
        if verdict.groups.is_empty() {
            return Ok(GroupCheck::Proven);
        }
        let Around { bundles, unclear } = match &self.bundles {
            Ok(timeline) => timeline.around(at),
            Err(why) => Around { bundles: Vec::new(), unclear: Some(why.clone()) },
        };
        let speaks =
            bundles.iter().map(|bundle| self.holds(evidence, &bundle.membership(&verdict.person, at)));
        let speaks = speaks.reduce(Result::or).unwrap_or(Err(Invalid::UnprovenGroup));
        // Only somebody of a group that may suspend things suspends anything.
        let may = |group: &String| bundles.iter().any(|bundle| bundle.may_suspend().contains(group));
        let may_suspend = evidence.scope.is_none() || verdict.groups.iter().all(may);
        let invalid = match (speaks, may_suspend) {
            (Ok(()), true) => return Ok(GroupCheck::Proven),
            (Ok(()), false) => Invalid::NotAnApprover,
            (Err(invalid), _) => invalid,
        };
        match unclear {
            None => Err(rejection(invalid)),
            Some(_) if evidence.scope.is_none() && self.trust.lists(verdict) => Ok(GroupCheck::Proven),
            Some(why) => Ok(GroupCheck::Unchecked(unchecked(verdict, &why))),
        }
    }

    fn link(&self, evidence: &LinkEvidence<'_>) -> Result<(), Rejection> {
        let context = LinkContext {
            deployment: self.trust.deployment(),
            link: evidence.link,
            proof: evidence.named,
            verdict_key: self.trust.verdict_key(),
            issuers: self.trust.issuers(),
            pages_client: self.trust.pages_client(),
        };
        let documents = LinkDocuments {
            statement: evidence.statement,
            envelope: evidence.envelope,
            id_token: evidence.id_token,
            key: evidence.key,
        };
        link_holds(&context, &documents).map_err(rejection)
    }

    fn proof_key(&self, proof: &Document) -> Option<KeyRef> {
        unverified_key_ref(&proof.open::<IdTokenProof>().ok()?.id_token).ok()
    }
}

impl Auditor<'_> {
    fn holds(&self, evidence: &VerdictEvidence<'_>, membership: &Membership) -> Result<(), Invalid> {
        let context = VerdictContext {
            deployment: self.trust.deployment(),
            action: evidence.action,
            subject: evidence.subject,
            scope: evidence.scope,
            verdict: evidence.verdict,
            committed_at: evidence.at,
            verdict_key: self.trust.verdict_key(),
            issuers: self.trust.issuers(),
            pages_client: self.trust.pages_client(),
        };
        let documents = VerdictDocuments {
            statement: evidence.statement,
            envelope: evidence.envelope,
            proof: evidence.proof,
            proof_key: evidence.proof_key,
        };
        verdict_holds(&context, &documents, membership)
    }
}

fn unchecked(verdict: &Verdict, why: &str) -> String {
    let groups: Vec<String> = verdict.groups.iter().map(|group| format!("`{group}`")).collect();
    format!("whether `{}` spoke for {} then: {why}", verdict.person.subject, groups.join(", "))
}

fn rejection(invalid: Invalid) -> Rejection {
    Rejection::new(invalid.code(), invalid.to_string())
}

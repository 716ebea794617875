//! What several views show: who asks, a name, the links of an action.

use domain::Proposal;
use redaction::escape_value;
use wire::Item;
use wire::action_documents::ActionDocuments;
use wire::http::{Links, PrincipalView};

pub(super) fn principal(proposal: &Proposal, action_documents: &ActionDocuments) -> PrincipalView {
    let subject = proposal.principal.subject.clone();
    let display = action_documents
        .review
        .as_ref()
        .map_or_else(|| shown(&subject), |review| shown(&review.context.agent));
    PrincipalView { issuer: proposal.principal.issuer.clone(), subject, display }
}

/// A name for people. Names come from tokens, so invisible characters in them are spelled out.
pub(super) fn shown(name: &str) -> String {
    escape_value(name).text
}

pub(super) fn links(item: &Item, base_url: &str) -> Links {
    let (base, id) = (base_url.trim_end_matches('/'), item.id());
    Links {
        this: format!("{base}/v1/actions/{id}"),
        review: format!("{base}/review/{id}"),
        records: format!("{base}/v1/actions/{id}/records"),
    }
}

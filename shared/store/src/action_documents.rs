//! Loading the documents an item names for its current revision.

use domain::{Digest, Event, Fault, ResolvedBy, State};
use wire::Item;
use wire::action_documents::ActionDocuments;
use wire::documents::{DocumentError, DocumentKind, Request};

use crate::{DocumentFault, ReadDocuments};

/// Loads and opens the documents that the item's current revision names.
///
/// # Errors
/// [`DocumentFault::Mismatch`] when other bytes stand under a name; a lasting fault when one is missing, malformed or of
/// another kind, and for an item without events.
pub async fn action_documents(
    documents: &dyn ReadDocuments,
    item: &Item,
) -> Result<ActionDocuments, DocumentFault> {
    let Named { sent, changes, request, decision, action, review, statements, outcome, probe, refusal } =
        named(item)?;
    let (mut opened, mut changed) = (Vec::with_capacity(statements.len()), Vec::with_capacity(changes.len()));
    for statement in statements {
        opened.push(open(documents, statement).await?);
    }
    for statement in changes {
        changed.push(open(documents, statement).await?);
    }
    let request: Request = open(documents, request).await?;
    let sent = match changed.is_empty() {
        true => request.parameters.clone(),
        false => open::<Request>(documents, sent).await?.parameters,
    };
    Ok(ActionDocuments {
        request,
        sent,
        changes: changed,
        decision: maybe(documents, decision).await?,
        action: maybe(documents, action).await?,
        review: maybe(documents, review).await?,
        statements: opened,
        outcome: maybe(documents, outcome).await?,
        probe: maybe(documents, probe).await?,
        refusal: maybe(documents, refusal).await?,
    })
}

struct Named {
    sent: Digest,
    changes: Vec<Digest>,
    request: Digest,
    decision: Option<Digest>,
    action: Option<Digest>,
    review: Option<Digest>,
    statements: Vec<Digest>,
    outcome: Option<Digest>,
    probe: Option<Digest>,
    refusal: Option<Digest>,
}

fn named(item: &Item) -> Result<Named, Fault> {
    let proposal = item.state().proposal().filter(|_| !matches!(item.state(), State::Absent));
    let request = proposal.map(|proposal| proposal.request);
    let request = request.ok_or_else(|| Fault::lasting("an item without events has no documents"))?;
    let (mut decision, mut action, mut review) = (None, None, None);
    let (mut statements, mut outcome, mut probe, mut refusal) = (Vec::new(), None, None, None);
    let (mut sent, mut changes) = (request, Vec::new());
    for entry in item.entries() {
        match &entry.event {
            // A modification starts again: what was decided and said before was about something else.
            Event::Modified { verdict, .. } => {
                changes.push(verdict.statement);
                (decision, action, review) = (None, None, None);
                statements.clear();
                continue;
            }
            Event::Proposed { request, .. } => sent = *request,
            Event::Decided { document, review: shown, action: digest, .. } => {
                (decision, action, review) = (Some(*document), *digest, *shown);
            }
            Event::Succeeded { outcome: document, .. }
            | Event::Failed { outcome: document, .. }
            | Event::ResultHeld { outcome: document, .. } => outcome = Some(*document),
            Event::Resolved { by: ResolvedBy::Probe(document), .. } => probe = Some(*document),
            Event::Refused { document, .. } => refusal = Some(*document),
            _ => {}
        }
        statements.extend(entry.event.verdict().map(|verdict| verdict.statement));
    }
    Ok(Named { sent, changes, request, decision, action, review, statements, outcome, probe, refusal })
}

async fn maybe<T: DocumentKind>(
    documents: &dyn ReadDocuments,
    digest: Option<Digest>,
) -> Result<Option<T>, DocumentFault> {
    match digest {
        Some(digest) => open(documents, digest).await.map(Some),
        None => Ok(None),
    }
}

pub(crate) async fn open<T: DocumentKind>(
    documents: &dyn ReadDocuments,
    digest: Digest,
) -> Result<T, DocumentFault> {
    let document = documents.document(digest).await?;
    let document = document.ok_or_else(|| Fault::lasting(format!("document {digest} is missing")))?;
    document.open().map_err(|error| match error {
        DocumentError::Mismatch(digest) => DocumentFault::Mismatch(digest),
        other => Fault::lasting(other.to_string()).into(),
    })
}

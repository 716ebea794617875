//! Documents: under the digest of their own bytes, or not at all.

use domain::Digest;
use store::{DocumentFault, action_documents};
use testkit::Scenario;
use wire::documents::{Document, DocumentKind, IdTokenProof};

use crate::kit;

fn document(text: &str) -> Document {
    IdTokenProof { format: IdTokenProof::FORMAT.to_owned(), id_token: text.to_owned() }.document().unwrap()
}

#[tokio::test]
async fn a_document_is_kept_under_its_digest() {
    let (kit, document) = (kit().await, document("kept"));
    assert_eq!(kit.documents.document(document.digest()).await, Ok(None));
    for _ in 0..2 {
        assert_eq!(kit.document_writer.put(&document).await, Ok(()), "once, and again after a lost answer");
        assert_eq!(kit.documents.document(document.digest()).await, Ok(Some(document.clone())));
    }
}

/// D18: other bytes under the name are a violation when read, and nothing may name them when kept.
#[tokio::test]
async fn other_bytes_under_a_name_are_seen() {
    let (kit, document) = (kit().await, document("honest"));
    kit.behind.forge_document(document.digest(), "{\"format\":\"forged\"}").await;
    let read = kit.documents.document(document.digest()).await;
    assert_eq!(read, Err(DocumentFault::Mismatch(document.digest())));
    let kept = kit.document_writer.put(&document).await.unwrap_err();
    assert!(!kept.is_passing(), "{kept}");
}

#[tokio::test]
async fn a_document_too_large_for_the_table_is_refused_with_its_size() {
    // One that no writer of ours makes.
    let body = format!("\"{}\"", "x".repeat(400 * 1024));
    let (kit, large) = (kit().await, Document::verify(Digest::of(body.as_bytes()), body).unwrap());
    let fault = kit.document_writer.put(&large).await.unwrap_err();
    assert!(!fault.is_passing());
    assert!(fault.to_string().contains(&large.body().len().to_string()), "{fault}");
    let fits = document(&"x".repeat(380 * 1024));
    assert_eq!(kit.document_writer.put(&fits).await, Ok(()));
    assert_eq!(kit.documents.document(fits.digest()).await, Ok(Some(fits)));
}

#[tokio::test]
async fn a_dossier_is_the_opened_documents_of_the_revision() {
    let kit = kit().await;
    let scenario = Scenario::export("opened documents").await;
    for document in scenario.documents.values() {
        kit.document_writer.put(document).await.unwrap();
    }
    let opened = action_documents(kit.documents.as_ref(), &scenario.item).await.unwrap();
    assert_eq!(opened.request.action, *scenario.item.id());
    assert!(opened.decision.is_some() && opened.action.is_some() && opened.review.is_some());
    let said: Vec<&str> = opened.statements.iter().map(|said| said.person.subject.as_str()).collect();
    assert_eq!(said, ["alice"]);
    assert!(opened.outcome.is_some() && opened.refusal.is_none());
}

/// P10, D18: a action documents with a document missing, forged or of another kind is none.
#[tokio::test]
async fn a_dossier_is_whole_or_none() {
    let kit = kit().await;
    let scenario = Scenario::export("broken documents").await;
    let review = scenario.item.state().review().unwrap().decision.review;
    for document in scenario.documents.values().filter(|document| document.digest() != review) {
        kit.document_writer.put(document).await.unwrap();
    }
    let missing = action_documents(kit.documents.as_ref(), &scenario.item).await.unwrap_err();
    let DocumentFault::Fault(fault) = missing else { panic!("{missing:?}") };
    assert!(!fault.is_passing() && fault.to_string().contains("missing"), "{fault}");
    kit.behind.forge_document(review, "{}").await;
    assert_eq!(
        action_documents(kit.documents.as_ref(), &scenario.item).await,
        Err(DocumentFault::Mismatch(review))
    );
    let empty = wire::Item::new(scenario.item.id().clone());
    assert!(matches!(action_documents(kit.documents.as_ref(), &empty).await, Err(DocumentFault::Fault(_))));
}

#[tokio::test]
async fn an_unknown_digest_is_absence_and_no_fault() {
    let kit = kit().await;
    assert_eq!(kit.documents.document(Digest::of(b"nobody kept this")).await, Ok(None));
}

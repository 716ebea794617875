//! All of one link between a chat account and a person. Callbacks, ledger and the offline verifier call this same function.

use domain::{AccountLink, LinkProof, Timestamp};
use serde_json::Value;
use wire::AccountJson;
use wire::documents::{Document, Envelope, IdTokenProof, LinkStatement};
use wire::text::Identity;

use crate::envelope::{PublicKey, envelope_holds};
use crate::id_token::{IdTokenExpected, id_token};
use crate::issuers::Issuers;
use crate::{Invalid, SKEW};

/// How long linking may take from the press of the button to the confirmation in chat, in seconds.
pub const LINK_SECONDS: i64 = 600;

/// A link, and whom to believe about it.
#[derive(Debug, Clone, Copy)]
pub struct LinkContext<'a> {
    /// The deployment's name.
    pub deployment: &'a str,
    /// The link in the event; its time is the event's.
    pub link: &'a AccountLink,
    /// The documents that the event names besides the statement.
    pub proof: LinkProof,
    /// The public half of the verdict key.
    pub verdict_key: &'a PublicKey,
    /// The issuers.
    pub issuers: &'a Issuers,
    /// The pages' client id, the audience of proofs.
    pub pages_client: &'a str,
}

/// The documents the event names.
#[derive(Debug, Clone, Copy)]
pub struct LinkDocuments<'a> {
    /// The statement.
    pub statement: &'a Document,
    /// The envelope.
    pub envelope: &'a Document,
    /// The ID token.
    pub id_token: &'a Document,
    /// The key of the ID token.
    pub key: &'a Value,
}

/// Whether the link is valid: documents, contents, signature, and that the person signed in anew to say this.
///
/// # Errors
/// The first check that fails.
pub fn link_holds(context: &LinkContext<'_>, documents: &LinkDocuments<'_>) -> Result<(), Invalid> {
    let (link, proof) = (context.link, context.proof);
    let named = documents.statement.digest() == link.statement
        && documents.envelope.digest() == proof.envelope
        && documents.id_token.digest() == proof.id_token;
    if !named {
        return Err(Invalid::Document);
    }
    let statement: LinkStatement = documents.statement.open().map_err(|_| Invalid::Document)?;
    let envelope: Envelope = documents.envelope.open().map_err(|_| Invalid::Document)?;
    let token: IdTokenProof = documents.id_token.open().map_err(|_| Invalid::Document)?;
    statement_fits(context, &statement)?;
    let belongs = envelope.statement == link.statement
        && envelope.proof == domain::Proof::Idp
        && envelope.proof_document == Some(proof.id_token)
        && envelope.at == link.at;
    let latest = statement.at.plus_seconds(LINK_SECONDS);
    if !belongs || envelope.at < statement.at || envelope.at > latest {
        return Err(Invalid::Envelope);
    }
    envelope_holds(&envelope, context.verdict_key)?;
    signed_in(context, &statement, &token.id_token, link.at, documents.key)
}

fn statement_fits(context: &LinkContext<'_>, statement: &LinkStatement) -> Result<(), Invalid> {
    let link = context.link;
    let salted = statement.salt.len() == 32 && statement.salt.bytes().all(|b| b.is_ascii_hexdigit());
    let same = statement.deployment == context.deployment
        && statement.account == AccountJson::from(&link.account)
        && statement.shown_as == link.shown_as
        && statement.client == context.pages_client;
    if !same || !salted {
        return Err(Invalid::Statement);
    }
    let people = &context.issuers.people().issuer;
    if statement.person != Identity::from(&link.person) || link.person.issuer != *people {
        return Err(Invalid::Person);
    }
    Ok(())
}

/// D7: a session that somebody else uses links nothing: the person signs in anew.
fn signed_in(
    context: &LinkContext<'_>,
    statement: &LinkStatement,
    token: &str,
    at: Timestamp,
    key: &Value,
) -> Result<(), Invalid> {
    let nonce = context.link.statement.to_string();
    let expected = IdTokenExpected {
        issuer: context.issuers.people(),
        client: context.pages_client,
        nonce: &nonce,
        at,
        max_age: None,
        fresh_since: Some(statement.at),
    };
    let facts = id_token(token, key, &expected)?;
    if facts.issued_at < statement.at.plus_seconds(-SKEW) {
        return Err(Invalid::NotFresh);
    }
    if facts.person == context.link.person { Ok(()) } else { Err(Invalid::Person) }
}

//! All of one verdict. Callbacks, ledger, execution and the offline verifier call this same function.

use domain::{
    ActionId, EventRejection, GrantTerms, Membership, Person, Proof, Requirement, Scope, Timestamp, Verdict,
    VerdictKind, VerdictSubject,
};
use serde_json::Value;
use wire::documents::{Document, Envelope, IdTokenProof, Statement};
use wire::patch::touched;

use crate::envelope::{PublicKey, envelope_holds};
use crate::id_token::{IdTokenExpected, id_token};
use crate::issuers::Issuers;
use crate::{Invalid, SKEW};

/// How long a person may take between pressing the button and coming back from the provider, in seconds.
const RETURN_SECONDS: i64 = 600;
/// The greatest age of a sign-in in an emergency, in seconds, if the requirement does not say.
const EMERGENCY_AGE: u32 = 300;

/// What the verdict is about, and whom to believe.
#[derive(Debug, Clone, Copy)]
pub struct VerdictContext<'a> {
    /// The deployment's name.
    pub deployment: &'a str,
    /// The action.
    pub action: &'a ActionId,
    /// What it was given on: [`Review::subject`](domain::Review::subject) or [`Scope::subject`].
    pub subject: &'a VerdictSubject<'a>,
    /// What a suspension covers; absent for every other word.
    pub scope: Option<&'a Scope>,
    /// The verdict in the event.
    pub verdict: &'a Verdict,
    /// The event's time.
    pub committed_at: Timestamp,
    /// The public half of the verdict key.
    pub verdict_key: &'a PublicKey,
    /// The issuers.
    pub issuers: &'a Issuers,
    /// The pages' client id, the audience of proofs.
    pub pages_client: &'a str,
}

/// The documents the event names.
#[derive(Debug, Clone, Copy)]
pub struct VerdictDocuments<'a> {
    /// The statement.
    pub statement: &'a Document,
    /// The envelope.
    pub envelope: &'a Document,
    /// The proof, for `idp`.
    pub proof: Option<&'a Document>,
    /// The key of the ID token, for `idp`.
    pub proof_key: Option<&'a Value>,
}

/// How fresh a sign-in must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    /// Seconds since sign-in, at most.
    pub max_age: Option<u32>,
    /// Whether the person must have signed in anew.
    pub prompt_login: bool,
}

/// The strictest that any of these requirements demands.
#[must_use]
pub fn freshness(requirements: &[Requirement]) -> Freshness {
    Freshness {
        max_age: requirements.iter().filter_map(|requirement| requirement.max_age).min(),
        prompt_login: requirements.iter().any(|requirement| requirement.prompt_login),
    }
}

/// The greatest age of the sign-in for this verdict: an emergency always needs a new one.
#[must_use]
pub fn freshness_of(kind: VerdictKind, requirements: &[Requirement]) -> Freshness {
    let asked = freshness(requirements);
    if kind != VerdictKind::Emergency {
        return asked;
    }
    Freshness { max_age: Some(asked.max_age.unwrap_or(EMERGENCY_AGE)), prompt_login: true }
}

/// Whether the verdict is valid: documents, contents, signature, person, groups, proof, nonce and freshness.
/// `membership` is what the directory says about the person's groups at the time of the verdict.
///
/// # Errors
/// The first check that fails.
pub fn verdict_holds(
    context: &VerdictContext<'_>,
    documents: &VerdictDocuments<'_>,
    membership: &Membership,
) -> Result<(), Invalid> {
    let verdict = context.verdict;
    if documents.statement.digest() != verdict.statement || documents.envelope.digest() != verdict.envelope {
        return Err(Invalid::Document);
    }
    let statement: Statement = documents.statement.open().map_err(|_| Invalid::Document)?;
    let envelope: Envelope = documents.envelope.open().map_err(|_| Invalid::Document)?;
    statement_fits(context, &statement)?;
    envelope_fits(context, &envelope, &statement)?;
    envelope_holds(&envelope, context.verdict_key)?;
    person_may(context)?;
    match verdict.proof {
        Proof::Service if verdict.proof_document.is_some() => Err(Invalid::Proof),
        // What a token claimed is kept nowhere here, so nothing proves it: only what the directory lists counts.
        Proof::Service => speaks_for(verdict, membership, &[]),
        Proof::Idp => {
            let claimed = proof_holds(context, documents, &statement)?;
            speaks_for(verdict, membership, &claimed)
        }
    }
}

fn speaks_for(verdict: &Verdict, membership: &Membership, claimed: &[String]) -> Result<(), Invalid> {
    if membership.holds(&verdict.into(), claimed) { Ok(()) } else { Err(Invalid::UnprovenGroup) }
}

fn statement_fits(context: &VerdictContext<'_>, statement: &Statement) -> Result<(), Invalid> {
    let (subject, verdict) = (context.subject, context.verdict);
    let about = statement.deployment == context.deployment
        && statement.action == *context.action
        && statement.revision == subject.revision
        && statement.action_digest == subject.action
        && statement.review_digest == subject.review;
    let said = VerdictKind::from(statement.verdict) == verdict.kind;
    let salted = statement.salt.len() == 32 && statement.salt.bytes().all(|b| b.is_ascii_hexdigit());
    // The fixed codes are reasons for a denial; a resolution says in words what was looked at.
    let resolves = verdict.kind.happened().is_some();
    let wordless = statement.reason.is_none() && (resolves || statement.reason_code.is_none());
    let same_grant = statement.grant.clone().map(GrantTerms::from) == verdict.grant;
    let suspending = statement.scope == context.scope.map(ToString::to_string);
    let changing = changes(statement, verdict);
    let accounted = account_fits(statement, verdict);
    if !about
        || !said
        || !salted
        || !same_grant
        || !suspending
        || !changing
        || !accounted
        || (verdict.kind.needs_words() && wordless)
    {
        return Err(Invalid::Statement);
    }
    if Person::from(statement.person.clone()) != verdict.person {
        return Err(Invalid::Person);
    }
    Ok(())
}

/// An account of a chat platform speaks where the statement says that it does, and nowhere else; no ID token proves such a statement.
fn account_fits(statement: &Statement, verdict: &Verdict) -> bool {
    let in_chat = Statement::CHAT.contains(&statement.channel.as_str());
    in_chat == statement.account.is_some() && (!in_chat || verdict.proof == Proof::Service)
}

/// Only a modification changes parameters, and the event names exactly those that its patch touches.
fn changes(statement: &Statement, verdict: &Verdict) -> bool {
    let named = statement.patch.as_ref().map(touched);
    match (verdict.kind, named) {
        (VerdictKind::Modify, Some(pointers)) => !pointers.is_empty() && pointers == verdict.changed,
        (VerdictKind::Modify, None) | (_, Some(_)) => false,
        (_, None) => verdict.changed.is_empty(),
    }
}

fn envelope_fits(
    context: &VerdictContext<'_>,
    envelope: &Envelope,
    statement: &Statement,
) -> Result<(), Invalid> {
    let verdict = context.verdict;
    let belongs = envelope.statement == verdict.statement
        && envelope.proof == verdict.proof
        && envelope.proof_document == verdict.proof_document
        && envelope.at == context.committed_at;
    let latest = statement.at.plus_seconds(RETURN_SECONDS);
    let timely = statement.at <= envelope.at && envelope.at <= latest;
    if belongs && timely { Ok(()) } else { Err(Invalid::Envelope) }
}

fn person_may(context: &VerdictContext<'_>) -> Result<(), Invalid> {
    let (subject, verdict) = (context.subject, context.verdict);
    if verdict.person.issuer != context.issuers.people().issuer {
        return Err(Invalid::Person);
    }
    match subject.admitted {
        Ok(()) => {}
        Err(EventRejection::OwnRequest) => return Err(Invalid::OwnRequest),
        Err(EventRejection::OwnChange) => return Err(Invalid::OwnChange),
        Err(_) => return Err(Invalid::NotAnApprover),
    }
    if verdict.proof < subject.demanded_proof { Err(Invalid::Proof) } else { Ok(()) }
}

/// The groups the ID token gives, once it proves that this person said this, as freshly signed in as demanded.
fn proof_holds(
    context: &VerdictContext<'_>,
    documents: &VerdictDocuments<'_>,
    statement: &Statement,
) -> Result<Vec<String>, Invalid> {
    let verdict = context.verdict;
    let (proof, key) = (documents.proof.ok_or(Invalid::Proof)?, documents.proof_key.ok_or(Invalid::Key)?);
    if Some(proof.digest()) != verdict.proof_document || statement.client != context.pages_client {
        return Err(Invalid::Document);
    }
    let proof: IdTokenProof = proof.open().map_err(|_| Invalid::Document)?;
    let fresh = freshness_of(verdict.kind, context.subject.requirements);
    let nonce = verdict.statement.to_string();
    let expected = IdTokenExpected {
        issuer: context.issuers.people(),
        client: context.pages_client,
        nonce: &nonce,
        at: context.committed_at,
        max_age: fresh.max_age,
        fresh_since: fresh.prompt_login.then_some(statement.at),
    };
    let facts = id_token(&proof.id_token, key, &expected)?;
    if facts.issued_at < statement.at.plus_seconds(-SKEW) {
        return Err(Invalid::NotFresh);
    }
    if facts.person != verdict.person {
        return Err(Invalid::Person);
    }
    Ok(facts.groups.names)
}

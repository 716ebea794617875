//! The statement that a person signs, and the commit of one that needs no proof by the identity provider.

use domain::Membership;
use store::AccountLink;
use wire::Item;
use wire::documents::{DocumentKind, StatedAccount, Statement};

use super::check::{VerdictRequest, check_verdict};
use super::comment::VerdictComment;
use super::commit::UnsignedVerdict;
use super::refuse::needs_idp;
use crate::app::{Callbacks, ResolvedPerson};
use crate::refusal::RequestRejection;

/// Through what a person decides, as their statement says it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Via<'a> {
    /// `page`, `api`, `slack` or `teams`.
    pub channel: &'a str,
    /// The client at the identity provider; in chat the app's id at the platform.
    pub client: &'a str,
    /// In chat, the account that spoke and the link by which it is this person's.
    pub account: Option<&'a AccountLink>,
}

impl Callbacks {
    /// The person as one whose verdict needs no proof by the identity provider: the requirements demand none, and the directory
    /// itself lists the person or lends them a seat. `None` otherwise; a membership that only a token claims could not be
    /// verified later without the ID token.
    pub(crate) fn resolve_without_idp(
        &self,
        item: &Item,
        wanted: &VerdictRequest<'_>,
        resolved: &ResolvedPerson,
    ) -> Option<ResolvedPerson> {
        let unproven = resolved.unproven();
        let alone = VerdictRequest { groups: &unproven.groups, membership: &unproven.membership, ..*wanted };
        let checked = check_verdict(item, &alone, self.capabilities.clock.now());
        (!needs_idp(item, wanted.kind) && checked.is_ok()).then_some(unproven)
    }

    /// Commits a verdict with the proof `service`: this function alone states who gave it. `directory` is the person's membership
    /// by the directory.
    pub(crate) async fn commit_by_service(
        &self,
        item: &Item,
        wanted: &VerdictRequest<'_>,
        directory: &Membership,
        comment: VerdictComment,
        via: Via<'_>,
    ) -> Result<Item, RequestRejection> {
        let statement = self.statement(item, wanted, comment, via)?;
        let document = statement.document().map_err(|_| RequestRejection::unavailable())?;
        let unsigned = UnsignedVerdict {
            action: item.id(),
            wanted: *wanted,
            grant: statement.grant.map(Into::into),
            patch: statement.patch.as_ref(),
            statement: &document,
            proof: None,
            directory,
        };
        self.commit(&unsigned).await
    }

    /// The statement of the person, as it is signed.
    pub(crate) fn statement(
        &self,
        item: &Item,
        wanted: &VerdictRequest<'_>,
        comment: VerdictComment,
        Via { channel, client, account }: Via<'_>,
    ) -> Result<Statement, RequestRejection> {
        Ok(Statement {
            format: Statement::FORMAT.to_owned(),
            deployment: self.config.deployment.clone(),
            action: item.id().clone(),
            revision: item.state().proposal().ok_or_else(RequestRejection::not_found)?.revision,
            action_digest: wanted.action,
            review_digest: wanted.review,
            verdict: wanted.kind.into(),
            reason_code: comment.code,
            reason: comment.reason,
            grant: comment.grant.as_ref().map(Into::into),
            scope: None,
            patch: comment.patch,
            person: wanted.person.into(),
            client: client.to_owned(),
            channel: channel.to_owned(),
            account: account.map(|link| StatedAccount { id: link.account.id.clone(), link: link.statement }),
            at: self.capabilities.clock.now(),
            salt: self.salt()?,
        })
    }
}

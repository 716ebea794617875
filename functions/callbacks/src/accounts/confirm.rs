//! The side of chat: the code is typed, the person's name is shown, and the account is linked.

use data_encoding::BASE64;
use domain::{AccountLink, ChatAccount, Fault, LinkProof, Person, Proof};
use identity::{LinkContext, LinkDocuments, link_holds, unverified_key_ref};
use store::{DocumentFault, Linked};
use wire::documents::{Document, DocumentKind, Envelope, IdTokenProof, LinkStatement, UnsignedEnvelope};

use super::code;
use super::invitation::{Invited, Proven, TRIES, unavailable};
use super::refusal::LinkRefusal;
use crate::app::Callbacks;

impl Callbacks {
    /// Checks the code that was typed in chat from this account. The result is the person it would be linked to; the account's user
    /// sees their name before [`Callbacks::accept`]. Every code counts, the right one too: the sixth ends nothing but itself.
    ///
    /// # Errors
    /// [`LinkRefusal`].
    pub async fn confirm(
        &self,
        account: &ChatAccount,
        reference: &str,
        typed: &str,
    ) -> Result<Person, LinkRefusal> {
        self.invited_account(account, reference).await?;
        self.unused(reference).await?;
        let proven: Proven = self.noted(reference, "proven").await?.ok_or(LinkRefusal::NotConfirmed)?;
        // The try is counted before the code is looked at, so that tries at the same time count too.
        let left = self.count_try(reference).await?;
        let code = self.opened_code(reference, &proven.code).ok_or(LinkRefusal::Unavailable)?;
        if !code::is(&code, typed) {
            return Err(match left {
                0 => LinkRefusal::TooManyTries,
                left => LinkRefusal::WrongCode { left },
            });
        }
        self.note(reference, "agreed", &true).await?;
        self.opened(reference).await?.ok_or(LinkRefusal::Unavailable)
    }

    /// Links this account, after its user has typed the right code and seen the person's name. The link counts once the log has it, in a
    /// few seconds. Accepting again is safe and links nothing anew.
    ///
    /// # Errors
    /// [`LinkRefusal`].
    pub async fn accept(&self, account: &ChatAccount, reference: &str) -> Result<AccountLink, LinkRefusal> {
        let invited = self.invited_account(account, reference).await?;
        if self.noted::<bool>(reference, "agreed").await?.is_none() {
            return Err(LinkRefusal::NotConfirmed);
        }
        let proven: Proven = self.noted(reference, "proven").await?.ok_or(LinkRefusal::NotConfirmed)?;
        let statement = self.stored(proven.statement).await?;
        let stated: LinkStatement = statement.open().map_err(|_| LinkRefusal::Unavailable)?;
        let person = Person::from(stated.person);
        if self.opened(reference).await?.as_ref() != Some(&person) {
            return Err(LinkRefusal::OpenedByAnother);
        }
        let link = AccountLink {
            account: account.clone(),
            person,
            shown_as: invited.shown_as,
            at: self.capabilities.clock.now(),
            statement: proven.statement,
        };
        let proof = self.prove_link(&link, &statement, &proven).await?;
        match self.capabilities.account_writer.link(&link, proof).await.map_err(unavailable)? {
            Linked::Done => {}
            Linked::Already(_) => return Err(LinkRefusal::Linked),
            Linked::Ended => return Err(LinkRefusal::Used),
        }
        // A link that is made is told, noted or not: making it again is refused by the account's own history.
        let _ = self.note(reference, "done", &true).await;
        Ok(link)
    }

    /// The invitation, if it was made for this account.
    async fn invited_account(&self, account: &ChatAccount, reference: &str) -> Result<Invited, LinkRefusal> {
        let invited = self.invited(reference).await?;
        if ChatAccount::from(invited.account.clone()) == *account {
            Ok(invited)
        } else {
            Err(LinkRefusal::OtherAccount)
        }
    }

    /// Counts one more code; the result is how many are left.
    async fn count_try(&self, reference: &str) -> Result<usize, LinkRefusal> {
        for number in 1..=TRIES {
            if self.note(reference, &format!("try/{number}"), &true).await? {
                return Ok(TRIES.saturating_sub(number));
            }
        }
        Err(LinkRefusal::TooManyTries)
    }

    /// Signs the envelope, verifies the result as the ledger will, and stores it.
    async fn prove_link(
        &self,
        link: &AccountLink,
        statement: &Document,
        proven: &Proven,
    ) -> Result<LinkProof, LinkRefusal> {
        let unsigned = UnsignedEnvelope {
            format: Envelope::FORMAT.to_owned(),
            statement: proven.statement,
            proof: Proof::Idp,
            proof_document: Some(proven.id_token),
            at: link.at,
        };
        let unwritable = |_| unavailable(Fault::lasting("an envelope cannot be written"));
        let message = unsigned.message().map_err(unwritable)?;
        let signature = self.capabilities.signer.sign(message.as_bytes()).await.map_err(unavailable)?;
        let envelope = unsigned.signed(BASE64.encode(&signature)).document().map_err(unwritable)?;
        let id_token = self.stored(proven.id_token).await?;
        let proof = LinkProof { envelope: envelope.digest(), id_token: proven.id_token };
        let context = LinkContext {
            deployment: &self.config.deployment,
            link,
            proof,
            verdict_key: &self.config.verdict_key,
            issuers: self.capabilities.verifier.issuers(),
            pages_client: &self.config.pages_client,
        };
        let key = self.key_of(&id_token).await?;
        let documents = LinkDocuments { statement, envelope: &envelope, id_token: &id_token, key: &key };
        link_holds(&context, &documents).map_err(|invalid| {
            tracing::warn!(check = invalid.code(), "a link does not hold");
            LinkRefusal::Unavailable
        })?;
        self.capabilities.document_writer.put(&envelope).await.map_err(unavailable)?;
        Ok(proof)
    }

    async fn stored(&self, digest: domain::Digest) -> Result<Document, LinkRefusal> {
        let document = self.capabilities.documents.document(digest).await.map_err(|fault| match fault {
            DocumentFault::Fault(fault) => unavailable(fault),
            DocumentFault::Mismatch(_) => {
                tracing::error!(%fault, alarm = true, "a document was changed");
                LinkRefusal::Unavailable
            }
        })?;
        document.ok_or(LinkRefusal::Unavailable)
    }

    async fn key_of(&self, id_token: &Document) -> Result<serde_json::Value, LinkRefusal> {
        let token: IdTokenProof = id_token.open().map_err(|_| LinkRefusal::Unavailable)?;
        let key = unverified_key_ref(&token.id_token).map_err(|_| LinkRefusal::Unavailable)?;
        let found = self.capabilities.verifier.key(&key, self.capabilities.clock.now()).await;
        found.map_err(unavailable)?.ok_or(LinkRefusal::Unavailable)
    }
}

//! A chat account's scenario: linked and unlinked.

use data_encoding::BASE64;
use domain::{AccountEvent, AccountLink, ChatAccount, Digest, LinkProof, Proof};
use identity::SignEnvelope;
use wire::AccountItem;
use wire::documents::{DocumentKind, Envelope, IdTokenProof, LinkStatement, UnsignedEnvelope};

use super::{DEPLOYMENT, PAGES_CLIENT, Scenario};
use crate::IdToken;

#[expect(clippy::expect_used, reason = "a step that is not possible must fail the test loudly")]
impl Scenario {
    /// An account in Slack before it was ever linked.
    #[must_use]
    pub fn account(id: &str) -> Self {
        let account = ChatAccount { channel: "slack".to_owned(), id: id.to_owned() };
        Self { account: Some((AccountItem::of(&account), account)), ..Self::new("an account") }
    }

    /// What a person would say now to link this account.
    ///
    /// # Panics
    /// When the scenario is about something else.
    #[must_use]
    pub fn link_content(&self, subject: &str) -> LinkStatement {
        let (_, account) = self.account.as_ref().expect("the scenario is about an account");
        LinkStatement {
            format: LinkStatement::FORMAT.to_owned(),
            deployment: DEPLOYMENT.to_owned(),
            account: account.into(),
            shown_as: "Alice A.".to_owned(),
            person: (&self.person(subject)).into(),
            client: PAGES_CLIENT.to_owned(),
            at: self.now,
            salt: "0123456789abcdef0123456789abcdef".to_owned(),
        }
    }

    /// The person links it.
    pub async fn link(&mut self, subject: &str) {
        let said = self.link_content(subject);
        let event = self.link_event(subject, said).await;
        self.add_to_account(event);
    }

    /// The event of a link by this statement, proven by this person's sign-in.
    pub async fn link_event(&mut self, subject: &str, said: LinkStatement) -> AccountEvent {
        let statement = self.put(&said);
        let (nonce, at) = (statement.to_string(), self.now);
        let auth_time = Some(self.now.plus_seconds(-self.signed_in.unwrap_or(0)));
        let token = IdToken { subject, groups: &[], client: PAGES_CLIENT, nonce: &nonce, at, auth_time };
        let id_token = self.issuer.id_token(&token);
        let id_token = self.put(&IdTokenProof { format: IdTokenProof::FORMAT.to_owned(), id_token });
        let envelope = self.link_envelope(statement, id_token).await;
        AccountEvent::Linked {
            account: said.account.into(),
            person: said.person.into(),
            shown_as: said.shown_as,
            statement,
            proof: LinkProof { envelope, id_token },
        }
    }

    async fn link_envelope(&mut self, statement: Digest, id_token: Digest) -> Digest {
        let unsigned = UnsignedEnvelope {
            format: Envelope::FORMAT.to_owned(),
            statement,
            proof: Proof::Idp,
            proof_document: Some(id_token),
            at: self.now,
        };
        let message = unsigned.message().expect("canonical");
        let signature = self.signer.sign(message.as_bytes()).await.expect("the local key signs");
        self.put(&unsigned.signed(BASE64.encode(&signature)))
    }

    /// The person ends the link.
    ///
    /// # Panics
    /// When nothing is linked.
    pub fn unlink(&mut self, subject: &str) {
        let link = self.linked().expect("something is linked");
        let by = self.person(subject);
        self.add_to_account(AccountEvent::Unlinked { account: link.account, by, statement: link.statement });
    }

    /// The link in effect.
    #[must_use]
    pub fn linked(&self) -> Option<AccountLink> {
        self.account.as_ref()?.0.state().link().cloned()
    }

    /// Adds an event of the account now and lets a second pass.
    ///
    /// # Panics
    /// When it is not possible.
    pub fn add_to_account(&mut self, event: AccountEvent) {
        let (item, account) = self.account.take().expect("the scenario is about an account");
        let item = item.extend(event, self.now).expect("the step is possible").0;
        self.account = Some((item, account));
        self.now = self.now.plus_seconds(1);
    }
}

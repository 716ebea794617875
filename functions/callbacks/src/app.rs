//! The configuration and the capabilities of the handlers: one field for each permission of the role.

use std::sync::Arc;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use domain::{ActionId, Fault, Membership, Person};
use identity::{Provider, PublicKey, SignEnvelope, VerifiedCaller, Verifier};
use runtime::{Clock, Random};
use store::{
    Channels, ExtendState, ListChannels, ReadAccounts, ReadDocuments, ReadIndex, ReadState,
    RecordRefusedVerdict, SuspendState, WriteAccounts, WriteDocuments,
};
use wire::Item;
use wire::action_documents::ActionDocuments;
use wire::documents::Request;
use wire::http::ActionView;

use crate::chat::{SlackApp, TeamsApp};
use crate::directory::Directory;
use crate::refusal::RequestRejection;
use crate::seal::Sealer;

/// The configuration, read once at start.
#[derive(Debug, Clone)]
pub struct Config {
    /// The name of the deployment; every signed statement contains it.
    pub deployment: String,
    /// The base URL of links, without a slash at its end.
    pub public_url: String,
    /// The client id of the pages at the identity provider of people.
    pub pages_client: String,
    /// The name of the log's bucket. It is only shown, in the command that verifies the log.
    pub log_bucket: String,
    /// The public half of the verdict key. Each envelope is verified with it before it is committed.
    pub verdict_key: PublicKey,
}

/// The capabilities of the handlers.
#[expect(missing_docs, reason = "each field is named after what it is")]
pub struct Capabilities {
    pub state: Arc<dyn ReadState>,
    pub extend: Arc<dyn ExtendState>,
    pub suspend: Arc<dyn SuspendState>,
    pub attempts: Arc<dyn RecordRefusedVerdict>,
    pub documents: Arc<dyn ReadDocuments>,
    pub document_writer: Arc<dyn WriteDocuments>,
    pub index: Arc<dyn ReadIndex>,
    pub channels: Arc<dyn Channels>,
    pub undelivered: Arc<dyn ListChannels>,
    pub accounts: Arc<dyn ReadAccounts>,
    pub account_writer: Arc<dyn WriteAccounts>,
    /// Absent where the deployment has no Slack app.
    pub slack: Option<Arc<SlackApp>>,
    /// Absent where the deployment has no bot in Teams.
    pub teams: Option<Arc<TeamsApp>>,
    pub directory: Arc<dyn Directory>,
    pub verifier: Arc<Verifier>,
    pub provider: Arc<dyn Provider>,
    pub signer: Arc<dyn SignEnvelope>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
}

/// The handlers of this function.
pub struct Callbacks {
    pub(crate) config: Config,
    pub(crate) capabilities: Capabilities,
    pub(crate) sealer: Sealer,
}

/// An authenticated person with the groups that they may speak for now.
#[derive(Debug, Clone)]
pub(crate) struct ResolvedPerson {
    pub person: Person,
    pub groups: Vec<String>,
    /// The membership by the directory and, for groups whose members the directory does not list, by the person's token.
    pub membership: Membership,
    /// The membership by the directory alone. It decides where no ID token is kept that proves the claims of the token.
    pub directory: Membership,
}

impl ResolvedPerson {
    /// The same person with the groups of the directory alone.
    pub(crate) fn unproven(&self) -> Self {
        let (membership, groups) = (self.directory.clone(), self.directory.speaks_for(&[]));
        Self { groups, membership, ..self.clone() }
    }
}

impl Callbacks {
    /// The handlers with these capabilities; `cookie_key` encrypts the cookies.
    ///
    /// # Errors
    /// A lasting [`Fault`] when the key cannot be used.
    pub fn new(config: Config, cookie_key: &[u8; 32], capabilities: Capabilities) -> Result<Self, Fault> {
        Ok(Self { config, capabilities, sealer: Sealer::new(cookie_key)? })
    }

    /// The verified caller of this bearer token.
    pub(crate) async fn caller(&self, bearer: &str) -> Result<VerifiedCaller, RequestRejection> {
        Ok(self.capabilities.verifier.caller(bearer, self.capabilities.clock.now()).await?)
    }

    /// The person with the groups that they may speak for; `claimed` are the groups of their token.
    pub(crate) async fn resolve_person(
        &self,
        person: &Person,
        claimed: &[String],
    ) -> Result<ResolvedPerson, RequestRejection> {
        let directory = self.capabilities.directory.membership(person, self.capabilities.clock.now()).await?;
        let membership = directory.with_claims(claimed);
        Ok(ResolvedPerson {
            person: person.clone(),
            groups: membership.speaks_for(&[]),
            membership,
            directory,
        })
    }

    /// The item of this action; `not-found` where there is none.
    pub(crate) async fn item(&self, id: &str) -> Result<Item, RequestRejection> {
        let id: ActionId = id.parse().map_err(|_| RequestRejection::not_found())?;
        self.capabilities.state.item(&id).await?.ok_or_else(RequestRejection::not_found)
    }

    /// E20: an agent sees only the actions that it proposed itself, on behalf of the same human or of none. Every other action is
    /// `not-found`.
    pub(crate) async fn require_own(
        &self,
        caller: &VerifiedCaller,
        item: &Item,
    ) -> Result<(), RequestRejection> {
        let VerifiedCaller::Agent(agent) = caller else { return Ok(()) };
        let proposal = item.state().proposal().filter(|proposal| proposal.principal == agent.principal);
        let proposal = proposal.ok_or_else(RequestRejection::not_found)?;
        let request = self.capabilities.documents.document(proposal.request).await?;
        let request: Request =
            request.and_then(|document| document.open().ok()).ok_or_else(RequestRejection::unavailable)?;
        let human: Option<Person> = request.on_behalf_of.map(Into::into);
        if human == agent.on_behalf_of { Ok(()) } else { Err(RequestRejection::not_found()) }
    }

    /// The documents of an action, as far as they exist.
    pub(crate) async fn action_documents(&self, item: &Item) -> Result<ActionDocuments, RequestRejection> {
        Ok(store::action_documents(self.capabilities.documents.as_ref(), item).await?)
    }

    /// The refusal for somebody whose identity provider left groups out of the token. It names that as a possible reason where
    /// the rules in force let any group come from a token, or where the rules cannot be read.
    pub(crate) async fn because_left_out(&self, no: RequestRejection, left_out: bool) -> RequestRejection {
        if !left_out || !no.depends_on_groups() {
            return no;
        }
        let counts = self.capabilities.directory.groups().await.map(|groups| !groups.claimable.is_empty());
        no.left_out(counts.unwrap_or(true))
    }

    /// The action as the API shows it to this person.
    pub(crate) async fn view(&self, item: &Item, viewer: &Person) -> Result<ActionView, RequestRejection> {
        let action_documents = self.action_documents(item).await?;
        let now = self.capabilities.clock.now();
        review::view(item, &action_documents, &self.config.public_url, Some(viewer), now)
            .ok_or_else(RequestRejection::not_found)
    }

    /// A random salt of 128 bits, in hexadecimal.
    pub(crate) fn salt(&self) -> Result<String, Fault> {
        let mut bytes = [0; 16];
        self.capabilities.random.fill(&mut bytes)?;
        Ok(HEXLOWER.encode(&bytes))
    }

    /// A random secret in characters that are allowed in cookies and links.
    pub(crate) fn secret<const BYTES: usize>(&self) -> Result<String, Fault> {
        let mut bytes = [0; BYTES];
        self.capabilities.random.fill(&mut bytes)?;
        Ok(BASE64URL_NOPAD.encode(&bytes))
    }

    /// The address of the inbox.
    pub(crate) fn inbox_url(&self) -> String {
        format!("{}/", self.config.public_url)
    }

    /// The address of the page of this invitation.
    pub(crate) fn link_page_url(&self, reference: &str) -> String {
        format!("{}/link/{reference}", self.config.public_url)
    }

    /// The address of the page on which this action is decided.
    pub(crate) fn review_page_url(&self, id: &ActionId) -> String {
        format!("{}/review/{id}", self.config.public_url)
    }
}

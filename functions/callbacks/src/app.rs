//! What the handlers may use: one field per permission of the role.

use std::sync::Arc;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use domain::{ActionId, Fault, Membership, Person, VerdictKind};
use identity::{Caller, Provider, PublicKey, SignEnvelope, Verifier};
use runtime::{Clock, Random};
use store::{
    Channels, ExtendState, ReadDocuments, ReadIndex, ReadState, RecordRefusedVerdict, SuspendState,
    WriteDocuments,
};
use wire::Item;
use wire::action_documents::ActionDocuments;
use wire::documents::{Request, ReviewDocument};
use wire::http::ActionView;

use crate::check::NEEDS_WHOLE;
use crate::directory::Directory;
use crate::refusal::RequestRejection;
use crate::review_context::ReviewContext;
use crate::seal::Sealer;

/// Plain configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The deployment's name, as statements carry it.
    pub deployment: String,
    /// The base of links, without a slash at its end.
    pub public_url: String,
    /// The pages' client id at the people's issuer.
    pub pages_client: String,
    /// What the log's bucket is called: only shown, in the command that checks the log.
    pub log_bucket: String,
    /// The public half of the verdict key: what is committed is checked with it first.
    pub verdict_key: PublicKey,
}

/// Capabilities.
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
    pub directory: Arc<dyn Directory>,
    pub verifier: Arc<Verifier>,
    pub provider: Arc<dyn Provider>,
    pub signer: Arc<dyn SignEnvelope>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
}

/// The use cases of this function.
pub struct Callbacks {
    pub(crate) config: Config,
    pub(crate) capabilities: Capabilities,
    pub(crate) sealer: Sealer,
}

/// A signed-in person with every group they speak for.
#[derive(Debug, Clone)]
pub(crate) struct ResolvedPerson {
    pub person: Person,
    pub groups: Vec<String>,
    /// What the directory says about it, with the groups that the person's token names and the directory does not list.
    pub membership: Membership,
    /// What the directory alone says: what counts where no proof by the provider is kept.
    pub directory: Membership,
}

impl ResolvedPerson {
    /// The same person as one of whom no proof by the provider is kept.
    pub(crate) fn unproven(&self) -> Self {
        let (membership, groups) = (self.directory.clone(), self.directory.speaks_for(&[]));
        Self { groups, membership, ..self.clone() }
    }
}

impl Callbacks {
    /// With these capabilities; `cookie_key` seals what browsers carry.
    ///
    /// # Errors
    /// A lasting [`Fault`] when the key cannot be used.
    pub fn new(config: Config, cookie_key: &[u8; 32], capabilities: Capabilities) -> Result<Self, Fault> {
        Ok(Self { config, capabilities, sealer: Sealer::new(cookie_key)? })
    }

    /// Whoever holds this bearer token.
    pub(crate) async fn caller(&self, bearer: &str) -> Result<Caller, RequestRejection> {
        Ok(self.capabilities.verifier.caller(bearer, self.capabilities.clock.now()).await?)
    }

    /// The person with the groups they speak for, given those their token claims.
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

    /// The item of this id, if there is one.
    pub(crate) async fn item(&self, id: &str) -> Result<Item, RequestRejection> {
        let id: ActionId = id.parse().map_err(|_| RequestRejection::not_found())?;
        self.capabilities.state.item(&id).await?.ok_or_else(RequestRejection::not_found)
    }

    /// E20: to an agent an action that is not its own, proposed for the same human or for none, is not there.
    pub(crate) async fn require_own(&self, caller: &Caller, item: &Item) -> Result<(), RequestRejection> {
        let Caller::Agent(agent) = caller else { return Ok(()) };
        let proposal = item.state().proposal().filter(|proposal| proposal.principal == agent.principal);
        let proposal = proposal.ok_or_else(RequestRejection::not_found)?;
        let request = self.capabilities.documents.document(proposal.request).await?;
        let request: Request =
            request.and_then(|document| document.open().ok()).ok_or_else(RequestRejection::unavailable)?;
        let human: Option<Person> = request.on_behalf_of.map(Into::into);
        if human == agent.on_behalf_of { Ok(()) } else { Err(RequestRejection::not_found()) }
    }

    pub(crate) async fn action_documents(&self, item: &Item) -> Result<ActionDocuments, RequestRejection> {
        Ok(store::action_documents(self.capabilities.documents.as_ref(), item).await?)
    }

    /// Whether the review document shows everything that would change, as far as this verdict depends on it. What cannot be
    /// read shows nothing.
    pub(crate) async fn is_shown_whole(
        &self,
        context: &ReviewContext,
        kind: VerdictKind,
    ) -> Result<bool, RequestRejection> {
        if !NEEDS_WHOLE.contains(&kind) {
            return Ok(true);
        }
        let document = self.capabilities.documents.document(context.review.decision.review).await?;
        let review = document.and_then(|document| document.open::<ReviewDocument>().ok());
        Ok(review.is_some_and(|review| review.what.is_whole()))
    }

    /// The action as the API shows it to this person.
    pub(crate) async fn view(&self, item: &Item, viewer: &Person) -> Result<ActionView, RequestRejection> {
        let action_documents = self.action_documents(item).await?;
        let now = self.capabilities.clock.now();
        review::view(item, &action_documents, &self.config.public_url, Some(viewer), now)
            .ok_or_else(RequestRejection::not_found)
    }

    /// 128 random bits for a salt, as hex.
    pub(crate) fn salt(&self) -> Result<String, Fault> {
        let mut bytes = [0; 16];
        self.capabilities.random.fill(&mut bytes)?;
        Ok(HEXLOWER.encode(&bytes))
    }

    /// Something nobody guesses, in characters fit for cookies and links.
    pub(crate) fn secret<const BYTES: usize>(&self) -> Result<String, Fault> {
        let mut bytes = [0; BYTES];
        self.capabilities.random.fill(&mut bytes)?;
        Ok(BASE64URL_NOPAD.encode(&bytes))
    }

    /// The page where this action is decided.
    pub(crate) fn page(&self, id: &ActionId) -> String {
        format!("{}/review/{id}", self.config.public_url)
    }
}

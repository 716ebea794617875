//! Notify: tells people that they are asked, what was recorded in their name, and how an action ended.
//!
//! It decides nothing. A message only leads to a page that asks who you are; it contains no secret and changes
//! nothing. Receipts are made from the locked record, not from what callbacks says.

mod console;
mod copies;
mod delivered;
mod delivery;
mod destinations;
mod notice;
mod on_call;
mod receipt;
mod start;
mod webhook;

use std::sync::Arc;

use async_trait::async_trait;
use channel::{Card, Channel};
use domain::{ActionId, Event, Fault, State, Timestamp};
use ledger::ReadLog;
use runtime::sqs::HandleMessage;
use runtime::{Clock, PostponeMessage};
use store::{Channels, DocumentFault, ListChannels, ReadDocuments, ReadState};
use wire::Item;
use wire::action_documents::ActionDocuments;
use wire::message::{EffectName, Message};

pub use console::ConsoleChannel;
pub use destinations::{AskedGroup, BundleDestinations, Destinations};
pub use notice::Notice;
pub use on_call::{HttpOnCall, OnCall};
pub use start::start;
pub use webhook::WebhookChannel;

/// The capabilities of this function's role.
pub struct Notify {
    /// Items.
    pub state: Arc<dyn ReadState>,
    /// Review documents.
    pub documents: Arc<dyn ReadDocuments>,
    /// The locked record, for receipts.
    pub log: Arc<dyn ReadLog>,
    /// What was delivered already.
    pub channels: Arc<dyn Channels>,
    /// Every copy of an action's messages.
    pub copies: Arc<dyn ListChannels>,
    /// Who is outgoing where.
    pub destinations: Arc<dyn Destinations>,
    /// Keeping a message back for as long as a platform asks.
    pub postpone: Arc<dyn PostponeMessage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The channels of this deployment. Without any, nothing ever counts as delivered.
    pub senders: Vec<Arc<dyn Channel>>,
    /// The address links begin with.
    pub public_url: String,
}

/// What a message of the queue comes to.
struct Outgoing {
    notices: Vec<Notice>,
    /// When it happened.
    at: Timestamp,
}

impl Outgoing {
    fn nobody() -> Self {
        Self { notices: Vec::new(), at: Timestamp::from_millis(0) }
    }

    /// At the time of the event that the message is about.
    fn of(item: &Item, message: &Message, notices: Vec<Notice>) -> Self {
        let entry = item.entry(message.sequence).or_else(|| item.entries().last());
        Self { notices, at: entry.map_or(Timestamp::from_millis(0), |entry| entry.at) }
    }
}

/// What an action is about, in words.
struct View {
    sentence: String,
    /// Absent when the documents cannot be read any more.
    documents: Option<ActionDocuments>,
}

impl View {
    /// The review as a message shows it. No channel takes presses yet, so it only leads to the page.
    fn card(&self, item: &Item) -> Option<Card> {
        let review = self.documents.as_ref()?.review.as_ref()?;
        Some(review::card(item, review, None))
    }
}

#[async_trait]
impl HandleMessage for Notify {
    async fn handle(&self, message: &Message) -> Result<(), Fault> {
        let outgoing = match message.effect {
            EffectName::AskApprovers => self.ask(message).await?,
            EffectName::SendReceipt => self.receipt(message).await?,
            EffectName::AnnounceEnd => self.announce(message).await?,
            EffectName::AskReviewers | EffectName::RaiseAlarm => self.emergency(message).await?,
            EffectName::AnnounceSuspensions => self.suspensions(message).await?,
            EffectName::AskResolvers => self.ask_resolvers(message).await?,
            EffectName::Decide | EffectName::Execute | EffectName::ProbeOutcome => {
                return Err(Fault::lasting("not a message for people"));
            }
        };
        let served = self.deliver(message, &outgoing.notices, outgoing.at).await;
        // People who were outgoing already must not read something that is no longer true because somebody else cannot be outgoing.
        let updated = match message.effect {
            EffectName::SendReceipt if message.action == ActionId::suspensions() => Ok(()),
            EffectName::SendReceipt | EffectName::AnnounceEnd => self.update_copies(&message.action).await,
            EffectName::AskApprovers => self.update_what_moved_on(message, &outgoing).await,
            _ => Ok(()),
        };
        delivered::worst(vec![served, updated])
    }

    async fn postpone(&self, receipt: &str, seconds: u32) -> Result<(), Fault> {
        self.postpone.postpone(receipt, seconds).await
    }
}

impl Notify {
    /// One notice per group that is asked, while the action still waits.
    async fn ask(&self, message: &Message) -> Result<Outgoing, Fault> {
        let item = self.item(message).await?;
        let State::Pending(review) = item.state() else { return Ok(Outgoing::nobody()) };
        let view = self.view(&item).await?;
        let mut notices =
            notice::ask(review, &notice::as_changed(&item, &view.sentence), &self.link(message));
        let first =
            item.entry(message.sequence).is_some_and(|entry| matches!(entry.event, Event::Decided { .. }));
        for notice in &mut notices {
            notice.card = view.card(&item);
            if let Some(name) = notice.audience.strip_prefix("group:") {
                let (action, requester) = (item.id(), &review.decision.requester);
                let asked = AskedGroup { name, action, requester, again: !first };
                notice.told = Some(self.destinations.asked(&asked).await?);
            }
        }
        Ok(Outgoing::of(&item, message, notices))
    }

    /// One notice per group whose people may say what became of a lost attempt, while nobody has.
    async fn ask_resolvers(&self, message: &Message) -> Result<Outgoing, Fault> {
        let item = self.item(message).await?;
        let State::Unknown(run) = item.state() else { return Ok(Outgoing::nobody()) };
        let sentence = self.view(&item).await?.sentence;
        Ok(Outgoing::of(&item, message, notice::resolve(run, &sentence, &self.link(message))))
    }

    /// To those who may look at an emergency, until somebody has; louder once it is late.
    async fn emergency(&self, message: &Message) -> Result<Outgoing, Fault> {
        let item = self.item(message).await?;
        let review = item.state().review();
        let open =
            review.and_then(|review| review.emergency.as_ref().filter(|one| one.open()).zip(Some(review)));
        let Some((emergency, review)) = open else { return Ok(Outgoing::nobody()) };
        let sentence = self.view(&item).await?.sentence;
        let notices = notice::emergency(review, emergency, &sentence, &self.link(message));
        Ok(Outgoing::of(&item, message, notices))
    }

    /// To the owner and everybody who voted, once it is over.
    async fn announce(&self, message: &Message) -> Result<Outgoing, Fault> {
        let item = self.item(message).await?;
        if !item.state().status().is_final() {
            return Ok(Outgoing::nobody());
        }
        let sentence = self.view(&item).await?.sentence;
        Ok(Outgoing::of(&item, message, notice::end(&item, &sentence, &self.link(message))))
    }

    /// What was suspended, or runs again, to everybody in whose name it was suspended.
    async fn suspensions(&self, message: &Message) -> Result<Outgoing, Fault> {
        let list = self.state.suspensions().await?;
        let list = list.ok_or_else(|| Fault::lasting("there is no suspension list"))?;
        let entry = list.entry(message.sequence).or_else(|| list.entries().last());
        let at = entry.map_or(Timestamp::from_millis(0), |entry| entry.at);
        let notices = notice::suspensions(&list, message.sequence, &format!("{}/", self.public_url));
        Ok(Outgoing { notices, at })
    }

    async fn receipt(&self, message: &Message) -> Result<Outgoing, Fault> {
        let bytes = self.log.object(message.object).await?;
        let bytes = bytes.ok_or_else(|| Fault::passing("the record is not in the log yet"))?;
        let receipt = receipt::read(&bytes, &message.action, message.sequence)?;
        let (sentence, link) = match &receipt.scope {
            Some(scope) => (review::describe_scope(scope), format!("{}/", self.public_url)),
            None => (self.about(&message.action).await?, self.link(message)),
        };
        let notices = vec![notice::receipt(&receipt, &sentence, message.object, &link)];
        Ok(Outgoing { notices, at: receipt.at })
    }

    /// What a receipt is about. Whoever could overwrite it must not keep its voters from hearing of their vote: then its id.
    async fn about(&self, action: &ActionId) -> Result<String, Fault> {
        match self.read(action).await {
            Ok(item) => Ok(self.view_or_id(&item).await?.sentence),
            Err(fault) if !fault.is_passing() => {
                tracing::error!(alarm = true, %action, %fault, "a receipt cannot say what it is about");
                Ok(action.to_string())
            }
            Err(fault) => Err(fault),
        }
    }

    /// The same as [`Self::view`], or its id when the documents are lost.
    async fn view_or_id(&self, item: &Item) -> Result<View, Fault> {
        let action = item.id();
        match self.view(item).await {
            Err(fault) if !fault.is_passing() => {
                tracing::error!(alarm = true, %action, %fault, "a message cannot say what it is about");
                Ok(View { sentence: action.to_string(), documents: None })
            }
            view => view,
        }
    }

    /// Whoever read the action before the message was sent looks again: an end that was announced meanwhile found no copy.
    async fn update_what_moved_on(&self, message: &Message, outgoing: &Outgoing) -> Result<(), Fault> {
        if outgoing.notices.is_empty() || self.item(message).await?.sequence() == message.sequence {
            return Ok(());
        }
        self.update_copies(&message.action).await
    }

    async fn item(&self, message: &Message) -> Result<Item, Fault> {
        self.read(&message.action).await
    }

    async fn read(&self, action: &ActionId) -> Result<Item, Fault> {
        let item = self.state.item(action).await?;
        item.ok_or_else(|| Fault::lasting("there is no such action"))
    }

    /// What the action is about, from its review document; its type while there is none.
    async fn view(&self, item: &Item) -> Result<View, Fault> {
        let documents = store::action_documents(self.documents.as_ref(), item).await;
        let documents = documents.map_err(|error| match error {
            DocumentFault::Fault(fault) => fault,
            error @ DocumentFault::Mismatch(_) => Fault::lasting(error.to_string()),
        })?;
        let said = match &documents.review {
            Some(document) => review::sentence(&document.what),
            None => documents.request.action_type.clone(),
        };
        // Whoever wrote the document: a notice is one line in one direction.
        Ok(View { sentence: redaction::escape_value(&said).text, documents: Some(documents) })
    }

    fn link(&self, message: &Message) -> String {
        self.link_of(&message.action)
    }

    fn link_of(&self, action: &ActionId) -> String {
        format!("{}/review/{action}", self.public_url)
    }
}

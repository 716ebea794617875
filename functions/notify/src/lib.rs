//! Notify: tells people that they are asked, what was recorded in their name, and how an action ended.
//!
//! It decides nothing. A message only leads to a page that asks who you are; it contains no secret and changes
//! nothing. Receipts are made from the locked record, not from what callbacks says.

mod console;
mod notice;
mod receipt;

use std::sync::Arc;

use async_trait::async_trait;
use domain::{Fault, State};
use ledger::ReadLog;
use runtime::sqs::HandleMessage;
use store::{Channels, DocumentFault, ReadDocuments, ReadState};
use wire::Item;
use wire::message::{EffectName, Message};

pub use console::{ConsoleChannel, NoChannel};
pub use notice::Notice;

/// Where notices go.
#[async_trait]
pub trait Deliver: Send + Sync {
    /// Delivers one notice.
    ///
    /// # Errors
    /// [`Fault`]: the queue brings the message again, and a delivery that keeps failing ends in its dead-letter queue,
    /// where it is seen. Success means that it was delivered, and nothing else does.
    async fn deliver(&self, notice: &Notice) -> Result<(), Fault>;
}

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
    /// The channel.
    pub deliver: Arc<dyn Deliver>,
    /// The address links begin with.
    pub public_url: String,
}

#[async_trait]
impl HandleMessage for Notify {
    async fn handle(&self, message: &Message) -> Result<(), Fault> {
        let notices = match message.effect {
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
        // One who cannot be told keeps nobody else from being told.
        let mut told = Ok(());
        for notice in &notices {
            let one = self.deliver_once(message, notice).await;
            told = told.and(one);
        }
        told
    }
}

impl Notify {
    /// One notice per group that is asked, while the action still waits.
    async fn ask(&self, message: &Message) -> Result<Vec<Notice>, Fault> {
        let item = self.item(message).await?;
        let State::Pending(review) = item.state() else { return Ok(Vec::new()) };
        let mut sentence = self.sentence(&item).await?;
        if let Some((_, verdict)) = item.changes().last() {
            let by = redaction::escape_value(&verdict.person.subject).text;
            sentence = format!("{sentence}, as {by} changed it");
        }
        Ok(notice::ask(review, &sentence, &self.link(message)))
    }

    /// One notice per group whose people may say what became of a lost attempt, while nobody has.
    async fn ask_resolvers(&self, message: &Message) -> Result<Vec<Notice>, Fault> {
        let item = self.item(message).await?;
        let State::Unknown(run) = item.state() else { return Ok(Vec::new()) };
        let sentence = self.sentence(&item).await?;
        Ok(notice::resolve(run, &sentence, &self.link(message)))
    }

    /// To those who may look at an emergency, until somebody has; louder once it is late.
    async fn emergency(&self, message: &Message) -> Result<Vec<Notice>, Fault> {
        let item = self.item(message).await?;
        let review = item.state().review();
        let open =
            review.and_then(|review| review.emergency.as_ref().filter(|one| one.open()).zip(Some(review)));
        let Some((emergency, review)) = open else { return Ok(Vec::new()) };
        let sentence = self.sentence(&item).await?;
        Ok(notice::emergency(review, emergency, &sentence, &self.link(message)))
    }

    /// To the owner and everybody who voted, once it is over.
    async fn announce(&self, message: &Message) -> Result<Vec<Notice>, Fault> {
        let item = self.item(message).await?;
        if !item.state().status().is_final() {
            return Ok(Vec::new());
        }
        let sentence = self.sentence(&item).await?;
        Ok(notice::end(&item, &sentence, &self.link(message)))
    }

    /// What was suspended, or runs again, to everybody in whose name it was suspended.
    async fn suspensions(&self, message: &Message) -> Result<Vec<Notice>, Fault> {
        let list = self.state.suspensions().await?;
        let list = list.ok_or_else(|| Fault::lasting("there is no suspension list"))?;
        Ok(notice::suspensions(&list, message.sequence, &format!("{}/", self.public_url)))
    }

    async fn receipt(&self, message: &Message) -> Result<Vec<Notice>, Fault> {
        let bytes = self.log.object(message.object).await?;
        let bytes = bytes.ok_or_else(|| Fault::passing("the record is not in the log yet"))?;
        let receipt = receipt::read(&bytes, &message.action, message.sequence)?;
        if let Some(scope) = &receipt.scope {
            let (said, link) = (review::describe_scope(scope), format!("{}/", self.public_url));
            return Ok(vec![notice::receipt(&receipt, &said, message.object, &link)]);
        }
        // Whoever could overwrite what the action is about must not keep its voters from hearing of their vote.
        let sentence = match self.item(message).await {
            Ok(item) => self.sentence(&item).await,
            Err(fault) => Err(fault),
        };
        let sentence = match sentence {
            Err(fault) if !fault.is_passing() => {
                tracing::error!(alarm = true, action = %message.action, %fault, "a receipt cannot say what it is about");
                message.action.to_string()
            }
            sentence => sentence?,
        };
        Ok(vec![notice::receipt(&receipt, &sentence, message.object, &self.link(message))])
    }

    async fn item(&self, message: &Message) -> Result<Item, Fault> {
        let item = self.state.item(&message.action).await?;
        item.ok_or_else(|| Fault::lasting("there is no such action"))
    }

    /// What the action is about, from its review document; its type while there is none.
    async fn sentence(&self, item: &Item) -> Result<String, Fault> {
        let action_documents = store::action_documents(self.documents.as_ref(), item).await;
        let action_documents = action_documents.map_err(|error| match error {
            DocumentFault::Fault(fault) => fault,
            error @ DocumentFault::Mismatch(_) => Fault::lasting(error.to_string()),
        })?;
        let said = match &action_documents.review {
            Some(document) => review::sentence(&document.what),
            None => action_documents.request.action_type,
        };
        // Whoever wrote the document: a notice is one line in one direction.
        Ok(redaction::escape_value(&said).text)
    }

    fn link(&self, message: &Message) -> String {
        format!("{}/review/{}", self.public_url, message.action)
    }

    /// At least once; remembered once it has been delivered, and only then. The log says of whom nobody told.
    async fn deliver_once(&self, message: &Message, notice: &Notice) -> Result<(), Fault> {
        // A receipt and a notice about the end go to the same person after the same event.
        let key = format!("{}/{}/{}/{}", message.action, message.sequence, notice.kind, notice.audience);
        if self.channels.recall("delivered", &key).await?.is_some() {
            return Ok(());
        }
        if let Err(fault) = self.deliver.deliver(notice).await {
            let (action, kind) = (&message.action, notice.kind);
            tracing::error!(alarm = true, %action, kind, %fault, "somebody could not be told");
            return Err(fault);
        }
        self.channels.remember("delivered", &key, notice.kind).await.map(|_| ())
    }
}

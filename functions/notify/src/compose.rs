//! What a message of the ledger comes to: the notices, and the action that they are about.

use domain::{ActionId, Event, Fault, State, Timestamp};
use store::{DocumentFault, ShownDocument};
use wire::Item;
use wire::documents::ReviewDocument;
use wire::message::{EffectName, Message};

use crate::{AskedGroup, Notice, Notify, notice, receipt};

/// What a message of the queue comes to.
pub(crate) struct Outgoing {
    pub(crate) notices: Vec<Notice>,
    /// When it happened.
    pub(crate) at: Timestamp,
    /// The action as it was read, for cards and updates.
    pub(crate) subject: Option<Subject>,
}

impl Outgoing {
    fn nobody() -> Self {
        Self { notices: Vec::new(), at: Timestamp::from_millis(0), subject: None }
    }

    /// At the time of the event that the message is about.
    fn of(item: &Item, message: &Message, notices: Vec<Notice>) -> Self {
        let entry = item.entry(message.sequence).or_else(|| item.entries().last());
        Self { notices, at: entry.map_or(Timestamp::from_millis(0), |entry| entry.at), subject: None }
    }
}

/// An action as it was read, and what it is about.
pub(crate) struct Subject {
    pub(crate) item: Item,
    pub(crate) view: View,
}

/// What an action is about.
pub(crate) struct View {
    /// In words.
    pub(crate) sentence: String,
    /// The review document; absent before a decision, and when it cannot be read any more.
    pub(crate) review: Option<ReviewDocument>,
}

impl Notify {
    /// Whom this message of the ledger concerns, and what they are told.
    pub(crate) async fn compose(&self, message: &Message) -> Result<Outgoing, Fault> {
        match message.effect {
            EffectName::AskApprovers => self.ask(message).await,
            EffectName::SendReceipt => self.receipt(message).await,
            EffectName::AnnounceEnd => self.announce(message).await,
            EffectName::AskReviewers | EffectName::RaiseAlarm => self.emergency(message).await,
            EffectName::AnnounceSuspensions => self.suspensions(message).await,
            EffectName::AskResolvers => self.ask_resolvers(message).await,
            EffectName::Decide | EffectName::Execute | EffectName::ProbeOutcome => {
                Err(Fault::lasting("not a message for people"))
            }
        }
    }

    /// One notice per group that is asked, while the action still waits.
    async fn ask(&self, message: &Message) -> Result<Outgoing, Fault> {
        let item = self.item(message).await?;
        let State::Pending(review) = item.state() else { return Ok(Outgoing::nobody()) };
        let view = self.view(&item).await?;
        let mut notices =
            notice::ask(review, &notice::as_changed(&item, &view.sentence), &self.link(message));
        let first =
            item.entry(message.sequence).is_some_and(|entry| matches!(entry.event, Event::Decided { .. }));
        let quiet = self.destinations.quiet(self.clock.now()).await?;
        notices.retain(|notice| notice.group().is_none_or(|name| !quiet.contains_key(name)));
        for notice in &mut notices {
            if let Some(name) = notice.group() {
                let (action, requester) = (item.id(), &review.decision.requester);
                let asked = AskedGroup { name, action, requester, again: !first };
                notice.told = Some(self.destinations.asked(&asked).await?);
            }
        }
        Ok(Outgoing {
            subject: Some(Subject { item: item.clone(), view }),
            ..Outgoing::of(&item, message, notices)
        })
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
        let view = self.view(&item).await?;
        let notices = notice::end(&item, &view.sentence, &self.link(message));
        Ok(Outgoing {
            subject: Some(Subject { item: item.clone(), view }),
            ..Outgoing::of(&item, message, notices)
        })
    }

    /// What was suspended, or runs again, to everybody in whose name it was suspended.
    async fn suspensions(&self, message: &Message) -> Result<Outgoing, Fault> {
        let list = self.state.suspensions().await?;
        let list = list.ok_or_else(|| Fault::lasting("there is no suspension list"))?;
        let entry = list.entry(message.sequence).or_else(|| list.entries().last());
        let at = entry.map_or(Timestamp::from_millis(0), |entry| entry.at);
        let notices = notice::suspensions(&list, message.sequence, &format!("{}/", self.public_url));
        Ok(Outgoing { notices, at, subject: None })
    }

    async fn receipt(&self, message: &Message) -> Result<Outgoing, Fault> {
        let bytes = self.log.object(message.object).await?;
        let bytes = bytes.ok_or_else(|| Fault::passing("the record is not in the log yet"))?;
        let receipt = receipt::read(&bytes, &message.action, message.sequence)?;
        let (sentence, link, subject) = match &receipt.scope {
            Some(scope) => (review::describe_scope(scope), format!("{}/", self.public_url), None),
            None => {
                let subject = self.about(&message.action).await?;
                let sentence = subject.as_ref().map_or(message.action.as_str(), |one| &one.view.sentence);
                (sentence.to_owned(), self.link(message), subject)
            }
        };
        let notices = vec![notice::receipt(&receipt, &sentence, message.object, &link)];
        Ok(Outgoing { notices, at: receipt.at, subject })
    }

    /// What a receipt is about. Whoever could overwrite it must not keep its voters from hearing of their vote: then there is nothing to say but its id.
    async fn about(&self, action: &ActionId) -> Result<Option<Subject>, Fault> {
        match self.read(action).await {
            Ok(item) => {
                let view = self.view_or_id(&item).await?;
                Ok(Some(Subject { item, view }))
            }
            Err(fault) if !fault.is_passing() => {
                tracing::error!(alarm = true, %action, %fault, "a receipt cannot say what it is about");
                Ok(None)
            }
            Err(fault) => Err(fault),
        }
    }

    /// The same as [`Self::view`], or its id when the documents are lost.
    pub(crate) async fn view_or_id(&self, item: &Item) -> Result<View, Fault> {
        let action = item.id();
        match self.view(item).await {
            Err(fault) if !fault.is_passing() => {
                tracing::error!(alarm = true, %action, %fault, "a message cannot say what it is about");
                Ok(View { sentence: action.to_string(), review: None })
            }
            view => view,
        }
    }

    pub(crate) async fn item(&self, message: &Message) -> Result<Item, Fault> {
        self.read(&message.action).await
    }

    pub(crate) async fn read(&self, action: &ActionId) -> Result<Item, Fault> {
        let item = self.state.item(action).await?;
        item.ok_or_else(|| Fault::lasting("there is no such action"))
    }

    /// What the action is about, from its review document; its type while there is none.
    async fn view(&self, item: &Item) -> Result<View, Fault> {
        let shown = store::shown_document(self.documents.as_ref(), item).await;
        let shown = shown.map_err(|error| match error {
            DocumentFault::Fault(fault) => fault,
            error @ DocumentFault::Mismatch(_) => Fault::lasting(error.to_string()),
        })?;
        let (said, review) = match shown {
            ShownDocument::Review(review) => (review::sentence(&review.what), Some(*review)),
            ShownDocument::Request(request) => (request.action_type, None),
        };
        // Whoever wrote the document: a notice is one line in one direction.
        Ok(View { sentence: redaction::escape_value(&said).text, review })
    }

    fn link(&self, message: &Message) -> String {
        self.link_of(&message.action)
    }

    pub(crate) fn link_of(&self, action: &ActionId) -> String {
        format!("{}/review/{action}", self.public_url)
    }
}

//! Checks a resume before it is recorded: it must be what an approved action was to do.

use std::future::Future;
use std::pin::Pin;

use domain::{ActionId, Fault, State, SuspensionEvent};
use ledger::evidence::{resumes, unfounded};
use store::{StateError, StreamImage};
use wire::AnyItem;
use wire::documents::Action;

use crate::batch::Batch;
use crate::error::ExamineError;
use crate::memory::Lookup;
use crate::stream::StreamRecord;

type Planning<'a> = Pin<Box<dyn Future<Output = Result<(), Fault>> + Send + 'a>>;

impl Batch<'_> {
    /// Checks the event with this place, if it is a resume: whoever may write the state table could write one.
    pub(crate) async fn founded(
        &mut self,
        item: &AnyItem,
        sequence: u32,
        image: &StreamRecord,
    ) -> Result<(), ExamineError> {
        let AnyItem::Suspensions(list) = item else { return Ok(()) };
        let before = list.state_at(sequence.saturating_sub(1));
        let Some((entry, before)) = list.entry(sequence).zip(before) else { return Ok(()) };
        let SuspensionEvent::Resumed { by, attempt, .. } = &entry.event else { return Ok(()) };
        let claims = |state: &State| state.run().is_some_and(|run| run.attempt == *attempt);
        let mut known = self.known(by).await?;
        if !known.as_ref().is_some_and(claims) {
            self.fetch(by, image).await?;
            known = self.known(by).await?;
        }
        let document = match known.as_ref().and_then(State::review) {
            Some(review) => self.document(review.decision.action).await?,
            None => Lookup::Absent,
        };
        let agreed = match document {
            Lookup::There(document) => document.open::<Action>().ok(),
            Lookup::Absent | Lookup::Mismatch => None,
        };
        let (by, agreed) = known.zip(agreed).ok_or_else(unfounded)?;
        Ok(resumes(&before, &entry.event, &by, &agreed)?)
    }

    /// The action as it is recorded, or will be by this plan; none when a violation was found.
    async fn known(&mut self, action: &ActionId) -> Result<Option<State>, Fault> {
        let ahead = self.ahead(action).await?;
        if ahead.quarantined {
            return Ok(None);
        }
        let item = self.recorded(action, ahead.sequence, ahead.chain).await?;
        Ok(item.as_ref().and_then(AnyItem::action).and_then(|item| item.state_at(ahead.sequence)))
    }

    /// The two items may come in either order. An action that the stream has not brought yet is read and recorded first.
    fn fetch<'b>(&'b mut self, action: &'b ActionId, image: &'b StreamRecord) -> Planning<'b> {
        Box::pin(async move {
            let item = match self.ledger.capabilities.state.item(action).await {
                Ok(Some(item)) => AnyItem::Action(item),
                Ok(None) | Err(StateError::Item(_)) => return Ok(()),
                Err(StateError::Fault(fault)) => return Err(fault),
            };
            self.memory.offer_item(&item);
            let (kept, at) = (item.sequence(), image.at);
            let read = StreamRecord { image: StreamImage::Item(Box::new(item.clone())), kept, at };
            self.plan_item(&item, &read).await
        })
    }
}

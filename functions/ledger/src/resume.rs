//! A resume before it is recorded: is it what an approved action was to do?

use std::future::Future;
use std::pin::Pin;

use domain::{ActionId, Event, Fault, State};
use ledger::evidence::{Rejection, resumes, unfounded};
use store::{StateError, StreamImage};
use wire::Item;
use wire::documents::Action;

use crate::handler::Ledger;
use crate::memory::{Lookup, Memory};
use crate::planner::Plan;
use crate::stream::StreamRecord;

type Planning<'a> = Pin<Box<dyn Future<Output = Result<(), Fault>> + Send + 'a>>;

impl Ledger {
    /// What speaks against the event with this place, if it is a resume. Whoever may write the state table could write one.
    pub(crate) async fn unfounded(
        &self,
        item: &Item,
        sequence: u32,
        (image, plan): (&StreamRecord, &mut Plan),
        memory: &mut Memory,
    ) -> Result<Option<Rejection>, Fault> {
        let before = sequence.saturating_sub(1);
        let entry = usize::try_from(before).ok().and_then(|place| item.entries().get(place));
        let (Some(entry), Some(suspensions)) = (entry, item.state_at(before)) else { return Ok(None) };
        let Event::Resumed { by, attempt, .. } = &entry.event else { return Ok(None) };
        let claims = |state: &State| state.run().is_some_and(|run| run.attempt == *attempt);
        let mut known = self.known(by, plan, memory).await?;
        if !known.as_ref().is_some_and(claims) {
            self.fetch(by, image, plan, memory).await?;
            known = self.known(by, plan, memory).await?;
        }
        let agreed = match known.as_ref().and_then(State::review) {
            Some(review) => self.document(review.decision.action, memory).await?,
            None => Lookup::Absent,
        };
        let agreed = match agreed {
            Lookup::There(document) => document.open::<Action>().ok(),
            Lookup::Absent | Lookup::Mismatch => None,
        };
        let Some((by, agreed)) = known.zip(agreed) else { return Ok(Some(unfounded())) };
        Ok(resumes(&suspensions, &entry.event, &by, &agreed).err())
    }

    /// The action as it is recorded, or will be by this plan; none when a violation was found.
    async fn known(
        &self,
        action: &ActionId,
        plan: &Plan,
        memory: &mut Memory,
    ) -> Result<Option<State>, Fault> {
        let ahead = self.ahead(action, plan, memory).await?;
        if ahead.quarantined {
            return Ok(None);
        }
        let item = self.recorded(action, ahead.sequence, ahead.chain, memory).await?;
        Ok(item.and_then(|item| item.state_at(ahead.sequence)))
    }

    /// Two items can come in either order: what the stream has not brought yet is read and recorded first.
    fn fetch<'a>(
        &'a self,
        action: &'a ActionId,
        image: &'a StreamRecord,
        plan: &'a mut Plan,
        memory: &'a mut Memory,
    ) -> Planning<'a> {
        Box::pin(async move {
            let item = match self.capabilities.state.item(action).await {
                Ok(Some(item)) if *action != ActionId::suspensions() => item,
                Ok(_) | Err(StateError::Item(_)) => return Ok(()),
                Err(StateError::Fault(fault)) => return Err(fault),
            };
            memory.offer_item(&item);
            let (kept, at) = (item.sequence(), image.at);
            let read = StreamRecord { image: StreamImage::Item(Box::new(item.clone())), kept, at };
            self.plan_item(&item, &read, plan, memory).await
        })
    }
}

//! What a press is about and whose it is: its reference and its account are looked up.

use domain::State;
use store::AccountLink;
use wire::{CardReference, Item};

use super::context::PressContext;
use super::press::ChatPress;
use super::refusal::ChatRefusal;
use crate::app::{Callbacks, ResolvedPerson};
use crate::refusal::RequestRejection;

impl Callbacks {
    /// C39, W9, W15: the action comes from the reference that was stored here, and the person from the link of the account. Both are
    /// looked up for each press.
    pub(super) async fn press_context(&self, press: &ChatPress<'_>) -> Result<PressContext, ChatRefusal> {
        let reference = self.card_reference(press.reference).await.map_err(|no| self.without_action(no))?;
        let page = self.review_page_url(&reference.action);
        let link = self.capabilities.accounts.account(press.account).await;
        let link = link.map_err(|fault| ChatRefusal::of(fault.into(), &page))?;
        let link = link.filter(|link| link.account == *press.account).ok_or(ChatRefusal::NotLinked)?;
        let found = self.person_and_item(&link, &reference).await;
        let (resolved, item) = found.map_err(|no| ChatRefusal::of(no, &page))?;
        let asked = item.state_at(reference.sequence).and_then(|state| match state {
            State::Pending(review) => Some((review.decision.action, review.decision.review)),
            _ => None,
        });
        Ok(PressContext { reference, link, resolved, item, asked })
    }

    async fn card_reference(&self, reference: &str) -> Result<CardReference, RequestRejection> {
        let topic = CardReference::topic(reference).ok_or_else(RequestRejection::not_found)?;
        let stored = self.capabilities.channels.recall(&topic, CardReference::KEY).await?;
        let stored = stored.ok_or_else(RequestRejection::not_found)?;
        CardReference::parse(&stored).map_err(|error| {
            tracing::error!(alarm = true, %error, "the record of a message's reference is not one of ours");
            RequestRejection::unavailable()
        })
    }

    async fn person_and_item(
        &self,
        link: &AccountLink,
        reference: &CardReference,
    ) -> Result<(ResolvedPerson, Item), RequestRejection> {
        let item = self.item(reference.action.as_str()).await?;
        Ok((self.resolve_person(&link.person, &[]).await?, item))
    }
}

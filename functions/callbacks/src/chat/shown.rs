//! What a message showed when it was sent, made again here.

use channel::Control;
use domain::Digest;
use runtime::Code;
use wire::Item;
use wire::documents::ReviewDocument;

use super::context::PressContext;
use super::press::{ChatPress, Shown, ShownCard};
use super::refusal::ChatRefusal;
use crate::app::{Callbacks, ResolvedPerson};
use crate::refusal::RequestRejection;
use crate::verdicts::ReviewContext;

impl Callbacks {
    /// W24, W6, F13: an approval counts only where the card of the pressed message, made again here from the same events, has a
    /// control that approves, and where the message showed exactly this card.
    ///
    /// # Errors
    /// [`Code::StepUpRequired`] where the card cannot be approved, [`Code::StaleDigest`] where the message shows another one.
    pub(super) async fn require_shown(
        &self,
        press: &ChatPress<'_>,
        context: &PressContext,
        shows: &(dyn Fn(&ShownCard) -> Shown + Send + Sync),
    ) -> Result<(), RequestRejection> {
        let changed = || RequestRejection::because(Code::StaleDigest);
        let then = context.item.prefix(context.reference.sequence).ok_or_else(changed)?;
        let (_, review) = context.asked.ok_or_else(changed)?;
        let card = self.card(&then, review, &context.reference.message, press.reference).await?;
        if !card.card.controls.iter().any(|control| matches!(control, Control::Approve { .. })) {
            return Err(self.not_in_this_message(&then));
        }
        match shows(&card) {
            Shown::Approvable => Ok(()),
            Shown::NotApprovable => Err(self.not_in_this_message(&then)),
            Shown::Otherwise => Err(changed()),
        }
    }

    /// The card of an action as it stands now, in place of the message that was pressed; none where its review can no longer be
    /// shown.
    pub(crate) async fn standing_card(
        &self,
        press: &ChatPress<'_>,
        item: &Item,
    ) -> Result<Option<ShownCard>, RequestRejection> {
        let Some(review) = item.state().last_review().map(|review| review.decision.review) else {
            return Ok(None);
        };
        self.card(item, review, "", press.reference).await.map(Some)
    }

    /// The card of the pressed message's action as it stands now, for whoever the page would show it too; none for anybody else: a
    /// reference is no secret. Nothing is decided by it.
    ///
    /// # Errors
    /// [`ChatRefusal`].
    pub(crate) async fn chat_card(&self, press: &ChatPress<'_>) -> Result<Option<ShownCard>, ChatRefusal> {
        let context = self.press_context(press).await?;
        let ResolvedPerson { person, groups, .. } = &context.resolved;
        if !ReviewContext::of(&context.item).is_some_and(|review| review.concerns(person, groups)) {
            return Ok(None);
        }
        let card = self.standing_card(press, &context.item).await;
        card.map_err(|no| ChatRefusal::of(no, &self.review_page_url(context.item.id())))
    }

    async fn card(
        &self,
        item: &Item,
        review: Digest,
        message: &str,
        reference: &str,
    ) -> Result<ShownCard, RequestRejection> {
        let document = self.capabilities.documents.document(review).await?;
        let review = document.and_then(|document| document.open::<ReviewDocument>().ok());
        let review = review.ok_or_else(RequestRejection::unavailable)?;
        Ok(ShownCard {
            card: review::card(item, &review, Some(reference)),
            message: message.to_owned(),
            link: self.review_page_url(item.id()),
        })
    }

    fn not_in_this_message(&self, item: &Item) -> RequestRejection {
        let page = self.review_page_url(item.id());
        let detail = format!(
            "This message does not show everything, so it approves nothing. Open {page} and decide there."
        );
        RequestRejection { page: Some(page), ..RequestRejection::new(Code::StepUpRequired, detail) }
    }
}

//! The card of a review, with a reference of its own on its controls.

use channel::Card;
use data_encoding::BASE64URL_NOPAD;
use domain::{Fault, State};
use wire::Item;
use wire::{CardReference, REFERENCE_BYTES};

use crate::Notify;
use crate::compose::View;

/// For how many seconds a reference is kept: 30 days. No action waits for longer than seven.
const KEPT: i64 = 30 * 86_400;

impl Notify {
    /// The card of an action as it stands, for the message with this key. While the action waits the card has controls, and
    /// what their reference stands for is stored before anybody can press them.
    ///
    /// # Errors
    /// [`Fault`] when the reference could not be stored: the message must not be sent.
    pub(crate) async fn card(&self, item: &Item, view: &View, key: &str) -> Result<Option<Card>, Fault> {
        let Some(review) = &view.review else { return Ok(None) };
        let reference = match item.state() {
            State::Pending(_) => Some(self.refer(item, key).await?),
            _ => None,
        };
        Ok(Some(review::card(item, review, reference.as_deref())))
    }

    /// A fresh reference to this message about the action as it stands.
    async fn refer(&self, item: &Item, key: &str) -> Result<String, Fault> {
        let mut bytes = [0; REFERENCE_BYTES];
        self.random.fill(&mut bytes)?;
        let reference = BASE64URL_NOPAD.encode(&bytes);
        let card =
            CardReference { action: item.id().clone(), sequence: item.sequence(), message: key.to_owned() };
        let stored = card.to_stored().map_err(|error| Fault::lasting(error.to_string()))?;
        let topic = CardReference::topic(&reference);
        let topic = topic.ok_or_else(|| Fault::lasting("the reference is not one"))?;
        let until = self.clock.now().plus_seconds(KEPT);
        match self.channels.remember_until(&topic, CardReference::KEY, &stored, until).await? {
            true => Ok(reference),
            false => Err(Fault::passing("the reference was taken")),
        }
    }
}

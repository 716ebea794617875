//! Every copy of what people were asked says how the action stands, wherever it was decided.

use channel::DeliveryError;
use domain::{ActionId, Fault, Timestamp};
use futures::future::join_all;
use wire::Item;

use crate::compose::Subject;
use crate::delivered::{Delivered, KEPT, topic, unreachable, worst};
use crate::{Notify, notice};

/// How often the copies are written again when the action has moved on meanwhile.
const ROUNDS: usize = 4;

impl Notify {
    /// Updates every copy of an action's request on this channel to its state. Whoever finds afterwards that it has moved on does it again, so
    /// that of two processes the slower never leaves an older state. `read` is the action as it was read just before.
    ///
    /// # Errors
    /// [`Fault`] when a copy may be updated later. No verdict depends on it.
    pub(crate) async fn update_copies(
        &self,
        action: &ActionId,
        channel: &'static str,
        read: Option<Subject>,
    ) -> Result<(), Fault> {
        let listed = self.copies.list(&topic(action)).await?;
        let gone = |key: &str| listed.iter().any(|(other, _)| *other == unreachable(key));
        let mut asked = Vec::new();
        for (key, text) in &listed {
            // A fact of another form was written by somebody else: it names no copy of ours.
            let Ok(delivered) = Delivered::read(text) else { continue };
            let of_channel = delivered.channel == channel;
            if delivered.kind == "ask" && of_channel && delivered.copy.is_some() && !gone(key) {
                asked.push((key, delivered));
            }
        }
        if asked.is_empty() {
            return Ok(());
        }
        let mut subject = match read {
            Some(subject) => subject,
            None => self.subject(self.read(action).await?).await?,
        };
        for _ in 0..ROUNDS {
            let updates = asked.iter().map(|(key, delivered)| self.update_copy(&subject, key, delivered));
            worst(join_all(updates).await)?;
            let now = self.read(action).await?;
            if now.sequence() == subject.item.sequence() {
                return Ok(());
            }
            subject = self.subject(now).await?;
        }
        Err(Fault::passing("the action keeps moving on"))
    }

    async fn subject(&self, item: Item) -> Result<Subject, Fault> {
        let view = self.view_or_id(&item).await?;
        Ok(Subject { item, view })
    }

    async fn update_copy(&self, subject: &Subject, key: &str, delivered: &Delivered) -> Result<(), Fault> {
        let Subject { item, view } = subject;
        let (Some(copy), action) = (&delivered.copy, item.id()) else { return Ok(()) };
        let Some(sender) = self.channel(&delivered.channel) else { return Ok(()) };
        let link = self.link_of(action);
        let standing = notice::standing(item, &view.sentence, &delivered.audience, &link);
        let at = item.touched_at().unwrap_or(Timestamp::from_millis(0));
        let mut message = standing.message(action, item.sequence(), at);
        message.card = self.card(item, view, &message.key).await?;
        match sender.update(copy, &message).await {
            Ok(_) => Ok(()),
            Err(DeliveryError::Permanent { channel, code }) => {
                tracing::error!(alarm = true, %action, channel, code, "a message can no longer be updated");
                self.store(&topic(action), &unreachable(key), &code, KEPT).await.map(drop)
            }
            Err(error @ DeliveryError::Passing { retry_after, .. }) => {
                tracing::error!(alarm = true, %action, %error, "a message could not be updated");
                Err(Fault::passing(error.to_string()).after(retry_after))
            }
        }
    }
}

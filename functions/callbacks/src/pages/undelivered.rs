//! Messages that a platform refused for good, for those who should have received them.

use bundle::Destination;
use domain::ActionId;
use maud::{Markup, html};
use wire::Undeliverable;

use crate::app::{Callbacks, ResolvedPerson};
use crate::refusal::RequestRejection;

/// The lists that are looked at: of today and yesterday.
const DAYS: i64 = 2;
/// The rows that are shown.
const SHOWN: usize = 10;

/// One address that refused a message.
pub(super) struct Undelivered {
    /// `Slack`, and the conversation where that is no secret.
    channel: &'static str,
    conversation: Option<String>,
    /// The action that the message was about.
    action: ActionId,
    /// `sre`, or the person who looks.
    audience: String,
    code: String,
}

impl Callbacks {
    /// W23: what could not be delivered lately to this person or to a group of theirs, the newest day first.
    pub(super) async fn undelivered(
        &self,
        resolved: &ResolvedPerson,
    ) -> Result<Vec<Undelivered>, RequestRejection> {
        let (mut found, now) = (Vec::new(), self.capabilities.clock.now());
        for day in 0..DAYS {
            let topic = Undeliverable::topic(now.plus_seconds(day.saturating_mul(-86_400)));
            let facts = self.capabilities.undelivered.list(&topic).await?;
            found.extend(facts.iter().filter_map(|(key, stored)| read(key, stored, resolved)));
        }
        found.truncate(SHOWN);
        Ok(found)
    }
}

/// The fact, if it concerns this person. One of another form was written by somebody else and is left out.
fn read(key: &str, stored: &str, resolved: &ResolvedPerson) -> Option<Undelivered> {
    let fact = Undeliverable::parse(stored).ok()?;
    let (channel, address) = fact.address(key)?;
    let (_, name) = Destination::QUEUED.iter().find(|(known, _)| *known == channel)?;
    let Undeliverable { action, audience, code } = fact;
    let audience = match audience.split_once(':')? {
        ("group", group) if resolved.groups.iter().any(|own| own == group) => group.to_owned(),
        ("person", subject) if subject.eq_ignore_ascii_case(&resolved.person.subject) => "you".to_owned(),
        _ => return None,
    };
    // The address of a webhook may contain what only its owner should know.
    let conversation = (channel != "webhook").then(|| address.to_owned());
    Some(Undelivered { channel: name, conversation, action, audience, code })
}

pub(super) fn list(undelivered: &[Undelivered]) -> Markup {
    html! {
        h2 class="section" { "Could not be delivered" }
        ul class="list sheet" {
            @for one in undelivered {
                li {
                    a href=(format!("/review/{}", one.action)) { "A message to " (one.audience) }
                    span class="soft" {
                        (one.channel) @if let Some(conversation) = &one.conversation { " " (conversation) }
                        " refused it for good: " (one.code)
                    }
                }
            }
        }
    }
}

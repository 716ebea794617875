//! Reading one action: in its present state, as soon as it is final, or as soon as it differs; and its records.

use std::ops::RangeInclusive;

use axum::response::Response;
use domain::{ActionId, Person, Timestamp};
use http::{StatusCode, header};
use review::Votes;
use runtime::Problem;
use store::ReadState;
use wire::Item;
use wire::http::{ActionView, RecordList, RecordView};
use wire::text::Identity;

use crate::Intake;
use crate::call::{Call, action_answer, etag, json_answer, matches};
use crate::caller::Sight;

/// The longest wait of one call, in seconds.
pub(crate) const LONGEST_WAIT: u32 = 25;
/// The time that an answer needs after the last look, in milliseconds.
const MARGIN: i64 = 2_000;
/// The pause between two looks, in milliseconds: at first and at most.
const FIRST_PAUSE: u64 = 200;
const LONGEST_PAUSE: u64 = 1_000;

/// Who waits, for how long and for what.
pub(crate) struct Waiting<'a> {
    /// Whose waiting calls are counted.
    pub who: &'a Identity,
    /// The person who looks; none for agents.
    pub viewer: Option<&'a Person>,
    pub seconds: u32,
    /// The `ETag` the caller has.
    pub known: Option<&'a str>,
}

impl Intake {
    /// `GET /v1/actions/{id}`.
    pub(crate) async fn read(&self, call: &Call, id: &str, wait: u32) -> Result<Response, Problem> {
        let (sight, item) = self.require_visible(call, id).await?;
        if let Sight::Agent { principal, .. } = &sight {
            self.record_poll(principal, &item).await;
        }
        let known = call.header(&header::IF_NONE_MATCH);
        let who = sight.identity();
        let waiting = Waiting { who: &who, viewer: sight.viewer(), seconds: wait, known };
        let view = self.watch(call, &waiting, item).await?;
        let same = known.is_some_and(|known| matches(known, &etag(&view)));
        let status = if same { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        Ok(action_answer(status, &view, self.capabilities.clock.now()))
    }

    /// `GET /v1/actions/{id}/records`.
    pub(crate) async fn records(&self, call: &Call, id: &str) -> Result<Response, Problem> {
        let (sight, item) = self.require_visible(call, id).await?;
        let seen = seen(&item, sight.viewer());
        let positions =
            self.capabilities.index.positions(item.id()).await.map_err(|fault| call.fault(&fault))?;
        let shown = positions.into_iter().filter(|found| seen.contains(&found.sequence));
        let items = shown.map(|found| RecordView {
            position: found.position,
            object: found.object,
            kind: found.kind,
            sequence: found.sequence,
            time: found.at,
            digest: found.digest,
        });
        Ok(json_answer(StatusCode::OK, &RecordList { items: items.collect() }))
    }

    /// The action, if it exists and the caller may see it; every other case looks the same from outside.
    async fn require_visible(&self, call: &Call, id: &str) -> Result<(Sight, Item), Problem> {
        let sight = self.sight(call).await?;
        let id: ActionId = id.parse().map_err(|_| call.not_found())?;
        let item = self.item(call, &id).await?.ok_or_else(|| call.not_found())?;
        match self.sees(call, &sight, &item).await? {
            true => Ok((sight, item)),
            false => Err(call.not_found()),
        }
    }

    pub(crate) async fn item(&self, call: &Call, id: &ActionId) -> Result<Option<Item>, Problem> {
        ReadState::item(self.capabilities.state.as_ref(), id).await.map_err(|error| call.state(&error))
    }

    /// The action as this viewer may see it; `None` is an agent, which is not told what was found at the target
    /// (E12).
    pub(crate) async fn view(
        &self,
        call: &Call,
        item: &Item,
        viewer: Option<&Person>,
    ) -> Result<ActionView, Problem> {
        let action_documents = store::action_documents(self.capabilities.documents.as_ref(), item).await;
        let action_documents = action_documents.map_err(|error| call.document(&error))?;
        let view = review::view(
            item,
            &action_documents,
            &self.config.public_url,
            viewer,
            self.capabilities.clock.now(),
        );
        view.ok_or_else(|| call.not_found())
    }

    /// Looks until the action is final, or differs from what the caller knows, or `wait` seconds or the function's own
    /// time are over. E9: whoever waits in too many calls already gets the action as it stands, at once.
    pub(crate) async fn watch(
        &self,
        call: &Call,
        waiting: &Waiting<'_>,
        item: Item,
    ) -> Result<ActionView, Problem> {
        let until = self.watch_deadline(call, waiting.seconds);
        let view = self.view(call, &item, waiting.viewer).await?;
        if self.is_enough(&view, until, waiting.known) {
            return Ok(view);
        }
        let Some(place) = self.begin_to_wait(call, waiting.who, Timestamp::from_millis(until)).await else {
            return Ok(view);
        };
        let watched = self.watch_until(call, (until, waiting), item, view).await;
        self.end_waiting(place).await;
        watched
    }

    fn is_enough(&self, view: &ActionView, until: i64, known: Option<&str>) -> bool {
        let differs = known.is_some_and(|known| !matches(known, &etag(view)));
        view.is_final || differs || until <= self.capabilities.clock.now().millis()
    }

    /// Documents are read again only when the item has moved.
    async fn watch_until(
        &self,
        call: &Call,
        (until, waiting): (i64, &Waiting<'_>),
        mut item: Item,
        mut view: ActionView,
    ) -> Result<ActionView, Problem> {
        let mut pause = FIRST_PAUSE;
        while !self.is_enough(&view, until, waiting.known) {
            let left = until.saturating_sub(self.capabilities.clock.now().millis());
            self.capabilities.pause.pause(pause.min(u64::try_from(left).unwrap_or(0))).await;
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
            let next = self.item(call, item.id()).await?.ok_or_else(|| call.not_found())?;
            if next.chain() != item.chain() || self.capabilities.clock.now() >= view.expires_at {
                view = self.view(call, &next, waiting.viewer).await?;
            }
            item = next;
        }
        Ok(view)
    }

    /// Until when to look, in milliseconds since the epoch.
    fn watch_deadline(&self, call: &Call, wait: u32) -> i64 {
        let wanted = self.capabilities.clock.now().plus_seconds(i64::from(wait.min(LONGEST_WAIT))).millis();
        call.deadline.map_or(wanted, |deadline| wanted.min(deadline.millis().saturating_sub(MARGIN)))
    }
}

/// The places of the events whose records this viewer may see, 0 among them for refused attempts: all of them, or where votes
/// stay hidden those before the first that is.
fn seen(item: &Item, viewer: Option<&Person>) -> RangeInclusive<u32> {
    let votes = Votes::of(item, viewer);
    let hidden = item.entries().iter().find(|entry| !votes.shows_event(&entry.event));
    0..=hidden.map_or(u32::MAX, |entry| entry.sequence.saturating_sub(1))
}

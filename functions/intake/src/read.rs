//! Reading one action: as it stands, as soon as it is final, or as soon as it differs; and its records.

use axum::response::Response;
use domain::{ActionId, Timestamp};
use http::{StatusCode, header};
use runtime::Problem;
use store::ReadState;
use wire::Item;
use wire::http::{ActionView, RecordList, RecordView};
use wire::text::Identity;

use crate::Intake;
use crate::call::{Call, action_answer, etag, json_answer, matches};
use crate::caller::Sight;

/// Nobody waits longer than this in one call, in seconds.
pub(crate) const LONGEST_WAIT: u32 = 25;
/// What an answer needs after the last look, in milliseconds.
const MARGIN: i64 = 2_000;
/// Between two looks, in milliseconds: at first and at most.
const FIRST_PAUSE: u64 = 200;
const LONGEST_PAUSE: u64 = 1_000;

impl Intake {
    /// `GET /v1/actions/{id}`.
    pub(crate) async fn read(&self, call: &Call, id: &str, wait: u32) -> Result<Response, Problem> {
        let (sight, item) = self.require_visible(call, id).await?;
        if let Sight::Agent { principal, .. } = &sight {
            self.mark(principal, &item).await;
        }
        let known = call.header(&header::IF_NONE_MATCH);
        let view = self.watch(call, (&sight.identity(), wait, known), item).await?;
        let same = known.is_some_and(|known| matches(known, &etag(&view)));
        let status = if same { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        Ok(action_answer(status, &view, self.can.clock.now()))
    }

    /// `GET /v1/actions/{id}/records`.
    pub(crate) async fn records(&self, call: &Call, id: &str) -> Result<Response, Problem> {
        let (_, item) = self.require_visible(call, id).await?;
        let positions = self.can.index.positions(item.id()).await.map_err(|fault| call.fault(&fault))?;
        let items = positions.into_iter().map(|found| RecordView {
            position: found.position,
            object: found.object,
            kind: found.kind,
            sequence: found.sequence,
            time: found.at,
            digest: found.digest,
        });
        Ok(json_answer(StatusCode::OK, &RecordList { items: items.collect() }))
    }

    /// The action, if there is one and the caller may see it; whatever is wrong looks the same from outside.
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
        ReadState::item(self.can.state.as_ref(), id).await.map_err(|error| call.state(&error))
    }

    pub(crate) async fn view(&self, call: &Call, item: &Item) -> Result<ActionView, Problem> {
        let dossier = store::dossier(self.can.documents.as_ref(), item).await;
        let dossier = dossier.map_err(|error| call.document(&error))?;
        let view = review::view(item, &dossier, &self.config.public_url, self.can.clock.now());
        view.ok_or_else(|| call.not_found())
    }

    /// Looks until the action is final, or differs from what the caller knows, or `wait` seconds or the function's own
    /// time are over. E9: whoever waits in too many calls already gets the action as it stands, at once.
    pub(crate) async fn watch(
        &self,
        call: &Call,
        (who, wait, known): (&Identity, u32, Option<&str>),
        item: Item,
    ) -> Result<ActionView, Problem> {
        let until = self.patience(call, wait);
        let view = self.view(call, &item).await?;
        if self.is_enough(&view, until, known) {
            return Ok(view);
        }
        let Some(waiting) = self.begin_to_wait(call, who, Timestamp::from_millis(until)).await else {
            return Ok(view);
        };
        let watched = self.watch_until(call, (until, known), item, view).await;
        self.end_waiting(waiting).await;
        watched
    }

    fn is_enough(&self, view: &ActionView, until: i64, known: Option<&str>) -> bool {
        let differs = known.is_some_and(|known| !matches(known, &etag(view)));
        view.is_final || differs || until <= self.can.clock.now().millis()
    }

    /// Documents are read again only when the item has moved.
    async fn watch_until(
        &self,
        call: &Call,
        (until, known): (i64, Option<&str>),
        mut item: Item,
        mut view: ActionView,
    ) -> Result<ActionView, Problem> {
        let mut pause = FIRST_PAUSE;
        while !self.is_enough(&view, until, known) {
            let left = until.saturating_sub(self.can.clock.now().millis());
            self.can.pause.pause(pause.min(u64::try_from(left).unwrap_or(0))).await;
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
            let next = self.item(call, item.id()).await?.ok_or_else(|| call.not_found())?;
            if next.chain() != item.chain() || self.can.clock.now() >= view.expires_at {
                view = self.view(call, &next).await?;
            }
            item = next;
        }
        Ok(view)
    }

    /// Until when to look, in milliseconds since the epoch.
    fn patience(&self, call: &Call, wait: u32) -> i64 {
        let wanted = self.can.clock.now().plus_seconds(i64::from(wait.min(LONGEST_WAIT))).millis();
        call.deadline.map_or(wanted, |deadline| wanted.min(deadline.millis().saturating_sub(MARGIN)))
    }
}

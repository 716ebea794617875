//! Reading one action: as it stands, as soon as it is final, or as soon as it differs; and its records.

use axum::response::Response;
use domain::ActionId;
use http::{StatusCode, header};
use runtime::Problem;
use store::ReadState;
use wire::Item;
use wire::http::{ActionView, RecordList, RecordView};

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
        if let Sight::Agent(principal) = &sight {
            self.mark(principal, &item).await;
        }
        let known = call.header(&header::IF_NONE_MATCH);
        let view = self.watch(call, (item, &sight), wait, known).await?;
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
        match sight.sees(&item) {
            true => Ok((sight, item)),
            false => Err(call.not_found()),
        }
    }

    pub(crate) async fn item(&self, call: &Call, id: &ActionId) -> Result<Option<Item>, Problem> {
        ReadState::item(self.can.state.as_ref(), id).await.map_err(|error| call.state(&error))
    }

    /// E12: what was found at the target is told to people only.
    pub(crate) async fn view(&self, call: &Call, item: &Item, sight: &Sight) -> Result<ActionView, Problem> {
        let dossier = store::dossier(self.can.documents.as_ref(), item).await;
        let dossier = dossier.map_err(|error| call.document(&error))?;
        let (base, now) = (self.config.public_url.as_str(), self.can.clock.now());
        let view = match sight {
            Sight::Agent(_) => review::view(item, &dossier, base, now),
            Sight::Person { .. } => review::view_for_person(item, &dossier, base, now),
        };
        view.ok_or_else(|| call.not_found())
    }

    /// Looks until the action is final, or differs from what the caller knows, or `wait` seconds or the function's own
    /// time are over. Documents are read again only when the item has moved.
    pub(crate) async fn watch(
        &self,
        call: &Call,
        (mut item, sight): (Item, &Sight),
        wait: u32,
        known: Option<&str>,
    ) -> Result<ActionView, Problem> {
        let until = self.patience(call, wait);
        let mut pause = FIRST_PAUSE;
        let mut view = self.view(call, &item, sight).await?;
        loop {
            let differs = known.is_some_and(|known| !matches(known, &etag(&view)));
            let now = self.can.clock.now();
            let left = until.saturating_sub(now.millis());
            if view.is_final || differs || left <= 0 {
                return Ok(view);
            }
            self.can.pause.pause(pause.min(u64::try_from(left).unwrap_or(0))).await;
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
            let next = self.item(call, item.id()).await?.ok_or_else(|| call.not_found())?;
            if next.chain() != item.chain() || self.can.clock.now() >= view.expires_at {
                view = self.view(call, &next, sight).await?;
            }
            item = next;
        }
    }

    /// Until when to look, in milliseconds since the epoch.
    fn patience(&self, call: &Call, wait: u32) -> i64 {
        let wanted = self.can.clock.now().plus_seconds(i64::from(wait.min(LONGEST_WAIT))).millis();
        call.deadline.map_or(wanted, |deadline| wanted.min(deadline.millis().saturating_sub(MARGIN)))
    }
}

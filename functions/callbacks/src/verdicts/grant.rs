//! What an approval may grant for the time after it, and what somebody wants it to.

use domain::{GrantLimit, GrantTerms, VerdictKind};
use wire::Item;
use wire::documents::Request;
use wire::http::GrantBody;

use super::check::VerdictRequest;
use super::review_context::ReviewContext;
use crate::app::Callbacks;
use crate::refusal::RequestRejection;

/// The most parameters that a grant may fix.
const MAX_FIXED: usize = 20;

/// How far this person's approval may grant more, and what that would keep the same, by name and in words.
pub(crate) struct GrantRequest {
    pub limit: GrantLimit,
    pub fixed: Vec<(String, String)>,
}

impl GrantRequest {
    /// None where a requirement does not allow it, or where what it fixes is not shown, so that it could carry nothing.
    pub(crate) fn of(context: &ReviewContext, groups: &[String], request: &Request) -> Option<Self> {
        let groups = context.speaking_groups(VerdictKind::Approve, groups);
        let limit = context.review.grant_limit(&groups)?;
        let fixed = review::fixed(&limit.fixed, request)?;
        Some(Self { limit, fixed })
    }
}

impl Callbacks {
    /// The terms a statement may carry: within the limit, from now on, about parameters that are shown.
    pub(crate) async fn grant_terms(
        &self,
        item: &Item,
        wanted: &VerdictRequest<'_>,
        asked: Option<&GrantBody>,
    ) -> Result<Option<GrantTerms>, RequestRejection> {
        let Some(asked) = asked else { return Ok(None) };
        if wanted.kind != VerdictKind::Approve {
            return Err(RequestRejection::input("/grant", "belongs to an approval alone"));
        }
        let context = ReviewContext::of(item).ok_or_else(RequestRejection::not_found)?;
        let request = self.action_documents(item).await?.request;
        let grant_request = GrantRequest::of(&context, wanted.groups, &request);
        let limit =
            grant_request.ok_or_else(|| RequestRejection::input("/grant", "is not allowed here"))?.limit;
        if !(1..=limit.seconds).contains(&asked.seconds) {
            return Err(RequestRejection::input(
                "/grant/seconds",
                &format!("must be from 1 to {}", limit.seconds),
            ));
        }
        if !(1..=limit.uses).contains(&asked.uses) {
            return Err(RequestRejection::input("/grant/uses", &format!("must be from 1 to {}", limit.uses)));
        }
        let mut fixed = [limit.fixed, asked.fixed.clone()].concat();
        fixed.sort();
        fixed.dedup();
        if fixed.len() > MAX_FIXED || review::fixed(&fixed, &request).is_none() {
            return Err(RequestRejection::input(
                "/grant/fixed",
                "must point at parameters that are shown, at most 20",
            ));
        }
        let until = self.capabilities.clock.now().plus_seconds(asked.seconds.into());
        Ok(Some(GrantTerms { until, uses: asked.uses, fixed }))
    }
}

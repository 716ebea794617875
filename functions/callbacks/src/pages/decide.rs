//! The forms of the review page. A denial is committed at once; an approval is proven at the identity provider first.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::VerdictKind;
use identity::freshness_of;
use runtime::Code;
use serde_json::Value;
use wire::Item;
use wire::documents::DocumentKind;
use wire::http::GrantBody;

use super::change;
use super::rejected_form::{RejectedForm, comment_refusal, grant_refusal};
use crate::app::Callbacks;
use crate::form::{Fields, read_form};
use crate::layout::{Link, refused};
use crate::refusal::RequestRejection;
use crate::session::Session;
use crate::sign_in::{Purpose, redirect_to_sign_in_by_page, see_other};
use crate::verdicts::{CheckedVerdict, ReviewContext, VerdictComment, VerdictRequest, Via, check_verdict};

/// Codes that concern what was typed: the page is shown again and says what is wrong.
const SHOWN_ON_PAGE: [Code; 4] =
    [Code::InvalidParameters, Code::HiddenCharacters, Code::SecretInTarget, Code::SecretInParameter];

/// The text for a form of another session, or of one that has ended.
const OTHER_SESSION: &str = "This form is not from your present session. Read the page again.";

/// The text of the page on the way to the identity provider.
const BY_PROVIDER: &str = "Your identity provider asks you to sign in. The signed token is the proof of your answer; nothing is decided \
    before you come back.";

/// `POST /review/{id}/verdict`.
pub(crate) async fn post_decision(
    State(callbacks): State<Arc<Callbacks>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let page = format!("/review/{id}");
    let session = match callbacks.session(&headers).await {
        Ok(Some(session)) => session,
        Ok(None) => return redirect_to_sign_in_by_page(&page),
        Err(fault) => {
            return refused(None, &fault.into(), Some(Link { address: &page, label: "Back to the page" }));
        }
    };
    let fields = match read_form(&headers, body).await {
        Ok(fields) => fields,
        Err(no) => {
            return callbacks
                .refuse_form(&session, &id, &RejectedForm { no: &no, fields: &Fields::new() })
                .await;
        }
    };
    let decided = match fields.get("csrf").is_some_and(|csrf| session.has_csrf_token(csrf)) {
        true => callbacks.decide(&session, &id, &headers, &fields).await,
        false => Err(RequestRejection::new(Code::StaleDigest, OTHER_SESSION)),
    };
    match decided {
        Ok(response) => response,
        Err(no) => callbacks.refuse_form(&session, &id, &RejectedForm { no: &no, fields: &fields }).await,
    }
}

impl Callbacks {
    /// The page again where something that was typed is wrong; otherwise a page that says why the decision is refused.
    async fn refuse_form(&self, session: &Session, id: &str, form: &RejectedForm<'_>) -> Response {
        if SHOWN_ON_PAGE.contains(&form.no.code) {
            let again = self.review_page(session, id, Some(form)).await;
            return again.unwrap_or_else(|no| refused(Some(session), &no, Some(Link::INBOX)));
        }
        let no = session.explained(form.no.clone());
        let page = format!("/review/{id}");
        let address = if no.code == Code::NotFound { "/" } else { &page };
        refused(Some(session), &no, Some(Link { address, label: "Back to the page" }))
    }

    async fn decide(
        &self,
        session: &Session,
        id: &str,
        headers: &HeaderMap,
        fields: &Fields,
    ) -> Result<Response, RequestRejection> {
        let item = self.item(id).await?;
        let context = ReviewContext::of(&item).ok_or_else(RequestRejection::not_found)?;
        let resolved = self.resolve_person(&session.person, &session.groups.names).await?;
        let digest =
            |name: &str| fields.get(name).and_then(|text| text.parse().ok()).ok_or(Code::StaleDigest);
        let wanted = VerdictRequest {
            person: &resolved.person,
            groups: &resolved.groups,
            membership: &resolved.membership,
            kind: kind(fields)?,
            action: digest("action_digest")?,
            review: digest("review_digest")?,
            grants: kind(fields)? == VerdictKind::Approve
                && fields.get("grant").is_some_and(|grant| grant == "yes"),
            whole: self.is_shown_whole(&context, kind(fields)?).await?,
        };
        let page = format!("/review/{}", item.id());
        match check_verdict(&item, &wanted, self.capabilities.clock.now()) {
            Ok(CheckedVerdict::AlreadyGiven) => return Ok(see_other(&page, [])),
            Ok(CheckedVerdict::Allowed(_)) => {}
            Err(code) => return Err(self.refuse_verdict(&item, &wanted, code).await),
        }
        let comment =
            VerdictComment::check(wanted.kind, reason_code(wanted.kind, fields), text(fields, "reason"));
        let mut comment = comment.map_err(comment_refusal)?;
        let via = Via { channel: "page", client: &self.config.pages_client, account: None };
        let unproven =
            self.resolve_without_idp(&item, &wanted, &resolved).filter(|_| wanted.kind.fails_safe());
        if let Some(unproven) = unproven {
            let wanted =
                VerdictRequest { groups: &unproven.groups, membership: &unproven.membership, ..wanted };
            self.commit_by_service(&item, &wanted, &resolved.directory, comment, via).await?;
            return Ok(see_other(&page, []));
        }
        let asked = asked(&wanted, fields)?;
        comment.grant = self.grant_terms(&item, &wanted, asked.as_ref()).await.map_err(grant_refusal)?;
        comment.patch = self.patch_from_form(&item, &context, &wanted, fields).await?;
        let statement = self.statement(&item, &wanted, comment, via)?;
        let document = statement.document().map_err(|_| RequestRejection::unavailable())?;
        self.capabilities.document_writer.put(&document).await?;
        let fresh = freshness_of(wanted.kind, context.review.requirements_for(wanted.kind));
        let purpose = Purpose::Decide { action: item.id().clone(), statement: document.digest() };
        let attempt = self.begin_attempt(purpose, document.digest().to_string())?;
        self.redirect_to_idp_by_page(Some(session), BY_PROVIDER, headers, &attempt, fresh).await
    }
}

impl Callbacks {
    /// The patch of the form that changes parameters; `None` for every other verdict.
    async fn patch_from_form(
        &self,
        item: &Item,
        context: &ReviewContext,
        wanted: &VerdictRequest<'_>,
        fields: &Fields,
    ) -> Result<Option<Value>, RequestRejection> {
        if wanted.kind != VerdictKind::Modify {
            return Ok(None);
        }
        let request = self.action_documents(item).await?.request;
        let changeable = self.changeable(context, wanted.groups, &request).await?;
        let patch = match changeable.fields().is_empty() {
            true => Value::Null,
            false => change::read(&changeable, fields)?,
        };
        self.checked_patch(item, wanted, Some(patch)).await
    }
}

/// The grant that the form asks for together with an approval: for how long, and how often. Its checkbox is never checked at first.
fn asked(wanted: &VerdictRequest<'_>, fields: &Fields) -> Result<Option<GrantBody>, RequestRejection> {
    if !wanted.grants {
        return Ok(None);
    }
    let number = |name: &str| fields.get(name).and_then(|text| text.trim().parse::<u32>().ok());
    let wrong = || RequestRejection::input("/grant", "Say for how many minutes and how many times.");
    let minutes = number("grant_minutes").ok_or_else(wrong)?;
    let uses = number("grant_uses").ok_or_else(wrong)?;
    Ok(Some(GrantBody { seconds: minutes.saturating_mul(60), uses, fixed: Vec::new() }))
}

fn kind(fields: &Fields) -> Result<VerdictKind, RequestRejection> {
    match fields.get("verdict").map(String::as_str) {
        Some("approve") => Ok(VerdictKind::Approve),
        Some("deny") => Ok(VerdictKind::Deny),
        Some("modify") => Ok(VerdictKind::Modify),
        Some("confirm") => Ok(VerdictKind::Confirm),
        Some("emergency") => Ok(VerdictKind::Emergency),
        Some("close") => Ok(VerdictKind::Close),
        Some("revoke") => Ok(VerdictKind::Revoke),
        Some("happened") => Ok(VerdictKind::Happened),
        Some("did_not_happen") => Ok(VerdictKind::DidNotHappen),
        _ => Err(RequestRejection::input("/verdict", "Press one of the buttons.")),
    }
}

/// The reason code of a denial. The form has one set of reasons for all of its buttons; with every other verdict a chosen
/// reason is not recorded.
fn reason_code(kind: VerdictKind, fields: &Fields) -> Option<String> {
    text(fields, "reason_code").filter(|_| kind == VerdictKind::Deny)
}

fn text(fields: &Fields, name: &str) -> Option<String> {
    fields.get(name).filter(|text| !text.trim().is_empty()).cloned()
}

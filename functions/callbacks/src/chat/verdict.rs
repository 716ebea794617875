//! From a press to a committed verdict, by the functions that page and API use.

use domain::{Membership, VerdictKind};
use wire::Item;
use wire::documents::Statement;

use super::context::PressContext;
use super::fields::{ChatField, FilledForm};
use super::press::{ChatForm, ChatPress, ChatWish};
use super::refusal::ChatRefusal;
use crate::app::{Callbacks, ResolvedPerson};
use crate::refusal::RequestRejection;
use crate::verdicts::{
    CheckedVerdict, CommentError, ReviewContext, VerdictComment, VerdictRequest, Via, check_verdict,
};
use runtime::Code;

/// A press that counts.
#[derive(Debug, Clone)]
pub(crate) struct ChatVerdict {
    /// The action with the verdict, as it was written.
    pub item: Item,
}

impl Callbacks {
    /// The verdict of a press, committed when this returns. The same press twice is counted once and answered alike (C35, C38).
    ///
    /// # Errors
    /// [`ChatRefusal`]: no verdict was recorded.
    pub(crate) async fn chat_verdict(
        &self,
        press: &ChatPress<'_>,
        wish: ChatWish<'_>,
    ) -> Result<ChatVerdict, ChatRefusal> {
        let context = self.press_context(press).await?;
        if self.was_changed_so(&context, wish).await {
            return Ok(ChatVerdict { item: context.item });
        }
        let no = match self.commit_press(press, &context, wish).await {
            Ok(item) => return Ok(ChatVerdict { item }),
            Err(no) => no,
        };
        // The other one of two equal requests may have been written meanwhile.
        match self.press_context(press).await {
            Ok(later) if self.was_changed_so(&later, wish).await => Ok(ChatVerdict { item: later.item }),
            _ => Err(self.chat_refusal(&context, no).await),
        }
    }

    /// Whether this person has made exactly this change already, of what the message asked about. A change replaces what was asked, so a
    /// repeated one would else be refused as stale. What cannot be read was not made.
    async fn was_changed_so(&self, context: &PressContext, wish: ChatWish<'_>) -> bool {
        let ChatWish::Change { fields } = wish else { return false };
        let asked = context.reference.sequence;
        let mut changes = context.item.changes().filter(|(entry, _)| entry.sequence > asked);
        let Some((_, made)) = changes.next().filter(|(_, made)| made.person == context.resolved.person)
        else {
            return false;
        };
        let Ok(statement) = self.capabilities.documents.document(made.statement).await else { return false };
        let stated = statement.and_then(|document| document.open::<Statement>().ok());
        let wanted = wanted(context, &context.resolved, VerdictKind::Modify, true);
        let (Some(stated), Some(then), Ok(wanted)) = (stated, context.item.prefix(asked), wanted) else {
            return false;
        };
        let patch = self.patch_in_chat(&then, &wanted, fields).await;
        patch.is_ok_and(|patch| patch.is_some() && patch == stated.patch)
    }

    /// Whether this person may answer by this form, and what it shows.
    /// Nothing is decided by it.
    ///
    /// # Errors
    /// [`ChatRefusal`]: they may not, and are told why before they type anything.
    pub(crate) async fn chat_form(
        &self,
        press: &ChatPress<'_>,
        form: ChatForm,
    ) -> Result<FilledForm, ChatRefusal> {
        let context = self.press_context(press).await?;
        match self.fill_form(&context, form).await {
            Ok(fields) => Ok(FilledForm { fields, page: self.review_page_url(context.item.id()) }),
            Err(no) => Err(self.chat_refusal(&context, no).await),
        }
    }

    async fn fill_form(
        &self,
        context: &PressContext,
        form: ChatForm,
    ) -> Result<Vec<ChatField>, RequestRejection> {
        let Some(person) = self.admitted(context, form.kind()).await? else { return Ok(Vec::new()) };
        if form != ChatForm::Change {
            return Ok(Vec::new());
        }
        let wanted = wanted(context, &person, form.kind(), true)?;
        let fields = ChatField::all(&self.changeable_in_chat(&context.item, &wanted).await?);
        match fields.is_empty() {
            true => Err(self.refuse_verdict(&context.item, &wanted, Code::NotAnApprover).await),
            false => Ok(fields),
        }
    }

    async fn commit_press(
        &self,
        press: &ChatPress<'_>,
        context: &PressContext,
        wish: ChatWish<'_>,
    ) -> Result<Item, RequestRejection> {
        let kind = wish.kind();
        let Some(person) = self.admitted(context, kind).await? else { return Ok(context.item.clone()) };
        let wanted = wanted(context, &person, kind, true)?;
        let mut comment = VerdictComment { code: None, reason: None, grant: None, patch: None };
        match wish {
            ChatWish::Approve { shows } => {
                if let Err(no) = self.require_shown(press, context, shows).await {
                    return Err(match no.code {
                        Code::StaleDigest => self.refuse_verdict(&context.item, &wanted, no.code).await,
                        _ => no,
                    });
                }
            }
            ChatWish::Deny { reason } => {
                let checked = VerdictComment::check(kind, None, Some(reason.to_owned()));
                comment = checked.map_err(comment_refusal)?;
            }
            ChatWish::Change { fields } => {
                comment.patch = self.patch_in_chat(&context.item, &wanted, fields).await?
            }
        }
        let channel = press.account.channel.as_str();
        let via = Via { channel, client: press.client, account: Some(&context.link) };
        let directory: &Membership = &context.resolved.directory;
        self.commit_by_service(&context.item, &wanted, directory, comment, via).await
    }

    /// The person as one who may give this verdict now on what the message asked, by the directory alone and with the proof
    /// `service`; `None` where they have given exactly this verdict already.
    ///
    /// # Errors
    /// The refusal, recorded where page and API record it; [`Code::StepUpRequired`] with the page's address where the requirement
    /// demands a proof by the identity provider.
    async fn admitted(
        &self,
        context: &PressContext,
        kind: VerdictKind,
    ) -> Result<Option<ResolvedPerson>, RequestRejection> {
        let item = &context.item;
        let review = ReviewContext::of(item).ok_or_else(RequestRejection::not_found)?;
        let whole = self.is_shown_whole(&review, kind).await?;
        let wanted = wanted(context, &context.resolved, kind, whole)?;
        match check_verdict(item, &wanted, self.capabilities.clock.now()) {
            Ok(CheckedVerdict::AlreadyGiven) => return Ok(None),
            Ok(CheckedVerdict::Allowed(_)) => {}
            Err(code) => return Err(self.refuse_verdict(item, &wanted, code).await),
        }
        let person = self.resolve_without_idp(item, &wanted, &context.resolved);
        person.map(Some).ok_or_else(|| self.step_up(item.id()))
    }
}

/// The verdict that is wanted, on what the message asked about.
fn wanted<'a>(
    context: &PressContext,
    person: &'a ResolvedPerson,
    kind: VerdictKind,
    whole: bool,
) -> Result<VerdictRequest<'a>, RequestRejection> {
    let (action, review) = context.asked.ok_or_else(|| RequestRejection::because(Code::StaleDigest))?;
    Ok(VerdictRequest {
        person: &person.person,
        groups: &person.groups,
        membership: &person.membership,
        kind,
        action,
        review,
        grants: false,
        whole,
    })
}

fn comment_refusal(error: CommentError) -> RequestRejection {
    let detail = match error {
        CommentError::TooLong => "The reason is too long. Write at most 2,000 characters.",
        CommentError::UnknownCode | CommentError::CodeOfDenial | CommentError::Missing(_) => {
            "A denial needs a reason, because the agent learns from it. Write one."
        }
    };
    RequestRejection::input("/reason", detail)
}

//! What somebody is told whose press does not count. The words are the page's; chat adds where to go on.

use domain::Digest;
use runtime::Code;
use wire::Item;
use wire::documents::ReviewDocument;

use super::context::PressContext;
use crate::app::Callbacks;
use crate::refusal::RequestRejection;
use crate::verdicts::ReviewContext;

/// Why a press does not count. Nothing was recorded as a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ChatRefusal {
    /// The account is linked to nobody: whoever pressed is invited to link it.
    NotLinked,
    /// It is refused. `detail` is the whole sentence for the person, and `page` the address where they can go on.
    Refused(RequestRejection),
}

impl ChatRefusal {
    /// The refusal, with the address of the page where chat cannot do more.
    pub(super) fn of(no: RequestRejection, page: &str) -> Self {
        let no = RequestRejection { page: Some(page.to_owned()), ..no };
        let detail = match no.code {
            Code::Unavailable => {
                format!("Nothing was decided. Press again in a few seconds, or open {page} and decide there.")
            }
            Code::StaleDigest => format!("{} Open {page} to read it.", no.detail),
            _ => return Self::Refused(no),
        };
        Self::Refused(RequestRejection { detail, ..no })
    }
}

impl RequestRejection {
    /// The sentences for whoever pressed. What is wrong with one field is said in the first error alone.
    pub(super) fn in_chat(&self) -> String {
        let more = self.errors.first().filter(|_| self.code != Code::Unavailable);
        match more.filter(|error| error.detail != self.detail) {
            Some(error) => format!("{} {}", self.detail, error.detail),
            None => self.detail.clone(),
        }
    }
}

impl Callbacks {
    /// The refusal of a press whose action is not known.
    pub(super) fn without_action(&self, no: RequestRejection) -> ChatRefusal {
        let inbox = self.inbox_url();
        if no.code != Code::NotFound {
            return ChatRefusal::of(no, &inbox);
        }
        let detail = format!("No review belongs to this button any more. Your inbox is at {inbox}.");
        ChatRefusal::Refused(RequestRejection { detail, page: Some(inbox), ..no })
    }

    /// The refusal of a press, with what is known about its action: C31, how it ended, where somebody else was faster; and that
    /// chat knows the directory's groups alone, where that may be why.
    pub(super) async fn chat_refusal(&self, context: &PressContext, no: RequestRejection) -> ChatRefusal {
        let page = self.review_page_url(context.item.id());
        let more = match no.code {
            Code::AlreadyDecided | Code::AlreadyStarted | Code::Expired => self.ending(context).await,
            Code::NotAnApprover if self.asks_claimed_groups(&context.item).await => Some(format!(
                "Groups that only your sign-in proves do not count in chat: if you belong to one, open {page} and decide there."
            )),
            _ => None,
        };
        let no = match more {
            Some(more) => RequestRejection { detail: format!("{} {more}", no.detail), ..no },
            None => no,
        };
        ChatRefusal::of(no, &page)
    }

    /// How the action stands now, in one sentence; none where that cannot be read.
    async fn ending(&self, context: &PressContext) -> Option<String> {
        let item = self.item(context.item.id().as_str()).await.ok()?;
        let review = item.state().last_review()?.decision.review;
        review::card(&item, &self.review_document(review).await?, None).ending
    }

    async fn review_document(&self, digest: Digest) -> Option<ReviewDocument> {
        self.capabilities.documents.document(digest).await.ok()??.open().ok()
    }

    /// Whether a group is asked whose members only a sign-in can name.
    async fn asks_claimed_groups(&self, item: &Item) -> bool {
        let Some(review) = ReviewContext::of(item) else { return false };
        let Ok(groups) = self.capabilities.directory.groups().await else { return false };
        review.asked_groups().iter().any(|group| groups.claimable.contains(group))
    }
}

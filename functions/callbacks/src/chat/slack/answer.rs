//! What a request of Slack comes to, once it is known to be Slack's and new.

use slack::{Answer, ChangeField, Press, Pressed, Submission};

use super::SlackApp;
use super::account::{SlackAccount, account};
use super::answered::Answered;
use super::linking::shown;
use super::told::{notice, page_alone};
use crate::app::Callbacks;
use crate::chat::told::NO_QUESTIONS;
use crate::chat::{ChatForm, ChatPress, ChatRefusal, ChatVerdict, ChatWish, FilledForm, Shown, ShownCard};

/// The block of the modal that asks for a reason.
const REASON: &str = "reason";
const NO_REASON: &str = "A denial needs a reason, because the agent learns from it.";

/// A button. An approval is committed here; the others open a form for whoever may answer by it.
pub(super) async fn answer_to_press(callbacks: &Callbacks, slack: &SlackApp, press: &Press) -> Answered {
    let account = match account(slack, &press.presser).await {
        Ok(account) => account,
        Err(told) => return told,
    };
    let chat = ChatPress { account: &account.account, client: &slack.app, reference: &press.reference };
    let form = match press.pressed {
        Pressed::Approve => {
            let shows = |ours: &ShownCard| shows(ours, &press.rendering);
            let given = callbacks.chat_verdict(&chat, ChatWish::Approve { shows: &shows }).await;
            return told(callbacks, &account, given).await;
        }
        Pressed::Deny => ChatForm::Deny,
        Pressed::Change => ChatForm::Change,
        // No message of ours has this button.
        Pressed::Ask => return notice(NO_QUESTIONS),
    };
    match callbacks.chat_form(&chat, form).await {
        Ok(filled) => opened(form, &press.reference, &filled),
        Err(no) => refused(callbacks, &account, no).await,
    }
}

/// A form that was filled in. Everything is looked up and checked anew.
pub(super) async fn answer_to_submission(
    callbacks: &Callbacks,
    slack: &SlackApp,
    submission: &Submission,
) -> Answered {
    let account = match account(slack, &submission.presser).await {
        Ok(account) => account,
        Err(told) => return told,
    };
    let chat = ChatPress { account: &account.account, client: &slack.app, reference: &submission.reference };
    let wish = match &submission.answer {
        Answer::Deny { reason } if reason.trim().is_empty() => {
            return Answered::Wrong(vec![(REASON.to_owned(), NO_REASON)]);
        }
        Answer::Deny { reason } => ChatWish::Deny { reason },
        Answer::Change { fields } => ChatWish::Change { fields },
        Answer::Ask { .. } => return notice(NO_QUESTIONS),
    };
    told(callbacks, &account, callbacks.chat_verdict(&chat, wish).await).await
}

async fn told(
    callbacks: &Callbacks,
    account: &SlackAccount,
    given: Result<ChatVerdict, ChatRefusal>,
) -> Answered {
    match given {
        Ok(_) => Answered::Counted,
        Err(no) => refused(callbacks, account, no).await,
    }
}

/// The message that was pressed, compared with ours by the digest of all that it shows.
fn shows(ours: &ShownCard, pressed: &str) -> Shown {
    match slack::render(&ours.card, &ours.message, &ours.link) {
        Ok(rendered) if rendered.rendering != pressed => Shown::Otherwise,
        Ok(rendered) if rendered.whole => Shown::Approvable,
        _ => Shown::NotApprovable,
    }
}

fn opened(form: ChatForm, reference: &str, filled: &FilledForm) -> Answered {
    let view = match form {
        ChatForm::Change => {
            let field = |field: &crate::chat::ChatField| ChangeField {
                name: field.pointer.clone(),
                label: field.label.clone(),
                value: field.value.clone(),
            };
            slack::change(reference, &filled.fields.iter().map(field).collect::<Vec<_>>())
        }
        ChatForm::Deny | ChatForm::Approve => slack::deny(reference),
    };
    view.map_or_else(|_| notice(&page_alone(&filled.page)), Answered::Show)
}

async fn refused(callbacks: &Callbacks, account: &SlackAccount, no: ChatRefusal) -> Answered {
    match no {
        ChatRefusal::NotLinked => {
            shown(callbacks.invite_in_chat(&account.account, &account.shown_as).await, "")
        }
        ChatRefusal::Refused(no) => notice(&no.in_chat()),
    }
}

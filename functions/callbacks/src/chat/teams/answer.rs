//! What a request of Teams comes to, once it is known to be Teams'.

use std::collections::BTreeMap;

use channel::Control;
use data_encoding::BASE64URL_NOPAD;
use runtime::Code;
use teams::{ChangeField, Form, Invoke, Press, Refused, Reply, Wish, notice, render};
use wire::Item;

use super::TeamsApp;
use super::account::{TeamsAccount, account};
use super::linking::shown;
use crate::app::Callbacks;
use crate::chat::told::NO_QUESTIONS;
use crate::chat::{ChatField, ChatForm, ChatPress, ChatRefusal, ChatWish, Shown, ShownCard};

/// The verdict is committed, and its card cannot be shown.
const RECORDED: &str = "Your answer is recorded. Open the review to see how the action stands.";

/// A change is committed: the card of what was asked before it would mislead.
const CHANGED: &str =
    "Your change is recorded. The action is decided anew with it, which takes a few seconds.";

/// A button or a form. Everything is looked up and checked anew, so a request that comes twice is answered alike.
pub(super) async fn answer_to_press(callbacks: &Callbacks, teams: &TeamsApp, press: &Press) -> Reply {
    let account = match account(teams, &press.presser).await {
        Ok(account) => account,
        Err(no) => return Reply::refused(press.invoke, no),
    };
    let client = teams.settings.app.as_str();
    let chat = ChatPress { account: &account.account, client, reference: &press.reference };
    let answered = match &press.wish {
        Wish::Refresh => return refreshed(callbacks, &chat, press.invoke).await,
        Wish::Ask { .. } | Wish::Open(Form::Ask) => return Reply::sentence(press.invoke, NO_QUESTIONS),
        Wish::Open(form) => opened(callbacks, &chat, *form).await,
        Wish::Approve => given(callbacks, &chat, press.invoke, ChatWish::Approve { shows: &shows }).await,
        Wish::Deny { reason } => given(callbacks, &chat, press.invoke, ChatWish::Deny { reason }).await,
        Wish::Change { fields } => {
            let fields = by_pointer(fields);
            given(callbacks, &chat, press.invoke, ChatWish::Change { fields: &fields }).await
        }
    };
    match answered {
        Ok(reply) => reply,
        Err(no) => refused(callbacks, &account, press.invoke, no).await,
    }
}

/// C40: the card as it stands now. Nobody pressed anything, so nothing is decided and nobody is invited.
async fn refreshed(callbacks: &Callbacks, chat: &ChatPress<'_>, invoke: Invoke) -> Reply {
    match callbacks.chat_card(chat).await {
        Ok(Some(card)) => Reply::card(invoke, &render(&card.card, &card.link)),
        Ok(None) | Err(_) => Reply::refused(invoke, Refused::Automatic),
    }
}

/// C34: the verdict, and then the card of what was written. It only leads to the page: whoever has answered has no button left.
async fn given(
    callbacks: &Callbacks,
    chat: &ChatPress<'_>,
    invoke: Invoke,
    wish: ChatWish<'_>,
) -> Result<Reply, ChatRefusal> {
    let changes = matches!(wish, ChatWish::Change { .. });
    let item: Item = callbacks.chat_verdict(chat, wish).await?.item;
    if changes {
        return Ok(Reply::sentence(invoke, CHANGED));
    }
    let Ok(Some(mut standing)) = callbacks.standing_card(chat, &item).await else {
        return Ok(Reply::sentence(invoke, RECORDED));
    };
    standing.card.controls.retain(|control| matches!(control, Control::Open { .. }));
    Ok(Reply::card(invoke, &render(&standing.card, &standing.link)))
}

/// A message has the button only where the card shows everything, and its reference says which card that is.
fn shows(ours: &ShownCard) -> Shown {
    if render(&ours.card, &ours.link).whole { Shown::Approvable } else { Shown::NotApprovable }
}

async fn opened(callbacks: &Callbacks, chat: &ChatPress<'_>, form: Form) -> Result<Reply, ChatRefusal> {
    let wanted = match form {
        Form::Approve => ChatForm::Approve,
        Form::Change => ChatForm::Change,
        Form::Deny | Form::Ask => ChatForm::Deny,
    };
    let filled = callbacks.chat_form(chat, wanted).await?;
    let field = |field: &ChatField| ChangeField {
        id: BASE64URL_NOPAD.encode(field.pointer.as_bytes()),
        name: field.label.clone(),
        value: field.value.clone(),
    };
    Ok(form.open(chat.reference, &filled.fields.iter().map(field).collect::<Vec<_>>()))
}

/// What was typed, by JSON pointer: a field's name is the pointer in characters that the platform keeps. Another name is nothing's.
fn by_pointer(fields: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let pointer = |name: &str| String::from_utf8(BASE64URL_NOPAD.decode(name.as_bytes()).ok()?).ok();
    fields.iter().filter_map(|(name, typed)| Some((pointer(name)?, typed.clone()))).collect()
}

async fn refused(callbacks: &Callbacks, account: &TeamsAccount, invoke: Invoke, no: ChatRefusal) -> Reply {
    match no {
        ChatRefusal::NotLinked => {
            let link = callbacks.invite_in_chat(&account.account, &account.shown_as).await;
            shown(invoke, &link, "")
        }
        // The card stays, and with it the button to press again.
        ChatRefusal::Refused(no) if no.code == Code::Unavailable => Reply::failed(invoke),
        ChatRefusal::Refused(no) => {
            let page = no.page.clone().unwrap_or_else(|| callbacks.inbox_url());
            Reply::card(invoke, &notice(&no.in_chat(), &page))
        }
    }
}

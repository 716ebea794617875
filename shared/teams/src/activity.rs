//! Who pressed what. Only a person's ids, the verb, the reference and the fields of a form are read; everything else in
//! an activity is for showing.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::conversation::{Conversation, is_id};
use crate::form::{FIELD, Form};
use crate::json::text;
use crate::limits::MAX_INPUT;
use crate::refused::Refused;
use crate::reply::Invoke;
use crate::settings::TeamsSettings;
use crate::verify::Verified;

/// An account of Entra ID: the key under which a link to a person is stored. Both parts are in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account {
    /// The organisation.
    pub tenant: String,
    /// The person's object id in it.
    pub object: String,
}

/// Who pressed, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presser {
    /// Whose account, as the activity says it: confirm it with [`crate::judge`].
    pub account: Account,
    /// What Teams calls that account in conversations with this bot: `29:…`.
    pub member: String,
    /// Where.
    pub conversation: Conversation,
}

/// A press of one of our buttons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Press {
    /// Whose press it is.
    pub presser: Presser,
    /// The kind of invoke, for the answer.
    pub invoke: Invoke,
    /// The opaque reference to look up: it alone says which action and which revision are meant.
    pub reference: String,
    /// What was pressed.
    pub wish: Wish,
}

/// What a press asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// To approve.
    Approve,
    /// Nothing: the client refreshes the card by itself, and nobody pressed anything.
    Refresh,
    /// To see this form; nothing is decided yet.
    Open(Form),
    /// To deny.
    Deny {
        /// The reason.
        reason: Input,
    },
    /// To change parameters.
    Change {
        /// The new values by [`crate::ChangeField::id`].
        fields: BTreeMap<String, Input>,
    },
    /// To ask the agent's owner.
    Ask {
        /// The question.
        question: Input,
    },
}

/// A text that a person typed: at most 2,000 characters, else anything.
pub type Input = String;

/// Reads a press.
///
/// # Errors
/// [`Refused`]: answer with [`crate::Reply::refused`] where the activity is an invoke.
pub fn read(verified: &Verified, settings: &TeamsSettings) -> Result<Press, Refused> {
    let activity = verified.activity();
    let invoke = verified.invoke().ok_or(Refused::NotAPress)?;
    let presser = presser(verified, settings)?;
    let (wish, data) = match invoke {
        Invoke::Action => action(activity)?,
        Invoke::Fetch | Invoke::Submit => {
            let data = activity.pointer("/value/data").ok_or(Refused::NotAPress)?;
            (wish(invoke, text(data, "/verb").ok_or(Refused::NotAPress)?, data)?, data)
        }
    };
    let reference = text(data, "/ref").filter(|text| is_reference(text)).ok_or(Refused::Reference)?;
    Ok(Press { presser, invoke, reference: reference.to_owned(), wish })
}

/// What an `adaptiveCard/action` asks for, and its data. Clients also send one when they refresh a card.
fn action(activity: &Value) -> Result<(Wish, &Value), Refused> {
    let ours = text(activity, "/value/action/type") == Some("Action.Execute");
    let data = activity.pointer("/value/action/data").filter(|_| ours).ok_or(Refused::NotAPress)?;
    if text(activity, "/value/trigger") != Some("manual") {
        return Ok((Wish::Refresh, data));
    }
    let verb = text(activity, "/value/action/verb").ok_or(Refused::NotAPress)?;
    Ok((wish(Invoke::Action, verb, data)?, data))
}

/// A button approves; everything else opens its form first, and the form's own button decides.
fn wish(invoke: Invoke, verb: &str, data: &Value) -> Result<Wish, Refused> {
    let form = Form::of(verb).ok_or(Refused::NotAPress)?;
    Ok(match (invoke, form) {
        (Invoke::Action | Invoke::Submit, Form::Approve) => Wish::Approve,
        (Invoke::Action, _) => return Err(Refused::NotAPress),
        (Invoke::Fetch, form) => Wish::Open(form),
        (Invoke::Submit, Form::Deny) => Wish::Deny { reason: input(data.get("reason"))? },
        (Invoke::Submit, Form::Ask) => Wish::Ask { question: input(data.get("question"))? },
        (Invoke::Submit, Form::Change) => Wish::Change { fields: changed(data)? },
    })
}

fn changed(data: &Value) -> Result<BTreeMap<String, Input>, Refused> {
    let fields = data.as_object().ok_or(Refused::Field)?;
    let ours = fields.iter().filter_map(|(name, value)| Some((name.strip_prefix(FIELD)?, value)));
    ours.map(|(name, value)| Ok((name.to_owned(), input(Some(value))?))).collect()
}

fn input(value: Option<&Value>) -> Result<Input, Refused> {
    let text = value.and_then(Value::as_str).ok_or(Refused::Field)?;
    if text.chars().count() > MAX_INPUT { Err(Refused::Field) } else { Ok(text.to_owned()) }
}

/// Who pressed.
pub(crate) fn presser(verified: &Verified, settings: &TeamsSettings) -> Result<Presser, Refused> {
    let account = account(verified.activity(), settings)?;
    let member = text(verified.activity(), "/from/id").filter(|id| id.starts_with("29:") && is_id(id));
    Ok(Presser {
        account,
        member: member.ok_or(Refused::NotAPerson)?.to_owned(),
        conversation: verified.conversation().ok_or(Refused::NotAPress)?,
    })
}

/// The account, if activity and account are of our organisation and the account is a person's.
fn account(activity: &Value, settings: &TeamsSettings) -> Result<Account, Refused> {
    let ours = |text: &str| text.eq_ignore_ascii_case(&settings.tenant);
    let named = ["/conversation/tenantId", "/from/tenantId"];
    let elsewhere = named
        .iter()
        .any(|pointer| activity.pointer(pointer).is_some_and(|id| !id.as_str().is_some_and(ours)));
    if elsewhere || !text(activity, "/channelData/tenant/id").is_some_and(ours) {
        return Err(Refused::OtherTenant);
    }
    let from = activity.get("from").ok_or(Refused::NotAPerson)?;
    let recipient = activity.get("recipient").unwrap_or(&Value::Null);
    if !is_person(from) || is_agentic(recipient) {
        return Err(Refused::NotAPerson);
    }
    let object = text(from, "/aadObjectId").filter(|id| is_guid(id)).ok_or(Refused::NotAPerson)?;
    Ok(Account { tenant: settings.tenant.to_ascii_lowercase(), object: object.to_ascii_lowercase() })
}

/// Whether an account has no mark of an agent or a bot. A role that is not known is not a person's.
pub(crate) fn is_person(account: &Value) -> bool {
    let role = account.get("role").filter(|role| !role.is_null());
    !is_agentic(account) && role.is_none_or(|role| role == "user")
}

/// Whether an account is an agent's identity: every field that says so begins alike.
fn is_agentic(account: &Value) -> bool {
    let fields = account.as_object().into_iter().flatten();
    let marked = |(name, value): (&String, &Value)| {
        let agentic = |text: &str| text.to_ascii_lowercase().starts_with("agentic");
        !value.is_null() && (agentic(name) || (name == "role" && value.as_str().is_some_and(agentic)))
    };
    fields.into_iter().any(marked)
}

/// The 36 characters of an id of Entra ID: the address of a person, not of a conversation.
#[must_use]
pub fn is_guid(text: &str) -> bool {
    let dash = |place: usize| matches!(place, 8 | 13 | 18 | 23);
    let fits = |(place, byte): (usize, u8)| if dash(place) { byte == b'-' } else { byte.is_ascii_hexdigit() };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

pub(crate) fn is_reference(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (16..=256).contains(&text.len()) && text.bytes().all(fits)
}

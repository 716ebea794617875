//! Who pressed what.

use std::collections::BTreeMap;

use crate::address::{is_organisation, is_user};
use crate::limits::is_reference;
use crate::payload::{Action, Payload, UserPart, ViewPart, ViewState};
use crate::refused::Refused;
use crate::verify::Verified;
use crate::views::{ASK, CHANGE, DENY, FIELD_BLOCK, QUESTION_INPUT, REASON_INPUT};

/// The account that Slack's signature names. Whether it belongs to the organisation is [`judge`](crate::judge)'s to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presser {
    /// The account's own workspace or organisation (`T…`, `E…`).
    pub organisation: String,
    /// The account (`U…`, `W…`).
    pub user: String,
}

/// Which button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pressed {
    /// Approve, at once.
    Approve,
    /// Deny: the reason is asked for in a modal.
    Deny,
    /// Change parameters, in a modal.
    Change,
    /// Ask a question, in a modal.
    Ask,
}

/// A button of ours was pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Press {
    /// Who.
    pub presser: Presser,
    /// Which button.
    pub pressed: Pressed,
    /// What the button holds: it is looked up, and says nothing by itself.
    pub reference: String,
    /// Which state of the message the button belongs to ([`Rendered::rendering`](crate::Rendered::rendering)).
    pub rendering: String,
    /// For opening a modal, once, within three seconds.
    pub trigger: Option<String>,
}

/// What a submitted modal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A denial.
    Deny {
        /// Why.
        reason: String,
    },
    /// A change.
    Change {
        /// Each field of the modal, by its name, as it is now: changed or not. Whether it may be changed is checked anew.
        fields: BTreeMap<String, String>,
    },
    /// A question to the agent's owner.
    Ask {
        /// The question.
        question: String,
    },
}

/// A modal of ours was submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Who.
    pub presser: Presser,
    /// What the modal holds: it is looked up, and says nothing by itself.
    pub reference: String,
    /// What it says.
    pub answer: Answer,
}

/// One request of Slack's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Interaction {
    /// A button.
    Press(Press),
    /// A modal.
    Submission(Submission),
    /// Nothing to act on: a link was followed, or a modal closed. It is acknowledged.
    Ignored,
}

/// Reads a request that was verified, for the app with this id.
///
/// # Errors
/// [`Refused`].
pub fn read(verified: &Verified<'_>, app: &str) -> Result<Interaction, Refused> {
    let payload = payload(verified.body())?;
    if app.is_empty() || payload.api_app_id != app {
        return Err(Refused::OtherApp);
    }
    let presser = presser(payload.user)?;
    match payload.kind.as_str() {
        "block_actions" => press(presser, payload.actions, payload.trigger_id),
        "view_submission" => {
            let view = payload.view.ok_or(Refused::Malformed)?;
            submission(presser, view).map(Interaction::Submission)
        }
        "view_closed" => Ok(Interaction::Ignored),
        _ => Err(Refused::NotOurs),
    }
}

/// The one payload of the form, as strict JSON.
pub(crate) fn payload(body: &[u8]) -> Result<Payload, Refused> {
    let mut payloads = url::form_urlencoded::parse(body).filter(|(name, _)| name == "payload");
    let (Some((_, text)), None) = (payloads.next(), payloads.next()) else {
        return Err(Refused::Malformed);
    };
    wire::json::parse_stored(text.as_bytes()).map_err(|_| Refused::Malformed)
}

pub(crate) fn presser(user: UserPart) -> Result<Presser, Refused> {
    let organisation = user.team_id.ok_or(Refused::NoOrganisation)?;
    match is_user(&user.id) && is_organisation(&organisation) {
        true => Ok(Presser { organisation, user: user.id }),
        false => Err(Refused::Malformed),
    }
}

fn press(presser: Presser, actions: Vec<Action>, trigger: Option<String>) -> Result<Interaction, Refused> {
    let mut actions = actions.into_iter();
    let (Some(action), None) = (actions.next(), actions.next()) else {
        return Err(Refused::Malformed);
    };
    if action.kind != "button" {
        return Err(Refused::NotOurs);
    }
    let pressed = match action.action_id.as_str() {
        "open" => return Ok(Interaction::Ignored),
        "approve" => Pressed::Approve,
        "deny" => Pressed::Deny,
        "change" => Pressed::Change,
        "ask" => Pressed::Ask,
        _ => return Err(Refused::NotOurs),
    };
    let reference = reference(action.value)?;
    let block = action.block_id.ok_or(Refused::Malformed)?;
    let rendering = block.strip_suffix("-answers").filter(|rendering| is_rendering(rendering));
    let rendering = rendering.ok_or(Refused::NotOurs)?.to_owned();
    Ok(Interaction::Press(Press { presser, pressed, reference, rendering, trigger }))
}

fn is_rendering(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn submission(presser: Presser, view: ViewPart) -> Result<Submission, Refused> {
    let state = view.state.unwrap_or(ViewState { values: BTreeMap::new() });
    let answer = match view.callback_id.as_deref() {
        Some(DENY) => Answer::Deny { reason: one_text(state, REASON_INPUT)? },
        Some(ASK) => Answer::Ask { question: one_text(state, QUESTION_INPUT)? },
        Some(CHANGE) => Answer::Change { fields: fields(state)? },
        _ => return Err(Refused::NotOurs),
    };
    Ok(Submission { presser, reference: reference(view.private_metadata)?, answer })
}

pub(crate) fn reference(held: Option<String>) -> Result<String, Refused> {
    held.filter(|held| is_reference(held)).ok_or(Refused::Malformed)
}

/// The text of a modal with one input, block and input both called `name`.
pub(crate) fn one_text(state: ViewState, name: &str) -> Result<String, Refused> {
    let mut texts = texts(state)?.into_iter();
    match (texts.next(), texts.next()) {
        (Some((block, input, text)), None) if block == name && input == name => Ok(text),
        _ => Err(Refused::Malformed),
    }
}

fn fields(state: ViewState) -> Result<BTreeMap<String, String>, Refused> {
    let mut fields = BTreeMap::new();
    for (block, name, text) in texts(state)? {
        if !block.starts_with(FIELD_BLOCK) || fields.insert(name, text).is_some() {
            return Err(Refused::Malformed);
        }
    }
    if fields.is_empty() { Err(Refused::Malformed) } else { Ok(fields) }
}

/// Every input: its block, its name and its text, which is empty where nothing was written.
fn texts(state: ViewState) -> Result<Vec<(String, String, String)>, Refused> {
    let mut texts = Vec::new();
    for (block, inputs) in state.values {
        let mut inputs = inputs.into_iter();
        let (Some((name, input)), None) = (inputs.next(), inputs.next()) else {
            return Err(Refused::Malformed);
        };
        if input.kind != "plain_text_input" {
            return Err(Refused::Malformed);
        }
        texts.push((block, name, input.value.unwrap_or_default()));
    }
    Ok(texts)
}

//! Linking an account: a form that leads to the page and takes the code that the page shows, and one that shows in whose name the account
//! would answer. Every text is ours but the person's name, and that is a `TextRun`.

use serde_json::{Value, json};

use crate::activity::{Presser, is_reference, presser};
use crate::element::{Look, Paragraph, sentence};
use crate::json::text;
use crate::refused::Refused;
use crate::render::{CARD_TYPE, document};
use crate::reply::{Invoke, Reply};
use crate::settings::TeamsSettings;
use crate::verify::Verified;

/// The verbs of the two forms.
const CODE: &str = "link_code";
const AGREE: &str = "link_agree";
/// The longest code that is read: people type blanks and hyphens too.
const LONGEST: usize = 24;
/// The longest name of a person that is shown.
const NAME: usize = 300;
const TITLE: &str = "Link your account";

/// A step of linking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkStep {
    /// The code was typed.
    Code(String),
    /// The person's name was seen, and the button pressed.
    Agree,
}

/// A button of a form about a link was pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkPress {
    /// Whose press it is.
    pub presser: Presser,
    /// The kind of invoke, for the answer.
    pub invoke: Invoke,
    /// The invitation's reference: it is looked up, and says nothing by itself.
    pub reference: String,
    /// What was pressed.
    pub step: LinkStep,
}

/// The answer to a press whose account is not linked: it leads to the invitation's page and asks for the code. `wrong` is a sentence of ours
/// about the code that was typed before.
#[must_use]
pub fn link_code(invoke: Invoke, reference: &str, page: &str, wrong: Option<&'static str>) -> Reply {
    let why = "This account is not linked to a person yet, so its answers do not count. Open the page, sign in, and type the code that \
               the page shows. Do this only if you pressed the button yourself.";
    let input = json!({
        "type": "Input.Text", "id": "code", "label": "The code", "maxLength": LONGEST, "isRequired": true,
        "errorMessage": "The code is needed.",
    });
    let body = wrong.into_iter().map(sentence).chain([sentence(why), input]).collect();
    let open = json!({ "type": "Action.OpenUrl", "title": "Open the page", "url": page });
    answer(invoke, body, vec![open, button(invoke, "Go on", CODE, reference)])
}

/// Shows in whose name the account would answer, and asks whether that is right; none when the name would not be shown whole.
#[must_use]
pub fn link_agree(invoke: Invoke, reference: &str, person: &str) -> Option<Reply> {
    if person.is_empty() || person.chars().count() > NAME {
        return None;
    }
    let (name, _) = Paragraph::new().foreign(person, Look::Value, NAME).done("Medium");
    let first = sentence("From now on this account answers in the name of:");
    let body = vec![first, name, sentence("Link it only if this is you.")];
    Some(answer(invoke, body, vec![button(invoke, "Link", AGREE, reference)]))
}

/// Reads a press of a button of these forms; none: the press is about something else, and [`read`](crate::read) reads it.
///
/// # Errors
/// [`Refused`]: answer with [`Reply::refused`].
pub fn read_link(verified: &Verified, settings: &TeamsSettings) -> Result<Option<LinkPress>, Refused> {
    let (activity, Some(invoke)) = (verified.activity(), verified.invoke()) else { return Ok(None) };
    let (verb, data) = match invoke {
        Invoke::Action => ("/value/action/verb", "/value/action/data"),
        Invoke::Submit => ("/value/data/verb", "/value/data"),
        Invoke::Fetch => return Ok(None),
    };
    let agrees = match text(activity, verb) {
        Some(CODE) => false,
        Some(AGREE) => true,
        _ => return Ok(None),
    };
    if invoke == Invoke::Action && text(activity, "/value/trigger") != Some("manual") {
        return Err(Refused::Automatic);
    }
    let data = activity.pointer(data).ok_or(Refused::NotAPress)?;
    let step = match agrees {
        true => LinkStep::Agree,
        false => {
            let typed = text(data, "/code").filter(|typed| typed.chars().count() <= LONGEST);
            LinkStep::Code(typed.ok_or(Refused::Field)?.to_owned())
        }
    };
    let reference = text(data, "/ref").filter(|text| is_reference(text)).ok_or(Refused::Reference)?;
    let presser = presser(verified, settings)?;
    Ok(Some(LinkPress { presser, invoke, reference: reference.to_owned(), step }))
}

/// A button that acts at once in a message, and submits in a dialog.
fn button(invoke: Invoke, title: &'static str, verb: &'static str, reference: &str) -> Value {
    match invoke {
        Invoke::Action => {
            json!({ "type": "Action.Execute", "title": title, "verb": verb, "data": { "ref": reference } })
        }
        Invoke::Fetch | Invoke::Submit => {
            json!({ "type": "Action.Submit", "title": title, "data": { "ref": reference, "verb": verb } })
        }
    }
}

fn answer(invoke: Invoke, body: Vec<Value>, actions: Vec<Value>) -> Reply {
    let card = document(body, actions);
    match invoke {
        Invoke::Action => Reply::typed(json!({ "statusCode": 200, "type": CARD_TYPE, "value": card })),
        Invoke::Fetch | Invoke::Submit => Reply::dialog(TITLE, card),
    }
}

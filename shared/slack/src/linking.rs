//! Linking an account: a modal that leads to the page and takes the code that the page shows, and one that shows in whose name the
//! account would answer. Every text is ours but the person's name, and that stands in plain text.

use serde_json::{Value, json};

use crate::elements::{link as page_link, piece, plain, rich_text, section};
use crate::fit::Room;
use crate::payload::ViewState;
use crate::read::{self, Presser};
use crate::refused::Refused;
use crate::render::check_page;
use crate::verify::Verified;
use crate::views::{NotInSlack, View, modal};

/// The callback ids of the two modals.
const CODE: &str = "countersign_link_code";
const AGREE: &str = "countersign_link_agree";
/// The block of the code, for [`Reply::Errors`](crate::Reply::Errors), and its input.
pub const CODE_INPUT: &str = "code";
/// The longest code that is read: people type blanks and hyphens too.
const LONGEST: usize = 24;
/// The longest name of a person that is shown.
const NAME: usize = 300;

/// A step of linking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkStep {
    /// The code was typed.
    Code(String),
    /// The person's name was seen, and the button pressed.
    Agree,
}

/// A modal about a link was submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSubmission {
    /// Whose account. Whether it belongs to the organisation is [`judge`](crate::judge)'s to say.
    pub presser: Presser,
    /// The invitation's reference: it is looked up, and says nothing by itself.
    pub reference: String,
    /// What was submitted.
    pub step: LinkStep,
}

/// Tells that the account is not linked, leads to the invitation's page, and asks for the code.
///
/// # Errors
/// [`NotInSlack`] when reference or page are none.
pub fn link_code(reference: &str, page: &str) -> Result<View, NotInSlack> {
    check_page(page).map_err(|_| NotInSlack)?;
    let why = "This account is not linked to a person yet, so its answers do not count. Open the page, sign in, and type the code that \
               the page shows. Do this only if you pressed the button yourself.";
    let element = json!({
        "type": "plain_text_input", "action_id": CODE_INPUT, "multiline": false, "max_length": LONGEST,
    });
    let blocks = vec![
        json!({ "type": "section", "block_id": "why", "text": plain(why) }),
        with_id(rich_text(vec![section(vec![page_link(page, "Open the page")])]), "page"),
        json!({
            "type": "input", "block_id": CODE_INPUT, "optional": false, "label": plain("The code"), "element": element,
        }),
    ];
    modal(CODE, "Link your account", Some("Go on"), reference, blocks)
}

/// Shows in whose name the account would answer, and asks whether that is right.
///
/// # Errors
/// [`NotInSlack`] when the reference is none, or when the name would not be shown whole.
pub fn link_agree(reference: &str, person: &str) -> Result<View, NotInSlack> {
    let mut room = Room::new();
    let name = room.line(person, NAME);
    if person.is_empty() || room.cut() > 0 {
        return Err(NotInSlack);
    }
    let blocks = vec![
        json!({ "type": "section", "block_id": "why", "text": plain("From now on this account answers in the name of:") }),
        with_id(rich_text(vec![section(vec![piece(&name, true)])]), "person"),
        json!({ "type": "section", "block_id": "only", "text": plain("Link it only if this is you.") }),
    ];
    modal(AGREE, "Link your account", Some("Link"), reference, blocks)
}

/// Reads a submitted modal about a link from a request that was verified, for the app with this id; none: the request is about something else, and
/// [`read`](crate::read) reads it.
///
/// # Errors
/// [`Refused`].
pub fn read_link(verified: &Verified<'_>, app: &str) -> Result<Option<LinkSubmission>, Refused> {
    let payload = read::payload(verified.body())?;
    let callback = payload.view.as_ref().and_then(|view| view.callback_id.as_deref());
    let agrees = match (payload.kind.as_str(), callback) {
        ("view_submission", Some(CODE)) => false,
        ("view_submission", Some(AGREE)) => true,
        _ => return Ok(None),
    };
    if app.is_empty() || payload.api_app_id != app {
        return Err(Refused::OtherApp);
    }
    let view = payload.view.ok_or(Refused::Malformed)?;
    let state = view.state.unwrap_or(ViewState { values: std::collections::BTreeMap::new() });
    let step = match agrees {
        true => LinkStep::Agree,
        false => LinkStep::Code(read::one_text(state, CODE_INPUT)?),
    };
    let presser = read::presser(payload.user)?;
    Ok(Some(LinkSubmission { presser, reference: read::reference(view.private_metadata)?, step }))
}

fn with_id(mut block: Value, id: &str) -> Value {
    if let Some(block) = block.as_object_mut() {
        block.insert("block_id".to_owned(), Value::String(id.to_owned()));
    }
    block
}

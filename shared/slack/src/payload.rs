//! What is read of a payload: the fields that the signature makes trustworthy. All else (names, labels, the message's own
//! text, the conversation) is for showing and is not read.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Payload {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) api_app_id: String,
    pub(crate) user: UserPart,
    pub(crate) trigger_id: Option<String>,
    #[serde(default)]
    pub(crate) actions: Vec<Action>,
    pub(crate) view: Option<ViewPart>,
}

#[derive(Deserialize)]
pub(crate) struct UserPart {
    pub(crate) id: String,
    /// The workspace or organisation of the account itself. `team` is not read: it is missing for installations in a whole
    /// organisation, and can be the one that hosts the conversation.
    pub(crate) team_id: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Action {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) action_id: String,
    pub(crate) block_id: Option<String>,
    pub(crate) value: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct ViewPart {
    pub(crate) callback_id: Option<String>,
    pub(crate) private_metadata: Option<String>,
    pub(crate) state: Option<ViewState>,
}

#[derive(Deserialize)]
pub(crate) struct ViewState {
    pub(crate) values: BTreeMap<String, BTreeMap<String, Input>>,
}

#[derive(Deserialize)]
pub(crate) struct Input {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) value: Option<String>,
}

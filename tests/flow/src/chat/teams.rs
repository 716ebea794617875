//! Somebody in front of Teams.

use serde_json::{Value, json};

use super::{PAUSE, TRIES, get, post, texts};
use crate::stack::Stack;
use crate::{FlowResult, FlowStep, fail};

/// An account of the double's organisation.
pub struct TeamsUser {
    http: reqwest::Client,
    base: String,
    endpoint: String,
    person: String,
}

/// A card with its buttons, as it is now.
#[derive(Debug, Clone)]
pub struct TeamsMessage {
    /// Its id.
    pub id: String,
    /// The conversation.
    pub room: String,
    /// The card.
    pub card: Value,
}

impl TeamsMessage {
    /// The titles of its buttons.
    #[must_use]
    pub fn buttons(&self) -> Vec<&str> {
        let actions = self.card.get("actions").and_then(Value::as_array).into_iter().flatten();
        actions.filter_map(|action| action.get("title")?.as_str()).collect()
    }

    /// Whether people read this somewhere in it.
    #[must_use]
    pub fn says(&self, words: &str) -> bool {
        texts(&self.card).contains(words)
    }
}

impl TeamsUser {
    /// The account of this person; none on a stack without Teams.
    #[must_use]
    pub fn of(stack: &Stack, person: &str) -> Option<Self> {
        let (base, endpoint) = (stack.teams.clone()?, format!("{}/callbacks/teams", stack.api));
        Some(Self { http: reqwest::Client::new(), base, endpoint, person: person.to_owned() })
    }

    /// The request about this action, once it was sent.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn asked(&self, action: &str) -> FlowResult<TeamsMessage> {
        self.newest(|message| message.says(action)).await
    }

    /// The same message, once it is as it should be.
    ///
    /// # Errors
    /// When it does not become so.
    pub async fn until(
        &self,
        message: &TeamsMessage,
        fits: impl Fn(&TeamsMessage) -> bool,
    ) -> FlowResult<TeamsMessage> {
        self.newest(|now| now.id == message.id && fits(now)).await
    }

    async fn newest(&self, fits: impl Fn(&TeamsMessage) -> bool) -> FlowResult<TeamsMessage> {
        let read = |message: &Value| {
            let text = |name: &str| message.get(name).and_then(Value::as_str).map(str::to_owned);
            let card = message.pointer("/activity/attachments/0/content")?.clone();
            Some(TeamsMessage { id: text("id")?, room: text("room")?, card })
        };
        for _ in 0..TRIES {
            let told = get(&self.http, &format!("{}/test/messages", self.base)).await?;
            let sent = told.as_array().step("Teams' messages")?;
            if let Some(message) = sent.iter().filter_map(read).rfind(&fits) {
                return Ok(message);
            }
            tokio::time::sleep(PAUSE).await;
        }
        fail(format!("Teams has no such message; see {}", self.base))
    }

    /// Presses the button with this title. Returns what the person sees then.
    ///
    /// # Errors
    /// When the press is not answered as Teams expects.
    pub async fn press(&self, message: &TeamsMessage, title: &str) -> FlowResult<Value> {
        let asked = json!({
            "endpoint": self.endpoint, "person": self.person, "message": message.id, "title": title,
        });
        self.answered("press", &asked).await
    }

    /// Presses the button of a form that was opened at this message.
    ///
    /// # Errors
    /// When the press is not answered as Teams expects.
    pub async fn submit(
        &self,
        message: &TeamsMessage,
        form: &Value,
        title: &str,
        inputs: &Value,
    ) -> FlowResult<Value> {
        let asked = json!({
            "endpoint": self.endpoint, "person": self.person, "room": message.room, "message": message.id,
            "form": form, "title": title, "inputs": inputs,
        });
        self.answered("submit", &asked).await
    }

    async fn answered(&self, control: &str, asked: &Value) -> FlowResult<Value> {
        let answer = post(&self.http, &format!("{}/test/{control}", self.base), asked).await?;
        let pressed = answer.get("pressed") == Some(&Value::Bool(true)) && answer.get("error").is_none();
        if pressed { Ok(answer) } else { fail(format!("Teams' {control} was answered {answer}")) }
    }
}

//! `countersign resolve`: records what an attempt of unknown outcome did, for the people whom its requirement names.

use clap::Args;
use domain::ActionId;
use serde_json::{Value, json};

use crate::api::{ApiError, Connection, Deadline, text};
use crate::console::Console;
use crate::exit;
use crate::propose::show;

/// How long it is tried again while no answer comes, in seconds.
const TRYING: u64 = 60;

const CODES: &str = "Exit codes: 0 it is recorded; 2 it is not, and why is said; 8 the token is no longer accepted; \
74 the output could not be written; 141 its reader is gone.";

/// Records whether an attempt of unknown outcome took effect, with a person's token. The first answer counts.
#[derive(Debug, Args)]
#[command(after_help = format!("{CODES}\n\nExample:\n  \
countersign resolve act_aaaaaaaaaaaaaaaaaaaaaaaaaa --did-not-happen --looked-at 'The access log of the bucket has no such request'"))]
pub struct Resolve {
    /// The action's id, `act_…`.
    #[arg(value_name = "ID")]
    action: String,
    #[command(flatten)]
    finding: Finding,
    /// What you looked at and what you found there. It is signed, recorded and shown.
    #[arg(long, value_name = "TEXT")]
    looked_at: String,
    /// Print the action as JSON, as the API shows it.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Finding {
    /// The attempt took effect.
    #[arg(long)]
    happened: bool,
    /// The attempt did not take effect.
    #[arg(long)]
    did_not_happen: bool,
}

impl Resolve {
    /// Whether the result is to be JSON, a refusal too.
    pub(crate) fn wants_json(&self) -> bool {
        self.json
    }

    /// Runs it. What is resolved is what was reviewed: the API refuses the digests of anything else.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn run(self, console: &Console) -> Result<u8, ApiError> {
        let id: ActionId =
            self.action.parse().map_err(|error: domain::ParseError| ApiError::Usage(error.to_string()))?;
        let happened = self.finding.happened;
        let deadline = Deadline::after(TRYING);
        let api = self.connection.open(console, &deadline).await?;
        let review = api.review(&id, &deadline).await?;
        let body = body(&review, happened, &self.looked_at)?;
        let answer = match api.resolve(&id, &body, &deadline).await {
            Err(ApiError::NoAnswer(why)) => {
                console.note(
                    "whether it is recorded is not known; the same command again records it at most once",
                );
                return Err(ApiError::NoAnswer(why));
            }
            answered => answered?,
        };
        recorded(&answer, &id, happened)?;
        show(console, &answer, self.json)?;
        Ok(exit::DONE)
    }
}

/// The resolution as the API takes it.
fn body(review: &Value, happened: bool, looked_at: &str) -> Result<Value, ApiError> {
    Ok(json!({
        "happened": happened,
        "action_digest": text(review, "action_digest")?,
        "review_digest": text(review, "review_digest")?,
        "reason": looked_at,
    }))
}

/// Only an answer that says that this was recorded of this action is believed.
fn recorded(answer: &Value, id: &ActionId, happened: bool) -> Result<(), ApiError> {
    let found = answer.pointer("/resolution/happened").and_then(Value::as_bool);
    if text(answer, "id")? == id.to_string() && found == Some(happened) {
        return Ok(());
    }
    Err(ApiError::Answer("the answer does not say that this was recorded".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::http::ResolutionBody;

    /// What is sent is what the contract takes, with the digests of the review.
    #[test]
    fn what_is_sent() {
        let digest = domain::Digest::of(b"x").to_string();
        let review = json!({ "action_digest": digest, "review_digest": digest, "may": ["happened"] });
        let sent: ResolutionBody = wire::json::from_value(body(&review, true, "The log").unwrap()).unwrap();
        assert!(sent.happened && sent.reason == "The log" && sent.review_digest.to_string() == digest);
        assert!(body(&json!({ "action_digest": digest }), true, "The log").is_err());
    }
}

//! `countersign propose` and `countersign wait`: an approval gate in a pipeline.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use domain::ActionId;
use runtime::SystemRandom;
use serde_json::Value;
use tokio::time::Instant;
use wire::text::parse_rfc3339;

use crate::api::{ActionReply, Api, ApiError, Connection, Deadline, text};
use crate::console::{Console, ProgressLine};
use crate::exit;
use crate::file;
use crate::key::Key;

/// Without --wait, a proposal is sent again for this many seconds while no answer comes.
const SENDING: u64 = 30;
/// The longest that the API is asked to keep a question open, in seconds.
const QUESTION: u64 = 20;
/// Between two questions at least this passes, however fast answers come.
const FLOOR: Duration = Duration::from_secs(1);
/// The longest pause between two questions.
const CEILING: Duration = Duration::from_secs(60);
/// Clocks of one API differ by less than this, in milliseconds.
const SKEW: i64 = 5_000;

const CODES: &str = "Exit codes: 0 it ran (without --wait: it is proposed); 2 it could not be proposed or asked for; 3 denied; \
4 expired or taken back; 5 failed, or nobody knows; 6 still waiting when the time was over; 7 nothing new was proposed: the key \
had been used before; 8 the token is no longer accepted and no other can be got; 74 the output could not be written; 141 its \
reader is gone.";

/// Proposes an action, each run a new one.
#[derive(Debug, Args)]
#[command(after_help = format!("{CODES}\n\nExample:\n  countersign propose retrain.json --wait --timeout 1800"))]
pub struct Propose {
    /// The proposal: a JSON file as the API takes it; `-` for standard input.
    file: PathBuf,
    /// The idempotency key: the same key and file are the same action. Default: in a CI system a key of this run and file,
    /// so that a step that is tried again proposes nothing twice; elsewhere a new one each time.
    #[arg(long)]
    key: Option<String>,
    /// Wait until it is over; the exit code says how it ended.
    #[arg(long)]
    wait: bool,
    /// Where the key had been used before: end as that action did, instead of with exit code 7.
    #[arg(long)]
    replay_ok: bool,
    #[command(flatten)]
    waiting: Waiting,
    #[command(flatten)]
    connection: Connection,
}

/// Waits for an action; the exit code says how it ended.
#[derive(Debug, Args)]
#[command(after_help = format!("{CODES}\n\nExample:\n  countersign wait act_mzxw6ytboi4dkmrqgeztinbvgy --timeout 600"))]
pub struct Wait {
    /// The action's id.
    action: String,
    #[command(flatten)]
    waiting: Waiting,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Args)]
struct Waiting {
    /// How long to wait, in seconds that really pass; troubles on the way are waited out as well.
    #[arg(long, default_value_t = 3600)]
    timeout: u64,
    /// Print the action as JSON.
    #[arg(long)]
    json: bool,
}

impl Propose {
    /// Whether the result is to be JSON, a refusal too.
    pub(crate) fn wants_json(&self) -> bool {
        self.waiting.json
    }

    /// Runs it.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn run(self, console: &Console) -> Result<u8, ApiError> {
        let body = file::proposal(&self.file)?;
        let environment = |name: &str| std::env::var_os(name)?.into_string().ok();
        let key =
            Key::of(self.key.as_deref(), &environment, &body, &SystemRandom).map_err(ApiError::Usage)?;
        let Waiting { timeout, json } = self.waiting;
        let deadline = Deadline::after(if self.wait { timeout } else { timeout.min(SENDING) });
        let progress = console.progress(json);
        progress.say("proposing");
        let proposed = async {
            let api = self.connection.open(console, &deadline).await?;
            let began = Instant::now();
            let told = api.propose(&key.text, &body, &deadline).await?;
            Ok((api, began, told))
        };
        let (api, began, told) = match proposed.await {
            Ok(proposed) => proposed,
            Err(ApiError::NoAnswer(why)) => return Ok(self.unanswered(console, &key, &why)),
            Err(error) => return Err(error),
        };
        let replayed = told.replayed && !key.fresh && !is_ours(&told, began.elapsed());
        let over = is_final(&told.action);
        if replayed {
            console.note(replay(&told.action, &key));
        }
        if replayed && !self.replay_ok && (over || !self.wait) {
            drop(progress);
            show(console, &told.action, json)?;
            return Ok(exit::REPLAYED);
        }
        let ends = self.wait || (replayed && over);
        if !ends {
            drop(progress);
            show(console, &told.action, json)?;
            return Ok(exit::DONE);
        }
        wait(&api, told, &deadline, (console, progress, json)).await
    }

    /// Nobody knows whether it was proposed; with its key that can be found out.
    fn unanswered(&self, console: &Console, key: &Key, why: &str) -> u8 {
        console.note(format!("countersign: no answer in time: {why}"));
        console.note(format!(
            "whether it is proposed is not known; the same file with `--key {}` proposes it at most once",
            key.text
        ));
        if self.wait { exit::WAITING } else { exit::USAGE }
    }
}

impl Wait {
    /// Whether the result is to be JSON, a refusal too.
    pub(crate) fn wants_json(&self) -> bool {
        self.waiting.json
    }

    /// Runs it.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn run(self, console: &Console) -> Result<u8, ApiError> {
        let id: ActionId =
            self.action.parse().map_err(|error: domain::ParseError| ApiError::Usage(error.to_string()))?;
        let Waiting { timeout, json } = self.waiting;
        let deadline = Deadline::after(timeout);
        let progress = console.progress(json);
        progress.say(&format!("asking for {id}"));
        let asked = async {
            let api = self.connection.open(console, &deadline).await?;
            let told = api.action(&id, deadline.left().as_secs().min(QUESTION), &deadline).await?;
            Ok((api, told))
        };
        match asked.await {
            Ok((api, told)) => wait(&api, told, &deadline, (console, progress, json)).await,
            Err(ApiError::NoAnswer(why)) => {
                console.note(format!("countersign: no answer in time: {why}"));
                Ok(exit::WAITING)
            }
            Err(error) => Err(error),
        }
    }
}

/// Asks until it is over or the time is.
async fn wait(
    api: &Api<'_>,
    mut told: ActionReply,
    deadline: &Deadline,
    (console, progress, json): (&Console, ProgressLine, bool),
) -> Result<u8, ApiError> {
    let id: ActionId = text(&told.action, "id")?
        .parse()
        .map_err(|error: domain::ParseError| ApiError::Answer(error.to_string()))?;
    let mut early = 0_u32;
    let mut trouble = None;
    while !is_final(&told.action) && !deadline.left().is_zero() {
        progress.say(&format!("{id} is {}", text(&told.action, "status")?));
        deadline.pause(between(early, told.retry_after)).await;
        let (began, seconds) = (Instant::now(), deadline.left().as_secs().min(QUESTION));
        match api.action(&id, seconds, deadline).await {
            Ok(next) => told = next,
            Err(ApiError::NoAnswer(why)) => {
                trouble = Some(why);
                break;
            }
            Err(error) => {
                drop(progress);
                console.note(format!("{id} was {} when it was last seen", text(&told.action, "status")?));
                return Err(error);
            }
        }
        // The API keeps the question open; whoever answers for it may not.
        early = if began.elapsed().as_secs() >= seconds / 2 { 0 } else { early.saturating_add(1) };
    }
    drop(progress);
    show(console, &told.action, json)?;
    if let Some(why) = trouble {
        console.note(format!("countersign: no answer in time, this was the last one: {why}"));
        return Ok(exit::WAITING);
    }
    let status = text(&told.action, "status")?;
    Ok(if is_final(&told.action) { code(status) } else { exit::WAITING })
}

/// The pause before the next question: longer the more often the answer came at once, and as long as the API asks for.
fn between(early: u32, asked: Option<Duration>) -> Duration {
    let growing = FLOOR.saturating_mul(1_u32.checked_shl(early.saturating_sub(1)).unwrap_or(u32::MAX));
    growing.min(CEILING / 6).max(asked.unwrap_or_default()).clamp(FLOOR, CEILING)
}

/// Whether the action is what an earlier try of this very call proposed: that try got no answer, and the action is no
/// older than this call. Both times are the API's own.
fn is_ours(told: &ActionReply, elapsed: Duration) -> bool {
    let created =
        told.action.get("created_at").and_then(Value::as_str).and_then(|text| parse_rfc3339(text).ok());
    let elapsed = i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX);
    let began =
        told.date.map(|seconds| seconds.saturating_mul(1000).saturating_sub(elapsed).saturating_sub(SKEW));
    told.unsure && created.zip(began).is_some_and(|(created, began)| created.millis() >= began)
}

fn is_final(action: &Value) -> bool {
    action.get("final") == Some(&Value::Bool(true))
}

/// How a final status ends the process. One that is not known here is no success.
fn code(status: &str) -> u8 {
    match status {
        "succeeded" | "released" => exit::DONE,
        "denied" | "withheld" => exit::DENIED,
        "expired" | "cancelled" => exit::EXPIRED,
        _ => exit::FAILED,
    }
}

/// That nothing new was proposed, in words.
fn replay(action: &Value, key: &Key) -> String {
    let field = |name: &str| action.get(name).and_then(Value::as_str).unwrap_or("unknown");
    let (id, status, since) = (field("id"), field("status"), field("created_at"));
    let Key { text, .. } = key;
    format!(
        "nothing new was proposed: the key `{text}` was used before, for {id} of {since}, which is {status}; another --key proposes a new action"
    )
}

/// The action as the result: its id and status, or all of it as JSON.
///
/// # Errors
/// [`ApiError::Answer`] for an action without one of the two.
pub(crate) fn show(console: &Console, action: &Value, json: bool) -> Result<(), ApiError> {
    if json {
        console.json_line(action);
        return Ok(());
    }
    console.line(format!("{} {}", text(action, "id")?, text(action, "status")?));
    if let Some(message) = action.get("agent_message").and_then(Value::as_str) {
        console.note(message);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// P2: an outcome nobody can prove is never told as success.
    #[test]
    fn exit_codes() {
        let table = ["succeeded", "denied", "expired", "failed", "unknown", "something-new"]
            .map(|status| (status, code(status)));
        assert_eq!(
            table,
            [
                ("succeeded", 0),
                ("denied", 3),
                ("expired", 4),
                ("failed", 5),
                ("unknown", 5),
                ("something-new", 5)
            ]
        );
    }

    /// C9: answers that come at once are asked for less and less often, never more than once a second.
    #[test]
    fn pauses_between_questions() {
        let seconds = |early, asked: Option<u64>| between(early, asked.map(Duration::from_secs)).as_secs();
        assert_eq!([0, 1, 2, 3, 4, 5, 99].map(|early| seconds(early, None)), [1, 1, 2, 4, 8, 10, 10]);
        assert_eq!([0, 7, 3600].map(|asked| seconds(0, Some(asked))), [1, 7, 60]);
    }

    /// C8: the answer to a lost try of our own is no replay; anything older is, and so is what nobody can tell.
    #[test]
    fn whose_replay() {
        let told = |unsure, date| ActionReply {
            action: json!({ "created_at": "2026-11-21T14:47:31.204Z" }),
            replayed: true,
            retry_after: None,
            date,
            unsure,
        };
        let at = parse_rfc3339("2026-11-21T14:47:31.204Z").unwrap().seconds();
        let ours = |unsure, date| is_ours(&told(unsure, date), Duration::from_secs(10));
        assert!(ours(true, Some(at + 10)));
        assert!(!ours(false, Some(at + 10)), "the first try was answered");
        assert!(!ours(true, Some(at + 60)), "it is older than this call");
        assert!(!ours(true, None), "nobody can tell");
    }
}

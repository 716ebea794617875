//! Whether what the index says of the past may be believed now.

use domain::{ActionId, ActivityHistory, Digest, Fault, Timestamp};
use wire::history_key;
use wire::text::Identity;

use crate::ReadIndex;

/// A heartbeat this many seconds old: five times as long as sweep lets the stream be silent.
const SILENCE: i64 = 300;

/// Whose history is read, and of what.
#[derive(Debug, Clone, Copy)]
pub struct HistoryQuery<'a> {
    /// The agent.
    pub principal: &'a Identity,
    /// The action type.
    pub action_type: &'a str,
    /// The name of the resource.
    pub resource: &'a str,
    /// The action that is decided, which is left out; none where nothing is proposed yet.
    pub but: Option<&'a ActionId>,
}

/// What the history of a request says, as of now; none as for [`recent_history`], and when the names have no canonical form.
///
/// # Errors
/// A passing [`Fault`].
pub async fn request_history(
    index: &dyn ReadIndex,
    query: HistoryQuery<'_>,
    now: Timestamp,
) -> Result<Option<ActivityHistory>, Fault> {
    let Ok(key) = history_key(query.principal, query.action_type, query.resource) else { return Ok(None) };
    match query.but {
        Some(action) => recent_history(index, key, action, now).await,
        // No action has the id of empty bytes.
        None => recent_history(index, key, &ActionId::of(b""), now).await,
    }
}

/// What this principal did before, as of now; none when the index is behind, empty or unreadable, which denies whatever
/// depends on it.
///
/// # Errors
/// A passing [`Fault`].
pub async fn recent_history(
    index: &dyn ReadIndex,
    history_key: Digest,
    but: &ActionId,
    now: Timestamp,
) -> Result<Option<ActivityHistory>, Fault> {
    let read = async {
        let fresh = index.watermark().await?.is_some_and(|mark| mark.heartbeat.plus_seconds(SILENCE) > now);
        if fresh { index.history(history_key, but, now).await } else { Ok(None) }
    };
    let found = match read.await {
        Err(fault) if !fault.is_passing() => {
            tracing::error!(alarm = true, %fault, "history cannot be read");
            None
        }
        found => found?,
    };
    if found.is_none() {
        tracing::warn!(action = %but, "history is unknown; rules that read it deny");
    }
    Ok(found)
}

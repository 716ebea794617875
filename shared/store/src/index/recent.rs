//! Whether what the index says of the past may be believed now.

use domain::{ActionId, ActivityHistory, Digest, Fault, Timestamp};

use crate::ReadIndex;

/// A heartbeat this many seconds old: five times as long as sweep lets the stream be silent.
const SILENCE: i64 = 300;

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

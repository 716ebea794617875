//! Whether what the index says of the past may be believed now.

use domain::{ActionId, Digest, Fault, Past, Timestamp};

use crate::ReadIndex;

/// A heartbeat this many seconds old: five times as long as sweep lets the stream be silent.
const SILENCE: i64 = 300;

/// What this principal did before, as of now; none when the index is behind, empty or unreadable, which denies whatever
/// depends on it.
///
/// # Errors
/// A passing [`Fault`].
pub async fn recent_past(
    index: &dyn ReadIndex,
    past: Digest,
    but: &ActionId,
    now: Timestamp,
) -> Result<Option<Past>, Fault> {
    let read = async {
        let fresh = index.watermark().await?.is_some_and(|mark| mark.heartbeat.plus_seconds(SILENCE) > now);
        if fresh { index.past(past, but, now).await } else { Ok(None) }
    };
    let found = match read.await {
        Err(fault) if !fault.is_passing() => {
            tracing::error!(alarm = true, %fault, "the past cannot be read");
            None
        }
        found => found?,
    };
    if found.is_none() {
        tracing::warn!(action = %but, "the past is not known; what depends on it is denied");
    }
    Ok(found)
}

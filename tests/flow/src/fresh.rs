//! Names no other run has used, and what time it is.

use std::fs::File;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use domain::Timestamp;

use crate::stack::local_dir;
use crate::{FlowResult, FlowStep};

/// Waits until no other test puts rules in force; until what this gives is dropped, none does.
///
/// # Errors
/// When the stack has no folder.
pub fn alone_with_the_rules() -> FlowResult<File> {
    let path = local_dir().join("rules.lock");
    let file = File::create(&path).step("a lock")?;
    file.lock().step("the lock")?;
    Ok(file)
}

static COUNT: AtomicU64 = AtomicU64::new(0);

/// `prefix-<time>-<count>`: unique across runs on a kept state and across processes of one run.
#[must_use]
pub fn name(prefix: &str) -> String {
    let since = since_epoch();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{prefix}-{:x}-{:x}-{count}", since.as_micros(), std::process::id())
}

/// What time it is.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::from_millis(i64::try_from(since_epoch().as_millis()).unwrap_or(i64::MAX))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a process of its own, with real time and names no other run has used"
)]
fn since_epoch() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO)
}

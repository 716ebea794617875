//! Trying again, until it is done or there is no time left.

use std::time::Duration;

use runtime::{Random, SystemRandom};
use tokio::time::{Instant, sleep};

use super::ApiError;
use super::http::Trouble;

/// The first pause after a failure.
const FIRST: Duration = Duration::from_millis(500);
/// The longest pause, unless the server asked for a longer one.
const LONGEST: Duration = Duration::from_secs(30);
/// A try may always take this long, or the last one would never succeed.
const LEAST: Duration = Duration::from_secs(3);
/// The longest single try: longer than the API ever keeps a request open.
const MOST: Duration = Duration::from_secs(45);
/// The longest wait; it keeps sums of times within the range of a clock.
const CENTURY: u64 = 100 * 365 * 86_400;

/// Until when something is tried, in time that really passes.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(Instant);

impl Deadline {
    /// That many seconds from now.
    #[must_use]
    pub fn after(seconds: u64) -> Self {
        let now = Instant::now();
        Self(now.checked_add(Duration::from_secs(seconds.min(CENTURY))).unwrap_or(now))
    }

    /// The time that is left; zero once it has passed.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Waits that long, but not beyond.
    pub async fn pause(&self, pause: Duration) {
        sleep(pause.min(self.left())).await;
    }
}

/// The next pause after this many failures: twice as long each time, up to half of it random, so that many callers
/// that failed together do not return together; never shorter than the server asked for.
pub(crate) fn pause(failures: u32, asked: Option<Duration>) -> Duration {
    let most = FIRST.saturating_mul(1_u32.checked_shl(failures).unwrap_or(u32::MAX)).min(LONGEST);
    let mut byte = [0; 1];
    // Without randomness everybody waits the longest time.
    let chance = SystemRandom.fill(&mut byte).map_or(255, |()| u32::from(byte[0]));
    let half = most / 2;
    let pause = half + half.saturating_mul(chance) / 255;
    asked.map_or(pause, |asked| asked + pause / 4).max(pause)
}

/// Tries until it succeeds or fails for good. Where a pause ends with the time, there is one more try.
///
/// # Errors
/// The final failure, or [`ApiError::NoAnswer`] with the last one.
pub(crate) async fn persist<T>(
    deadline: &Deadline,
    mut attempt: impl AsyncFnMut(Duration) -> Result<T, Trouble>,
) -> Result<T, ApiError> {
    let mut failures = 0_u32;
    loop {
        let left = deadline.left();
        let (why, asked) = match attempt(left.clamp(LEAST, MOST)).await {
            Ok(done) => return Ok(done),
            Err(Trouble::Lasting(error)) => return Err(error),
            Err(Trouble::Unauthorized(why)) => return Err(ApiError::TokenEnded(why)),
            Err(Trouble::Passing(why, asked)) => (why, asked),
        };
        if left.is_zero() || deadline.left().is_zero() {
            return Err(ApiError::NoAnswer(why));
        }
        deadline.pause(pause(failures, asked)).await;
        failures = failures.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C9: pauses grow, differ by chance, have a bound, and are never shorter than was asked for.
    #[test]
    fn pauses() {
        for failures in 0..100 {
            let most = FIRST.saturating_mul(1 << failures.min(10)).min(LONGEST);
            let pause = pause(failures, None);
            assert!(pause >= most / 2 && pause <= most, "{failures}: {pause:?}");
        }
        let asked = Duration::from_secs(60);
        assert!(pause(0, Some(asked)) >= asked && pause(99, Some(asked)) < asked + LONGEST);
        let some: std::collections::BTreeSet<_> = (0..50).map(|_| pause(9, None)).collect();
        assert!(some.len() > 5);
    }

    /// C9: it ends when the time is over, not before and not long after, however fast every try fails.
    #[tokio::test]
    async fn until_the_time_is_over() {
        let began = Instant::now();
        let mut tries = 0;
        let soon = Deadline::after(2);
        let ended = persist::<()>(&soon, async |_| {
            tries += 1;
            Err(Trouble::passing("reset"))
        });
        assert!(matches!(ended.await, Err(ApiError::NoAnswer(why)) if why == "reset"));
        let passed = began.elapsed().as_millis();
        assert!((2000..3000).contains(&passed) && (3..8).contains(&tries), "{passed} ms, {tries} tries");
        let later = Deadline::after(600);
        let ended = persist::<()>(&later, async |_| Err(Trouble::Lasting(ApiError::Answer("no".to_owned()))));
        assert!(matches!(ended.await, Err(ApiError::Answer(_))), "what failed for good is not tried again");
    }
}

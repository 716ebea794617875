//! From a press in Slack to the answer that Slack waits for: our own time, without AWS and Slack, which answer from this
//! process. Warm: the press of an approval in a running function, its verdict committed. Cold: from the start of the function's
//! process to its answer to a press of somebody whose account is not linked. Slack waits three seconds for either.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark measures, prints, and fails loudly"
)]

#[path = "cold/mod.rs"]
mod cold;
#[path = "../tests/stack/mod.rs"]
mod stack;

use std::time::{Duration, Instant};

use stack::{Groups, with_slack};
use testkit::{Gate, SampleRequirement};

/// How long Slack waits.
const WAITS: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() {
    println!("{:<34} {:>10} {:>10} {:>10}", "from the press to the answer", "p50", "p99", "of 3 s");
    print("warm, an approval committed", warm(500).await);
    print("cold, from the process's start", cold::starts(20));
}

/// So many approvals, each of an action of its own.
async fn warm(rounds: usize) -> Vec<Duration> {
    let mut taken = Vec::new();
    for _ in 0..rounds {
        let stack = with_slack(SampleRequirement::TwoOfSre, Gate::open(), Groups::default()).await;
        let sent = stack.message('a').await;
        let started = Instant::now();
        let answer = stack.press("bob", "approve", &sent).await;
        taken.push(started.elapsed());
        assert_eq!(answer.status, 200);
        assert!(
            stack.item().await.entries().last().unwrap().event.verdict().is_some(),
            "nothing was committed"
        );
    }
    taken
}

fn print(what: &str, mut taken: Vec<Duration>) {
    taken.sort();
    let at = |percent: usize| taken[(taken.len() * percent / 100).min(taken.len() - 1)];
    let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
    let share = at(99).as_secs_f64() / WAITS.as_secs_f64() * 100.0;
    println!("{what:<34} {:>10} {:>10} {:>9.1}%", ms(at(50)), ms(at(99)), share);
}

//! Which seeds a test runs.

use crate::oracle::Broken;

/// Runs this for every seed: as many as usual, `SEEDS=n` of them, or the one that `SEED` names.
///
/// # Panics
/// With the first run that breaks a promise, and how to run it alone.
pub fn each<T>(test: &str, usual: u64, run: impl Fn(u64) -> Result<T, Broken>) -> Vec<T> {
    let seeds = match (asked("SEED"), asked("SEEDS")) {
        (Some(seed), _) => seed..seed.saturating_add(1),
        (None, many) => 0..many.unwrap_or(usual),
    };
    let alone = |seed| format!("alone: SEED={seed} cargo test --workspace {test} -- --nocapture");
    seeds.map(|seed| run(seed).unwrap_or_else(|broken| panic!("{broken}\n{}", alone(seed)))).collect()
}

fn asked(name: &str) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "a failing run is repeated by its seed")]
    let asked = std::env::var(name).ok()?;
    Some(asked.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

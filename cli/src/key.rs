//! The idempotency key of a proposal: it belongs to one run of one job, not to the file that is proposed.

use data_encoding::HEXLOWER;
use domain::{Digest, Fault};
use runtime::Random;

/// What names one run of one job where a CI system runs it: all of these together. A step that is tried again within
/// the run has the same, a run that is started again has others.
const RUNS: [(&str, &[&str]); 9] = [
    ("github", &["GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GITHUB_JOB"]),
    ("github", &["GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT"]),
    ("gitlab", &["CI_JOB_ID"]),
    ("buildkite", &["BUILDKITE_JOB_ID"]),
    ("circleci", &["CIRCLE_WORKFLOW_JOB_ID"]),
    ("azure", &["SYSTEM_JOBID", "SYSTEM_JOBATTEMPT", "BUILD_BUILDID"]),
    ("bitbucket", &["BITBUCKET_STEP_UUID", "BITBUCKET_STEP_RUN_NUMBER"]),
    ("codebuild", &["CODEBUILD_BUILD_ID"]),
    ("jenkins", &["JENKINS_URL", "BUILD_TAG"]),
];

/// A key, and where it is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) text: String,
    /// Made for this one call: nothing can have been proposed under it before.
    pub(crate) fresh: bool,
}

impl Key {
    /// The key that was given; else that of the CI run and this proposal; else a new one.
    ///
    /// # Errors
    /// A sentence if the given key is not valid, or that of a [`Fault`] if there is no randomness.
    pub(crate) fn of(
        given: Option<&str>,
        environment: &dyn Fn(&str) -> Option<String>,
        proposal: &[u8],
        random: &dyn Random,
    ) -> Result<Self, String> {
        if let Some(text) = given {
            let fits = (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
            let none = "--key is 1 to 255 visible ASCII characters";
            return fits.then(|| Self { text: text.to_owned(), fresh: false }).ok_or_else(|| none.to_owned());
        }
        if let Some(run) = run(environment) {
            let both = format!("{run}\0{}", Digest::of(proposal).hex());
            return Ok(Self { text: format!("run-{}", Digest::of(both.as_bytes()).hex()), fresh: false });
        }
        let mut bytes = [0; 16];
        random.fill(&mut bytes).map_err(|fault: Fault| fault.to_string())?;
        Ok(Self { text: format!("once-{}", HEXLOWER.encode(&bytes)), fresh: true })
    }
}

/// The run as its CI system names it, if this is one.
fn run(environment: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let set = |name: &&str| environment(name).filter(|value| !value.trim().is_empty());
    RUNS.iter().find_map(|(system, names)| {
        let values = names.iter().map(set).collect::<Option<Vec<_>>>()?;
        Some(format!("{system}\0{}", values.join("\0")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime::SystemRandom;

    fn key(environment: &[(&str, &str)], proposal: &str) -> Key {
        let read = |name: &str| {
            let found = environment.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Key::of(None, &read, proposal.as_bytes(), &SystemRandom).unwrap()
    }

    /// C8: the next run has another key, and so has another file; a step tried again within a run has the same.
    #[test]
    fn a_key_belongs_to_a_run() {
        assert_ne!(key(&[], "a"), key(&[], "a"), "each call is a run of its own");
        let empty = [("CI_JOB_ID", ""), ("GITHUB_RUN_ID", "7"), ("BUILD_TAG", "x")];
        assert!(key(&empty, "a").fresh, "half a name of a run is none");
        for (_, names) in RUNS {
            let one: Vec<_> = names.iter().map(|name| (*name, "1")).collect();
            assert_eq!(key(&one, "a"), key(&one, "a"), "{names:?}");
            assert_ne!(key(&one, "a"), key(&one, "b"), "{names:?}");
            assert!(!key(&one, "a").fresh);
            for at in 0..one.len() {
                let mut next = one.clone();
                next[at].1 = "2";
                assert_ne!(key(&one, "a"), key(&next, "a"), "{next:?}");
            }
        }
    }

    #[test]
    fn a_key_that_is_given() {
        let given = |text: &str| Key::of(Some(text), &|_| None, b"", &SystemRandom);
        assert_eq!(given("nightly-7").unwrap(), Key { text: "nightly-7".to_owned(), fresh: false });
        for text in ["", "a b", "ä", "a\n", &"x".repeat(256)] {
            assert!(given(text).is_err(), "{text:?}");
        }
    }
}

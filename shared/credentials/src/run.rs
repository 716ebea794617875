//! The session in which a plan runs. Policy checks it before anybody is asked, and execution requests it. Both use
//! one function, so that what was checked is what STS is asked for.

use domain::{ActionId, Timestamp};

use crate::narrow::{NarrowError, narrowed};
use crate::session::{Session, SessionError};

/// Seconds the credentials last: as short as STS makes them.
pub const RUN_SECONDS: u32 = 900;

/// Why a plan has no session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunSessionError {
    /// Its policy cannot be narrowed, or is too long then.
    #[error(transparent)]
    Policy(#[from] NarrowError),
    /// STS would refuse it.
    #[error(transparent)]
    Session(#[from] SessionError),
}

/// The role that a plan runs with.
#[derive(Debug, Clone, Copy)]
pub struct RunRole<'a> {
    /// Its ARN.
    pub arn: &'a str,
    /// The plan's session policy, which narrows it.
    pub policy: &'a str,
}

/// P11: the plan's role, narrowed to the plan's policy and to the time before `until`, and marked with action and attempt.
///
/// # Errors
/// [`RunSessionError`]: STS is not asked then.
pub fn run_session(
    role: RunRole<'_>,
    action: &ActionId,
    attempt: &str,
    until: Timestamp,
) -> Result<Session, RunSessionError> {
    let tag = |name: &str, value: &str| (format!("countersign:{name}"), value.to_owned());
    let session = Session {
        role: role.arn.to_owned(),
        name: session_name(action),
        policy: Some(narrowed(role.policy, until)?),
        source_identity: Some(action.to_string()),
        tags: vec![tag("action", action.as_str()), tag("attempt", attempt)],
        seconds: RUN_SECONDS,
    };
    session.check()?;
    Ok(session)
}

/// The STS session's name, by which CloudTrail finds the action.
#[must_use]
pub fn session_name(action: &ActionId) -> String {
    format!("countersign-{action}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MAX_POLICY;

    const ROLE: &str = "arn:aws:iam::000000000000:role/countersign-local-run-s3-export";

    fn policy(length: usize) -> String {
        let frame = r#"{"Statement":[{"Action":"s3:PutObject","Effect":"Allow","Resource":""}],"Version":"2012-10-17"}"#;
        frame.replace("\"\"", &format!("\"{}\"", "r".repeat(length - frame.len())))
    }

    /// C13: how long a session policy is depends neither on the attempt nor on the moment, so that what policy judged before
    /// anybody was asked is what execution mints.
    #[test]
    fn what_is_judged_is_what_is_minted() {
        let (action, now) = (ActionId::of(b"one"), Timestamp::from_millis(1_795_000_000_204));
        let minted = |length: usize, attempt: &str, until: Timestamp| {
            run_session(RunRole { arn: ROLE, policy: &policy(length) }, &action, attempt, until)
        };
        let condition = minted(200, "attempt", now).unwrap().policy.unwrap().len() - 200;
        for (attempt, until) in [("attempt", Timestamp::from_millis(0)), ("another-much-longer-attempt", now)]
        {
            let longest = minted(MAX_POLICY - condition, attempt, until).unwrap();
            assert_eq!(longest.policy.unwrap().len(), MAX_POLICY);
            let error = minted(MAX_POLICY - condition + 1, attempt, until).unwrap_err();
            assert_eq!(error, RunSessionError::Policy(NarrowError::TooLong(MAX_POLICY + 1)));
        }
    }

    /// C13, F12: tags, role and names are judged with it.
    #[test]
    fn what_sts_would_refuse_is_no_session() {
        let (action, until) = (ActionId::of(b"one"), Timestamp::from_millis(0));
        let judged = |role: &str, attempt: &str| {
            run_session(RunRole { arn: role, policy: &policy(200) }, &action, attempt, until)
        };
        assert!(judged(ROLE, "attempt").is_ok());
        assert!(matches!(judged(ROLE, "star*"), Err(RunSessionError::Session(SessionError::Tag(_)))));
        assert!(matches!(judged("role", "attempt"), Err(RunSessionError::Session(SessionError::Role(_)))));
    }
}

//! What a target's own API would refuse for its length: said at the proposal, not after people have agreed.

use wire::documents::Call;

/// Service, operation, input, and the fewest and most bytes it takes, as AWS documents them.
const LIMITS: [(&str, &str, &str, usize, usize); 10] = [
    ("s3", "CopyObject", "SourceBucket", 3, 63),
    ("s3", "CopyObject", "SourceKey", 1, 1024),
    ("s3", "CopyObject", "Bucket", 3, 63),
    ("s3", "CopyObject", "Key", 1, 1024),
    ("iam", "AttachRolePolicy", "RoleName", 1, 64),
    ("iam", "AttachRolePolicy", "PolicyArn", 20, 2048),
    ("secretsmanager", "PutSecretValue", "SecretId", 1, 2048),
    ("secretsmanager", "PutSecretValue", "SecretString", 1, 65_536),
    ("lambda", "Invoke", "FunctionName", 1, 170),
    // Of a call that waits for the answer; the only kind that is made.
    ("lambda", "Invoke", "Payload", 0, 6 * 1024 * 1024),
];

/// An input that the target does not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{service} takes {least} to {most} bytes as `{input}`, and this one has {hint}")]
pub struct LimitError {
    service: String,
    input: String,
    least: usize,
    most: usize,
    hint: &'static str,
}

/// Whether every input of these calls is as long as its target takes it.
///
/// # Errors
/// The first [`LimitError`]. It repeats no value.
pub fn within_limits(calls: &[Call]) -> Result<(), LimitError> {
    for call in calls {
        let own = LIMITS.iter().filter(|limit| limit.0 == call.service && limit.1 == call.operation);
        for (service, _, input, least, most) in own {
            let Some(length) = call.input.get(*input).map(String::len) else { continue };
            if !(*least..=*most).contains(&length) {
                let (service, input) = ((*service).to_owned(), (*input).to_owned());
                let hint = if length > *most { "more: shorten it" } else { "fewer" };
                return Err(LimitError { service, input, least: *least, most: *most, hint });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(service: &str, operation: &str, input: &str, length: usize) -> Call {
        Call {
            service: service.to_owned(),
            operation: operation.to_owned(),
            input: [(input.to_owned(), "é".repeat(length / 2) + &"x".repeat(length % 2))].into(),
        }
    }

    /// C13: what is longer than the target takes it, in bytes, never gets as far as people.
    #[test]
    fn every_input_is_as_long_as_its_target_takes_it() {
        for (service, operation, input, least, most) in LIMITS {
            let judged = |length| within_limits(&[call(service, operation, input, length)]).is_ok();
            assert!(judged(most) && judged(least) && !judged(most + 1), "{service} {input}");
            assert!(least == 0 || !judged(least - 1), "{service} {input}");
        }
        let error = within_limits(&[call("s3", "CopyObject", "Key", 1025)]).unwrap_err().to_string();
        assert_eq!(error, "s3 takes 1 to 1024 bytes as `Key`, and this one has more: shorten it");
    }
}

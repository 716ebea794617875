//! The one thing execution adds to a plan's session policy: that it ends.

use domain::Timestamp;
use serde_json::{Map, Value, json};
use wire::json::{canonical, parse_value};

use crate::session::MAX_POLICY;

/// Why a session policy cannot be narrowed. Nothing is minted then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NarrowError {
    /// Not a policy whose every statement allows something.
    #[error("the session policy is not a list of statements that allow")]
    Shape,
    /// It names a time already, and two would contradict each other.
    #[error("the session policy already names a time")]
    HasTime,
    /// Too long for STS with the condition.
    #[error("the session policy has {0} characters with its time condition, more than {MAX_POLICY}")]
    TooLong(usize),
}

/// The plan's policy with one condition more in every statement: before this moment. Nothing else changes, so it can
/// only allow less than what was reviewed.
///
/// # Errors
/// [`NarrowError`].
pub fn narrowed(policy: &str, until: Timestamp) -> Result<String, NarrowError> {
    let mut policy = parse_value(policy.as_bytes()).map_err(|_| NarrowError::Shape)?;
    let statements = policy.get_mut("Statement").and_then(Value::as_array_mut).ok_or(NarrowError::Shape)?;
    if statements.is_empty() {
        return Err(NarrowError::Shape);
    }
    for statement in statements {
        limit(statement, until)?;
    }
    let text = canonical(&policy).map_err(|_| NarrowError::Shape)?.into_string();
    let length = text.chars().count();
    if length > MAX_POLICY { Err(NarrowError::TooLong(length)) } else { Ok(text) }
}

fn limit(statement: &mut Value, until: Timestamp) -> Result<(), NarrowError> {
    let allows = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
    let statement = statement.as_object_mut().filter(|_| allows).ok_or(NarrowError::Shape)?;
    let conditions = statement.entry("Condition").or_insert_with(|| Value::Object(Map::new()));
    let conditions = conditions.as_object_mut().ok_or(NarrowError::Shape)?;
    // IAM takes whole seconds; the text's milliseconds go.
    let end = wire::text::rfc3339(Timestamp::from_millis(until.seconds().saturating_mul(1000)));
    let end = end.replace(".000Z", "Z");
    match conditions.insert("DateLessThan".to_owned(), json!({ "aws:CurrentTime": end })) {
        None => Ok(()),
        Some(_) => Err(NarrowError::HasTime),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until() -> Timestamp {
        Timestamp::from_millis(1_795_000_000_204)
    }

    /// P11: the policy that is minted is the one that was reviewed and one condition, in every statement.
    #[test]
    fn a_policy_only_gets_narrower() {
        let reviewed = r#"{"Statement":[{"Action":"s3:PutObject","Effect":"Allow","Resource":"arn:aws:s3:::b/k"},{"Action":"iam:AttachRolePolicy","Condition":{"ArnEquals":{"iam:PolicyARN":"p"}},"Effect":"Allow","Resource":"r"}],"Version":"2012-10-17"}"#;
        insta::assert_snapshot!(narrowed(reviewed, until()).unwrap());
    }

    #[test]
    fn a_policy_that_cannot_be_narrowed_mints_nothing() {
        for (policy, error) in [
            ("", NarrowError::Shape),
            ("{}", NarrowError::Shape),
            (r#"{"Statement":[]}"#, NarrowError::Shape),
            (r#"{"Statement":{"Effect":"Allow"}}"#, NarrowError::Shape),
            (r#"{"Statement":[{"Effect":"Deny"}]}"#, NarrowError::Shape),
            (r#"{"Statement":[{"Effect":"Allow","Condition":[]}]}"#, NarrowError::Shape),
            (
                r#"{"Statement":[{"Effect":"Allow","Condition":{"DateLessThan":{"aws:CurrentTime":"2099-01-01T00:00:00Z"}}}]}"#,
                NarrowError::HasTime,
            ),
        ] {
            assert_eq!(narrowed(policy, until()), Err(error), "{policy}");
        }
        let long = json!({"Statement": [{"Effect": "Allow", "Resource": "x".repeat(2000)}]}).to_string();
        assert!(matches!(narrowed(&long, until()), Err(NarrowError::TooLong(length)) if length > 2048));
    }
}

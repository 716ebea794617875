//! Whether a session policy allows a call: every permission the call needs, on exactly its resource, in time.

use domain::Timestamp;
use serde_json::Value;
use wire::documents::Call;

pub(super) fn allow(policy: Option<&str>, call: &Call, now: Timestamp) -> bool {
    let Some(policy) = policy.and_then(|text| wire::json::parse_value(text.as_bytes()).ok()) else {
        return false;
    };
    let Some(statements) = policy.get("Statement").and_then(Value::as_array).cloned() else { return false };
    let needs = needed(call);
    !needs.is_empty()
        && needs.iter().all(|(action, resource)| {
            statements.iter().any(|statement| {
                text(statement, "Effect") == Some("Allow")
                    && text(statement, "Action") == Some(action)
                    && text(statement, "Resource") == Some(resource)
                    && holds(statement.get("Condition"), call, now)
            })
        })
}

fn needed(call: &Call) -> Vec<(&'static str, String)> {
    let get = |name: &str| call.input.get(name).cloned().unwrap_or_default();
    let object = |bucket: &str, key: &str| format!("arn:aws:s3:::{}/{}", get(bucket), get(key));
    match (call.service.as_str(), call.operation.as_str()) {
        ("s3", "CopyObject") => vec![
            ("s3:GetObjectVersion", object("SourceBucket", "SourceKey")),
            ("s3:PutObject", object("Bucket", "Key")),
        ],
        // The role's account is the place's; the double has one.
        ("iam", "AttachRolePolicy") => {
            vec![("iam:AttachRolePolicy", format!("arn:aws:iam::000000000000:role/{}", get("RoleName")))]
        }
        ("secretsmanager", "PutSecretValue") => vec![("secretsmanager:PutSecretValue", get("SecretId"))],
        ("lambda", "Invoke") => vec![("lambda:InvokeFunction", get("FunctionName"))],
        _ => Vec::new(),
    }
}

/// Every condition must be one this double knows, and hold.
fn holds(condition: Option<&Value>, call: &Call, now: Timestamp) -> bool {
    let conditions = condition.and_then(Value::as_object).into_iter().flatten();
    conditions.into_iter().all(|(operator, keys)| {
        let keys = keys.as_object().into_iter().flatten();
        keys.into_iter().all(|(key, value)| match (operator.as_str(), key.as_str(), value.as_str()) {
            ("DateLessThan", "aws:CurrentTime", Some(end)) => {
                let end = wire::text::parse_rfc3339(&end.replace('Z', ".000Z"));
                end.is_ok_and(|end| now < end)
            }
            ("ArnEquals" | "ArnEqualsIfExists", "iam:PolicyARN", Some(arn)) => {
                call.input.get("PolicyArn").map(String::as_str) == Some(arn)
            }
            _ => false,
        })
    })
}

fn text<'a>(statement: &'a Value, name: &str) -> Option<&'a str> {
    statement.get(name).and_then(Value::as_str)
}

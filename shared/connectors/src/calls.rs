//! Which calls a plan consists of. Pure: the same function makes the calls people are shown (from shown values) and those
//! that are made (from full values), so they differ in masked stretches alone.

use std::collections::BTreeMap;

use bundle::RESUME_CONNECTOR;
use wire::documents::Call;

/// The service of calls that go nowhere: Countersign's own.
pub const OWN: &str = "countersign";
/// Its one operation.
pub const RESUME_CALL: &str = "Resume";

type Values = BTreeMap<String, String>;

/// Why no calls follow. Always a denial.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The catalogue names a connector this program does not have.
    #[error("there is no connector `{0}`")]
    Connector(String),
    /// A value or pin is not there.
    #[error("the plan has no `{0}`")]
    Missing(&'static str),
}

/// The calls of this connector for these values and pins, in order.
///
/// # Errors
/// [`CallError`].
pub fn calls(
    connector: &str,
    (account, region): (&str, &str),
    values: &Values,
    pins: &Values,
) -> Result<Vec<Call>, CallError> {
    let call = match connector {
        "s3-export" => copy(account, self::account(values, "destination_account"), values, pins)?,
        // Out of the bundles' bucket into itself.
        "bundle-publish" => copy(account, Some(account), values, pins)?,
        "iam-attach-role-policy" => attach(values)?,
        "secret-put-value" => put_secret(values, pins)?,
        "lambda-invoke" => invoke((account, region), values)?,
        RESUME_CONNECTOR => made(
            OWN,
            RESUME_CALL,
            &[("Scope", get(values, "scope")?), ("Suspension", get(pins, "suspension")?)],
        ),
        other => return Err(CallError::Connector(other.to_owned())),
    };
    Ok(vec![call])
}

fn copy(here: &str, there: Option<&str>, values: &Values, pins: &Values) -> Result<Call, CallError> {
    let mut input = vec![
        ("SourceBucket", get(values, "source_bucket")?),
        ("SourceKey", get(values, "source_key")?),
        ("SourceVersionId", get(pins, "source_version")?),
        ("CopySourceIfMatch", get(pins, "source_etag")?),
        ("ExpectedSourceBucketOwner", here),
        ("Bucket", get(values, "destination_bucket")?),
        ("Key", get(values, "destination_key")?),
        ("IfNoneMatch", "*"),
        // C14: nothing that people were not shown travels with the content, and no key is needed at the destination.
        ("TaggingDirective", "REPLACE"),
        ("MetadataDirective", "REPLACE"),
        ("AnnotationDirective", "EXCLUDE"),
        ("ContentType", "application/octet-stream"),
        ("ServerSideEncryption", "AES256"),
    ];
    // Whoever takes over a bucket's name must not get the data.
    input.extend(there.map(|account| ("ExpectedBucketOwner", account)));
    Ok(made("s3", "CopyObject", &input))
}

fn attach(values: &Values) -> Result<Call, CallError> {
    let input = [("RoleName", get(values, "role_name")?), ("PolicyArn", get(values, "policy")?)];
    Ok(made("iam", "AttachRolePolicy", &input))
}

fn put_secret(values: &Values, pins: &Values) -> Result<Call, CallError> {
    let input = [("SecretId", get(pins, "secret_arn")?), ("SecretString", get(values, "value")?)];
    Ok(made("secretsmanager", "PutSecretValue", &input))
}

fn invoke((account, region): (&str, &str), values: &Values) -> Result<Call, CallError> {
    let (function, version) = (get(values, "function")?, get(values, "version")?);
    let arn = format!("arn:aws:lambda:{region}:{account}:function:{function}:{version}");
    let mut input = vec![("FunctionName", arn.as_str()), ("InvocationType", "RequestResponse")];
    input.extend(values.get("payload").map(|payload| ("Payload", payload.as_str())));
    Ok(made("lambda", "Invoke", &input))
}

/// The account the directory knows a resource to lie in.
pub(crate) fn account<'a>(values: &'a Values, name: &str) -> Option<&'a str> {
    let account = values.get(name).map(String::as_str)?;
    (account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit())).then_some(account)
}

fn get<'a>(values: &'a Values, name: &'static str) -> Result<&'a str, CallError> {
    values.get(name).map(String::as_str).ok_or(CallError::Missing(name))
}

fn made(service: &str, operation: &str, input: &[(&str, &str)]) -> Call {
    let input = input.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Call { service: service.to_owned(), operation: operation.to_owned(), input }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn each_connector_makes_one_call() {
        let all = values(&[
            ("source_bucket", "customers"),
            ("source_key", "2026/q3.csv"),
            ("destination_bucket", "partner-drop"),
            ("destination_key", "q3.csv"),
            ("resource_account", "000000000000"),
            ("destination_account", "unknown"),
            ("role_name", "etl-nightly"),
            ("policy", "arn:aws:iam::000000000000:policy/reports-read"),
            ("value", "‹secret 1›"),
            ("function", "demo-retrain"),
            ("version", "1"),
            ("payload", "{}"),
        ]);
        let pins = values(&[
            ("source_version", "v7"),
            ("source_etag", "abc"),
            ("secret_arn", "arn:aws:secretsmanager:us-east-1:000000000000:secret:prod/payments/db-AbCdEf"),
        ]);
        let place = ("000000000000", "us-east-1");
        let named =
            ["s3-export", "bundle-publish", "iam-attach-role-policy", "secret-put-value", "lambda-invoke"];
        let made: Vec<_> = named.map(|name| calls(name, place, &all, &pins).unwrap()).into_iter().collect();
        insta::assert_debug_snapshot!(made);
    }

    /// D4: the data comes from a bucket of the account where the action runs, and goes to one of the account that people
    /// were shown; where nobody knows that, no account is claimed.
    #[test]
    fn buckets_belong_to_whom_they_are_said_to() {
        let named = [
            ("source_bucket", "a"),
            ("source_key", "b"),
            ("destination_bucket", "c"),
            ("destination_key", "d"),
            ("resource_account", "unknown"),
        ];
        let pins = values(&[("source_version", "v7"), ("source_etag", "abc")]);
        for (said, expected) in [("unknown", None), ("111111111111", Some("111111111111"))] {
            let mut all = values(&named);
            all.insert("destination_account".to_owned(), said.to_owned());
            let made = calls("s3-export", ("000000000000", "us-east-1"), &all, &pins).unwrap();
            let input = &made[0].input;
            assert_eq!(input.get("ExpectedSourceBucketOwner").map(String::as_str), Some("000000000000"));
            assert_eq!(input.get("ExpectedBucketOwner").map(String::as_str), expected);
        }
    }

    /// P10: what is missing or unknown makes no call.
    #[test]
    fn nothing_is_guessed() {
        let place = ("000000000000", "us-east-1");
        let none = Values::new();
        assert_eq!(calls("ssh", place, &none, &none), Err(CallError::Connector("ssh".to_owned())));
        for (name, missing) in [
            ("s3-export", "source_bucket"),
            ("bundle-publish", "source_bucket"),
            ("iam-attach-role-policy", "role_name"),
            ("secret-put-value", "secret_arn"),
            ("lambda-invoke", "function"),
        ] {
            assert_eq!(calls(name, place, &none, &none), Err(CallError::Missing(missing)));
        }
    }

    /// E13: a call holds exactly the pins that its connector says it holds. What follows from another input is named with it.
    #[test]
    fn calls_hold_the_pins_they_are_said_to_hold() {
        use bundle::HeldBy;
        use bundle_build::{connectors, held};
        // Pin of a call → the input that holds it.
        let holds = |connector: &str, pin: &str| match (connector, pin) {
            ("s3-export" | "bundle-publish", "source_version") => "SourceVersionId",
            ("s3-export" | "bundle-publish", "source_etag") => "CopySourceIfMatch",
            ("s3-export" | "bundle-publish", "destination_state") => "IfNoneMatch",
            // The manifest in that version names the content; a number that is free follows the bundle in force.
            ("bundle-publish", "bundle") => "SourceVersionId",
            ("bundle-publish", "replaced_bundle") => "IfNoneMatch",
            ("secret-put-value", "secret_arn") => "SecretId",
            ("lambda-invoke", "code_sha256") => "FunctionName",
            (RESUME_CONNECTOR, "suspension") => "Suspension",
            _ => "",
        };
        let names = [
            "source_bucket",
            "source_key",
            "destination_bucket",
            "destination_key",
            "role_name",
            "policy",
            "value",
            "function",
            "version",
            "scope",
        ];
        let values: Values = names.iter().map(|name| ((*name).to_owned(), format!("value-{name}"))).collect();
        for connector in connectors() {
            let pins: Values = held(connector)
                .unwrap()
                .iter()
                .map(|(pin, _)| ((*pin).to_owned(), format!("pin-{pin}")))
                .collect();
            let made = calls(connector, ("000000000000", "us-east-1"), &values, &pins).unwrap();
            for (pin, by) in held(connector).unwrap() {
                let input = made.iter().find_map(|call| call.input.get(holds(connector, pin)));
                assert_eq!(input.is_some(), *by == HeldBy::Call, "{connector} {pin}");
                let own = format!("pin-{pin}");
                let named = made.iter().any(|call| call.input.values().any(|value| *value == own));
                // What is no value of the call follows from another input, which `holds` names.
                let follows = ["destination_state", "bundle", "replaced_bundle", "code_sha256"].contains(pin);
                assert_eq!(named || follows, *by == HeldBy::Call, "{connector} {pin}");
            }
        }
    }
}

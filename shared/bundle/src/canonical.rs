//! One name for one thing: the ways in which a parameter may name what is touched.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::field_error::FieldError;

/// The one way a value is written. No value is written in two of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameFormat {
    /// `arn:aws:iam::000000000000:role/etl-nightly`: six parts, partition, service and region in lower case, twelve digits.
    Arn,
    /// `alias/payments`: the alias itself, not the ARN that contains it.
    Alias,
    /// `s3://bucket/key`: no empty, `.` or `..` part in the key.
    S3Uri,
    /// `https://host/path`, as WHATWG writes it: lower-case host, no default port, no user, no fragment, no dot segments.
    Url,
    /// `prod/payments/db` or `1`: the bare name, no ARN, alias or address; no empty, `.` or `..` part.
    Name,
    /// `all`, `type:s3-export` or `agent:https://issuer|subject`: what is suspended. `all` alone is a name too.
    Scope,
}

impl NameFormat {
    /// Whether the value is written in this way.
    #[must_use]
    pub fn fits(self, value: &str) -> bool {
        match self {
            Self::Arn => is_arn(value),
            Self::Alias => value.strip_prefix("alias/").is_some_and(|name| bare(name) && parts(name)),
            Self::S3Uri => value
                .strip_prefix("s3://")
                .and_then(|place| place.split_once('/'))
                .is_some_and(|(bucket, key)| is_bucket(bucket) && parts(key)),
            Self::Url => is_url(value),
            Self::Name => bare(value) && parts(value) && !value.starts_with("alias/"),
            Self::Scope => visible(value) && value.parse::<domain::Scope>().is_ok(),
        }
    }

    /// What a caller is told; never the value.
    fn says(self) -> &'static str {
        match self {
            Self::Arn => {
                "write the whole ARN: `arn:aws:service:region:account:resource`, lower case but for the resource"
            }
            Self::Alias => "write the alias alone: `alias/name`",
            Self::S3Uri => "write `s3://bucket/key`, without empty, `.` or `..` parts",
            Self::Url => {
                "write `https://host/path` as a browser would: lower-case host, no default port, no user, no fragment"
            }
            Self::Scope => "write `all`, `type:` and an action type, or `agent:issuer|subject`",
            Self::Name => "write the bare name: no ARN, alias or address, no empty, `.` or `..` parts",
        }
    }
}

/// Parameters that are not written in their one way; `formats` names it for each of them.
pub(crate) fn errors(formats: &BTreeMap<String, NameFormat>, parameters: &Value) -> Vec<FieldError> {
    let other = |(name, form): (&String, &NameFormat)| {
        let value = parameters.get(name)?.as_str()?;
        let detail = format!("only one way of writing this is taken: {}", form.says());
        (!form.fits(value)).then(|| FieldError { pointer: format!("/parameters/{name}"), detail })
    };
    formats.iter().filter_map(other).collect()
}

fn is_arn(value: &str) -> bool {
    let fields: Vec<&str> = value.splitn(6, ':').collect();
    let [arn, partition, service, region, account, resource] = fields.as_slice() else { return false };
    let word = |text: &str| {
        let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        text.bytes().all(letter)
    };
    let digits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    *arn == "arn"
        && (*partition == "aws" || partition.starts_with("aws-"))
        && [partition, service, region].iter().all(|text| word(text))
        && !service.is_empty()
        && (digits || account.is_empty() || *account == "aws")
        && visible(resource)
        && parts(resource.strip_prefix('/').unwrap_or(resource))
}

fn is_bucket(name: &str) -> bool {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
    (3..=63).contains(&name.len()) && name.bytes().all(letter)
}

fn is_url(value: &str) -> bool {
    let Ok(url) = url::Url::parse(value) else { return false };
    let alone = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let host = url.host_str().is_some_and(|host| !host.ends_with('.'));
    // The parser leaves escapes as they are: only upper-case ones of what must be escaped have one form.
    let mut escapes = value.split('%').skip(1).map(|rest| rest.get(..2).unwrap_or_default());
    let needed = |escape: &str| {
        let byte = u8::from_str_radix(escape, 16).ok();
        let free = byte.is_some_and(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
        byte.is_some() && !free && !escape.bytes().any(|b| b.is_ascii_lowercase())
    };
    url.scheme() == "https" && alone && host && url.as_str() == value && escapes.all(needed)
}

/// Neither an ARN nor an address.
fn bare(value: &str) -> bool {
    visible(value) && !value.contains(':')
}

fn visible(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_graphic())
}

/// No part between slashes is empty or a step upwards.
fn parts(value: &str) -> bool {
    value.split('/').all(|part| !["", ".", ".."].contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FORMATS: [NameFormat; 5] =
        [NameFormat::Arn, NameFormat::Alias, NameFormat::S3Uri, NameFormat::Url, NameFormat::Name];

    fn forms(value: &str) -> Vec<NameFormat> {
        FORMATS.into_iter().filter(|form| form.fits(value)).collect()
    }

    /// O8: every spelling of a target but one is refused.
    #[test]
    fn one_spelling_of_each() {
        let table: [(&str, Option<NameFormat>); 34] = [
            ("arn:aws:iam::000000000000:role/etl-nightly", Some(NameFormat::Arn)),
            ("arn:aws:iam::aws:policy/AdministratorAccess", Some(NameFormat::Arn)),
            ("arn:aws:s3:::customers/2026/q3.csv", Some(NameFormat::Arn)),
            ("arn:aws-cn:apigateway:cn-north-1::/restapis/abc", Some(NameFormat::Arn)),
            ("arn:aws:logs:eu-central-1:000000000000:log-group:/aws/lambda/x", Some(NameFormat::Arn)),
            ("ARN:aws:iam::000000000000:role/etl-nightly", None),
            ("arn:aws:IAM::000000000000:role/etl-nightly", None),
            ("arn:aws:iam::00000000000:role/etl-nightly", None),
            ("arn:aws:iam::000000000000:role//etl-nightly", None),
            ("arn:aws:iam::000000000000:role/../admin", None),
            ("arn:aws:iam::000000000000:", None),
            ("arn:aws:iam", None),
            ("alias/payments", Some(NameFormat::Alias)),
            ("alias/aws/s3", Some(NameFormat::Alias)),
            ("alias/", None),
            ("s3://customers/2026/q3.csv", Some(NameFormat::S3Uri)),
            ("s3://customers/2026/q3 (1).csv", Some(NameFormat::S3Uri)),
            ("S3://customers/2026/q3.csv", None),
            ("s3://Customers/2026/q3.csv", None),
            ("s3://customers//q3.csv", None),
            ("s3://customers/2026/../q3.csv", None),
            ("s3://customers/", None),
            ("https://example.com/a?b=c", Some(NameFormat::Url)),
            ("https://example.com:8443/", Some(NameFormat::Url)),
            ("https://example.com", None),
            ("https://Example.com/", None),
            ("https://example.com:443/", None),
            ("https://example.com./", None),
            ("https://example.com/a/../b", None),
            ("https://example.com/%7ea", None),
            ("https://me@example.com/", None),
            ("https://example.com/#a", None),
            ("prod/payments/db", Some(NameFormat::Name)),
            ("prod//db", None),
        ];
        for (value, expected) in table {
            assert_eq!(forms(value), expected.into_iter().collect::<Vec<_>>(), "{value}");
        }
    }

    proptest! {
        #[test]
        fn no_value_has_two_forms(value in "(arn:aws:|alias/|s3://|https://)?[a-zA-Z0-9:/.%@#-]{0,24}") {
            prop_assert!(forms(&value).len() <= 1, "{value}: {:?}", forms(&value));
        }
    }
}

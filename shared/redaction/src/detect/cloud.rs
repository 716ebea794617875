//! AWS secret keys: forty characters that nothing but their randomness tells from others.

use std::sync::LazyLock;

use regex::Regex;

use super::{DataKind, Found};
use crate::pattern::compile;

static RUN: LazyLock<Regex> = LazyLock::new(|| compile(r"(?-u)[A-Za-z0-9/+=_.~%-]+"));
static WORD_OR_NUMBER: LazyLock<Regex> =
    LazyLock::new(|| compile(r"^(?-u)(?:[a-z]{5,}|[0-9]{4,}|[A-Z][a-z]{4,})$"));
/// Bits per character; forty random characters of base64 have 4.4 and more, paths and words less.
const RANDOM: f64 = 4.2;

pub(super) fn secret_keys(text: &str, found: &mut Vec<Found>) {
    RUN.find_iter(text).for_each(|run| {
        // A key behind `name=` is a run with the name in front.
        let key = run.as_str().rsplit('=').find(|part| !part.is_empty()).unwrap_or_default();
        let start = run.start() + run.as_str().rfind(key).unwrap_or(0);
        if is_secret_key(key) {
            found.push(Found::open(start..start + key.len(), DataKind::AwsSecret));
        }
    });
}

/// Forty characters of base64 that look drawn at random.
fn is_secret_key(key: &str) -> bool {
    let any = |class: fn(&u8) -> bool| key.bytes().any(|byte| class(&byte));
    key.len() == 40
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+'))
        && any(u8::is_ascii_uppercase)
        && any(u8::is_ascii_lowercase)
        && any(u8::is_ascii_digit)
        && !key.split(['/', '+']).any(|part| WORD_OR_NUMBER.is_match(part))
        && entropy(key) >= RANDOM
}

/// Shannon's, over the characters of the text itself.
fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 128];
    for byte in text.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let length = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
    let share = |count: &u32| f64::from(*count) / length;
    counts.iter().filter(|count| **count > 0).map(|count| -share(count) * share(count).log2()).sum()
}

#[cfg(test)]
mod tests {
    use crate::detect::tests::shown;

    #[test]
    fn credentials_are_found() {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        for (text, expected) in [
            ("AKIAIOSFODNN7EXAMPLE".to_owned(), "aws-key:AKIAIOSFODNN7EXAMPLE".to_owned()),
            ("id=ASIAIOSFODNN7EXAMPLE;".to_owned(), "aws-key:ASIAIOSFODNN7EXAMPLE".to_owned()),
            (secret.to_owned(), format!("aws-secret:{secret}")),
            (format!("use \"{secret}\" here"), format!("aws-secret:{secret}")),
            (format!("X={secret}"), format!("aws-secret:{secret}")),
            (
                format!("IQoJb3JpZ2lu{}", "X2VjEJr".repeat(9)),
                format!("aws-secret:IQoJb3JpZ2lu{}", "X2VjEJr".repeat(9)),
            ),
        ] {
            assert_eq!(shown(&text), [expected], "{text}");
        }
    }

    #[test]
    fn hashes_paths_and_ids_are_left_alone() {
        for text in [
            "9f2c41d0b7e35a1c6d8e4f2a9b0c1d2e3f4a5b6c",
            "AROAIOSFODNN7EXAMPLE",
            "AIDAIOSFODNN7EXAMPLE",
            "exports/Customers/2026/Q3/part/00000001/a",
            "aB3/aB3/aB3/aB3/aB3/aB3/aB3/aB3/aB3/aB3/",
            "AmazonS3ReadOnlyAccessForTheNightlyEtl01x",
        ] {
            assert_eq!(shown(text), Vec::<String>::new(), "{text}");
        }
    }
}

//! Values that are secret because of the name in front of them.

use std::sync::LazyLock;

use regex::Regex;

use super::{Found, personal, phone};
use crate::pattern::compile;

pub(super) const WORDS: &[&str] = &[
    "passw",
    "pwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "accesskey",
    "access_key",
    "access-key",
    "privatekey",
    "private_key",
    "private-key",
    "credential",
];

/// `password=…`, `"api_key": "…"`, `--token …`: the value, up to a quote, a space or a separator.
static ASSIGNMENT: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r#"(?i)(?:(?:passwor[dt]|passwd|pwd|passphrase|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)["']?[ ]?(?:=>?|:=?)"#,
        r#"|(?:secret|token)(?:["'][ ]?:|["']?[ ]?=>?)"#,
        r#"|--[a-z-]{0,24}(?:password|passphrase|secret|token|api-?key)[ ])"#,
        r#"[ ]?(?:"([^"‹›]+)|'([^'‹›]+)|([^\s"'‹›&;,)\]}]{2,}))"#,
    ))
});
static USER_INFO: LazyLock<Regex> =
    LazyLock::new(|| compile(r#"(?i-u)[a-z][a-z0-9+.-]*://[!-"$-.0-9;->A-~]*:([!-"$-.0->@-~]+)@"#));

/// Names of fields, lower case, without `-` and `_`, whose value is secret.
const SECRET_NAMES: [&str; 23] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "clientsecret",
    "secretkey",
    "secretaccesskey",
    "awssecretaccesskey",
    "secretvalue",
    "secretstring",
    "apikey",
    "apisecret",
    "apitoken",
    "accesstoken",
    "refreshtoken",
    "authtoken",
    "sessiontoken",
    "idtoken",
    "bearertoken",
    "token",
    "privatekey",
    "credential",
];
/// No name here is longer, hyphens and underscores included.
const LONGEST_NAME: usize = 64;
const PHONE_NAMES: [&str; 9] =
    ["phone", "phonenumber", "mobile", "mobilenumber", "mobilephone", "telephone", "tel", "fax", "msisdn"];

pub(super) fn assignments(text: &str, found: &mut Vec<Found>) {
    for assignment in ASSIGNMENT.captures_iter(text) {
        let value = (1..=3).find_map(|group| assignment.get(group));
        found.extend(value.map(|value| Found::open(value.range(), "password")));
    }
}

/// The password of `scheme://user:password@host`.
pub(super) fn user_infos(text: &str, found: &mut Vec<Found>) {
    if !text.contains('@') {
        return;
    }
    let passwords = USER_INFO.captures_iter(text).filter_map(|found| found.get(1));
    found.extend(passwords.map(|password| Found::open(password.range(), "password")));
}

/// What the name of a field says of its value.
#[derive(Clone, Copy)]
pub(crate) enum Named {
    /// It is secret, whatever it is.
    Secret,
    /// It is a telephone number if it looks like one.
    Phone,
    /// It is a number of a kind of personal data if it looks like one.
    Personal(personal::Field),
}

impl Named {
    /// What this value is as a whole because of its field's name.
    pub(crate) fn kind(self, value: &str) -> Option<&'static str> {
        match self {
            Self::Secret => Some("password").filter(|_| !value.is_empty()),
            Self::Phone => Some("phone").filter(|_| phone::dialled(value)),
            Self::Personal(field) => field.row(value).map(|row| row.kind),
        }
    }
}

/// Whether a name says that its value is secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    matches!(by_name(name), Some(Named::Secret))
}

/// What a name says.
pub(crate) fn by_name(name: &str) -> Option<Named> {
    if name.len() > LONGEST_NAME {
        return None;
    }
    let mut letters = [0; LONGEST_NAME];
    let mut count = 0;
    for byte in name.bytes().filter(|byte| !matches!(byte, b'-' | b'_' | b' ')) {
        *letters.get_mut(count)? = byte.to_ascii_lowercase();
        count += 1;
    }
    let plain = std::str::from_utf8(letters.get(..count)?).ok()?;
    let named = |names: &[&str]| names.contains(&plain) || names.contains(&plain.trim_end_matches('s'));
    if named(&SECRET_NAMES) {
        Some(Named::Secret)
    } else if named(&PHONE_NAMES) {
        Some(Named::Phone)
    } else {
        personal::field(name).map(Named::Personal)
    }
}

#[cfg(test)]
mod tests {
    use super::by_name;
    use crate::detect::tests::shown;

    #[test]
    fn assigned_secrets_are_found() {
        for (text, value) in [
            ("password=hunter2&x=1", "hunter2"),
            ("db password: hunter2", "hunter2"),
            (r#"{"password": "two words", "a": 1}"#, "two words"),
            ("API_KEY='abc def'", "abc def"),
            ("client_secret=s3cr3t;", "s3cr3t"),
            (r#"{"token":"abcd1234"}"#, "abcd1234"),
            ("run --db-password hunter2 --verbose", "hunter2"),
            ("PGPASSWORD=hunter2 psql", "hunter2"),
            ("Passwort: geheim1", "geheim1"),
            ("postgres://app:hunter2@db.example:5432/x", "hunter2"),
            ("https://:abc@host.example/", "abc"),
        ] {
            assert_eq!(shown(text), [format!("password:{value}")], "{text}");
        }
    }

    #[test]
    fn talk_about_secrets_is_left_alone() {
        for text in [
            "rotate the secret prod/payments/db",
            "secret: prod/payments/db",
            "a new password is needed",
            "the token has expired",
            "http://host.example:8080/path@2",
            "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbCdEf",
        ] {
            assert_eq!(shown(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_field_s_name_tells() {
        let kind = |name: &str, value: &str| by_name(name).and_then(|named| named.kind(value));
        assert_eq!(kind("client_secret", "x"), Some("password"));
        assert_eq!(kind("Passwords", "x"), Some("password"));
        assert_eq!(kind("phone", "2125550123"), Some("phone"));
        assert_eq!(kind("phone", "ask reception"), None);
        assert_eq!(kind("phone", &format!("2125550123{}", " ".repeat(60))), None);
        assert_eq!(kind("password", ""), None);
        assert_eq!(kind("secret_name", "prod/payments/db"), None);
    }
}

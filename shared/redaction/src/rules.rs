//! What the rules are called, for those who read `docs/redaction.md` or exempt a target from one.

use std::borrow::Cow;

use crate::detect::{self, is_personal};

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name, as findings and exemptions have it, e.g. `url-user-info`.
    pub name: Cow<'static, str>,
    /// The kind that its placeholders say, e.g. `password`; `any` where it is the kind of what is named or known.
    pub kind: &'static str,
    /// What it finds.
    pub about: Cow<'static, str>,
}

const WRITTEN: [(&str, &str, &str); 16] = [
    ("name", "any", "a value whose name says that it is secret, in JSON and as text writes it"),
    ("known", "any", "a value that is masked elsewhere in the same request or result"),
    ("url-user-info", "password", "the password or token between `://` and the last `@` of an address"),
    ("command-option", "password", "the value of a command's option for a password, e.g. `-u user:…`"),
    ("password-file", "password", "the last field of a line of a password file, e.g. `.pgpass`"),
    ("kubernetes-secret", "password", "the values of a Kubernetes manifest of the kind Secret"),
    ("column", "password", "the cells of a table below a head that says secret"),
    ("private-key", "private-key", "private keys: PEM, OpenSSH, PGP, PuTTY, age"),
    ("jwt", "jwt", "JSON Web Tokens and what is built like them"),
    ("token", "token", "bearer tokens, and tokens and links with the form that their vendor gives them"),
    ("aws-key", "aws-key", "ids of AWS access keys"),
    ("aws-secret", "aws-secret", "secret access keys and session tokens of AWS"),
    ("email", "email", "addresses of electronic mail"),
    ("phone", "phone", "telephone numbers: international, or with a name beside them"),
    ("card", "card", "numbers of payment cards, by their beginning and check digit"),
    ("iban", "iban", "international bank account numbers, by country, length and check digits"),
];

/// The patterns of all secrets that are told by their shape, e.g. `glpat-[\w-]{20,}`: to measure other ways of looking
/// for them with.
#[must_use]
pub fn patterns() -> Vec<&'static str> {
    detect::patterns()
}

/// Words of which one stands in each such secret, e.g. `glpat-`: to measure the worst that can be sent.
#[must_use]
pub fn shape_words() -> Vec<&'static str> {
    detect::shape_words()
}

/// Every rule, in the order of their names.
#[must_use]
pub fn rules() -> Vec<Rule> {
    let told = |(name, kind): (&'static str, &'static str)| {
        let written = WRITTEN.iter().find(|(known, ..)| *known == name);
        let about = written.map(|(.., about)| *about).unwrap_or(if is_personal(kind) {
            "personal data, by form and check digits, or with its name beside it"
        } else {
            "a secret, by its form"
        });
        Rule { name: name.into(), kind, about: about.into() }
    };
    let written = WRITTEN.iter().map(|(name, kind, _)| (*name, *kind));
    let mut rules: Vec<Rule> = written.chain(detect::rules()).map(told).collect();
    rules.sort_by(|one, other| one.name.cmp(&other.name));
    rules.dedup_by(|later, earlier| later.name == earlier.name);
    rules
}

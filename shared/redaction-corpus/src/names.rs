//! The names that secrets have, in every style.

use crate::random::SeededDraw;

/// A name as words, e.g. `github`, `api`, `token`.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    words: Vec<String>,
    /// Which way of naming this is, for the report.
    pub(crate) style: &'static str,
}

/// Words for a password by itself, beside the language.
const LANGUAGES: [(&str, &str); 24] = [
    ("German", "Kennwort"),
    ("German", "Passwort"),
    ("German", "Zugangsschl\u{fc}ssel"),
    ("French", "mot de passe"),
    ("French", "motdepasse"),
    ("Spanish", "contrase\u{f1}a"),
    ("Spanish", "contrasena"),
    ("Portuguese", "senha"),
    ("Italian", "parola chiave"),
    ("Dutch", "wachtwoord"),
    ("Swedish", "l\u{f6}senord"),
    ("Danish", "adgangskode"),
    ("Norwegian", "passord"),
    ("Finnish", "salasana"),
    ("Polish", "has\u{142}o"),
    ("Czech", "heslo"),
    ("Hungarian", "jelsz\u{f3}"),
    ("Romanian", "parol\u{103}"),
    ("Turkish", "\u{15f}ifre"),
    ("Russian", "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}"),
    ("Ukrainian", "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}"),
    ("Chinese", "\u{5bc6}\u{7801}"),
    ("Japanese", "\u{30d1}\u{30b9}\u{30ef}\u{30fc}\u{30c9}"),
    ("Korean", "\u{be44}\u{bc00}\u{bc88}\u{d638}"),
];

/// English words that say secret, whatever stands before them.
const ENGLISH: [&str; 22] = [
    "password",
    "passwd",
    "pwd",
    "pass",
    "passphrase",
    "secret",
    "client secret",
    "token",
    "access token",
    "refresh token",
    "auth token",
    "api key",
    "apikey",
    "access key",
    "secret key",
    "private key",
    "signing key",
    "encryption key",
    "credentials",
    "webhook secret",
    "shared secret",
    "session key",
];

/// What a secret belongs to.
const OWNERS: [&str; 12] =
    ["", "x", "db", "admin", "app", "user", "smtp", "prod", "my service", "root", "legacy", "partner api"];

fn words(text: &str) -> Vec<String> {
    text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

impl Name {
    /// What this kind is usually called.
    pub(crate) fn usual(called: &str) -> Self {
        Self { words: words(called), style: "its vendor's name" }
    }

    /// `VENDORToken`, as tests of scanners write it.
    pub(crate) fn vendor_token(called: &str) -> Self {
        let vendor = called.split(' ').next().unwrap_or("x");
        Self { words: words(&format!("{vendor} token")), style: "vendor and token" }
    }

    /// An English word, with an owner or without.
    pub(crate) fn english(random: &mut SeededDraw) -> Self {
        let owner = random.pick(&OWNERS);
        Self { words: words(&format!("{owner} {}", random.pick(&ENGLISH))), style: "another English name" }
    }

    /// Each word of each language once.
    pub(crate) fn foreign() -> impl Iterator<Item = Self> {
        LANGUAGES.iter().map(|(language, word)| Self { words: words(word), style: language })
    }

    fn joined(&self, between: &str, case: fn(usize, &str) -> String) -> String {
        let words = self.words.iter().enumerate().map(|(at, word)| case(at, word));
        words.collect::<Vec<_>>().join(between)
    }

    /// In letters that a variable may have.
    pub(crate) fn identifier(&self, random: &mut SeededDraw) -> String {
        match random.below(4) {
            0 => self.joined("", camel),
            1 => self.joined("", |_, word| capital(word)),
            2 => self.joined("_", |_, word| word.to_owned()),
            _ => self.screaming(),
        }
    }

    /// `DB_PASSWORD`.
    pub(crate) fn screaming(&self) -> String {
        self.joined("_", |_, word| word.to_uppercase())
    }

    /// `db-password`.
    pub(crate) fn kebab(&self) -> String {
        self.joined("-", |_, word| word.to_lowercase())
    }

    /// `Db-Password`.
    pub(crate) fn header(&self) -> String {
        self.joined("-", |_, word| capital(word))
    }

    /// `db_password`.
    pub(crate) fn snake(&self) -> String {
        self.joined("_", |_, word| word.to_lowercase())
    }

    /// `dbPassword`.
    pub(crate) fn camel(&self) -> String {
        self.joined("", camel)
    }

    /// `db password`.
    pub(crate) fn spoken(&self) -> String {
        self.joined(" ", |_, word| word.to_owned())
    }

    /// However a key of a configuration is written.
    pub(crate) fn any(&self, random: &mut SeededDraw) -> String {
        match random.below(6) {
            0 => self.kebab(),
            1 => self.joined(".", |_, word| word.to_lowercase()),
            2 => self.header(),
            _ => self.identifier(random),
        }
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn camel(at: usize, word: &str) -> String {
    if at == 0 { word.to_lowercase() } else { capital(word) }
}

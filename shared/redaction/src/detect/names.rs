//! What the name of a value says of it. The last word decides; words that only say which one (`DB_PASSWORD_2`,
//! `secretValue`) are passed over.

use super::likely;
use super::words::Words;
use super::{DataKind, personal, phone};

/// Last words that say secret, also at the end of words written together (`PGPASSWORD`, `authtoken`). German, Spanish,
/// French, Portuguese, Italian, Dutch, Polish, Swedish, Danish, Norwegian, Finnish, Czech, Hungarian, Romanian, Turkish,
/// Vietnamese and Indonesian without accents; then other alphabets.
#[rustfmt::skip]
const PASSWORDS: [&str; 47] = [
    "password", "passwords", "passwd", "pwd", "pswd", "passphrase", "passphrases", "passcode", "passkey",
    "passwort", "kennwort", "contrasena", "motdepasse", "mdp", "senha", "parolachiave", "paroladordine", "identifiedby", "zugangscode", "parola", "wachtwoord",
    "hasło", "haslo", "losenord", "adgangskode", "kodeord", "passord", "salasana", "heslo", "jelszo", "sifre",
    "matkhau", "katasandi", "пароль", "парол", "лозинка", "κωδικοσ", "κωδικος", "סיסמה", "סיסמא", "密码", "密碼",
    "口令", "パスワード", "비밀번호", "암호", "รหัสผ่าน",
];
/// The same for what is no password; `كلمةالمرور` and `पासवर्ड` are passwords too.
#[rustfmt::skip]
const SECRETS: [&str; 62] = [
    "claveapi", "clavedeapi", "cleapi", "cledapi", "chaveapi", "chavedeapi", "chavedaapi", "chiaveapi",
    "recoverycode", "recoverycodes", "backupcode", "backupcodes", "clavesecreta", "clesecrete", "chavesecreta", "chiavesegreta", "geheimerschlussel", "geheimeschlussel",
    "geheimerschluessel", "apischlussel", "apischluessel", "schlusselapi", "secret", "secrets", "token", "tokens", "apikey",
    "apikeys", "secretkey", "secretkeys", "accesskey", "accesskeys", "privatekey", "privatekeys", "authkey",
    "credential", "credentials", "mnemonic", "seedphrase", "recoveryphrase", "clientsecret", "geheimnis", "zugangsschlussel", "geheimschlussel", "zugangsschluessel",
    "secreto", "segredo", "segreto", "geheim", "jeton", "тoken", "токен", "секрет", "令牌", "密钥", "金鑰", "トークン",
    "秘密鍵", "토큰", "كلمةالمرور", "كلمةالسر", "पासवर्ड",
];
/// Words by themselves, never at the end of another.
const ALONE: [&str; 8] = ["pass", "clave", "pw", "psw", "pat", "psk", "jwt", "creds"];
/// Headers that let their bearer in.
const HEADERS: [&str; 6] = ["authorization", "cookie", "cookies", "setcookie", "bearer", "xauth"];
/// Whatever comes before them, such a token says where to read on or which request this is, or counts words.
#[rustfmt::skip]
const OTHER_TOKENS: [&str; 44] = [
    "next", "page", "paging", "pagination", "continuation", "continue", "cursor", "start", "starting", "marker",
    "request", "idempotency", "deduplication", "dedup", "sync", "scroll", "max", "min", "total", "prompt",
    "completion", "input", "output", "reasoning", "cached", "used", "num", "count", "estimated", "budget",
    "per", "stop", "special", "pad", "eos", "bos", "unk", "sep", "cls", "mask", "design", "new", "thinking",
    "nextpage",
];
/// What comes before `key` where that is a secret.
#[rustfmt::skip]
const KEYS: [&str; 62] = [
    "api", "secret", "private", "access", "encryption", "decryption", "signing", "signature", "master", "auth",
    "authentication", "authorization", "account", "shared", "sas", "subscription", "license", "licence",
    "webhook", "session", "deploy", "ssh", "rsa", "ecdsa", "pgp", "gpg", "admin", "consumer", "server", "hmac",
    "aes", "symmetric", "root", "integration", "ingest", "ingestion", "personal", "rest", "developer", "vault",
    "unseal", "recovery", "preshared", "wifi", "security", "service", "storage", "functions", "host", "app",
    "application", "write", "role", "jwt", "cipher", "crypto", "wallet", "signer", "sealing", "bearer", "oauth",
    "pre",
];
/// What comes before `key` where that is none, whatever it looks like.
#[rustfmt::skip]
const OTHER_KEYS: [&str; 48] = [
    "public", "publishable", "cache", "object", "s3", "partition", "sort", "primary", "foreign", "hash",
    "range", "idempotency", "dedup", "deduplication", "row", "kms", "lookup", "index", "unique", "translation",
    "message", "group", "natural", "shard", "cluster", "topic", "record", "field", "map", "config", "metric",
    "label", "tag", "registry", "file", "image", "asset", "bucket", "blob", "issue", "project", "event",
    "order", "parent", "document", "item", "entity", "source",
];
/// Last words that only say which secret, or how it is written.
#[rustfmt::skip]
const PASSED_OVER: [&str; 27] = [
    "value", "values", "string", "text", "plain", "plaintext", "raw", "base", "b64", "encoded", "prod",
    "production", "staging", "dev", "test", "live", "primary", "secondary", "main", "backup", "old", "new",
    "current", "previous", "env", "var", "pem",
];
/// Fields of an object under a secret's name that say what it is, not what it says.
#[rustfmt::skip]
const ABOUT: [&str; 44] = [
    "name", "arn", "id", "ids", "version", "versions", "type", "kind", "created", "updated", "expires",
    "expiration", "expiry", "expired", "date", "time", "at", "on", "enabled", "region", "status", "description",
    "length", "count", "algorithm", "provider", "username", "user", "host", "port", "scope", "scopes", "used", "hash", "digest", "hint", "policy", "count", "index", "url", "uri", "path", "file", "ref",
];

/// What the name of a value says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// A password: whatever it is.
    Password,
    /// A secret of another kind: whatever it is, but a small number and the name of a secret are none.
    Secret,
    /// A header that lets its bearer in.
    Header,
    /// Some key: a secret if it looks drawn at random.
    Key,
    /// `pwd`: a password, or the folder that a program works in.
    Folder,
    /// `tokens`: secrets, or how many words.
    Counted,
    /// A code of a few digits.
    Code,
    /// It is a telephone number if it looks like one.
    Phone,
    /// It is a number of a kind of personal data if it looks like one.
    Personal(personal::Field),
}

impl Named {
    /// What this value is as a whole because of its field's name.
    pub(crate) fn kind(self, value: &str) -> Option<&'static str> {
        let named = self.of(value)?;
        let open = !value.is_empty() && !likely::is_reference(value);
        let secret = match named {
            Self::Folder | Self::Counted => false,
            Self::Password | Self::Header => open,
            Self::Secret => open && !is_no_secret(value),
            Self::Key => open && likely::is_random(value),
            Self::Code => (3..=10).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit()),
            Self::Phone => return phone::dialled(value).then_some(DataKind::Phone.name()),
            Self::Personal(field) => return field.row(value).map(|row| row.kind.name()),
        };
        let kind = if self == Self::Header { DataKind::Token } else { DataKind::Password };
        secret.then_some(kind.name())
    }

    /// What the name says in front of this value; none if it has the other meaning.
    pub(crate) fn of(self, value: &str) -> Option<Self> {
        match self {
            Self::Folder => {
                let drive = value.as_bytes().get(1..3).is_some_and(|rest| matches!(rest, b":\\" | b":/"));
                (!value.starts_with(['/', '~']) && !drive).then_some(Self::Password)
            }
            Self::Counted => {
                (value.len() > 12 || !value.bytes().all(|byte| byte.is_ascii_digit())).then_some(Self::Secret)
            }
            other => Some(other),
        }
    }

    /// Whether this says secret, be it only of what looks like one.
    pub(crate) fn is_secret_or_key(self) -> bool {
        self.is_secret() || self == Self::Key
    }

    /// Whether this says secret without a look at the value.
    pub(crate) fn is_secret(self) -> bool {
        matches!(self, Self::Password | Self::Secret | Self::Header | Self::Folder | Self::Counted)
    }
}

/// A small number, one letter, the name of a secret, or the address of a page.
pub(super) fn is_no_secret(value: &str) -> bool {
    likely::is_small_number(value)
        || value.len() < 2
        || likely::is_name_of_secret(value)
        || likely::is_page(value)
}

/// Whether a name says that its value is secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    by_name(name).is_some_and(|named| named.is_secret() || named == Named::Key)
}

/// Whether a field of an object under a secret's name says what that is, and not what it says.
pub(crate) fn is_about(name: &str) -> bool {
    ABOUT.contains(&Words::of(name).last())
}

/// What a name says.
pub(crate) fn by_name(name: &str) -> Option<Named> {
    let words = named_words(name);
    let joined = words.joined();
    if joined.len() < 2 {
        return None;
    }
    let last = words.last();
    if let Some(key) = key(&words, last) {
        return key;
    }
    if matches!(joined, "pwd" | "oldpwd") {
        return Some(Named::Folder);
    }
    if ends_in(&PASSWORDS, joined) || ALONE.contains(&last) || is_glued(last) {
        return Some(Named::Password);
    }
    if ends_in(&SECRETS, joined) {
        let before = words.without(last.len());
        let counts = matches!(last, "token" | "tokens") && OTHER_TOKENS.contains(&before.last());
        let glued = || {
            OTHER_TOKENS
                .iter()
                .any(|word| last.strip_prefix(word).is_some_and(|rest| rest.starts_with("token")))
        };
        let named = if last == "tokens" { Named::Counted } else { Named::Secret };
        return (!counts && !glued()).then_some(named);
    }
    if HEADERS.contains(&last) || HEADERS.contains(&joined) {
        return Some(Named::Header);
    }
    match last {
        "otp" | "totp" | "pin" => personal::field(name).map(Named::Personal).or(Some(Named::Code)),
        "sig" | "sid" | "sessionid" | "auth" | "session" | "sas" => Some(Named::Key),
        _ if matches!(joined, "jsessionid" | "phpsessid" | "connectsid") => Some(Named::Key),
        _ if is_phone(joined) => Some(Named::Phone),
        _ if !ABOUT.contains(&last) && words.any(|word| INSIDE.contains(&word)) => Some(Named::Key),
        _ => personal::field(name).map(Named::Personal),
    }
}

/// Words that make a name one of a secret if its value looks like one: `AWS_BEARER_TOKEN_BEDROCK`.
const INSIDE: [&str; 7] = ["password", "passwd", "secret", "token", "apikey", "credential", "credentials"];

/// The words of a name up to the one that decides.
fn named_words(name: &str) -> Words {
    let mut words = Words::of(name);
    for _ in 0..3 {
        let last = words.last();
        let number = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
        let rest = words.without(last.len());
        // A password's hash can be tried out.
        if matches!(last, "hash" | "hashed" | "digest") && ends_in(&PASSWORDS, rest.joined()) {
            return rest;
        }
        if rest.is_empty() || !(number || PASSED_OVER.contains(&last)) {
            break;
        }
        words = rest;
    }
    words
}

/// `dbpass`, `bindpw`: whose password, written together with it. Not `bypass`, not `compass`.
fn is_glued(last: &str) -> bool {
    #[rustfmt::skip]
    const WHOSE: [&str; 35] = [
        "db", "user", "usr", "root", "admin", "my", "store", "key", "require", "smtp", "imap", "pop", "ftp", "mail", "proxy",
        "login", "ssh", "sudo", "ldap", "mysql", "pg", "redis", "auth", "wifi", "http", "master", "become", "bind", "olcroot",
        "sql", "trust", "vnc", "rpc", "jdbc", "zip",
    ];
    let whose = ["pass", "pw", "psw"].into_iter().find_map(|word| last.strip_suffix(word));
    whose.is_some_and(|whose| WHOSE.contains(&whose)) || last == "masterauth"
}

/// What a name says that ends in `key`; none if it does not.
fn key(words: &Words, last: &str) -> Option<Option<Named>> {
    let key = ["key", "keys"].into_iter().find(|key| last == *key)?;
    let before = words.without(key.len());
    let before = before.last();
    Some(match () {
        () if before.is_empty() || OTHER_KEYS.contains(&before) => None,
        () if KEYS.contains(&before) => Some(Named::Secret),
        () => Some(Named::Key),
    })
}

fn ends_in(list: &[&str], joined: &str) -> bool {
    list.iter().any(|word| joined.ends_with(word))
}

const PHONES: [&str; 9] =
    ["phone", "phonenumber", "mobile", "mobilenumber", "mobilephone", "telephone", "tel", "fax", "msisdn"];

fn is_phone(joined: &str) -> bool {
    PHONES.contains(&joined) || PHONES.contains(&joined.trim_end_matches('s'))
}

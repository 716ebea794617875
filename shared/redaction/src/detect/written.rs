//! Values behind a name that says secret, however that is written: `password=…`, `xToken: …` and its YAML, XML and quoted
//! forms, assignments of programming languages, options of commands, headers, lists of name and value, JSON in a text.

use std::ops::Range;

use super::after_name;
use super::link::{self, Link};
use super::names::{self, Named, by_name};
use super::value::{self, Value};
use super::{DataKind, Found, likely, markup, tables};
use crate::work;

/// One of these occurs in every name that means a secret; if it does, the whole name is read.
#[rustfmt::skip]
pub(super) const WORDS: &[&str] = &[
    "pass", "pwd", "pswd", "psw=", "kennwort", "contrase", "clave", "mdp", "senha", "parola", "wachtwoord",
    "haslo", "hasło", "losenord", "lösenord", "adgangskode", "kodeord", "salasana", "heslo", "jelsz", "sifre",
    "şifre", "khau", "khẩu", "sandi", "ароль", "АРОЛЬ", "арол", "озинка", "ωδικό", "ωδικο", "סיסמ", "密码", "密碼",
    "口令", "パスワード", "비밀번호", "암호", "รหัสผ่าน", "المرور", "पासवर्ड", "secret", "token", "key", "credential",
    "creds", "mnemonic", "phrase", "geheim", "segre", "jeton", "токен", "секрет", "令牌", "密钥", "金鑰", "トークン",
    "秘密鍵", "토큰", "السر", "authoriz", "cookie", "otp", "jwt", "psk", "clave api", "clave de api",
    "clé api", "clé d'api", "chave de api", "chave da api", "chiave api", "schlüssel", "d'ordine", "identified by", "schluessel", "sig=",
    "_auth", "sessionid", "sessid", "sid=", "?auth=",
    "&auth=", "auth:",  "session=", "pw=", "pw:", "pw ", "erauth ", "pat=", "pat:", "pat ", "pat\"", "recovery code", "recovery_code", "recoverycode", "backup code", "backup_code", "?key=", "&key=", "?code=", "&code=",
];
/// The most bytes before and after a word that can belong to a name.
const NAME: usize = 64;

/// The values after names, given the places of [`WORDS`], in order.
pub(super) fn values(text: &str, words: &[Range<usize>], found: &mut Vec<Found>) {
    let mut search = value::Search::new(text);
    let (mut from, mut floor) = (0, 0);
    for word in words {
        if word.start < from {
            continue;
        }
        let name = name(text, word.clone(), floor);
        work::steps(name.len());
        from = word.end;
        let Some(named) =
            by_name(text.get(name.clone()).unwrap_or_default()).or_else(|| parameter(text, &name))
        else {
            continue;
        };
        from = name.end;
        // Words in front only say what kind of name it is.
        let alone = text.get(name.clone()).and_then(|name| name.rfind(' ')).map_or(0, |space| space + 1);
        let name = name.start + alone..name.end;
        if let Some(end) = tables::columns(text, &name, found) {
            (from, floor) = (end, end);
            continue;
        }
        let link = after_name::link(text, name.clone());
        let Some((link, at)) = link.or_else(|| markup::value_before(text, &name)) else { continue };
        for value in search.values(at, link, named == Named::Header) {
            let value = said(text, value, link);
            let shown = text.get(value.range.clone()).unwrap_or_default();
            if says_secret(text, &name, named, link, &value, shown) {
                let kind = if named == Named::Header { DataKind::Token } else { DataKind::Password };
                from = value.range.end.max(from);
                floor = from;
                found.push(Found { rule: "name", ..Found::open(value.range, kind) });
            }
        }
    }
}

/// `?key=S`, `&code=S`: in an address.
fn parameter(text: &str, name: &Range<usize>) -> Option<Named> {
    let named = text.get(name.clone()).is_some_and(|name| matches!(name, "key" | "code"));
    (named && link::before(text, name.start).is_some_and(|byte| matches!(byte, b'?' | b'&')))
        .then_some(Named::Key)
}

/// In a sentence a full stop ends it, not the value.
fn said(text: &str, value: Value, link: Link) -> Value {
    if value.quoted || !matches!(link, Link::Sentence | Link::Far | Link::Space) {
        return value;
    }
    let shown = text.get(value.range.clone()).unwrap_or_default().trim_end_matches(['.', '!', '?', ':']);
    Value { range: value.range.start..value.range.start + shown.len(), ..value }
}

/// The name that a word is part of, two words in front of it included: `api key`, `mot de passe`.
fn name(text: &str, word: Range<usize>, from: usize) -> Range<usize> {
    let joins = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.');
    // A sign behind a word belongs to what follows.
    let signed = text.get(word.clone()).unwrap_or_default();
    let begin = word.start + usize::from(signed.starts_with(['?', '&']));
    let word = begin..word.start + signed.trim_end_matches(['=', ':', '(', '"', '\'']).len();
    let signed = signed.ends_with(['=', ':', '(', '"', '\'']);
    let floor = from.max(word.start.saturating_sub(NAME));
    let back = |end: usize| {
        let head = text.get(..end).unwrap_or_default().char_indices().rev();
        head.take_while(|(at, char)| joins(*char) && *at >= floor).last().map_or(end, |(at, _)| at)
    };
    let mut start = back(word.start);
    for _ in 0..2 {
        let before =
            text.get(..start).and_then(|head| head.strip_suffix(' ')).filter(|head| head.len() > floor);
        start = before.map_or(start, |before| back(before.len()));
    }
    let rest = text.get(word.end..).unwrap_or_default();
    let other = text.get(word.clone()).is_some_and(|word| !word.is_ascii());
    let more = rest.char_indices().take_while(|(at, char)| {
        *at < NAME && !signed && joins(*char) && !(other && (char.is_ascii() || *char >= '\u{590}'))
    });
    let end = more.last().map_or(word.end, |(at, char)| word.end + at + char.len_utf8());
    let name = text.get(start..end).unwrap_or_default();
    start..start + name.trim_end_matches(['.', '-', '_']).len()
}

/// Whether the text there is a secret, given the name and how the value is connected with it.
fn says_secret(
    text: &str,
    name: &Range<usize>,
    named: Named,
    link: Link,
    value: &Value,
    shown: &str,
) -> bool {
    if shown.is_empty() || likely::is_reference(shown) || (!value.quoted && likely::is_code(shown)) {
        return false;
    }
    let Some(named) = named.of(shown) else { return false };
    let tied = !matches!(link, Link::Space | Link::Sentence | Link::Far | Link::Cell);
    match named {
        Named::Password | Named::Secret | Named::Key if link == Link::Far => {
            shown.len() >= 8 && likely::is_secret(shown) && !names::is_no_secret(shown)
        }
        // Tests pass, and arguments are passed.
        Named::Password
            if is_verb(text, name)
                && !matches!(link, Link::Assigned | Link::Option)
                && !(tied && value.quoted) =>
        {
            likely::is_secret(shown)
        }
        // A heading or a label of a field for it.
        _ if matches!(link, Link::Element | Link::Listed)
            && by_name(shown).is_some()
            && !likely::is_secret(shown) =>
        {
            false
        }
        Named::Password if tied => {
            value.quoted || (shown.len() > 1 && !likely::is_sentence(text, &value.range))
        }
        Named::Password => (link == Link::Space && value.quoted) || likely::is_secret(shown),
        Named::Header => {
            let one =
                !shown.trim().contains(' ') || shown.contains('=') || shown.split(' ').any(likely::is_secret);
            tied && shown.len() >= 6 && one
        }
        Named::Secret if names::is_no_secret(shown) => false,
        Named::Secret => match link {
            Link::Assigned | Link::Option => value.quoted || shown.len() > 1,
            Link::Colon if value.quoted || is_compound(text, name) => {
                !likely::is_sentence(text, &value.range)
            }
            Link::Listed | Link::Element if value.quoted || is_compound(text, name) => true,
            Link::Space if !value.quoted && !is_compound(text, name) => likely::is_random(shown),
            _ => likely::is_secret(shown),
        },
        Named::Key => (tied || value.quoted) && likely::is_random(shown),
        Named::Code => tied && named.kind(shown).is_some(),
        Named::Phone | Named::Personal(_) | Named::Folder | Named::Counted => false,
    }
}

fn is_verb(text: &str, name: &Range<usize>) -> bool {
    text.get(name.clone()).is_some_and(|name| name.eq_ignore_ascii_case("pass"))
}

/// Whether a name is an identifier of several words, and so no word of a sentence.
fn is_compound(text: &str, name: &Range<usize>) -> bool {
    let name = text.get(name.clone()).unwrap_or_default();
    let capital_inside = name.bytes().skip(1).any(|byte| byte.is_ascii_uppercase())
        && name.bytes().any(|byte| byte.is_ascii_lowercase());
    name.contains(['_', '-', '.']) || capital_inside
}

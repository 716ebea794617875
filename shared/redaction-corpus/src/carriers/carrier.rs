//! One way of writing: a text with a place for the secret.

use data_encoding::{BASE64, BASE64URL_NOPAD};

use crate::names::Name;
use crate::random::SeededDraw;
use crate::secrets::Made;

/// What a way of writing can hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// A word: no space, quotation mark or line.
    Word,
    /// Besides, what a URL or a list ends at: `&`, `;`, `,`.
    Quoted,
    /// Several lines.
    Lines,
}

/// A way of writing. In its form stand `{s}` for the secret, `{i}` for the name as a variable, `{n}` in any style, `{E}`
/// as `DB_TOKEN`, `{k}` as `db-token`, `{H}` as `Db-Token`, `{_}` as `db_token`, `{c}` as `dbToken`, `{w}` as words; `{b}`
/// is the secret's base64, `{u}` its base64 for URLs, `{p}` the secret percent-encoded, `{a}` the base64 of a user and it.
#[derive(Clone, Copy)]
pub(crate) struct Carrier {
    pub(crate) name: &'static str,
    pub(super) form: &'static str,
    pub(crate) takes: Takes,
    /// So often it is put into a JSON string of another object.
    pub(super) depth: usize,
}

pub(super) const fn word(name: &'static str, form: &'static str) -> Carrier {
    Carrier { name, form, takes: Takes::Word, depth: 0 }
}

pub(super) const fn quoted(name: &'static str, form: &'static str) -> Carrier {
    Carrier { name, form, takes: Takes::Quoted, depth: 0 }
}

pub(super) const fn lines(name: &'static str, form: &'static str) -> Carrier {
    Carrier { name, form, takes: Takes::Lines, depth: 0 }
}

pub(super) const fn nested(name: &'static str, form: &'static str, depth: usize) -> Carrier {
    Carrier { name, form, takes: Takes::Lines, depth }
}

/// A text, and the secret as it stands in it.
pub(crate) struct Written {
    pub(crate) text: String,
    /// All of what the vendor gives out, e.g. a URL.
    pub(crate) whole: String,
    /// What of it is secret.
    pub(crate) secret: String,
}

impl Carrier {
    pub(crate) fn holds(&self, secret: &str) -> bool {
        let ends = |char: char| char.is_whitespace() || "\"'`<>|".contains(char);
        let encoded = ["{b}", "{u}", "{p}", "{a}"].iter().any(|code| self.form.contains(code));
        match self.takes {
            _ if encoded => true,
            Takes::Lines => true,
            Takes::Quoted => !secret.contains(['\n', '"', '\'', '`', '<', '>']),
            Takes::Word => !secret.contains(|char: char| ends(char) || "&;,?{}()[]".contains(char)),
        }
    }

    pub(crate) fn write(&self, name: &Name, made: &Made, random: &mut SeededDraw) -> Written {
        let json =
            self.takes == Takes::Lines && self.form.contains("\"{s}\"") && !self.form.contains("\"\"\"");
        let mut written =
            Written { text: String::new(), whole: made.whole.clone(), secret: made.secret.clone() };
        let mut rest = self.form;
        while let Some((before, after)) = rest.split_once('{') {
            written.text.push_str(before);
            let mut chars = after.chars();
            let (Some(code), Some('}')) = (chars.next(), chars.next()) else {
                written.text.push('{');
                rest = after;
                continue;
            };
            rest = chars.as_str();
            let part = match code {
                'i' => name.identifier(random),
                'n' => name.any(random),
                'E' => name.screaming(),
                'k' => name.kebab(),
                'H' => name.header(),
                '_' => name.snake(),
                'c' => name.camel(),
                'w' => name.spoken(),
                code => {
                    let (whole, secret) = encoded(code, made, |text| match self.takes {
                        _ if json => json_escaped(text),
                        Takes::Lines => indented(text, before),
                        _ => text.to_owned(),
                    });
                    written.secret = secret;
                    written.whole.clone_from(&whole);
                    whole
                }
            };
            written.text.push_str(&part);
        }
        written.text.push_str(rest);
        for _ in 0..self.depth {
            written.text = serde_json::json!({ "body": written.text, "attempt": 1 }).to_string();
            written.whole = json_escaped(&written.whole);
            written.secret = json_escaped(&written.secret);
        }
        written
    }
}

/// All of it and its secret part as this code writes them: what is encoded as a whole is secret as a whole.
fn encoded(code: char, made: &Made, plain: impl Fn(&str) -> String) -> (String, String) {
    let whole = match code {
        'b' => BASE64.encode(made.whole.as_bytes()),
        'u' => BASE64URL_NOPAD.encode(made.whole.as_bytes()),
        'a' => BASE64.encode(format!("deploy:{}", made.whole).as_bytes()),
        'p' => return (percent(&made.whole), percent(&made.secret)),
        _ => return (plain(&made.whole), plain(&made.secret)),
    };
    (whole.clone(), whole)
}

fn json_escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.trim_matches('"').to_owned()
}

/// Further lines of a block stand as far in as the first.
fn indented(secret: &str, before: &str) -> String {
    let line = before.rsplit('\n').next().unwrap_or_default();
    if line.is_empty() || !line.trim().is_empty() {
        return secret.to_owned();
    }
    secret.replace('\n', &format!("\n{line}"))
}

fn percent(text: &str) -> String {
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if kept(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

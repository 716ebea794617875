//! Secrets that are told by the table they stand in: columns under a secret's name, lines of a password file, the data of a
//! Kubernetes secret.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::names::{Named, by_name};
use super::{DataKind, Found, likely};
use crate::pattern::compile;
use crate::work;

/// So many bytes of a first line are read at each side of a name.
const HEAD: usize = 1024;
/// So many columns are read.
const COLUMNS: usize = 64;

/// `host:5432:database:user:S`.
static PASSWORD_FILE: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"(?m)^[^:\s]{1,128}:(?:[0-9]{2,5}|\*):[^:\s]{1,128}:[^:\s]{1,128}:([^\s]{1,1024})$")
});
pub(super) const PASSWORD_FILE_WORDS: &[&str] = &[":5432:", ":*:", ":6432:", ":5433:"];

pub(super) fn password_files(text: &str, found: &mut Vec<Found>) {
    let lines = PASSWORD_FILE.captures_iter(text).filter_map(|line| line.get(1));
    found.extend(
        lines.map(|value| Found { rule: "password-file", ..Found::open(value.range(), DataKind::Password) }),
    );
}

pub(super) const MANIFEST_WORDS: &[&str] = &["kind: secret", "kind: \"secret"];

/// The values under `data` and `stringData` of a manifest.
pub(super) fn manifests(text: &str, found: &mut Vec<Found>) {
    let mut inside: Option<usize> = None;
    let mut secret = false;
    for line in lines(text) {
        let shown = text.get(line.clone()).unwrap_or_default();
        let indent = shown.len() - shown.trim_start_matches(' ').len();
        let (name, value) = shown.trim().split_once(':').unwrap_or((shown.trim(), ""));
        match name {
            "---" => (inside, secret) = (None, false),
            "kind" => secret = value.trim().trim_matches('"').eq_ignore_ascii_case("secret"),
            "data" | "stringData" => inside = Some(indent),
            _ if shown.trim().is_empty() => {}
            _ if inside.is_some_and(|at| indent <= at) => inside = None,
            _ => {}
        }
        let value = if value.is_empty() && inside.is_some_and(|at| indent > at + 2) {
            shown.trim()
        } else {
            value.trim()
        };
        let plain = matches!(name, "data" | "stringData" | "kind")
            || value.is_empty()
            || matches!(value, "|" | ">" | "|-" | ">-");
        if secret && !plain && inside.is_some_and(|at| indent > at) && !likely::is_reference(value) {
            let end = line.start + shown.trim_end().len();
            found.push(Found {
                rule: "kubernetes-secret",
                ..Found::open(end - value.len()..end, DataKind::Password)
            });
        }
    }
}

fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        start..start + line.trim_end_matches(['\n', '\r']).len()
    })
}

/// The cells under a name that says secret, if that stands in the first line of a table: its columns are separated by
/// commas, semicolons or tabs, and the lines that follow have as many. Where the table ends; none if there is no table.
pub(super) fn columns(text: &str, name: &Range<usize>, found: &mut Vec<Found>) -> Option<usize> {
    let cell = |byte: Option<&u8>| byte.is_none_or(|byte| b",;\t\r\n\"".contains(byte));
    if !cell(name.start.checked_sub(1).and_then(|at| text.as_bytes().get(at)))
        || !cell(text.as_bytes().get(name.end))
    {
        return None;
    }
    let floor = (name.start.saturating_sub(HEAD)..=name.start).find(|at| text.is_char_boundary(*at))?;
    let before = text.get(floor..name.start)?.rfind('\n').map(|line| floor + line + 1);
    let line = before.or_else(|| (floor == 0).then_some(0))?;
    let rest = text.get(line..)?;
    let end = rest.bytes().take(2 * HEAD).position(|byte| matches!(byte, b'\n' | b'\r'))?;
    work::steps(name.start - floor + end);
    let head = rest.get(..end)?;
    let separator = [',', ';', '\t'].into_iter().find(|separator| head.contains(*separator))?;
    let names: Vec<&str> = head.split(separator).take(COLUMNS + 1).map(unquoted).collect();
    let is_name =
        |name: &&str| !name.is_empty() && name.len() <= 64 && !name.contains(['=', ':', '(', '{', '"', ' ']);
    if !(2..=COLUMNS).contains(&names.len()) || !names.iter().all(is_name) {
        return None;
    }
    let secret: Vec<bool> =
        names.iter().map(|name| by_name(name).is_some_and(Named::is_secret_or_key)).collect();
    let mut end = line + head.len();
    let before = found.len();
    for row in lines(text.get(end..)?).skip(1) {
        let row = end_of(line + head.len(), &row);
        let shown = text.get(row.clone())?;
        work::steps(shown.len());
        if shown.split(separator).count() != names.len() {
            break;
        }
        end = row.end;
        let mut at = row.start;
        for (cell, secret) in shown.split(separator).zip(&secret) {
            let value = unquoted(cell);
            let start = at + cell.find(value).unwrap_or(0);
            at += cell.len() + separator.len_utf8();
            if *secret && !value.is_empty() && !likely::is_reference(value) {
                found.push(Found {
                    rule: "column",
                    ..Found::open(start..start + value.len(), DataKind::Password)
                });
            }
        }
    }
    (found.len() > before).then_some(end)
}

fn end_of(offset: usize, row: &Range<usize>) -> Range<usize> {
    offset + row.start..offset + row.end
}

fn unquoted(cell: &str) -> &str {
    cell.trim().trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use crate::detect::tests::shown;

    #[test]
    fn columns_under_a_secret_s_name_are_found() {
        for text in [
            "user,password,region\napp,hunter2-hunter2,eu\n",
            "user;password\r\napp;\"hunter2-hunter2\"\r\nbob;hunter2-hunter2",
            "id\tapi_key\n1\thunter2-hunter2\n",
        ] {
            assert!(
                shown(text).contains(&"password:hunter2-hunter2".to_owned()),
                "{text}: {:?}",
                shown(text)
            );
            assert!(!shown(text).iter().any(|found| found.contains("app")), "{:?}", shown(text));
        }
        for text in [
            "a password, or a token\nis needed, he said",
            "password,region\nno table",
            "user,region\napp,hunter2-hunter2",
        ] {
            assert_eq!(shown(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn lines_of_a_password_file_are_found() {
        assert_eq!(shown("db.example:5432:orders:app:hunter2"), ["password:hunter2"]);
        assert_eq!(shown("*:*:*:app:hunter2"), ["password:hunter2"]);
    }

    #[test]
    fn what_a_manifest_keeps_secret_is_found() {
        let text = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  config: aHVudGVyMg==\nstringData:\n  x: |\n    hunter2\ntype: Opaque\n";
        assert_eq!(shown(text), ["password:aHVudGVyMg==", "password:hunter2"]);
        assert_eq!(shown("kind: ConfigMap\ndata:\n  x: y\n"), Vec::<String>::new());
    }
}

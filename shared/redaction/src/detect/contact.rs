//! E-mail addresses.

use std::sync::LazyLock;

use regex::Regex;

use super::{DataKind, Found, after};
use crate::pattern::compile;
use crate::work;

/// Endings that are files, not domains: `logo@2x.png`.
const FILES: [&str; 24] = [
    "avro", "bz2", "csv", "css", "doc", "docx", "gif", "gz", "html", "jpeg", "jpg", "js", "json", "log",
    "orc", "parquet", "pdf", "png", "svg", "tgz", "tsv", "txt", "xml", "yaml",
];
static VERSION: LazyLock<Regex> = LazyLock::new(|| compile(r"^(?-u)v?[0-9]+\.[0-9]"));
/// Addresses, `%40` for `@` included. Not: `git@host:path`, `https://user@host`, `package@1.2.3.tgz`, `logo@2x.png`.
pub(super) fn emails(text: &str, found: &mut Vec<Found>) {
    let mut signs: Vec<(usize, &str)> = text.match_indices('@').chain(text.match_indices("%40")).collect();
    signs.sort_unstable();
    let mut link = Link::default();
    // Nothing before the sign in front is looked at twice.
    let mut from = 0;
    for (at, sign) in signs {
        let end_of_sign = at + sign.len();
        let (Some(head), Some(tail)) = (text.get(from..at), text.get(end_of_sign..)) else { continue };
        from = end_of_sign;
        let in_link = link.reaches(text, at);
        let local = local_part(head);
        let domain = domain(tail);
        let end = end_of_sign + domain.len();
        work::steps(local.len() + domain.len());
        let shell = local == "git" && after(text, end) == Some(':');
        if local.is_empty() || domain.is_empty() || shell || in_link {
            continue;
        }
        found.push(Found::open(at - local.len()..end, DataKind::Email));
    }
}

/// Whether a place is inside the user information of a URL, `https://user`, followed from place to place.
#[derive(Default)]
struct Link {
    seen: usize,
    inside: bool,
}

impl Link {
    fn reaches(&mut self, text: &str, at: usize) -> bool {
        let bytes = text.as_bytes();
        for place in self.seen..at {
            let back = |steps: usize| {
                place.checked_sub(steps).and_then(|place| bytes.get(place)).copied().unwrap_or(0)
            };
            self.inside = match back(0) {
                b'/' => {
                    let scheme = back(3).is_ascii_alphanumeric() || matches!(back(3), b'+' | b'.' | b'-');
                    back(1) == b'/' && back(2) == b':' && scheme
                }
                b'#' | b'?' => false,
                byte => self.inside && byte.is_ascii_graphic(),
            };
        }
        work::steps(at.saturating_sub(self.seen));
        self.seen = at.max(self.seen);
        self.inside
    }
}

fn local_part(head: &str) -> &str {
    let allowed = |char: char| char.is_alphanumeric() || matches!(char, '.' | '_' | '%' | '+' | '-' | '\'');
    let start = head.char_indices().rev().take_while(|(_, char)| allowed(*char)).last();
    let local = start.and_then(|(start, _)| head.get(start..)).unwrap_or_default();
    local.trim_start_matches(['.', '\'', '-'])
}

/// The domain a text begins with, without the file endings behind it; empty if there is none.
fn domain(tail: &str) -> &str {
    let allowed = |char: char| char.is_alphanumeric() || matches!(char, '.' | '-');
    let end = tail.char_indices().find(|(_, char)| !allowed(*char)).map_or(tail.len(), |(end, _)| end);
    let run = tail.get(..end).unwrap_or_default();
    let run = run.find("..").and_then(|end| run.get(..end)).unwrap_or(run);
    let mut domain = run.trim_end_matches(['.', '-']);
    while let Some((rest, ending)) = domain.rsplit_once('.') {
        let word = ending.chars().count() >= 2 && ending.chars().all(char::is_alphabetic);
        if FILES.iter().any(|file| file.eq_ignore_ascii_case(ending)) || !(word || ending.starts_with("xn--"))
        {
            domain = rest;
            continue;
        }
        let numbered = domain.starts_with(|char: char| char == 'v' || char.is_ascii_digit());
        let version = numbered && VERSION.is_match(domain);
        return if version || domain.starts_with(['.', '-']) { "" } else { domain };
    }
    ""
}

#[cfg(test)]
mod tests {
    use crate::detect::tests::shown;

    #[test]
    fn addresses_are_found() {
        for (text, address) in [
            ("ask alice@example.com.", "alice@example.com"),
            ("mailto:bob.carol+x@mail.example.co.uk?subject=hi", "bob.carol+x@mail.example.co.uk"),
            ("?user=alice%40example.com&x=1", "alice%40example.com"),
            ("<dana_d@example.org>", "dana_d@example.org"),
            ("jürgen@müller.example", "jürgen@müller.example"),
            ("x@163.com", "x@163.com"),
            ("exports/alice@example.com.csv", "alice@example.com"),
            ("https://x.example/?u=alice@example.com", "alice@example.com"),
            ("o'brien@example.ie,", "o'brien@example.ie"),
            ("a@xn--mller-kva.example", "a@xn--mller-kva.example"),
        ] {
            assert_eq!(shown(text), [format!("email:{address}")], "{text}");
        }
    }

    #[test]
    fn other_uses_of_the_sign_are_left_alone() {
        for text in [
            "git@github.com:acme/etl.git",
            "https://bob@host.example/path",
            "app@1.2.3.tgz",
            "left-pad@v2.0.1.zip",
            "logo@2x.png",
            "image@sha256:8d1f",
            "user@localhost",
            "@dataclass @app.route",
            "a @ b.example",
        ] {
            assert_eq!(shown(text), Vec::<String>::new(), "{text}");
        }
    }
}

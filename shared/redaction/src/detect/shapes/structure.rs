//! Secrets without a word of their own but with a fixed structure, such as a Discord bot's token: runs of certain lengths
//! with separators between. Texts are cut into runs once, and only runs of a fitting length are looked at.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::check::{drawn, mixed};
use super::{DataKind, Found, Holds, MARKS, apart_before, byte_at};
use crate::pattern::compile_ascii;
use crate::work;

/// How whole runs are written that are secrets.
struct Structure {
    rule: &'static str,
    pattern: &'static str,
    shortest: usize,
    longest: usize,
    check: fn(&str) -> bool,
}

const fn structure(
    rule: &'static str,
    pattern: &'static str,
    lengths: (usize, usize),
    check: fn(&str) -> bool,
) -> Structure {
    Structure { rule, pattern, shortest: lengths.0, longest: lengths.1, check }
}

const UUID: usize = 36;
const ROWS: [Structure; 28] = [
    structure("pagerduty-key", r"u\+[\w+-]{18}", (20, 20), mixed),
    structure("vault-legacy-token", r"s\.[A-Za-z0-9]{24}", (26, 26), mixed),
    structure("uptimerobot-key", r"[um][0-9]{5,12}-[a-f0-9]{24}", (31, 38), any),
    structure("etsy-key", r"[A-Za-z0-9]{24}:[A-Za-z0-9]{10,64}", (35, 89), both_parts),
    structure("twitter-access-token", r"[0-9]{15,25}-[A-Za-z0-9]{20,45}", (36, 71), mixed),
    structure("telegram-bot-token", r"[0-9]{5,16}:A[\w-]{34}", (41, 52), any),
    structure("telnyx-key", r"KEY[\w-]{55}", (58, 58), mixed),
    structure("yandex-access-secret", r"YC[\w-]{38}", (40, 40), mixed),
    structure("okta-token", r"00[\w=-]{40}", (42, 42), mixed),
    structure("facebook-app-token", r"[0-9]{15,16}(?:\||%(?:7[Cc])?)[\w-]{27,40}", (43, 59), any),
    structure("aws-smtp-password", r"B[A-D][A-Za-z0-9+/]{42}", (44, 44), mixed),
    structure("asana-token", r"[0-2]/[0-9]{10,20}(?:/[0-9]{10,20})?:[a-z0-9]{32}", (45, 76), drawn),
    structure("configcat-key", r"[\w-]{22}/[\w-]{22}", (45, 45), mixed),
    structure("voyage-key", r"(?:pa|al)-[\w-]{43}", (46, 46), mixed),
    structure("beamer-key", r"b_[\w=-]{44}", (46, 46), drawn),
    structure("ngrok-key", r"[A-Za-z0-9]{26,27}_[0-9][A-Za-z0-9]{20}", (48, 49), mixed),
    structure("zai-key", r"[A-Fa-f0-9]{32}\.[A-Za-z0-9]{16}", (49, 49), drawn),
    structure("mailgun-signing-key", r"[a-h0-9]{32}-[a-h0-9]{8}-[a-h0-9]{8}", (50, 50), drawn),
    structure("kagi-key", r"[\w-]{11}\.[\w-]{43}", (55, 55), mixed),
    structure("wallet-seed", r"S[A-Z2-7]{55,57}", (56, 58), drawn),
    structure("ollama-key", r"[A-Fa-f0-9]{32}\.[\w-]{24}", (57, 57), drawn),
    structure("ably-key", r"[\w-]{5,8}\.[\w-]{6}:[\w-]{16,64}", (29, 80), mixed),
    structure("discord-bot-token", r"[MNO][\w-]{22,27}\.[\w-]{6}\.[\w-]{27,45}", (58, 80), mixed),
    structure(
        "fal-key",
        r"[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}:[a-f0-9]{32}",
        (UUID + 33, UUID + 33),
        any,
    ),
    structure("ghost-key", r"[a-f0-9]{24}:[a-f0-9]{64}", (89, 89), any),
    structure("salesforce-token", r"00[A-Za-z0-9]{13}![A-Za-z0-9._-]{80,260}", (96, 276), mixed),
    structure(
        "webex-token",
        r"[A-Za-z0-9]{64}_[A-Za-z0-9]{4}_[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}",
        (UUID + 70, UUID + 70),
        any,
    ),
    structure("sanity-token", r"sk[A-Za-z0-9]{130,200}", (132, 202), mixed),
];
const SHORTEST: usize = 20;
const LONGEST: usize = 276;

static PATTERNS: [OnceLock<Regex>; ROWS.len()] = [const { OnceLock::new() }; ROWS.len()];

/// The name of every structure and the kind of what it finds.
pub(super) fn rules() -> impl Iterator<Item = (&'static str, DataKind)> {
    ROWS.iter().map(|row| (row.rule, KIND))
}

/// The kind of all these secrets.
const KIND: DataKind = DataKind::Token;

fn any(_: &str) -> bool {
    true
}

fn both_parts(secret: &str) -> bool {
    secret.split(':').all(drawn)
}

/// Whether a text has a run that is long enough to be looked at is for the caller to know; this looks at all of them.
pub(in crate::detect) fn structures(text: &str, found: &mut Vec<Found>) {
    work::steps(text.len());
    // The run before this one, if only one of the characters that join two parts stands between.
    let mut joined: Option<Range<usize>> = None;
    for run in runs(text) {
        let joint = matches!(byte_at(text, run.end), b':' | b'|' | b'!' | b'%');
        let pair =
            joined.take().filter(|before| before.end + 1 == run.start).map(|before| before.start..run.end);
        // A secret behind `name=` is a run with the name in front.
        let behind =
            text.get(run.clone()).and_then(|run| run.find('=')).map(|sign| run.start + sign + 1..run.end);
        let parts = [pair, Some(run.clone()), behind].into_iter().flatten();
        for part in parts {
            if look_at(text, part, found) {
                break;
            }
        }
        joined = joint.then_some(run);
    }
}

/// Runs of the characters of such secrets, in order.
fn runs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let belongs =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+' | b'/' | b'=');
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..)?;
        let start = at + rest.iter().position(belongs)?;
        let length = bytes.get(start..)?.iter().take_while(|byte| belongs(byte)).count();
        at = start + length;
        Some(start..at)
    })
}

/// Whether this run is a secret; notes it if so.
fn look_at(text: &str, run: Range<usize>, found: &mut Vec<Found>) -> bool {
    let Some(written) = text.get(run.clone()) else { return false };
    let secret = written.trim_end_matches(['.', '/']);
    if secret.len() < SHORTEST || secret.len() > LONGEST || !apart_before(text, run.start) {
        return false;
    }
    for (row, pattern) in ROWS.iter().zip(&PATTERNS) {
        if !(row.shortest..=row.longest).contains(&secret.len()) {
            continue;
        }
        work::steps(secret.len());
        let pattern = pattern.get_or_init(|| compile_ascii(&format!(r"\A(?:{})\z", row.pattern), false));
        if pattern.is_match(secret) && (row.check)(secret) {
            found.push(Found {
                range: run.start..run.start + secret.len(),
                kind: KIND,
                rule: row.rule,
                holds: Holds::ClosedGrammar { max: row.longest, marks: MARKS },
            });
            return true;
        }
    }
    false
}

/// For tests: each rule with its pattern and its check.
#[cfg(test)]
pub(super) fn patterns() -> impl Iterator<Item = (&'static str, &'static str, fn(&str) -> bool)> {
    ROWS.iter().map(|row| (row.rule, row.pattern, row.check))
}

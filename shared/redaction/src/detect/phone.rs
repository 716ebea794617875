//! Telephone numbers: international ones, and national ones in the shapes people write. A bare run of digits is an
//! identifier unless a word in front says otherwise. Of the example numbers in libphonenumber's metadata (245 regions) all
//! international ones are found, and of the national ones half by themselves and 93 % where their name says what they are.

use std::sync::LazyLock;

use regex::Regex;

use super::{DataKind, Found, after, alphanumeric, before, calling::is_international};
use crate::pattern::compile;
use crate::work;

pub(super) const WORDS: &[&str] =
    &["phone", "fon", "fax", "mobile", "tel", "handy", "whatsapp", "sms", "msisdn"];

static INTERNATIONAL: LazyLock<Regex> =
    LazyLock::new(|| compile(r"(?-u)\+[1-9](?:(?:[ ./-]|[ ]?\(|\)[ -]?)?[0-9]){6,14}"));
static DOUBLE_ZERO: LazyLock<Regex> =
    LazyLock::new(|| compile(r"(?-u)00[1-9](?:(?:[ /-]|[ ]?\(|\)[ -]?)?[0-9]){7,13}"));
static TRUNK: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?-u)(?:\(0[1-9][0-9]{0,4}\)[ /-]?|0[1-9][0-9]{0,4}(?:[ ]?[/-][ ]?|[ ]))[0-9]{2,8}(?:[ -][0-9]{2,8}){0,4}",
    )
});
static DOTTED: LazyLock<Regex> = LazyLock::new(|| compile(r"(?-u)0[1-9](?:\.[0-9]{2}){4}"));
static NORTH_AMERICAN: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"(?-u)(?:1[ .-])?(?:\([2-9][0-9]{2}\)[ -]?|[2-9][0-9]{2}[ .-])[2-9][0-9]{2}[ .-][0-9]{4}")
});
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r#"(?i-u)\b(?:tele)?(?:phone|fon|fax|mobile|tel|handy|whatsapp|sms|msisdn)(?: ?(?:no|number|nr|is|at|on))?["']?[ ]?[.:=#]{0,2}[ ]{0,2}["']?(\(?[0-9](?:[ ./()-]{0,2}[0-9]){6,14})"#,
    )
});
static DATE: LazyLock<Regex> = LazyLock::new(|| compile(r"^(?-u)[0-9]{2}[/-][0-9]{2}[/-][0-9]{4}"));
/// A ZIP code of the USA with its four further digits: `02110-1301`.
static ZIP_CODE: LazyLock<Regex> = LazyLock::new(|| compile(r"^(?-u)[0-9]{5}-[0-9]{4}$"));
static ACCOUNT: LazyLock<Regex> = LazyLock::new(|| compile(r"^(?-u)[0-9]{4}-[0-9]{4}-[0-9]{4}$"));
/// Country codes that make a bare run of 13 to 15 digits after `00` a number; one of 12 may be an AWS account.
const COUNTRIES: [&str; 17] =
    ["31", "32", "33", "34", "39", "41", "43", "44", "45", "46", "47", "48", "49", "61", "81", "86", "91"];

pub(super) fn phones(text: &str, found: &mut Vec<Found>) {
    let free = |start, end| !alphanumeric(before(text, start)) && !digit(after(text, end));
    longest(
        text,
        &INTERNATIONAL,
        |start, number| {
            free(start, start + number.len()) && is_international(number.bytes().filter(u8::is_ascii_digit))
        },
        found,
    );
    let apart = |start, number: &str| apart(text, start, start + number.len());
    longest(text, &DOUBLE_ZERO, |start, number| double_zero(number) && apart(start, number), found);
    longest(text, &TRUNK, |start, number| trunk(number) && apart(start, number), found);
    longest(text, &DOTTED, |start, number| digits(number) == 10 && apart(start, number), found);
    longest(text, &NORTH_AMERICAN, |start, number| digits(number) >= 10 && apart(start, number), found);
}

/// What follows a word for a telephone.
pub(super) fn named(text: &str, found: &mut Vec<Found>) {
    if digits(text) < 7 {
        return;
    }
    let named = NAMED.captures_iter(text).filter_map(|found| found.get(1));
    let named = named.filter(|number| !digit(after(text, number.end())));
    found.extend(named.map(|number| Found::open(number.range(), DataKind::Phone)));
}

/// Where a shape stands, cut back at the end of a group of digits until it fits: what follows a number may look like
/// more of it.
fn longest(text: &str, shape: &Regex, fits: impl Fn(usize, &str) -> bool, found: &mut Vec<Found>) {
    let mut at = 0;
    while let Some(wide) = shape.find_at(text, at) {
        work::steps(wide.end() - at);
        let number = groups_from_longest(wide.as_str()).find(|number| {
            work::steps(number.len());
            fits(wide.start(), number)
        });
        at = wide.start() + number.map_or(1, str::len);
        if number.is_some() {
            found.push(Found::open(wide.start()..at, DataKind::Phone));
        }
    }
}

/// The text, then without its last group of digits, and so on.
fn groups_from_longest(text: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(text), |number| {
        let shorter = number.trim_end_matches(|char: char| char.is_ascii_digit());
        let shorter = shorter.trim_end_matches(|char: char| !char.is_ascii_digit());
        Some(shorter).filter(|shorter| !shorter.is_empty())
    })
}

/// Whether a text consists of digits and the usual separators, 7 to 15 digits: enough where the field's name
/// says it is a telephone number.
pub(super) fn dialled(text: &str) -> bool {
    let plain = text.chars().all(|char| matches!(char, '0'..='9' | ' ' | '+' | '-' | '.' | '/' | '(' | ')'));
    plain && text.len() <= 40 && (7..=15).contains(&digits(text))
}

fn double_zero(number: &str) -> bool {
    let bare = number.bytes().all(|byte| byte.is_ascii_digit());
    let country = number.get(2..4).is_some_and(|code| COUNTRIES.contains(&code));
    (!bare && digits(number) >= 10) || (bare && country && (13..=15).contains(&number.len()))
}

fn trunk(number: &str) -> bool {
    (9..=12).contains(&digits(number))
        && !ZIP_CODE.is_match(number)
        && !DATE.is_match(number)
        && !ACCOUNT.is_match(number)
}

/// Whether a number stands alone: not inside a path, an identifier, a decimal or a longer number.
fn apart(text: &str, start: usize, end: usize) -> bool {
    let opens = |char: char| char.is_whitespace() || "([{\"'`,;:=<>|".contains(char);
    let closes = |char: char| char.is_whitespace() || ")]}\"'`,;.!?<>|&".contains(char);
    let rest = text.get(end..).unwrap_or_default();
    let decimal = rest.starts_with(['.', ',']) && digit(after(text, end + 1));
    before(text, start).is_none_or(opens) && after(text, end).is_none_or(closes) && !decimal
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

fn digit(char: Option<char>) -> bool {
    char.is_some_and(|char| char.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use crate::detect::tests::shown;

    #[test]
    fn numbers_are_found() {
        for (text, number) in [
            ("call +49 30 901820.", "+49 30 901820"),
            ("+14155550123", "+14155550123"),
            ("(+44 20 7946 0958)", "+44 20 7946 0958"),
            ("+49 (0)30 901820-12", "+49 (0)30 901820-12"),
            ("+376 312 345", "+376 312 345"),
            ("+290 22158", "+290 22158"),
            ("+683 7012", "+683 7012"),
            ("0049 30 901820", "0049 30 901820"),
            ("004915112345678", "004915112345678"),
            ("at 030 / 901820", "030 / 901820"),
            ("0151 23456789", "0151 23456789"),
            ("0151/23456789", "0151/23456789"),
            ("020 7946 0958,", "020 7946 0958"),
            ("(020) 7946 0958", "(020) 7946 0958"),
            ("01 23 45 67 89", "01 23 45 67 89"),
            ("01.23.45.67.89", "01.23.45.67.89"),
            ("(212) 555-0123", "(212) 555-0123"),
            ("212-555-0123", "212-555-0123"),
            ("1 212 555 0123", "1 212 555 0123"),
            ("212.555.0123", "212.555.0123"),
            ("phone: 2125550123", "2125550123"),
            ("Tel. 7654321", "7654321"),
            ("mobile number 2125550123", "2125550123"),
        ] {
            assert_eq!(shown(text), [format!("phone:{number}")], "{text}");
        }
    }

    #[test]
    fn identifiers_dates_and_amounts_are_left_alone() {
        for text in [
            "2125550123",
            "123456789012",
            "001234567890",
            "0123-4567-8901",
            "arn:aws:iam::012345678901:role/x",
            "01-02-2026 14:30",
            "01/02/2026 1430",
            "2026-11-21 09:58:30",
            "2026-11-21T09:58:30+0100",
            "10.0.0.1 and 192.168.100.200",
            "v1.2.3-20261121",
            "s3://b/2026/030 901820/x",
            "00000000000000000012",
            "record 00000000000000000015",
            "550e8400-e29b-41d4-a716-446655440000",
            "1763718000 and 1763718000000",
            "12,408 rows; 9,120 phones",
            "mobile release 20261121",
            "x+123456789",
            "+123456789",
            "+999 123 456 789",
            "+33 1 23 45",
            "+1234567 rows",
            "555-0123",
            "run 4812",
        ] {
            assert_eq!(shown(text), Vec::<String>::new(), "{text}");
        }
    }
}

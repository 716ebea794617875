//! Payment cards and bank accounts, told from other numbers by their check digits.
//!
//! Crates that validate were looked at and are not used: `iban_validate` and `card-validate` take a number that stands by
//! itself, and do not say how long one is that begins in a running text, which is what the tables here are for.

use std::sync::LazyLock;

use regex::Regex;

use super::{DataKind, Found, after, alphanumeric, before};
use crate::pattern::compile;

static DIGITS: LazyLock<Regex> = LazyLock::new(|| compile(r"(?-u)[0-9]+(?:[ -][0-9]+)*"));
static IBAN_START: LazyLock<Regex> = LazyLock::new(|| compile(r"(?-u)[A-Za-z]{2}[0-9]{2}"));

/// Country codes and the length of their IBANs.
const IBAN_LENGTHS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 \
    DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 \
    IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 \
    OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 \
    UA29 VA22 VG24 XK20 YE30";

pub(super) fn payments(text: &str, found: &mut Vec<Found>) {
    cards(text, found);
    ibans(text, found);
}

/// Runs of digits, in one piece or in groups of three and more, whose number is a card's: network, length, Luhn.
fn cards(text: &str, found: &mut Vec<Found>) {
    for run in DIGITS.find_iter(text) {
        if alphanumeric(before(text, run.start())) || alphanumeric(after(text, run.end())) {
            continue;
        }
        let groups = groups(run.as_str());
        for (first, (start, _)) in groups.iter().enumerate() {
            let mut number = String::new();
            for (group_start, group) in groups.iter().skip(first) {
                number.push_str(group);
                let whole = number.len() == group.len();
                if number.len() > 19 || (group.len() < 3 && !whole) {
                    break;
                }
                if is_card(&number) {
                    let end = run.start() + group_start + group.len();
                    found.push(Found::open(run.start() + start..end, DataKind::Card));
                }
            }
        }
    }
}

fn groups(run: &str) -> Vec<(usize, &str)> {
    let mut start = 0;
    let mut groups = Vec::new();
    for group in run.split([' ', '-']) {
        groups.push((start, group));
        start += group.len() + 1;
    }
    groups
}

/// Whether digits are a card number of a network we know.
fn is_card(number: &str) -> bool {
    let starts =
        |length: usize| number.get(..length).and_then(|digits| digits.parse::<u32>().ok()).unwrap_or(0);
    let length = number.len();
    let fits = match (starts(1), starts(2), starts(4)) {
        (4, ..) => matches!(length, 13 | 16 | 19),
        (2, _, 2221..=2720) | (_, 51..=55, _) => length == 16,
        (_, 34 | 37, _) => length == 15,
        (_, 36 | 38 | 39, _) | (_, _, 3000..=3059) => (14..=19).contains(&length),
        (_, _, 3528..=3589) => (16..=19).contains(&length),
        (5 | 6, ..) => (13..=19).contains(&length),
        _ => false,
    };
    fits && luhn(number)
}

fn luhn(number: &str) -> bool {
    let digits = number.bytes().rev().map(|byte| u32::from(byte.wrapping_sub(b'0')));
    let sum: u32 = digits
        .zip([false, true].into_iter().cycle())
        .map(|(digit, doubled)| match (doubled, digit * 2) {
            (false, _) => digit,
            (true, twice) if twice > 9 => twice - 9,
            (true, twice) => twice,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Account numbers in one piece or in groups: country, length, modulus 97.
fn ibans(text: &str, found: &mut Vec<Found>) {
    for start in IBAN_START.find_iter(text) {
        let rest = text.get(start.start()..).unwrap_or_default();
        let Some(length) = iban_length(start.as_str()) else { continue };
        let Some((size, account)) = take(rest, length) else { continue };
        let end = start.start() + size;
        let apart = !alphanumeric(before(text, start.start())) && !alphanumeric(after(text, end));
        if apart && modulus_97(&account) == Some(1) {
            found.push(Found::open(start.start()..end, DataKind::Iban));
        }
    }
}

fn iban_length(start: &str) -> Option<usize> {
    let country = start.get(..2)?.to_ascii_uppercase();
    IBAN_LENGTHS.split_whitespace().find_map(|entry| entry.strip_prefix(country.as_str())?.parse().ok())
}

/// So many letters and digits from the front, single spaces and hyphens between them left out; and the bytes it took.
fn take(text: &str, length: usize) -> Option<(usize, String)> {
    let mut taken = String::new();
    let mut gap = false;
    for (at, char) in text.char_indices() {
        match char {
            _ if char.is_ascii_alphanumeric() => taken.push(char.to_ascii_uppercase()),
            ' ' | '-' if !gap => {}
            _ => return None,
        }
        gap = !char.is_ascii_alphanumeric();
        if taken.len() == length {
            return Some((at + 1, taken));
        }
    }
    None
}

fn modulus_97(account: &str) -> Option<u32> {
    let (head, tail) = account.split_at_checked(4)?;
    tail.chars().chain(head.chars()).try_fold(0, |rest, char| {
        let value = char.to_digit(36)?;
        Some((rest * if value > 9 { 100 } else { 10 } + value) % 97)
    })
}

#[cfg(test)]
mod tests {
    use crate::detect::tests::shown;

    #[test]
    fn cards_are_found() {
        for (text, card) in [
            ("4111111111111111", "4111111111111111"),
            ("paid with 4111 1111 1111 1111.", "4111 1111 1111 1111"),
            ("12 4111-1111-1111-1111", "4111-1111-1111-1111"),
            ("4111 1111 1111 1111 12/29", "4111 1111 1111 1111"),
            ("3782 822463 10005", "3782 822463 10005"),
            ("5555555555554444", "5555555555554444"),
            ("2223003122003222", "2223003122003222"),
            ("6011111111111117", "6011111111111117"),
            ("3530111333300000", "3530111333300000"),
            ("30569309025904", "30569309025904"),
            ("4222222222222", "4222222222222"),
            ("data/4111111111111111.csv", "4111111111111111"),
        ] {
            assert_eq!(shown(text), [format!("card:{card}")], "{text}");
        }
    }

    #[test]
    fn accounts_are_found() {
        for (text, account) in [
            ("DE89370400440532013000", "DE89370400440532013000"),
            ("to DE89 3704 0044 0532 0130 00 please", "DE89 3704 0044 0532 0130 00"),
            ("gb29nwbk60161331926819", "gb29nwbk60161331926819"),
            ("FR14 2004 1010 0505 0001 3M02 606.", "FR14 2004 1010 0505 0001 3M02 606"),
            ("NO9386011117947", "NO9386011117947"),
            ("MT84 MALT 0110 0001 2345 MTLC AST0 01S", "MT84 MALT 0110 0001 2345 MTLC AST0 01S"),
        ] {
            assert!(shown(text).contains(&format!("iban:{account}")), "{text}: {:?}", shown(text));
        }
    }

    #[test]
    fn numbers_that_fail_their_check_are_left_alone() {
        for text in [
            "4111111111111112",
            "1763718000000",
            "1763718000000000",
            "1234567890123456",
            "DE89370400440532013001",
            "XX89370400440532013000",
            "DE8937040044053201300",
            "a4111111111111111",
            "123456789012",
            "0000000000000000",
        ] {
            assert_eq!(shown(text), Vec::<String>::new(), "{text}");
        }
    }
}

//! Of Britain, Ireland, the German-speaking countries, France and the Low Countries.

use super::checks::{
    at, byte, count, cross, ean, less_11, luhn, mod_11_10, part, travel, uniform, value, verhoeff, weighted,
    yyyymmdd,
};
use super::row::{BANK, HEALTH, NATIONAL, PASSPORT, Row, TAX};

pub(super) const ROWS: &[Row] = &[
    Row::new("uk-nino", NATIONAL, uk_nino)
        .anywhere(&["AA999999A", "AA 99 99 99 A", "AA-99-99-99-A", "AA 999999 A"])
        .named(&[], &["nino", "ni_number", "ni number", "ni-number", "ninumber", "national insurance"]),
    Row::new("uk-nhs", HEALTH, uk_nhs)
        .anywhere(&["999 999 9999"])
        .named(&["9999999999", "999-999-9999"], &["nhs", "chi number"]),
    Row::new("uk-utr", TAX, uk_utr).named(&["9999999999", "99999 99999"], &["utr", "unique taxpayer"]),
    Row::new("uk-sort-code", BANK, |v| !uniform(v))
        .named(&["99-99-99", "999999", "99 99 99"], &["sort code", "sortcode"]),
    Row::new("uk-account", BANK, |v| !uniform(v))
        .named(&["99999999"], &["account number", "account no", "acct no", "acct number"]),
    Row::new("uk-driving-licence", NATIONAL, uk_driver)
        .anywhere(&["XXXXX999999XX9AA"])
        .named(&[], &["driving licence"]),
    Row::new("ie-pps", NATIONAL, ie_pps)
        .anywhere(&["9999999A", "9999999AA"])
        .named(&[], &["pps", "ppsn", "personal public service"]),
    Row::new("de-steuer-id", TAX, de_steuer_id).anywhere(&["99 999 999 999"]).named(
        &["99999999999"],
        &[
            "steuer id",
            "steueridnr",
            "steueridentifikationsnummer",
            "steuerliche id",
            "idnr",
            "tin",
            "steuer identifikationsnummer",
        ],
    ),
    Row::new("de-steuernummer", TAX, |v| !uniform(v)).named(
        &["99/999/99999", "999/999/99999", "999/9999/9999", "99 999 99999", "9999999999999"],
        &["steuernummer", "steuernr"],
    ),
    Row::new("de-rentenversicherung", NATIONAL, de_rentenversicherung)
        .anywhere(&["99999999A999", "99 999999 A 999"])
        .named(
            &[],
            &[
                "rentenversicherungsnummer",
                "sozialversicherungsnummer",
                "svnummer",
                "sv_nummer",
                "sv-nummer",
                "sv nummer",
                "rvnr",
                "svnr",
            ],
        ),
    Row::new("de-krankenversicherung", HEALTH, de_krankenversicherung).named(
        &["A999999999"],
        &["krankenversicherungsnummer", "krankenversichertennummer", "versichertennummer", "kvnr"],
    ),
    Row::new("de-ausweis", PASSPORT, |v| travel(part(v, 0, 9), byte(v, 9))).named(
        &["XXXXXXXXX9", "XXXXXXXXX 9"],
        &["personalausweis", "ausweisnummer", "ausweisnr", "reisepass"],
    ),
    Row::new("de-ausweis", PASSPORT, |v| v.iter().filter(|byte| byte.is_ascii_digit()).count() > 3)
        .named(&["AXXXXXXXX"], &["personalausweis", "ausweisnummer", "ausweisnr", "reisepass"]),
    Row::new("at-svnr", NATIONAL, at_svnr)
        .named(&["9999999999", "9999 999999"], &["svnr", "sozialversicherungsnummer"]),
    Row::new("ch-ahv", NATIONAL, ean)
        .anywhere(&["756.9999.9999.99"])
        .named(&["7569999999999"], &["ahv", "avs", "ahvn13", "navs", "sozialversicherungsnummer"]),
    Row::new("fr-nir", NATIONAL, fr_nir)
        .anywhere(&["9 99 99 99 999 999 99", "9 99 99 9A 999 999 99", "999999A99999999"])
        .named(
            &["999999999999999", "9999999999999 99", "999999A999999 99"],
            &[
                "nir",
                "securite sociale",
                "sécurité sociale",
                "numéro de sécurité sociale",
                "insee",
                "numero de securite sociale",
                "nss",
            ],
        ),
    Row::new("fr-spi", TAX, |v| at(v, 0) < 4 && !uniform(v) && count(v, 0, 10) % 511 == count(v, 10, 13))
        .named(&["9999999999999", "99 99 999 999 999"], &["spi", "numero fiscal", "numéro fiscal"]),
    Row::new("be-national", NATIONAL, be_national).anywhere(&["99.99.99-999.99"]).named(
        &["99999999999", "999999-999-99", "999999 999 99"],
        &["rijksregisternummer", "insz", "niss", "registre national", "national register"],
    ),
    Row::new("nl-bsn", NATIONAL, nl_bsn).named(
        &["999999999", "9999.99.999", "999 999 999", "9999 99 999"],
        &["bsn", "burgerservicenummer", "sofinummer"],
    ),
    Row::new("lu-matricule", NATIONAL, lu_matricule)
        .named(&["9999999999999", "9999 99 99 999 99"], &["matricule"]),
];

/// Prefixes that were given out: no D, F, I, Q, U or V, no O second, and some pairs never.
fn uk_nino(v: &[u8]) -> bool {
    let (first, second) = (byte(v, 0), byte(v, 1));
    let never = [b"BG", b"GB", b"KN", b"NK", b"NT", b"TN", b"ZZ"];
    let used = |letter: u8| !b"DFIQUV".contains(&letter);
    // QQ stands in examples.
    let example = (first, second) == (b'Q', b'Q');
    let prefix = used(first) && used(second) && second != b'O' && !never.contains(&&[first, second]);
    (prefix || example) && matches!(byte(v, 8), b'A'..=b'D')
}

fn uk_nhs(v: &[u8]) -> bool {
    !uniform(v) && less_11(weighted(v, &[10, 9, 8, 7, 6, 5, 4, 3, 2])) == at(v, 9)
}

fn uk_utr(v: &[u8]) -> bool {
    let rest = weighted(v, &[0, 6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11;
    !uniform(v) && b"21987654321".get(rest as usize) == v.first()
}

/// Five characters of the name padded with 9, then the birthday with its month shifted by 50 for women.
fn uk_driver(v: &[u8]) -> bool {
    let name: Vec<u8> = part(v, 0, 5).iter().copied().skip_while(u8::is_ascii_uppercase).collect();
    let padded = name.iter().all(|byte| *byte == b'9') && byte(v, 0).is_ascii_uppercase();
    let initials = part(v, 11, 13).iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'9');
    padded && initials && matches!(count(v, 6, 8), 1..=12 | 51..=62) && matches!(count(v, 8, 10), 1..=31)
}

fn ie_pps(v: &[u8]) -> bool {
    // The second letter of those given out since 2013 counts; W, T and X are older.
    let second = match v.get(8) {
        Some(b'A') => 1,
        Some(b'B') => 2,
        Some(b'H') => 8,
        Some(b'W' | b'T' | b'X') | None => 0,
        Some(_) => return false,
    };
    let sum = weighted(part(v, 0, 7), &[8, 7, 6, 5, 4, 3, 2]) + 9 * second;
    b"WABCDEFGHIJKLMNOPQRSTUV".get((sum % 23) as usize) == v.get(7)
}

/// Of the first ten digits one stands there twice or three times, and no other more than once.
fn de_steuer_id(v: &[u8]) -> bool {
    let mut often: Vec<usize> =
        (b'0'..=b'9').map(|digit| part(v, 0, 10).iter().filter(|byte| **byte == digit).count()).collect();
    often.sort_unstable_by(|one, other| other.cmp(one));
    at(v, 0) != 0 && matches!(often.as_slice(), [2 | 3, second, ..] if *second < 2) && mod_11_10(v)
}

fn de_rentenversicherung(v: &[u8]) -> bool {
    let letter = at(v, 8).saturating_sub(9);
    let digits = part(v, 0, 8).iter().map(|byte| value(*byte));
    let digits = digits.chain([letter / 10, letter % 10, at(v, 9), at(v, 10)]);
    let weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    let sum: u32 = digits.zip(weights).map(|(digit, weight)| cross(digit * weight)).sum();
    matches!(count(v, 2, 4), 1..=31) && matches!(count(v, 4, 6), 1..=12) && sum % 10 == at(v, 11)
}

fn de_krankenversicherung(v: &[u8]) -> bool {
    let letter = at(v, 0).saturating_sub(9);
    let digits = [letter / 10, letter % 10].into_iter().chain(part(v, 1, 9).iter().map(|byte| value(*byte)));
    let sum: u32 = digits.zip([1, 2].into_iter().cycle()).map(|(digit, factor)| cross(digit * factor)).sum();
    sum % 10 == at(v, 9)
}

/// Where days ran out, months go on to 15.
fn at_svnr(v: &[u8]) -> bool {
    let dated = matches!(count(v, 4, 6), 1..=31) && matches!(count(v, 6, 8), 1..=15);
    dated && at(v, 0) != 0 && weighted(v, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == at(v, 3)
}

/// Corsica's departments 2A and 2B count 19 and 18.
fn fr_nir(v: &[u8]) -> bool {
    let mut digits = [0_u8; 13];
    digits.iter_mut().zip(v).for_each(|(digit, byte)| *digit = *byte);
    match (byte(v, 5), byte(v, 6)) {
        (b'2', letter @ (b'A' | b'B')) => {
            let department = if letter == b'A' { [b'1', b'9'] } else { [b'1', b'8'] };
            digits.iter_mut().skip(5).zip(department).for_each(|(digit, byte)| *digit = byte);
        }
        (_, b'0'..=b'9') => {}
        _ => return false,
    }
    let known = matches!(at(v, 0), 1..=4 | 7 | 8) && matches!(count(v, 3, 5), 1..=12 | 20..=42 | 50..=99);
    known && 97 - count(&digits, 0, 13) % 97 == count(v, 13, 15)
}

/// From 2000 on a 2 stands in front of what is divided.
fn be_national(v: &[u8]) -> bool {
    let number = count(v, 0, 9);
    let check = count(v, 9, 11);
    let dated = matches!(count(v, 2, 4) % 20, 0..=12) && count(v, 4, 6) < 32;
    dated && (97 - number % 97 == check || 97 - (2_000_000_000 + number) % 97 == check)
}

fn nl_bsn(v: &[u8]) -> bool {
    !uniform(v) && weighted(part(v, 0, 8), &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == at(v, 8)
}

fn lu_matricule(v: &[u8]) -> bool {
    let without: Vec<u8> =
        v.iter().enumerate().filter(|(place, _)| *place != 11).map(|(_, byte)| *byte).collect();
    yyyymmdd(v, 0) && luhn(part(v, 0, 12)) && verhoeff(&without)
}

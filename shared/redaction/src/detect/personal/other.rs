//! Of Africa and Oceania; devices; and what has the same name everywhere.

use super::checks::{at, byte, count, day, less_11, luhn, part, uniform, value, weighted, yymmdd};
use super::free;
use super::row::{BANK, BIRTH, CARD, CRYPTO, DEVICE, HEALTH, NATIONAL, PASSPORT, Row, TAX};

pub(super) const ROWS: &[Row] = &[
    Row::new("za-id", NATIONAL, |v| yymmdd(v, 0) && at(v, 10) < 3 && luhn(v))
        .anywhere(&["999999 9999 99 9", "999999 9999 999"])
        .named(
            &["9999999999999"],
            &["south african id", "id number", "id_number", "id-number", "idnumber", "rsa id"],
        ),
    Row::new("ng-nin", NATIONAL, |v| !uniform(v)).named(&["99999999999", "9999-999-9999"], &["nin"]),
    Row::new("ng-bvn", BANK, |v| at(v, 0) == 2).named(&["99999999999"], &["bvn"]),
    Row::new("ke-id", NATIONAL, |v| !uniform(v))
        .named(&["99999999", "9999999"], &["kenyan id", "kenya id", "huduma"]),
    Row::new("ke-kra-pin", TAX, |v| matches!(byte(v, 0), b'A' | b'P'))
        .named(&["A999999999A"], &["kra", "kra pin"]),
    Row::new("gh-card", NATIONAL, |v| v.starts_with(b"GHA")).anywhere(&["GHA-999999999-9"]),
    Row::new("eg-national-id", NATIONAL, eg_national_id)
        .named(&["99999999999999"], &["egyptian id", "national id"]),
    Row::new("au-tfn", TAX, |v| !uniform(v) && weighted(v, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11))
        .named(&["999999999", "999 999 999", "999-999-999"], &["tfn", "tax file"]),
    Row::new("au-medicare", HEALTH, au_medicare)
        .anywhere(&["9999 99999 9"])
        .named(&["9999999999", "9999-99999-9"], &["medicare"]),
    Row::new("au-ihi", HEALTH, luhn)
        .anywhere(&["8003 6099 9999 9999"])
        .named(&["8003609999999999"], &["ihi", "individual healthcare"]),
    Row::new("nz-ird", TAX, nz_ird)
        .named(&["999-999-999", "99-999-999", "999999999", "99999999", "999 999 999"], &["ird"]),
    Row::new("nz-nhi", HEALTH, nz_nhi).named(&["AAA9999"], &["nhi"]),
    Row::new("imei", DEVICE, |v| luhn(v) && !uniform(v))
        .anywhere(&["99-999999-999999-9"])
        .named(&["999999999999999", "99 999999 999999 9"], &["imei"]),
    Row::new("iccid", DEVICE, |v| v.starts_with(b"89") && luhn(v)).named(
        &["9999999999999999999", "99999999999999999999", "9999 9999 9999 9999 999"],
        &["iccid", "sim card", "simcard"],
    ),
    Row::new("imsi", DEVICE, |v| matches!(at(v, 0), 2..=7))
        .named(&["999999999999999", "99999999999999"], &["imsi"]),
    Row::new("vin", DEVICE, vin).named(&["XXXXXXXXXXXXXXXXX"], &["vin", "vehicle identification", "chassis"]),
    Row::new("eu-ehic", HEALTH, |v| !uniform(v))
        .named(&["80999999999999999999"], &["ehic", "european health insurance"]),
    Row::free("birth-date", BIRTH, free::date).beside(&[
        "dob",
        "date of birth",
        "birth date",
        "birthdate",
        "birthday",
        "born",
        "geburtsdatum",
        "geboren",
        "geburtstag",
        "date de naissance",
        "fecha de nacimiento",
        "fecha nacimiento",
        "data de nascimento",
        "data nascimento",
        "data di nascita",
        "geboortedatum",
        "fodselsdato",
        "fødselsdato",
        "födelsedatum",
        "生年月日",
        "data urodzenia",
        "syntymaaika",
    ]),
    Row::free("passport", PASSPORT, free::document).beside(&[
        "passport",
        "passport no",
        "passport number",
        "passnummer",
        "passeport",
        "паспорт",
        "护照",
        "パスポート",
        "pasaporte",
        "passaporto",
        "passaporte",
        "paspoort",
    ]),
    Row::free("driving-licence", NATIONAL, free::document).beside(&[
        "driving licence",
        "driving license",
        "driver license",
        "drivers license",
        "driver's license",
        "drivers licence",
        "driver licence",
        "fuehrerschein",
        "führerschein",
        "fuehrerscheinnummer",
        "permis de conduire",
    ]),
    Row::free("national-id", NATIONAL, free::document).beside(&[
        "national id",
        "national identity",
        "social security number",
        "social insurance number",
        "national insurance number",
        "id card number",
        "national identification",
        "citizen id",
        "identity card",
        "identity number",
        "personal id",
        "personal identification",
        "government id",
    ]),
    Row::free("tax-id", TAX, free::document).beside(&[
        "tax id",
        "tax number",
        "tax identification",
        "taxpayer id",
        "taxpayer identification",
        "tin",
    ]),
    Row::free("health-id", HEALTH, free::document).beside(&[
        "health insurance",
        "medical record",
        "mrn",
        "patient id",
        "patient number",
        "health card",
        "ohip",
    ]),
    Row::free("bank-account", BANK, free::document).beside(&[
        "bank account",
        "bank account number",
        "kontonummer",
        "numero de compte",
        "cuenta bancaria",
    ]),
    Row::free("card-code", CARD, free::code).beside(&["cvv", "cvc", "cvv2", "cvc2", "card verification"]),
    Row::free("crypto-address", CRYPTO, super::crypto::named).beside(&[
        "wallet",
        "eth address",
        "ethereum",
        "btc address",
        "bitcoin",
    ]),
];

fn eg_national_id(v: &[u8]) -> bool {
    let year = count(v, 1, 3) + if at(v, 0) == 2 { 1900 } else { 2000 };
    let place = matches!(count(v, 7, 9), 1..=35 | 88);
    matches!(at(v, 0), 2 | 3) && day(year, count(v, 3, 5), count(v, 5, 7)) && place
}

fn au_medicare(v: &[u8]) -> bool {
    matches!(at(v, 0), 2..=6) && weighted(v, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == at(v, 8)
}

/// Short numbers stand with a 0 in front; where the first weights give 10, the second decide.
fn nz_ird(v: &[u8]) -> bool {
    let Some((last, front)) = v.split_last() else { return false };
    let skip = 8_usize.saturating_sub(front.len());
    let digit = |weights: [u32; 8]| less_11(weighted(front, weights.get(skip..).unwrap_or_default()));
    let first = digit([3, 2, 7, 6, 5, 4, 3, 2]);
    let digit = if first == 10 { digit([7, 4, 3, 2, 5, 2, 7, 6]) } else { first };
    (10_000_000..150_000_000).contains(&count(v, 0, v.len())) && digit == value(*last)
}

/// Letters count from 1 without I and O.
fn nz_nhi(v: &[u8]) -> bool {
    let letter = |byte: u8| match b"ABCDEFGHJKLMNPQRSTUVWXYZ".iter().position(|known| *known == byte) {
        Some(place) => u32::try_from(place + 1).unwrap_or(0),
        None => value(byte),
    };
    let sum: u32 =
        part(v, 0, 6).iter().zip([7, 6, 5, 4, 3, 2]).map(|(byte, weight)| letter(*byte) * weight).sum();
    let letters = !part(v, 0, 3).iter().any(|byte| matches!(byte, b'I' | b'O'));
    letters && !sum.is_multiple_of(11) && (11 - sum % 11) % 10 == at(v, 6)
}

/// Letters without I, O and Q, and at least the last four places are digits. Only some countries have a check digit.
fn vin(v: &[u8]) -> bool {
    let known = !v.iter().any(|byte| matches!(byte, b'I' | b'O' | b'Q'));
    let digits = part(v, 13, 17).iter().all(u8::is_ascii_digit);
    known && digits && v.iter().any(u8::is_ascii_uppercase)
}

//! Of southern and south-eastern Europe.

use super::checks::{
    at, byte, count, cross, day, ddmmyy, less_10, less_11, luhn, luhn_of_letters, mod_11_10, part, uniform,
    value, weighted, yymmdd,
};
use super::row::{NATIONAL, Row, TAX};

pub(super) const ROWS: &[Row] = &[
    Row::new("es-dni", NATIONAL, |v| es_letter(count(v, 0, 8), byte(v, 8)))
        .anywhere(&["99999999A", "99999999-A", "99.999.999-A", "99999999 A", "99.999.999A"])
        .named(&[], &["dni", "nif", "documento nacional"]),
    Row::new("es-nie", NATIONAL, es_nie)
        .anywhere(&["A9999999A", "A-9999999-A", "A9999999-A"])
        .named(&[], &["nie"]),
    Row::new("es-cif", TAX, es_cif).named(&["A99999999", "A9999999A", "A-99999999"], &["cif", "nif"]),
    Row::new("es-nuss", NATIONAL, es_nuss).named(
        &["999999999999", "99/99999999/99", "99 99999999 99", "99 9999999999"],
        &["nuss", "naf", "seguridad social"],
    ),
    Row::new("pt-nif", TAX, pt_nif).named(
        &["999999999", "999 999 999"],
        &["nif", "contribuinte", "nipc", "numero fiscal", "número fiscal"],
    ),
    Row::new("pt-cc", NATIONAL, luhn_of_letters)
        .anywhere(&["999999999AA9", "99999999 9 AA9", "99999999 9AA9"])
        .named(
            &["999999999XX9", "99999999 9 XX9"],
            &["cartao de cidadao", "cartão de cidadão", "cartao cidadao"],
        ),
    Row::new("it-codice-fiscale", TAX, it_codice_fiscale)
        .anywhere(&["AAAAAA99A99AXXXA", "AAA AAA 99A99 AXXXA"])
        .named(&[], &["codice fiscale"]),
    Row::new("it-partita-iva", TAX, it_partita_iva).named(&["99999999999"], &["partita iva", "piva"]),
    Row::new("gr-amka", NATIONAL, |v| ddmmyy(v, 0) && luhn(v)).named(&["99999999999"], &["amka"]),
    Row::new("gr-afm", TAX, |v| {
        !uniform(v) && weighted(v, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == at(v, 8)
    })
    .named(&["999999999"], &["afm"]),
    Row::new("hr-oib", NATIONAL, |v| mod_11_10(v) && !uniform(v)).named(&["99999999999"], &["oib"]),
    Row::new("yu-jmbg", NATIONAL, jmbg).named(&["9999999999999"], &["jmbg", "emso", "embg", "maticni broj"]),
    Row::new("bg-egn", NATIONAL, bg_egn).named(&["9999999999"], &["egn"]),
    Row::new("ro-cnp", NATIONAL, ro_cnp).named(&["9999999999999"], &["cnp", "cod numeric personal"]),
    Row::new("tr-tckn", NATIONAL, tr_tckn)
        .named(&["99999999999"], &["tckn", "tc kimlik", "tc_kimlik", "tc-kimlik", "kimlik no", "tckimlik"]),
    Row::new("mt-id", NATIONAL, |v| b"MGAPLHBZ".contains(&byte(v, v.len().saturating_sub(1))))
        .named(&["9999999A", "999999A", "99999A"], &["identity card"]),
    Row::new("cy-tic", TAX, cy_tic).named(&["99999999A"], &["tic", "tax identification code"]),
];

fn es_letter(number: u64, letter: u8) -> bool {
    b"TRWAGMYFPDXBNJZSQVHLCKE".get((number % 23) as usize) == Some(&letter)
}

/// X, Y and Z stand for 0, 1 and 2.
fn es_nie(v: &[u8]) -> bool {
    match byte(v, 0) {
        first @ b'X'..=b'Z' => es_letter(u64::from(first - b'X') * 10_000_000 + count(v, 1, 8), byte(v, 8)),
        _ => false,
    }
}

fn es_cif(v: &[u8]) -> bool {
    let digits = part(v, 1, 8).iter().zip([2, 1].into_iter().cycle());
    let sum: u32 = digits.map(|(byte, factor)| cross(value(*byte) * factor)).sum();
    let digit = less_10(sum);
    let letter = b"JABCDEFGHI".get(digit as usize) == Some(&byte(v, 8));
    b"ABCDEFGHJNPQRSUVWKLM".contains(&byte(v, 0)) && (digit == at(v, 8) || letter)
}

/// Short numbers stand with the province as if they had seven digits.
fn es_nuss(v: &[u8]) -> bool {
    let (province, number) = (count(v, 0, 2), count(v, 2, 10));
    let joined = if number < 10_000_000 { number + province * 10_000_000 } else { count(v, 0, 10) };
    matches!(province, 1..=53 | 66) && joined % 97 == count(v, 10, 12)
}

fn pt_nif(v: &[u8]) -> bool {
    let digit = less_11(weighted(v, &[9, 8, 7, 6, 5, 4, 3, 2]));
    at(v, 0) != 0 && !uniform(v) && (if digit > 9 { 0 } else { digit }) == at(v, 8)
}

/// Letters from L to V may stand for digits, so that two people have two codes.
fn it_codice_fiscale(v: &[u8]) -> bool {
    let digit = |place: usize| match byte(v, place) {
        digit @ b'0'..=b'9' => Some(u64::from(digit - b'0')),
        letter => b"LMNPQRSTUV".iter().position(|known| *known == letter).map(|place| place as u64),
    };
    let all = [6, 7, 9, 10, 12, 13, 14].into_iter().all(|place| digit(place).is_some());
    let date = digit(9).unwrap_or(9) * 10 + digit(10).unwrap_or(9);
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    // Digits count as the letters from A on.
    let even = |byte: u8| if byte.is_ascii_digit() { value(byte) } else { value(byte).saturating_sub(10) };
    let odd = |byte: u8| ODD.get(even(byte) as usize).copied().unwrap_or(0);
    let places = v.iter().take(15).enumerate();
    let sum: u32 = places.map(|(place, byte)| if place % 2 == 0 { odd(*byte) } else { even(*byte) }).sum();
    let month = b"ABCDEHLMPRST".contains(&byte(v, 8));
    all && month && matches!(date, 1..=31 | 41..=71) && sum % 26 + 10 == at(v, 15)
}

/// The three digits in front of the last are the office's.
fn it_partita_iva(v: &[u8]) -> bool {
    luhn(v) && matches!(count(v, 7, 10), 1..=100 | 120 | 121 | 888 | 999)
}

/// Of what was Yugoslavia: day, month, the year without its thousand, region, number.
fn jmbg(v: &[u8]) -> bool {
    let year = count(v, 4, 7);
    let year = if year > 800 { 1000 + year } else { 2000 + year };
    let digit = less_11(weighted(v, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])) % 10;
    day(year, count(v, 2, 4), count(v, 0, 2)) && digit == at(v, 12)
}

/// Months are shifted by 20 before 1900 and by 40 from 2000 on.
fn bg_egn(v: &[u8]) -> bool {
    let (year, month) = (count(v, 0, 2), count(v, 2, 4));
    let (year, month) = match month {
        41.. => (2000 + year, month - 40),
        21.. => (1800 + year, month - 20),
        _ => (1900 + year, month),
    };
    let digit = weighted(v, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
    day(year, month, count(v, 4, 6)) && digit == at(v, 9)
}

fn ro_cnp(v: &[u8]) -> bool {
    let rest = weighted(v, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    let county = matches!(count(v, 7, 9), 1..=48 | 51 | 52 | 70 | 80..=83);
    at(v, 0) != 0 && yymmdd(v, 1) && county && (if rest == 10 { 1 } else { rest }) == at(v, 12)
}

fn tr_tckn(v: &[u8]) -> bool {
    let odd = at(v, 0) + at(v, 2) + at(v, 4) + at(v, 6) + at(v, 8);
    let even = at(v, 1) + at(v, 3) + at(v, 5) + at(v, 7);
    let first = (odd * 7 + 10_000 - even) % 10;
    at(v, 0) != 0 && first == at(v, 9) && (odd + even + first) % 10 == at(v, 10)
}

/// Digits at odd places count as in Italy's codes.
fn cy_tic(v: &[u8]) -> bool {
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let odd = |place: usize| ODD.get(at(v, place) as usize).copied().unwrap_or(0);
    let sum = odd(0) + odd(2) + odd(4) + odd(6) + at(v, 1) + at(v, 3) + at(v, 5) + at(v, 7);
    sum % 26 + 10 == at(v, 8)
}

//! Of northern, central and eastern Europe.

use super::checks::{
    at, byte, count, day, ddmmyy, in_some_century, less_10, less_11, luhn, part, uniform, weighted, yymmdd,
};
use super::row::{HEALTH, NATIONAL, PASSPORT, Row, TAX};

pub(super) const ROWS: &[Row] = &[
    Row::new("se-personnummer", NATIONAL, se_personnummer).anywhere(&["999999-9999", "999999+9999"]).named(
        &["9999999999", "999999999999", "99999999-9999"],
        &["personnummer", "samordningsnummer", "personal identity number"],
    ),
    // Of this century only what is not a day with a time of day, which stands in many names of files.
    Row::new("se-personnummer", NATIONAL, |v| {
        let timed = count(v, 8, 10) < 24 && count(v, 10, 12) < 60;
        se_personnummer(v) && matches!((count(v, 0, 2), timed), (19, _) | (20, false))
    })
    .anywhere(&["99999999-9999"]),
    Row::new("no-fodselsnummer", NATIONAL, no_fodselsnummer).anywhere(&["999999 99999"]).named(
        &["99999999999"],
        &["fodselsnummer", "fødselsnummer", "foedselsnummer", "personnummer", "dnummer"],
    ),
    Row::new("dk-cpr", NATIONAL, |v| {
        ddmmyy(v, 0) && weighted(v, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
    })
    .anywhere(&["999999-9999"]),
    // Numbers given out since 2007 need not fulfil the modulus.
    Row::new("dk-cpr", NATIONAL, |v| ddmmyy(v, 0))
        .named(&["999999-9999", "9999999999"], &["cpr", "cprnr", "personnummer"]),
    Row::new("fi-hetu", NATIONAL, fi_hetu)
        .anywhere(&["999999-999X", "999999A999X", "999999+999X"])
        .named(&[], &["hetu", "henkilotunnus", "henkilötunnus"]),
    Row::new("is-kennitala", NATIONAL, is_kennitala)
        .anywhere(&["999999-9999"])
        .named(&["9999999999"], &["kennitala"]),
    Row::new("baltic-isikukood", NATIONAL, baltic)
        .named(&["99999999999"], &["isikukood", "asmens kodas", "personal code"]),
    Row::new("lv-personas-kods", NATIONAL, lv_personas_kods)
        .anywhere(&["999999-99999"])
        .named(&["99999999999"], &["personas kods"]),
    // Numbers given out since 2017 begin with 32 and have no check digit.
    Row::new("lv-personas-kods", NATIONAL, |v| count(v, 0, 2) == 32)
        .named(&["99999999999", "999999-99999"], &["personas kods"]),
    Row::new("pl-pesel", NATIONAL, pl_pesel).named(&["99999999999"], &["pesel"]),
    Row::new("pl-nip", TAX, |v| !uniform(v) && weighted(v, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == at(v, 9))
        .anywhere(&["999-999-99-99", "999-99-99-999"])
        .named(&["9999999999"], &["nip"]),
    Row::new("pl-dowod", PASSPORT, |v| weighted(v, &[7, 3, 1, 9, 7, 3, 1, 7, 3]).is_multiple_of(10))
        .named(&["AAA999999", "AAA 999999"], &["dowod", "dowod osobisty", "dowód osobisty", "seria i numer"]),
    Row::new("pl-paszport", PASSPORT, |v| weighted(v, &[7, 3, 9, 1, 7, 3, 1, 7, 3]).is_multiple_of(10))
        .named(&["AA9999999", "AA 9999999"], &["paszport"]),
    Row::new("cz-rodne-cislo", NATIONAL, cz_rodne_cislo)
        .anywhere(&["999999/9999"])
        .named(&["9999999999"], &["rodne cislo", "rodné číslo", "rodnecislo"]),
    Row::new("hu-taj", HEALTH, |v| !uniform(v) && weighted(v, &[3, 7, 3, 7, 3, 7, 3, 7]) % 10 == at(v, 8))
        .named(&["999999999", "999 999 999", "999-999-999"], &["taj", "tajszam"]),
    Row::new("hu-adoazonosito", TAX, |v| {
        at(v, 0) == 8 && weighted(v, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 == at(v, 9)
    })
    .named(&["9999999999"], &["adoazonosito", "adoszam"]),
    Row::new("ru-snils", NATIONAL, ru_snils)
        .anywhere(&["999-999-999 99", "999-999-999-99"])
        .named(&["99999999999"], &["snils", "СНИЛС"]),
    Row::new("ru-inn", TAX, ru_inn).named(&["999999999999"], &["inn", "ИНН"]),
    Row::new("ru-passport", PASSPORT, |v| !uniform(v))
        .named(&["9999 999999", "99 99 999999", "9999999999"], &["pasport", "russian passport"]),
    Row::new("ua-rnokpp", TAX, ua_rnokpp).named(&["9999999999"], &["rnokpp", "ipn", "drfo"]),
    Row::new("md-idnp", NATIONAL, |v| {
        !uniform(v) && weighted(v, &[7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1]) % 10 == at(v, 12)
    })
    .named(&["9999999999999"], &["idnp"]),
    Row::new("kz-iin", NATIONAL, kz_iin).named(&["999999999999"], &["iin"]),
];

/// Coordination numbers have the day plus 60.
fn se_personnummer(v: &[u8]) -> bool {
    let v = part(v, v.len().saturating_sub(10), v.len());
    let date = count(v, 4, 6);
    let date = if date > 60 { date - 60 } else { date };
    in_some_century(count(v, 0, 2), count(v, 2, 4), date) && luhn(v)
}

/// D-numbers have the day plus 40, synthetic and helping numbers the month plus 40 or 80.
fn no_fodselsnummer(v: &[u8]) -> bool {
    let (date, month) = (count(v, 0, 2), count(v, 2, 4));
    let date = if date > 40 { date - 40 } else { date };
    let first = less_11(weighted(v, &[3, 7, 6, 1, 8, 9, 4, 5, 2]));
    let second = less_11(weighted(v, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]));
    in_some_century(count(v, 4, 6), month % 40, date) && first == at(v, 9) && second == at(v, 10)
}

/// The letter or sign for the century may be left out of what is checked.
fn fi_hetu(v: &[u8]) -> bool {
    let century = usize::from(v.len() == 11);
    if century == 1 && !matches!(byte(v, 6), b'A'..=b'F' | b'U'..=b'Y') {
        return false;
    }
    let number = count(v, 0, 6) * 1000 + count(v, 6 + century, 9 + century);
    let letter = b"0123456789ABCDEFHJKLMNPRSTUVWXY".get((number % 31) as usize);
    ddmmyy(v, 0) && letter == v.get(9 + century)
}

/// Companies have the day plus 40.
fn is_kennitala(v: &[u8]) -> bool {
    let date = count(v, 0, 2);
    let date = if date > 40 { date - 40 } else { date };
    let digit = less_11(weighted(v, &[3, 2, 7, 6, 5, 4, 3, 2]));
    in_some_century(count(v, 4, 6), count(v, 2, 4), date)
        && digit == at(v, 8)
        && matches!(at(v, 9), 0 | 8 | 9)
}

/// Of Estonia and Lithuania.
fn baltic(v: &[u8]) -> bool {
    let first = weighted(v, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let second = weighted(v, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
    let digit = if first < 10 { first } else { second % 10 };
    matches!(at(v, 0), 1..=8) && yymmdd(v, 1) && digit == at(v, 10)
}

fn lv_personas_kods(v: &[u8]) -> bool {
    ddmmyy(v, 0) && (1 + weighted(v, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10 == at(v, 10)
}

/// Months are shifted by 20 for each century after 1900, and by 80 for the one before.
fn pl_pesel(v: &[u8]) -> bool {
    let month = count(v, 2, 4);
    let century = [1900, 2000, 2100, 2200, 1800].get((month / 20) as usize).copied().unwrap_or(1900);
    let digit = less_10(weighted(v, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]));
    day(century + count(v, 0, 2), month % 20, count(v, 4, 6)) && digit == at(v, 10)
}

/// Months of women plus 50, and plus 20 where numbers ran out.
fn cz_rodne_cislo(v: &[u8]) -> bool {
    let month = count(v, 2, 4) % 50;
    let month = if month > 20 { month - 20 } else { month };
    let divided = count(v, 0, 10).is_multiple_of(11) || (count(v, 0, 9) % 11 == 10 && at(v, 9) == 0);
    in_some_century(count(v, 0, 2), month, count(v, 4, 6)) && divided
}

fn ru_snils(v: &[u8]) -> bool {
    let sum = weighted(v, &[9, 8, 7, 6, 5, 4, 3, 2, 1]);
    !uniform(v) && u64::from(sum % 101 % 100) == count(v, 9, 11)
}

/// Of people; companies have ten digits.
fn ru_inn(v: &[u8]) -> bool {
    let first = weighted(v, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10;
    let second = weighted(v, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10;
    !uniform(v) && first == at(v, 10) && second == at(v, 11)
}

fn ua_rnokpp(v: &[u8]) -> bool {
    let sum = weighted(v, &[0, 5, 7, 9, 4, 6, 10, 5, 7]) + 11 * 9 - at(v, 0);
    !uniform(v) && sum % 11 % 10 == at(v, 9)
}

fn kz_iin(v: &[u8]) -> bool {
    let first = weighted(v, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11;
    let second = weighted(v, &[3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11;
    let digit = if first < 10 { first } else { second };
    yymmdd(v, 0) && digit == at(v, 11)
}

//! Of the Americas.

use super::checks::{at, byte, count, cross, less_10, less_11, luhn, part, uniform, value, weighted, yymmdd};
use super::row::{BANK, HEALTH, NATIONAL, Row, TAX};

pub(super) const ROWS: &[Row] = &[
    Row::new("us-ssn", NATIONAL, us_ssn)
        .anywhere(&["999-99-9999"])
        .named(&["999999999", "999 99 9999"], &["ssn", "social security", "socialsecurity"]),
    Row::new("us-itin", TAX, us_itin)
        .anywhere(&["999-99-9999"])
        .named(&["999999999", "999 99 9999"], &["itin", "individual taxpayer"]),
    Row::new("us-ein", TAX, us_ein).named(
        &["99-9999999", "999999999"],
        &["ein", "fein", "employer identification", "federal tax id", "employer id"],
    ),
    Row::new("us-npi", HEALTH, us_npi).named(&["9999999999"], &["npi", "national provider"]),
    Row::new("us-dea", HEALTH, us_dea).named(&["AA9999999"], &["dea"]),
    Row::new("us-mbi", HEALTH, us_mbi)
        .anywhere(&["9AX9AX9AA99", "9AX9-AX9-AA99", "9AX9 AX9 AA99"])
        .named(&[], &["mbi", "medicare"]),
    Row::new("us-routing", BANK, us_routing)
        .named(&["999999999"], &["routing number", "routing", "aba number", "aba", "rtn"]),
    Row::new("ca-sin", NATIONAL, ca_sin)
        .anywhere(&["999-999-999"])
        .named(&["999999999", "999 999 999"], &["sin", "social insurance"]),
    Row::new("mx-curp", NATIONAL, mx_curp).anywhere(&["AAAA999999AAAAAAX9"]).named(&[], &["curp"]),
    Row::new("mx-rfc", TAX, mx_rfc)
        .anywhere(&["AAAA999999XXX", "AAAA-999999-XXX"])
        .named(&[], &["rfc", "registro federal"]),
    // Beside its name one that was written without its right check digit too.
    Row::new("mx-rfc", TAX, |v| yymmdd(v, 4)).named(&["AAAA999999XXX"], &["rfc", "registro federal"]),
    Row::new("mx-clabe", BANK, |v| {
        less_10(v.iter().zip([3, 7, 1].into_iter().cycle()).take(17).map(|(b, w)| value(*b) * w % 10).sum())
            == at(v, 17)
    })
    .named(&["999999999999999999", "999 999 99999999999 9"], &["clabe"]),
    Row::new("br-cpf", TAX, br_cpf)
        .anywhere(&["999.999.999-99"])
        .named(&["99999999999", "999999999-99"], &["cpf"]),
    Row::new("br-cnpj", TAX, br_cnpj)
        .anywhere(&["XX.XXX.XXX/XXXX-99"])
        .named(&["XXXXXXXXXXXX99", "XXXXXXXX/XXXX-99"], &["cnpj"]),
    Row::new("br-pis", NATIONAL, br_pis)
        .anywhere(&["999.99999.99-9"])
        .named(&["99999999999", "9999999999-9"], &["pis", "pasep", "nit", "nis"]),
    Row::new("ar-cuit", TAX, ar_cuit).anywhere(&["99-99999999-9"]).named(&["99999999999"], &["cuit", "cuil"]),
    Row::new("ar-dni", NATIONAL, |v| !uniform(v))
        .named(&["99.999.999", "9.999.999", "99999999"], &["dni", "documento nacional"]),
    Row::new("cl-rut", NATIONAL, cl_rut)
        .anywhere(&["99.999.999-X", "9.999.999-X"])
        .named(&["99999999-X", "9999999-X", "99999999X"], &["rut", "run", "rol unico"]),
    Row::new("co-nit", TAX, co_nit)
        .anywhere(&["999.999.999-9"])
        .named(&["999999999-9", "9999999999"], &["nit"]),
    Row::new("co-cedula", NATIONAL, |v| !uniform(v)).named(
        &["99.999.999", "9.999.999.999", "99999999", "9999999999"],
        &["cedula", "cédula", "cedula de ciudadania"],
    ),
    Row::new("pe-ruc", TAX, pe_ruc).named(&["99999999999"], &["ruc"]),
    Row::new("ec-cedula", NATIONAL, ec_cedula)
        .named(&["9999999999", "999999999-9"], &["cedula", "cédula", "cedula de identidad"]),
    Row::new("uy-ci", NATIONAL, uy_ci)
        .anywhere(&["9.999.999-9"])
        .named(&["99999999", "9999999-9"], &["cedula", "cédula", "cedula de identidad"]),
    Row::new("do-cedula", NATIONAL, |v| luhn(v) && !uniform(v))
        .anywhere(&["999-9999999-9"])
        .named(&["99999999999"], &["cedula", "cédula"]),
];

/// No area 000, 666 or 9xx, no group 00, no serial 0000.
fn us_ssn(v: &[u8]) -> bool {
    let area = count(v, 0, 3);
    area != 0 && area != 666 && area < 900 && count(v, 3, 5) != 0 && count(v, 5, 9) != 0
}

fn us_itin(v: &[u8]) -> bool {
    at(v, 0) == 9 && matches!(count(v, 3, 5), 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

fn us_ein(v: &[u8]) -> bool {
    let unused =
        matches!(count(v, 0, 2), 0 | 7..=9 | 17..=19 | 28 | 29 | 49 | 69 | 70 | 78 | 79 | 89 | 96 | 97);
    !unused && count(v, 2, 9) != 0
}

/// Luhn's with the prefix of health cards, 80840, whose share of the sum is 24.
fn us_npi(v: &[u8]) -> bool {
    let front = v.iter().zip([2, 1].into_iter().cycle()).take(9);
    let sum: u32 = front.map(|(byte, factor)| cross(value(*byte) * factor)).sum();
    matches!(at(v, 0), 1 | 2) && less_10(sum + 24) == at(v, 9)
}

fn us_dea(v: &[u8]) -> bool {
    let single = at(v, 2) + at(v, 4) + at(v, 6);
    let double = at(v, 3) + at(v, 5) + at(v, 7);
    b"ABCDEFGHJKLMPRSTUX".contains(&byte(v, 0)) && (single + 2 * double) % 10 == at(v, 8)
}

fn us_mbi(v: &[u8]) -> bool {
    !v.iter().any(|byte| b"SLOIBZ".contains(byte)) && at(v, 0) != 0
}

fn us_routing(v: &[u8]) -> bool {
    let known = matches!(count(v, 0, 2), 1..=12 | 21..=32 | 61..=72 | 80);
    known && weighted(v, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
}

fn ca_sin(v: &[u8]) -> bool {
    at(v, 0) != 8 && !uniform(v) && luhn(v)
}

/// Mexico's alphabet has an Ñ after the N.
fn mexican(byte: u8) -> u32 {
    value(byte) + u32::from(byte >= b'O')
}

fn mx_curp(v: &[u8]) -> bool {
    const STATES: &str =
        "AS BC BS CC CL CM CS CH DF DG GT GR HG JC MC MN MS NT NL OC PL QT QR SP SL SR TC TS TL VZ YN ZS NE";
    let state = STATES.split(' ').any(|state| state.as_bytes() == part(v, 11, 13));
    let sum: u32 = v.iter().take(17).zip((2..=18).rev()).map(|(byte, weight)| mexican(*byte) * weight).sum();
    state && matches!(byte(v, 10), b'H' | b'M' | b'X') && yymmdd(v, 4) && less_10(sum) == at(v, 17)
}

fn mx_rfc(v: &[u8]) -> bool {
    let sum: u32 = v.iter().take(12).zip((2..=13).rev()).map(|(byte, weight)| mexican(*byte) * weight).sum();
    yymmdd(v, 4) && less_11(sum) == at(v, 12)
}

fn br_cpf(v: &[u8]) -> bool {
    let digit = |sum: u32| sum * 10 % 11 % 10;
    let first = digit(weighted(v, &[10, 9, 8, 7, 6, 5, 4, 3, 2]));
    let second = digit(weighted(v, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]));
    !uniform(v) && first == at(v, 9) && second == at(v, 10)
}

/// Letters, as from 2026 on, count 17 and more.
fn br_cnpj(v: &[u8]) -> bool {
    let digit = |weights: &[u32]| {
        let places = v.iter().zip(weights);
        let sum: u32 = places.map(|(byte, weight)| u32::from(byte.saturating_sub(b'0')) * weight).sum();
        if sum % 11 < 2 { 0 } else { 11 - sum % 11 }
    };
    let first = digit(&[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
    let second = digit(&[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
    !uniform(v) && first == at(v, 12) && second == at(v, 13)
}

fn br_pis(v: &[u8]) -> bool {
    let digit = 11 - weighted(v, &[3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    !uniform(v) && (if digit > 9 { 0 } else { digit }) == at(v, 10)
}

fn ar_cuit(v: &[u8]) -> bool {
    let digit = less_11(weighted(v, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]));
    let known = matches!(count(v, 0, 2), 20 | 23..=27 | 30 | 33 | 34 | 50 | 51 | 55);
    known && digit.min(9) == at(v, 10)
}

fn cl_rut(v: &[u8]) -> bool {
    let Some((last, front)) = v.split_last() else { return false };
    let digits = front.iter().rev().zip((2..=7).cycle());
    let sum: u32 = digits.map(|(byte, weight)| value(*byte) * weight).sum();
    let digit = match less_11(sum) {
        10 => b'K',
        digit => b'0' + u8::try_from(digit).unwrap_or(0),
    };
    !uniform(front) && digit == *last
}

fn co_nit(v: &[u8]) -> bool {
    let rest = weighted(v, &[41, 37, 29, 23, 19, 17, 13, 7, 3]) % 11;
    !uniform(v) && (if rest > 1 { 11 - rest } else { rest }) == at(v, 9)
}

fn pe_ruc(v: &[u8]) -> bool {
    let digit = (11 - weighted(v, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 10;
    matches!(count(v, 0, 2), 10 | 15 | 16 | 17 | 20) && digit == at(v, 10)
}

fn ec_cedula(v: &[u8]) -> bool {
    matches!(count(v, 0, 2), 1..=24 | 30 | 50) && at(v, 2) < 7 && luhn(v)
}

fn uy_ci(v: &[u8]) -> bool {
    !uniform(v) && less_10(weighted(v, &[2, 9, 8, 7, 6, 3, 4])) == at(v, 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_needed_where_one_is_written() {
        assert!(mx_curp(b"BOXW310820HNERXN09") && !mx_curp(b"BOXW311320HNERXN09"));
    }
}

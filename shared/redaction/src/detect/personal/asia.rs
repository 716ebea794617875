//! Of Asia and the Middle East.

use super::checks::{
    at, byte, count, in_some_century, less_11, luhn, part, uniform, value, verhoeff, weighted, yymmdd,
    yyyymmdd,
};
use super::row::{NATIONAL, Row, TAX};

pub(super) const ROWS: &[Row] = &[
    Row::new("in-aadhaar", NATIONAL, |v| at(v, 0) > 1 && verhoeff(v))
        .anywhere(&["9999 9999 9999"])
        .named(&["999999999999", "9999-9999-9999"], &["aadhaar", "aadhar", "uidai"]),
    // The fourth letter is P for a person and H for a family.
    Row::new("in-pan", TAX, |v| matches!(byte(v, 3), b'P' | b'H')).anywhere(&["AAAAA9999A"]),
    Row::new("in-pan", TAX, |v| b"ABCFGHJKLPT".contains(&byte(v, 3)))
        .named(&["AAAAA9999A"], &["pan", "permanent account"]),
    Row::new("in-gstin", TAX, in_gstin).anywhere(&["99AAAAA9999AXAX"]).named(&[], &["gstin", "gst"]),
    Row::new("cn-resident-id", NATIONAL, cn_resident_id)
        .anywhere(&["99999999999999999X", "999999 99999999 999X"])
        .named(&[], &["resident id", "shenfenzheng", "身份证", "身分證", "identity card"]),
    Row::new("hk-hkid", NATIONAL, hk_hkid)
        .anywhere(&["A999999(X)", "AA999999(X)"])
        .named(&["A999999X", "AA999999X"], &["hkid", "identity card"]),
    Row::new("tw-id", NATIONAL, tw_id).anywhere(&["A999999999"]).named(&[], &["national id", "arc"]),
    Row::new("sg-nric", NATIONAL, sg_nric).anywhere(&["A9999999A"]).named(&[], &["nric", "fin"]),
    Row::new("my-mykad", NATIONAL, my_mykad)
        .anywhere(&["999999-99-9999"])
        .named(&["999999999999"], &["mykad", "nric", "kad pengenalan"]),
    Row::new("th-id", NATIONAL, th_id)
        .anywhere(&["9-9999-99999-99-9", "9 9999 99999 99 9"])
        .named(&["9999999999999"], &["thai id", "national id"]),
    Row::new("kr-rrn", NATIONAL, |v| kr_dated(v) && (kr_check(v) || kr_recent(v)))
        .anywhere(&["999999-9999999"]),
    Row::new("kr-rrn", NATIONAL, kr_dated).named(
        &["999999-9999999", "9999999999999"],
        &["rrn", "jumin", "주민등록번호", "resident registration"],
    ),
    Row::new("jp-my-number", NATIONAL, jp_my_number).named(
        &["999999999999", "9999 9999 9999", "9999-9999-9999"],
        &[
            "my number",
            "my_number",
            "my-number",
            "mynumber",
            "マイナンバー",
            "個人番号",
            "individual number",
            "kojin bango",
        ],
    ),
    Row::new("il-id", NATIONAL, |v| luhn(v) && !uniform(v))
        .named(&["999999999", "99999999-9"], &["teudat zehut", "israeli id", "mispar zehut"]),
    Row::new("ae-emirates-id", NATIONAL, luhn)
        .anywhere(&["784-9999-9999999-9"])
        .named(&["784999999999999"], &["emirates id"]),
    Row::new("sa-national-id", NATIONAL, |v| matches!(at(v, 0), 1 | 2) && luhn(v))
        .named(&["9999999999"], &["iqama", "saudi id", "national id"]),
    Row::new("kw-civil-id", NATIONAL, kw_civil_id).named(&["999999999999"], &["civil id"]),
    Row::new("ir-melli", NATIONAL, ir_melli)
        .named(&["9999999999", "999-999999-9"], &["code melli", "kode melli", "codemelli"]),
    // No check digit, but a province and a sex, in groups nothing else has.
    Row::new("pk-cnic", NATIONAL, |v| matches!(at(v, 0), 1..=7) && !uniform(v))
        .anywhere(&["99999-9999999-9"])
        .named(&["9999999999999"], &["cnic", "nicop"]),
    Row::new("id-nik", NATIONAL, id_nik).named(&["9999999999999999"], &["nik", "ktp", "induk kependudukan"]),
    Row::new("vn-cccd", NATIONAL, |v| at(v, 0) == 0 && count(v, 0, 3) <= 96 && count(v, 0, 3) > 0)
        .named(&["999999999999"], &["cccd", "can cuoc"]),
    Row::new("ph-sss", NATIONAL, |v| !uniform(v))
        .named(&["99-9999999-9", "9999999999"], &["sss", "sss number"]),
    Row::new("ph-philhealth", NATIONAL, |v| !uniform(v))
        .named(&["99-999999999-9", "999999999999"], &["philhealth"]),
    Row::new("lk-nic", NATIONAL, lk_nic).anywhere(&["999999999V"]),
    // With an X it looks like the number of a book.
    Row::new("lk-nic", NATIONAL, lk_nic).named(&["999999999V", "999999999X"], &["nic"]),
    Row::new("bd-nid", NATIONAL, |v| !uniform(v))
        .named(&["9999999999", "9999999999999", "99999999999999999"], &["bangladesh nid", "nid"]),
];

/// Luhn's with base 36.
fn in_gstin(v: &[u8]) -> bool {
    let places = v.iter().take(14).zip([1, 2].into_iter().cycle());
    let sum: u32 = places.map(|(byte, factor)| value(*byte) * factor).map(|sum| sum / 36 + sum % 36).sum();
    byte(v, 13) == b'Z' && matches!(count(v, 0, 2), 1..=38 | 97 | 99) && (36 - sum % 36) % 36 == at(v, 14)
}

/// ISO 7064, modulus 11-2.
fn cn_resident_id(v: &[u8]) -> bool {
    let rest = weighted(v, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
    let province = matches!(count(v, 0, 2), 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81 | 82 | 83);
    province && yyyymmdd(v, 6) && b"10X98765432".get(rest as usize) == v.get(17)
}

/// One letter counts as if a space, 36, stood in front.
fn hk_hkid(v: &[u8]) -> bool {
    let letters = v.len().saturating_sub(7);
    let head = if letters == 1 { 36 * 9 + at(v, 0) * 8 } else { at(v, 0) * 9 + at(v, 1) * 8 };
    let sum = head + weighted(part(v, letters, v.len() - 1), &[7, 6, 5, 4, 3, 2]);
    // A stands for 10.
    at(v, v.len() - 1) <= 10 && (sum + at(v, v.len() - 1)).is_multiple_of(11)
}

fn tw_id(v: &[u8]) -> bool {
    const PLACES: &[u8; 26] = b"ABCDEFGHJKLMNPQRSTUVXYWZIO";
    let place = PLACES.iter().position(|letter| *letter == byte(v, 0));
    let code = 10 + place.and_then(|place| u32::try_from(place).ok()).unwrap_or(0);
    let sum = code / 10 + code % 10 * 9 + weighted(part(v, 1, 10), &[8, 7, 6, 5, 4, 3, 2, 1, 1]);
    matches!(at(v, 1), 1 | 2 | 8 | 9) && sum.is_multiple_of(10)
}

fn sg_nric(v: &[u8]) -> bool {
    let sum = weighted(part(v, 1, 8), &[2, 7, 6, 5, 4, 3, 2]);
    let (letters, more): (&[u8; 11], u32) = match byte(v, 0) {
        b'S' => (b"JZIHGFEDCBA", 0),
        b'T' => (b"JZIHGFEDCBA", 4),
        b'F' => (b"XWUTRQPNMLK", 0),
        b'G' => (b"XWUTRQPNMLK", 4),
        b'M' => (b"XWUTRQPNJLK", 3),
        _ => return false,
    };
    letters.get(((sum + more) % 11) as usize) == v.get(8)
}

fn my_mykad(v: &[u8]) -> bool {
    let place = matches!(count(v, 6, 8), 1..=16 | 21..=59 | 60..=68 | 71 | 72 | 74..=79 | 82..=93 | 98 | 99);
    yymmdd(v, 0) && place
}

fn th_id(v: &[u8]) -> bool {
    let sum = weighted(v, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    !uniform(v) && matches!(at(v, 0), 1..=8) && (11 - sum % 11) % 10 == at(v, 12)
}

fn kr_dated(v: &[u8]) -> bool {
    yymmdd(v, 0) && matches!(at(v, 6), 1..=8)
}

fn kr_check(v: &[u8]) -> bool {
    (11 - weighted(v, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10 == at(v, 12)
}

/// Numbers given out since October 2020 need not have the check digit.
fn kr_recent(v: &[u8]) -> bool {
    matches!(at(v, 6), 3 | 4 | 7 | 8) && (20..50).contains(&count(v, 0, 2))
}

fn jp_my_number(v: &[u8]) -> bool {
    let rest = weighted(v, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    !uniform(v) && (if rest < 2 { 0 } else { 11 - rest }) == at(v, 11)
}

fn kw_civil_id(v: &[u8]) -> bool {
    let digit = 11 - weighted(v, &[2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
    let century = matches!(at(v, 0), 1..=3);
    let dated = in_some_century(count(v, 1, 3), count(v, 3, 5), count(v, 5, 7));
    century && dated && digit == at(v, 11)
}

fn ir_melli(v: &[u8]) -> bool {
    let digit = less_11(weighted(v, &[10, 9, 8, 7, 6, 5, 4, 3, 2]));
    // 10 stands as 1, and so does what is left of 1.
    !uniform(v) && (if digit == 10 { 1 } else { digit }) == at(v, 9)
}

/// The day of the year the person was born, women's plus 500.
fn lk_nic(v: &[u8]) -> bool {
    matches!(byte(v, 9), b'V' | b'X') && matches!(count(v, 2, 5), 1..=366 | 501..=866)
}

/// Region, birthday (women's day plus 40), number.
fn id_nik(v: &[u8]) -> bool {
    let date = count(v, 6, 8);
    let date = if date > 40 { date - 40 } else { date };
    matches!(count(v, 0, 2), 11..=99) && in_some_century(count(v, 10, 12), count(v, 8, 10), date)
}

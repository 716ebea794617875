//! Numbers of people in Africa, Asia and Oceania, and of devices.

use super::check_digits::{birth, luhn, sum, verhoeff, with_check, written};
use crate::random::SeededDraw;

pub(super) fn za_id(random: &mut SeededDraw) -> String {
    let (year, month, day) = birth(random);
    let start = format!("{year:02}{month:02}{day:02}{:04}08", random.below(10_000));
    with_check(random, &start, 0, |digits| Some(luhn(digits)))
}

pub(super) fn in_aadhaar(random: &mut SeededDraw) -> String {
    let start = random.between(2, 9).to_string();
    written("9999 9999 9999", &with_check(random, &start, 10, |digits| Some(verhoeff(digits))))
}

pub(super) fn cn_id(random: &mut SeededDraw) -> String {
    let (year, month, day) = birth(random);
    let start = format!(
        "{}19{year:02}{month:02}{day:02}{:03}",
        random.pick(&["110101", "310105", "440305"]),
        random.below(1000)
    );
    let digits: Vec<u32> = start.chars().filter_map(|char| char.to_digit(10)).collect();
    let rest = sum(&digits, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
    format!("{start}{}", "10X98765432".chars().nth(rest as usize).unwrap_or('1'))
}

pub(super) fn kr_rrn(random: &mut SeededDraw) -> String {
    let (year, month, day) = birth(random);
    let start = format!("{year:02}{month:02}{day:02}1");
    let check = |digits: &[u32]| Some((11 - sum(digits, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10);
    written("999999-9999999", &with_check(random, &start, 5, check))
}

/// The weighted sum is divisible by 11.
pub(super) fn au_tfn(random: &mut SeededDraw) -> String {
    let check = |digits: &[u32]| {
        (0..10).find(|last| (sum(digits, &[1, 4, 3, 7, 5, 8, 6, 9]) + last * 10).is_multiple_of(11))
    };
    written("999 999 999", &with_check(random, "1", 7, check))
}

pub(super) fn nz_ird(random: &mut SeededDraw) -> String {
    let check = |digits: &[u32]| Some((11 - sum(digits, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11);
    written("999-999-999", &with_check(random, "09", 6, check))
}

pub(super) fn imei(random: &mut SeededDraw) -> String {
    with_check(random, "35", 12, |digits| Some(luhn(digits)))
}

//! Numbers of people in the Americas.

use super::check_digits::{joined, luhn, sum, with_check, written};
use crate::random::SeededDraw;

pub(super) fn us_ssn(random: &mut SeededDraw) -> String {
    let area = random.between(101, 665);
    format!("{area:03}-{:02}-{:04}", random.between(11, 98), random.between(1001, 9998))
}

pub(super) fn us_itin(random: &mut SeededDraw) -> String {
    format!("9{:02}-{:02}-{:04}", random.below(100), random.between(70, 88), random.between(1001, 9998))
}

pub(super) fn us_routing(random: &mut SeededDraw) -> String {
    let start = random.pick(&["02", "06", "11", "12"]);
    with_check(random, start, 6, |digits| Some((10 - sum(digits, &[3, 7, 1, 3, 7, 1, 3, 7]) % 10) % 10))
}

pub(super) fn us_npi(random: &mut SeededDraw) -> String {
    with_check(random, "1", 8, |digits| Some(luhn(&[&[8, 0, 8, 4, 0], digits].concat())))
}

pub(super) fn ca_sin(random: &mut SeededDraw) -> String {
    let start = random.pick(&["1", "4", "5", "7"]);
    written("999 999 999", &with_check(random, start, 7, |digits| Some(luhn(digits))))
}

/// Weights from `top` down to 2, the rest by 11 from 11, 10 and more as 0.
fn brazilian(digits: &[u32], weights: &[u32]) -> u32 {
    let rest = sum(digits, weights) % 11;
    if rest < 2 { 0 } else { 11 - rest }
}

pub(super) fn br_cpf_bare(random: &mut SeededDraw) -> String {
    let mut digits = random.digits(9);
    digits.push(brazilian(&digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]));
    digits.push(brazilian(&digits, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]));
    joined(&digits)
}

pub(super) fn br_cpf(random: &mut SeededDraw) -> String {
    written("999.999.999-99", &br_cpf_bare(random))
}

pub(super) fn br_cnpj(random: &mut SeededDraw) -> String {
    let mut digits = [random.digits(8), vec![0, 0, 0, 1]].concat();
    digits.push(brazilian(&digits, &[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]));
    digits.push(brazilian(&digits, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]));
    written("99.999.999/9999-99", &joined(&digits))
}

pub(super) fn ar_cuit(random: &mut SeededDraw) -> String {
    let start = random.pick(&["20", "23", "27"]);
    let check = |digits: &[u32]| Some((11 - sum(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11);
    written("99-99999999-9", &with_check(random, start, 8, check))
}

pub(super) fn cl_rut(random: &mut SeededDraw) -> String {
    let start = random.pick(&["1", "2"]);
    let digits = [vec![start.parse().unwrap_or(1)], random.digits(7)].concat();
    let check = match (11 - sum(&digits, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 {
        10 => "K".to_owned(),
        other => other.to_string(),
    };
    format!("{}-{check}", written("99.999.999", &joined(&digits)))
}

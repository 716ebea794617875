//! Check digits and the writing of numbers.

use crate::random::SeededDraw;

pub(super) fn joined(digits: &[u32]) -> String {
    digits.iter().filter_map(|digit| char::from_digit(*digit, 10)).collect()
}

/// `9` takes the next character, everything else stands for itself.
pub(super) fn written(form: &str, text: &str) -> String {
    let mut rest = text.chars();
    form.chars().filter_map(|char| if char == '9' { rest.next() } else { Some(char) }).collect()
}

pub(super) fn sum(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// The check digit of Luhn's method.
pub(super) fn luhn(digits: &[u32]) -> u32 {
    let doubled = digits.iter().rev().zip([2, 1].into_iter().cycle()).map(|(digit, factor)| digit * factor);
    (10 - doubled.map(|value| value / 10 + value % 10).sum::<u32>() % 10) % 10
}

/// The rest of a long decimal number by 97.
pub(super) fn mod97(text: &str) -> u32 {
    text.chars().filter_map(|char| char.to_digit(10)).fold(0, |rest, digit| (rest * 10 + digit) % 97)
}

/// Digits that begin so, until the check digit that `check` computes exists.
pub(super) fn with_check(
    random: &mut SeededDraw,
    start: &str,
    more: usize,
    check: impl Fn(&[u32]) -> Option<u32>,
) -> String {
    loop {
        let mut digits: Vec<u32> = start.chars().filter_map(|char| char.to_digit(10)).collect();
        digits.extend(random.digits(more));
        if let Some(last) = check(&digits).filter(|digit| *digit < 10) {
            digits.push(last);
            return joined(&digits);
        }
    }
}

/// Two digits each: year, month, day.
pub(super) fn birth(random: &mut SeededDraw) -> (usize, usize, usize) {
    (random.between(50, 99), random.between(1, 12), random.between(1, 28))
}

/// ISO 7064, mod 11, 10.
pub(super) fn mod_11_10(digits: &[u32]) -> u32 {
    let product = digits.iter().fold(10, |product, digit| {
        let sum = (digit + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10
}

/// The check digit of Verhoeff's method: multiplication in the dihedral group of ten elements.
pub(super) fn verhoeff(digits: &[u32]) -> u32 {
    let times = |one: u32, other: u32| match (one < 5, other < 5) {
        (true, true) => (one + other) % 5,
        (true, false) => 5 + (one + other - 5) % 5,
        (false, true) => 5 + (one - 5 + 5 - other) % 5,
        (false, false) => (one + 5 - other) % 5,
    };
    let turned = |digit: u32| [1_u32, 5, 7, 6, 2, 8, 3, 0, 9, 4].get(digit as usize).copied().unwrap_or(0);
    let mut sum = 0;
    for (place, digit) in (1..).zip(digits.iter().rev()) {
        sum = times(sum, (0..place % 8).fold(*digit, |digit, _| turned(digit)));
    }
    (0..10).find(|inverse| times(sum, *inverse) == 0).unwrap_or(0)
}

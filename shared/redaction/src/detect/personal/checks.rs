//! Check digits. What is checked is letters and digits alone, in capitals; a place that is not there counts as 99, which
//! fits nothing.

/// What a digit or letter counts: 0 to 9, `A` 10 to `Z` 35.
pub(super) fn value(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => 99,
    }
}

/// The letter or digit at a place, as [`value`] counts it.
pub(super) fn at(number: &[u8], place: usize) -> u32 {
    number.get(place).map_or(99, |byte| value(*byte))
}

/// The byte at a place, or 0.
pub(super) fn byte(number: &[u8], place: usize) -> u8 {
    number.get(place).copied().unwrap_or(0)
}

/// What stands at these places, or nothing.
pub(super) fn part(number: &[u8], from: usize, to: usize) -> &[u8] {
    number.get(from..to).unwrap_or_default()
}

/// These places read as one number, at most eighteen digits.
pub(super) fn count(number: &[u8], from: usize, to: usize) -> u64 {
    let digits = part(number, from, to).iter();
    digits.fold(0, |sum: u64, byte| sum.wrapping_mul(10).wrapping_add(u64::from(value(*byte))))
}

/// The sum of the places, each times its weight.
pub(super) fn weighted(number: &[u8], weights: &[u32]) -> u32 {
    number.iter().zip(weights).map(|(byte, weight)| value(*byte) * weight).sum()
}

/// 11 less the rest of a sum: 11 counts as 0, and 10 is left to the caller.
pub(super) fn less_11(sum: u32) -> u32 {
    (11 - sum % 11) % 11
}

/// 10 less the rest of a sum, 10 as 0.
pub(super) fn less_10(sum: u32) -> u32 {
    (10 - sum % 10) % 10
}

/// Whether a number is one digit, repeated.
pub(super) fn uniform(number: &[u8]) -> bool {
    number.iter().all(|byte| Some(byte) == number.first())
}

/// The sum of the digits of what is below 100.
pub(super) fn cross(number: u32) -> u32 {
    number / 10 + number % 10
}

/// Luhn's, of cards and many others (ISO/IEC 7812-1).
pub(super) fn luhn(number: &[u8]) -> bool {
    let digits = number.iter().rev().map(|byte| value(*byte));
    let doubled = digits.zip([1, 2].into_iter().cycle());
    doubled.map(|(digit, factor)| cross(digit * factor)).sum::<u32>().is_multiple_of(10)
}

/// Luhn's over the values of letters too, from the right: more than 9 counts 9 less.
pub(super) fn luhn_of_letters(number: &[u8]) -> bool {
    let values = number.iter().rev().map(|byte| value(*byte)).zip([1, 2].into_iter().cycle());
    let counted = values.map(|(value, factor)| match value * factor {
        // Only what is doubled is cut.
        twice if factor == 2 && twice > 9 => twice - 9,
        other => other,
    });
    counted.sum::<u32>().is_multiple_of(10)
}

/// ISO 7064, modulus 11,10.
pub(super) fn mod_11_10(number: &[u8]) -> bool {
    let Some((last, front)) = number.split_last() else { return false };
    let rest = front.iter().fold(10, |rest, byte| {
        let sum = (rest + value(*byte)) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - rest) % 10 == value(*last)
}

/// Verhoeff's: the rest is 0. Products in the group of the pentagon's symmetries.
pub(super) fn verhoeff(number: &[u8]) -> bool {
    const TURN: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let product = |left: u32, right: u32| match (left < 5, right < 5) {
        (true, true) => (left + right) % 5,
        (true, false) => (left + right - 5) % 5 + 5,
        (false, true) => (left - right) % 5 + 5,
        (false, false) => (left + 5 - right) % 5,
    };
    let turned = |digit: u32, times: usize| {
        (0..times % 8).fold(digit, |digit, _| TURN.get(digit as usize).copied().unwrap_or(0))
    };
    let digits = number.iter().rev().enumerate();
    digits.fold(0, |rest, (place, byte)| product(rest, turned(value(*byte), place))) == 0
}

/// The check digit of GTINs: weights 1 and 3 from the left, of an odd number of digits.
pub(super) fn ean(number: &[u8]) -> bool {
    let digits = number.iter().zip([1, 3].into_iter().cycle());
    digits.map(|(byte, factor)| value(*byte) * factor).sum::<u32>().is_multiple_of(10)
}

/// The check digit of machine-readable documents (ICAO 9303): weights 7, 3, 1; `<` counts 0.
pub(super) fn travel(number: &[u8], digit: u8) -> bool {
    let value = |byte: u8| if byte == b'<' { 0 } else { value(byte) };
    let places = number.iter().zip([7, 3, 1].into_iter().cycle());
    places.map(|(byte, factor)| value(*byte) * factor).sum::<u32>() % 10 == value(digit)
}

/// Whether there is such a day; years do matter for the 29th of February.
pub(super) fn day(year: u64, month: u64, day: u64) -> bool {
    let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=last).contains(&day)
}

/// Whether `yymmdd` from a place on is a day of some century.
pub(super) fn yymmdd(number: &[u8], from: usize) -> bool {
    let field = |place: usize| count(number, from + place, from + place + 2);
    in_some_century(field(0), field(2), field(4))
}

/// Whether `ddmmyy` from a place on is a day of some century.
pub(super) fn ddmmyy(number: &[u8], from: usize) -> bool {
    let field = |place: usize| count(number, from + place, from + place + 2);
    in_some_century(field(4), field(2), field(0))
}

pub(super) fn in_some_century(year: u64, month: u64, date: u64) -> bool {
    day(1900 + year, month, date) || day(2000 + year, month, date)
}

/// Whether `yyyymmdd` from a place on is a day somebody alive may have been born on.
pub(super) fn yyyymmdd(number: &[u8], from: usize) -> bool {
    let year = count(number, from, from + 4);
    let field = |place: usize| count(number, from + place, from + place + 2);
    (1890..=2099).contains(&year) && day(year, field(4), field(6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_examples_hold() {
        assert!(luhn(b"79927398713") && !luhn(b"79927398710"));
        assert!(verhoeff(b"2363") && !verhoeff(b"2364") && verhoeff(b"1428570"));
        assert!(mod_11_10(b"07945") && !mod_11_10(b"07946"));
        assert!(ean(b"4006381333931") && !ean(b"4006381333932"));
        assert!(travel(b"L898902C3", b'6') && travel(b"740812", b'2') && !travel(b"740813", b'2'));
        assert!(luhn_of_letters(b"000000000ZZ4") && !luhn_of_letters(b"000000000ZZ5"));
    }

    #[test]
    fn days_are_days() {
        assert!(day(2024, 2, 29) && !day(2023, 2, 29) && !day(1900, 2, 29) && !day(2024, 4, 31));
        assert!(!day(2024, 0, 1) && !day(2024, 13, 1) && !day(2024, 1, 0));
        assert!(ddmmyy(b"290200", 0) && !ddmmyy(b"310499", 0) && yymmdd(b"x991231", 1));
    }
}

//! Numbers of people in Europe.

use super::check_digits::{birth, joined, luhn, mod_11_10, mod97, sum, with_check, written};
use crate::random::SeededDraw;

pub(super) fn uk_nhs(random: &mut SeededDraw) -> String {
    let check = |digits: &[u32]| Some((11 - sum(digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11);
    written("999 999 9999", &with_check(random, "4", 8, check))
}

/// Of the first ten digits exactly one comes twice.
pub(super) fn de_steuer(random: &mut SeededDraw) -> String {
    let mut pool: Vec<u32> = (0..10).collect();
    for at in (1..pool.len()).rev() {
        let other = random.below(at + 1);
        pool.swap(at, other);
    }
    if let [first, .., last] = pool.as_mut_slice() {
        *last = *first;
    }
    if pool.first() == Some(&0) {
        return de_steuer(random);
    }
    let check = mod_11_10(&pool);
    pool.push(check);
    joined(&pool)
}

pub(super) fn de_sv(random: &mut SeededDraw) -> String {
    let (year, month, day) = birth(random);
    let letter = random.between(1, 26);
    let name = char::from_u32(64 + u32::try_from(letter).unwrap_or(1)).unwrap_or('A');
    let front = format!("{:02}{day:02}{month:02}{year:02}", random.pick(&["12", "15", "53", "65"]));
    let serial = format!("{:02}", random.between(10, 60));
    let digits: Vec<u32> =
        format!("{front}{letter:02}{serial}").chars().filter_map(|char| char.to_digit(10)).collect();
    let products =
        digits.iter().zip([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]).map(|(digit, factor)| digit * factor);
    let check = products.map(|value| value / 10 + value % 10).sum::<u32>() % 10;
    format!("{front}{name}{serial}{check}")
}

pub(super) fn ch_ahv(random: &mut SeededDraw) -> String {
    let check = |digits: &[u32]| Some((10 - sum(digits, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10) % 10);
    written("999.9999.9999.99", &with_check(random, "756", 9, check))
}

pub(super) fn fr_nir(random: &mut SeededDraw) -> String {
    let (year, month, _) = birth(random);
    let number = format!(
        "{}{year:02}{month:02}{:02}{:03}{:03}",
        random.between(1, 2),
        random.between(21, 94),
        random.between(1, 400),
        random.between(1, 400)
    );
    written("9 99 99 99 999 999 99", &format!("{number}{:02}", 97 - mod97(&number)))
}

pub(super) fn be_national(random: &mut SeededDraw) -> String {
    let (year, month, day) = birth(random);
    let number = format!("{year:02}{month:02}{day:02}{:03}", random.between(1, 997));
    written("99.99.99-999.99", &format!("{number}{:02}", 97 - mod97(&number)))
}

pub(super) fn nl_bsn(random: &mut SeededDraw) -> String {
    with_check(random, "1", 7, |digits| Some(sum(digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11))
}

const DNI: &str = "TRWAGMYFPDXBNJZSQVHLCKE";

fn spanish(number: usize) -> char {
    DNI.chars().nth(number % 23).unwrap_or('T')
}

pub(super) fn es_dni(random: &mut SeededDraw) -> String {
    let number = random.between(10_000_000, 79_999_999);
    format!("{number}{}", spanish(number))
}

pub(super) fn es_nie(random: &mut SeededDraw) -> String {
    let number = random.between(1_000_000, 9_999_999);
    format!("X{number}{}", spanish(number))
}

pub(super) fn pt_nif(random: &mut SeededDraw) -> String {
    with_check(random, "2", 7, |digits| match 11 - sum(digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 {
        10 | 11 => Some(0),
        other => Some(other),
    })
}

pub(super) fn se_personnummer(random: &mut SeededDraw) -> String {
    let (year, month, day) = birth(random);
    let start = format!("{year:02}{month:02}{day:02}");
    written("999999-9999", &with_check(random, &start, 3, |digits| Some(luhn(digits))))
}

pub(super) fn no_fodselsnummer(random: &mut SeededDraw) -> String {
    let (year, month, day) = birth(random);
    let start = format!("{day:02}{month:02}{year:02}");
    loop {
        let first = with_check(random, &start, 3, |digits| {
            Some((11 - sum(digits, &[3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11)
        });
        let digits: Vec<u32> = first.chars().filter_map(|char| char.to_digit(10)).collect();
        let second = (11 - sum(&digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
        if second < 10 {
            return format!("{first}{second}");
        }
    }
}

pub(super) fn fi_hetu(random: &mut SeededDraw) -> String {
    let (year, month, day) = birth(random);
    let number = format!("{day:02}{month:02}{year:02}{:03}", random.between(2, 899));
    let rest = number.parse::<usize>().unwrap_or(0) % 31;
    let check = "0123456789ABCDEFHJKLMNPRSTUVWXY".chars().nth(rest).unwrap_or('0');
    format!("{}{check}", written("999999-999", &number))
}

pub(super) fn pl_pesel(random: &mut SeededDraw) -> String {
    let (year, month, day) = birth(random);
    let start = format!("{year:02}{month:02}{day:02}");
    with_check(random, &start, 4, |digits| {
        Some((10 - sum(digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10)
    })
}

/// The whole number is divisible by 11.
pub(super) fn cz_rodne(random: &mut SeededDraw) -> String {
    let (year, month, day) = birth(random);
    let start = format!("{year:02}{month:02}{day:02}");
    let number = with_check(random, &start, 3, |digits| {
        let rest = digits.iter().fold(0, |rest, digit| (rest * 10 + digit) % 11);
        Some(rest)
    });
    written("999999/9999", &number)
}

pub(super) fn ro_cnp(random: &mut SeededDraw) -> String {
    let (year, month, day) = birth(random);
    let start = format!("1{year:02}{month:02}{day:02}{:02}", random.between(1, 46));
    with_check(random, &start, 3, |digits| match sum(digits, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11 {
        10 => Some(1),
        other => Some(other),
    })
}

pub(super) fn bg_egn(random: &mut SeededDraw) -> String {
    let (year, month, day) = birth(random);
    let start = format!("{year:02}{month:02}{day:02}");
    with_check(random, &start, 3, |digits| Some(sum(digits, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10))
}

pub(super) fn hr_oib(random: &mut SeededDraw) -> String {
    with_check(random, "", 10, |digits| Some(mod_11_10(digits)))
}

pub(super) fn ee_isikukood(random: &mut SeededDraw) -> String {
    let (year, month, day) = birth(random);
    let start = format!("3{year:02}{month:02}{day:02}");
    with_check(random, &start, 3, |digits| match sum(digits, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11 {
        10 => Some(sum(digits, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10),
        other => Some(other),
    })
}

pub(super) fn tr_tckn(random: &mut SeededDraw) -> String {
    let start = random.between(1, 9).to_string();
    let number = with_check(random, &start, 8, |digits| {
        Some(
            (sum(digits, &[7, 0, 7, 0, 7, 0, 7, 0, 7]) + 10 * 9 - sum(digits, &[0, 1, 0, 1, 0, 1, 0, 1, 0]))
                % 10,
        )
    });
    let last = number.chars().filter_map(|char| char.to_digit(10)).sum::<u32>() % 10;
    format!("{number}{last}")
}

pub(super) fn ru_snils(random: &mut SeededDraw) -> String {
    let digits = [vec![1], random.digits(8)].concat();
    let check = sum(&digits, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100;
    written("999-999-999 99", &format!("{}{check:02}", joined(&digits)))
}

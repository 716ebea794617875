//! Numbers of people with their check digits.

use crate::random::SeededDraw;

fn joined(digits: &[u32]) -> String {
    digits.iter().filter_map(|digit| char::from_digit(*digit, 10)).collect()
}

/// `9` takes the next character, everything else stands for itself.
fn written(form: &str, text: &str) -> String {
    let mut rest = text.chars();
    form.chars().filter_map(|char| if char == '9' { rest.next() } else { Some(char) }).collect()
}

fn sum(digits: &[u32], weights: &[u32]) -> u32 {
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
fn with_check(
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
fn birth(random: &mut SeededDraw) -> (usize, usize, usize) {
    (random.between(50, 99), random.between(1, 12), random.between(1, 28))
}

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

pub(super) fn uk_nhs(random: &mut SeededDraw) -> String {
    let check = |digits: &[u32]| Some((11 - sum(digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11);
    written("999 999 9999", &with_check(random, "4", 8, check))
}

/// ISO 7064, mod 11, 10.
fn mod_11_10(digits: &[u32]) -> u32 {
    let product = digits.iter().fold(10, |product, digit| {
        let sum = (digit + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10
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

pub(super) fn za_id(random: &mut SeededDraw) -> String {
    let (year, month, day) = birth(random);
    let start = format!("{year:02}{month:02}{day:02}{:04}08", random.below(10_000));
    with_check(random, &start, 0, |digits| Some(luhn(digits)))
}

pub(super) fn in_aadhaar(random: &mut SeededDraw) -> String {
    let start = random.between(2, 9).to_string();
    written("9999 9999 9999", &with_check(random, &start, 10, |digits| Some(verhoeff(digits))))
}

/// The check digit of Verhoeff's method: multiplication in the dihedral group of ten elements.
fn verhoeff(digits: &[u32]) -> u32 {
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

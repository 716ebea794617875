//! Personal data with letters, and what is known everywhere.

use super::check_digits::{luhn, mod97};
use crate::random::SeededDraw;

const FIRST: [&str; 10] = ["alice", "bob", "carol", "dana", "mallory", "a.b", "c_d", "info", "j.dee", "kim"];

pub(super) fn email(random: &mut SeededDraw) -> String {
    let domain = random.pick(&["example.com", "mail.example.org", "example.co.uk", "dept.example"]);
    format!("{}{}@{domain}", random.pick(&FIRST), random.text("[0-9]{2}"))
}

pub(super) fn phone(random: &mut SeededDraw) -> String {
    let form = random.pick(&[
        "+49 30 [2-8]{1}[0-9]{6}",
        "+1 212 555 01[0-9]{2}",
        "+44 20 7946 0[0-9]{3}",
        "+33 6 [1-9]{1}[0-9]{1} [0-9]{2} [0-9]{2} [0-9]{2}",
        "+4915[12]{1}[0-9]{8}",
    ]);
    random.text(form)
}

pub(super) fn phone_us(random: &mut SeededDraw) -> String {
    random.text("212555[0-9]{4}")
}

fn card(random: &mut SeededDraw, start: &str, more: usize) -> String {
    let mut digits: Vec<u32> = start.chars().filter_map(|char| char.to_digit(10)).collect();
    digits.extend(random.digits(more));
    digits.push(luhn(&digits));
    digits.iter().filter_map(|digit| char::from_digit(*digit, 10)).collect()
}

pub(super) fn visa(random: &mut SeededDraw) -> String {
    card(random, "4539", 11)
}

pub(super) fn amex(random: &mut SeededDraw) -> String {
    card(random, "3782", 10)
}

pub(super) fn card_grouped(random: &mut SeededDraw) -> String {
    let between = random.pick(&[" ", "-"]);
    grouped(&card(random, "5425", 11), between)
}

fn grouped(text: &str, between: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(4).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join(between)
}

/// Letters count 10 to 35.
fn valued(text: &str) -> String {
    text.chars().filter_map(|char| char.to_digit(36)).map(|value| value.to_string()).collect()
}

fn iban(country: &str, account: &str) -> String {
    format!("{country}{:02}{account}", 98 - mod97(&valued(&format!("{account}{country}00"))))
}

pub(super) fn iban_de(random: &mut SeededDraw) -> String {
    iban("DE", &random.text("[1-9]{1}[0-9]{17}"))
}

pub(super) fn iban_gb(random: &mut SeededDraw) -> String {
    iban("GB", &random.text("[A-Z]{4}[0-9]{14}"))
}

pub(super) fn iban_grouped(random: &mut SeededDraw) -> String {
    grouped(&iban("NL", &random.text("[A-Z]{4}[0-9]{10}")), " ")
}

/// `YYMMDD` of somebody grown up.
fn birth(random: &mut SeededDraw) -> String {
    format!("{:02}{:02}{:02}", random.between(50, 99), random.between(1, 12), random.between(1, 28))
}

pub(super) fn birthday(random: &mut SeededDraw) -> String {
    format!("19{:02}-{:02}-{:02}", random.between(50, 99), random.between(1, 12), random.between(1, 28))
}

pub(super) fn curp(random: &mut SeededDraw) -> String {
    let start = format!(
        "{}{}H{}",
        random.text("[B-D]{1}A[F-H]{1}[J-M]{1}"),
        birth(random),
        random.text("DF[B-D]{3}0")
    );
    let order = "0123456789ABCDEFGHIJKLMN\u{d1}OPQRSTUVWXYZ";
    let value = |char: char| order.chars().position(|other| other == char).unwrap_or(0);
    let sum: usize = start.chars().zip((2..=18).rev()).map(|(char, weight)| value(char) * weight).sum();
    format!("{start}{}", (10 - sum % 10) % 10)
}

pub(super) fn nino(random: &mut SeededDraw) -> String {
    let form = random
        .pick(&["[A-C]{1}[EHJ]{1} [0-9]{2} [0-9]{2} [0-9]{2} [A-D]{1}", "[A-C]{1}[EHJ]{1}[0-9]{6}[A-D]{1}"]);
    random.text(form)
}

pub(super) fn codice_fiscale(random: &mut SeededDraw) -> String {
    const ODD: [usize; 36] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12,
        14, 16, 10, 22, 25, 24, 23,
    ];
    let start = format!(
        "{}{:02}{}{:02}H501",
        random.text("[B-DF-HL-N]{6}"),
        random.between(50, 99),
        random.pick(&["A", "B", "C", "D", "E", "H", "L", "M", "P", "R", "S", "T"]),
        random.between(1, 28)
    );
    let value = |char: char| char.to_digit(36).map_or(0, |value| value as usize);
    let even = |value: usize| if value >= 10 { value - 10 } else { value };
    let sum: usize = start
        .chars()
        .enumerate()
        .map(|(at, char)| match at % 2 {
            0 => ODD.get(value(char)).copied().unwrap_or(0),
            _ => even(value(char)),
        })
        .sum();
    let check = char::from_digit(u32::try_from(10 + sum % 26).unwrap_or(10), 36).unwrap_or('a');
    format!("{start}{}", check.to_ascii_uppercase())
}

pub(super) fn pan(random: &mut SeededDraw) -> String {
    random.text("[A-Z]{3}P[A-Z]{1}[0-9]{4}[A-Z]{1}")
}

pub(super) fn nric(random: &mut SeededDraw) -> String {
    let digits = random.digits(7);
    let sum: u32 = digits.iter().zip([2, 7, 6, 5, 4, 3, 2]).map(|(digit, weight)| digit * weight).sum();
    let letter = "JZIHGFEDCBA".chars().nth((sum % 11) as usize).unwrap_or('J');
    let digits: String = digits.iter().filter_map(|digit| char::from_digit(*digit, 10)).collect();
    format!("S{digits}{letter}")
}

pub(super) fn hkid(random: &mut SeededDraw) -> String {
    let letter = random.text("[A-Z]{1}");
    let digits = random.digits(6);
    let first = letter.chars().next().and_then(|char| char.to_digit(36)).unwrap_or(10);
    let weighted: u32 = digits.iter().zip([7, 6, 5, 4, 3, 2]).map(|(digit, weight)| digit * weight).sum();
    let check = match (11 - (36 * 9 + first * 8 + weighted) % 11) % 11 {
        10 => "A".to_owned(),
        other => other.to_string(),
    };
    let digits: String = digits.iter().filter_map(|digit| char::from_digit(*digit, 10)).collect();
    format!("{letter}{digits}({check})")
}

/// Bech32 of a witness program of version 0 (BIP 173).
pub(super) fn bitcoin(random: &mut SeededDraw) -> String {
    const CHARSET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const STEPS: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let polymod = |values: &[u8]| {
        values.iter().fold(1_u32, |sum, value| {
            let top = sum >> 25;
            let sum = ((sum & 0x01ff_ffff) << 5) ^ u32::from(*value);
            STEPS
                .iter()
                .enumerate()
                .fold(sum, |sum, (bit, step)| if (top >> bit) & 1 == 1 { sum ^ step } else { sum })
        })
    };
    // 20 bytes are 32 groups of five bits, without a rest.
    let mut data = vec![0_u8];
    data.extend((0..32).map(|_| u8::try_from(random.below(32)).unwrap_or(0)));
    let mut values = vec![3, 3, 0, 2, 3];
    values.extend(&data);
    values.extend([0; 6]);
    let check = polymod(&values) ^ 1;
    data.extend((0..6).map(|at| u8::try_from((check >> (5 * (5 - at))) & 31).unwrap_or(0)));
    let chars = data.iter().filter_map(|value| CHARSET.get(usize::from(*value)));
    format!("bc1{}", chars.map(|byte| char::from(*byte)).collect::<String>())
}

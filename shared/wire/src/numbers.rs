//! Numbers in JSON text whose value a reader of 64-bit floats would change.

use serde::Deserialize;

/// Line and column, from 1, of the first number in valid JSON text whose written value is not the one that is read:
/// `123.456e-789` is read as 0, `0.1000000000000000055` as 0.1.
pub(crate) fn first_lossy(json: &[u8]) -> Option<(usize, usize)> {
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => at = after_string(json, at),
            b'-' | b'0'..=b'9' => {
                let rest = json.get(at..).unwrap_or_default();
                let end = rest.iter().position(|byte| !part_of_number(*byte)).unwrap_or(rest.len());
                let token = std::str::from_utf8(rest.get(..end).unwrap_or_default()).unwrap_or_default();
                if !keeps_value(token) {
                    return Some(place(json, at));
                }
                at += end.max(1);
            }
            _ => at += 1,
        }
    }
    None
}

fn after_string(json: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = json.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    at
}

fn part_of_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')
}

fn place(json: &[u8], at: usize) -> (usize, usize) {
    let before = json.get(..at).unwrap_or_default();
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    (line, column)
}

/// Whether the shortest way to write the number that was read has the same value. Whole numbers have their own bound.
fn keeps_value(token: &str) -> bool {
    if token.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit()) {
        return true;
    }
    // By the reader whose value is used, which may round the last digit otherwise than others do.
    let Ok(read) = f64::deserialize(&mut serde_json::Deserializer::from_str(token)) else { return false };
    let written = decimal(token);
    written.is_some() && written == decimal(&format!("{read:e}"))
}

/// A decimal number as its significant digits and the power of ten of the last one.
fn decimal(token: &str) -> Option<(String, i64)> {
    let token = token.trim_start_matches('-');
    let (mantissa, exponent) = token.split_once(['e', 'E']).unwrap_or((token, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some((String::new(), 0));
    }
    let zeros = i64::try_from(digits.len() - significant.len()).ok()?;
    let exponent: i64 = exponent.trim_start_matches('+').parse().ok()?;
    let power = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?.checked_add(zeros)?;
    Some((significant.to_owned(), power))
}

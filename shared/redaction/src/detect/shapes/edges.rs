//! Whether a secret may begin at a place.

/// Whether no letter or digit touches the one at this place from the front. The last letter of an escape is none: `\n`, `%3D`,
/// `\u0026`, and the `m` that ends a terminal's colour.
pub(super) fn apart_before(text: &str, at: usize) -> bool {
    let back = |steps: usize| at.checked_sub(steps).map_or(0, |place| byte_at(text, place));
    let hex = |steps: usize| back(steps).is_ascii_hexdigit();
    match back(1) {
        _ if !byte_at(text, at).is_ascii_alphanumeric() => true,
        byte if !byte.is_ascii_alphanumeric() => true,
        b'n' | b'r' | b't' if back(2) == b'\\' => true,
        b'm' if back(2).is_ascii_digit() => {
            let code = |steps: &usize| back(*steps).is_ascii_digit() || back(*steps) == b';';
            let length = (2..12).take_while(code).count();
            back(2 + length) == b'['
        }
        _ if hex(1) && hex(2) && back(3) == b'%' => true,
        _ => hex(1) && hex(2) && hex(3) && hex(4) && back(5) == b'u' && back(6) == b'\\',
    }
}

/// 0 behind the end.
pub(super) fn byte_at(text: &str, at: usize) -> u8 {
    text.as_bytes().get(at).copied().unwrap_or(0)
}

//! Keys of objects, in whatever style they are written.

/// Whether a key is one of these, in any style.
pub(crate) fn is_one_of(key: &str, names: &[&str]) -> bool {
    let same = |name: &str| {
        let letters = key.bytes().filter(|byte| !matches!(byte, b'_' | b'-'));
        letters.map(|byte| byte.to_ascii_lowercase()).eq(name.bytes())
    };
    key.len() <= 20 && names.iter().any(|name| same(name))
}

//! Whether the text after a prefix looks random, where the prefix alone could begin a word.

/// Whether some run of letters and digits looks random: a digit among letters, or both cases mixed.
pub(super) fn drawn(secret: &str) -> bool {
    runs(secret).any(|run| {
        let count = |class: fn(&u8) -> bool| run.bytes().filter(class).count();
        let (digits, upper, lower) =
            (count(u8::is_ascii_digit), count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
        (digits > 0 && upper + lower > 0) || (upper > 2 && lower > 2)
    })
}

/// Whether all of it together has digits and letters of both cases.
pub(super) fn mixed(secret: &str) -> bool {
    let any = |class: fn(&u8) -> bool| secret.bytes().any(|byte| class(&byte));
    any(u8::is_ascii_digit) && any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase)
}

/// Whether the text after the prefix is more than words in one case: for prefixes that begin no word.
pub(super) fn odd(secret: &str) -> bool {
    let tail = secret.split_once(['-', '_', '.', '+']).map_or(secret, |(_, tail)| tail);
    let any = |class: fn(&u8) -> bool| tail.bytes().any(|byte| class(&byte));
    any(u8::is_ascii_digit) || (any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase))
}

/// Whether there are digits in more than one place, where words are written in capitals.
pub(super) fn numbered(secret: &str) -> bool {
    secret.bytes().filter(u8::is_ascii_digit).count() >= 2
}

/// Runs of letters and digits that are long enough to tell.
fn runs(secret: &str) -> impl Iterator<Item = &str> {
    secret.split(|char: char| !char.is_ascii_alphanumeric()).filter(|run| run.len() >= 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_is_told_from_words() {
        for secret in ["ghp_a1B2c3D4", "hf_aBcDeFgHiJkL", "x-9f2c41d0"] {
            assert!(drawn(secret), "{secret}");
        }
        for words in
            ["task-force-and-others", "sk-learn-2-model", "live_configuration_name", "TEST_SOMETHING_LONG"]
        {
            assert!(!drawn(words), "{words}");
        }
        assert!(mixed("secret_aB3dE5fG7"));
        assert!(!mixed("secret_ab3de5fg7"));
        assert!(odd("glft-a_b-3") && !odd("glft-words-of-one-case"));
    }
}

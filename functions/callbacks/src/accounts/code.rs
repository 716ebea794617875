//! The code that a person reads on the page and types in chat.

use domain::Fault;
use runtime::Random;
use subtle::ConstantTimeEq;

/// Twenty letters: no vowels, so that no code is a word, and no two that look alike.
const LETTERS: &[u8; 20] = b"BCDFGHJKMNPQRSTVWXYZ";
/// How many letters a code has: one guess in 25 thousand million is right.
pub(super) const LENGTH: usize = 8;

/// A new code.
pub(super) fn new(random: &dyn Random) -> Result<String, Fault> {
    let mut code = String::new();
    while code.len() < LENGTH {
        let mut bytes = [0; 32];
        random.fill(&mut bytes)?;
        // Of the 256 values of a byte the last 16 would make some letters likelier than others.
        let fair = bytes.into_iter().map(usize::from).filter(|byte| *byte < 240);
        let letters =
            fair.filter_map(|byte| LETTERS.get(byte % LETTERS.len())).map(|letter| char::from(*letter));
        code.extend(letters.take(LENGTH.saturating_sub(code.len())));
    }
    Ok(code)
}

/// As people read it: two groups of four.
pub(super) fn shown(code: &str) -> String {
    code.split_at_checked(LENGTH / 2)
        .map_or_else(|| code.to_owned(), |(first, second)| format!("{first}-{second}"))
}

/// Whether what somebody typed is this code, in whatever letter case, with or without hyphens and blanks.
pub(super) fn is(code: &str, typed: &str) -> bool {
    let letters = typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    let typed: String = letters.map(|letter| letter.to_ascii_uppercase()).collect();
    typed.len() == LENGTH && typed.as_bytes().ct_eq(code.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::SeededRandom;

    /// W10: a code has eight letters of the alphabet, is another each time, and is read as people type it.
    #[test]
    fn codes_are_read_as_people_type_them() {
        let random = SeededRandom::new(7);
        let codes: std::collections::BTreeSet<String> = (0..200).map(|_| new(&random).unwrap()).collect();
        assert_eq!(codes.len(), 200);
        assert!(
            codes.iter().all(|code| code.len() == LENGTH && code.bytes().all(|one| LETTERS.contains(&one)))
        );
        for typed in ["BCDFGHJK", "bcdf-ghjk", " BCDF GHJK ", "b-c-d-f-g-h-j-k"] {
            assert!(is("BCDFGHJK", typed), "{typed}");
        }
        for typed in ["", "BCDFGHJ", "BCDFGHJKM", "BCDFGHJM", "ＢCDFGHJK"] {
            assert!(!is("BCDFGHJK", typed), "{typed}");
        }
        assert_eq!(shown("BCDFGHJK"), "BCDF-GHJK");
    }
}

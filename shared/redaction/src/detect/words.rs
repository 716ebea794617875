//! The last words of a name, in whatever style it is written: `dbPassword`, `DB-PASSWORD`, `db_password`, `mot de passe`.

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// So many bytes at the end of a name are read: its last words decide.
const READ: usize = 64;

/// The end of a name in small letters without accents, its words apart.
#[derive(Clone, Copy)]
pub(super) struct Words {
    letters: [u8; READ],
    length: usize,
    /// One bit for each place at which a word begins.
    starts: u64,
}

impl Words {
    pub(super) fn of(name: &str) -> Self {
        let mut words = Self { letters: [0; READ], length: 0, starts: 0 };
        if name.is_ascii() {
            let begin = name.len().saturating_sub(READ);
            words.read(name.as_bytes().get(begin..).unwrap_or_default());
        } else {
            words.read(last_bytes(&plain(name)));
        }
        words
    }

    fn read(&mut self, name: &[u8]) {
        let mut before = Class::Other;
        for (at, byte) in name.iter().copied().enumerate() {
            let class = Class::of(byte);
            let next = name.get(at + 1).map_or(Class::Other, |byte| Class::of(*byte));
            let opens = match (before, class) {
                (Class::Other, _) | (Class::Small, Class::Capital) => true,
                (Class::Capital, Class::Capital) => next == Class::Small,
                (before, class) => (before == Class::Digit) != (class == Class::Digit),
            };
            before = class;
            if class == Class::Other {
                continue;
            }
            if let Some(slot) = self.letters.get_mut(self.length) {
                *slot = byte.to_ascii_lowercase();
                self.starts |= u64::from(opens) << self.length;
                self.length += 1;
            }
        }
    }

    /// The last word; empty when there is none.
    pub(super) fn last(&self) -> &str {
        let begin = (0..self.length).rev().find(|at| self.begins(*at)).unwrap_or(0);
        std::str::from_utf8(self.letters.get(begin..self.length).unwrap_or_default()).unwrap_or_default()
    }

    /// Whether a word begins at this place of [`Words::joined`].
    pub(super) fn begins(&self, at: usize) -> bool {
        at == 0 || self.starts >> at & 1 == 1
    }

    /// The words without anything between them.
    pub(super) fn joined(&self) -> &str {
        // Cut at a byte, a name of other letters may begin with half of one.
        let bytes = self.letters.get(..self.length).unwrap_or_default();
        let begin = bytes.iter().position(|byte| byte & 0xC0 != 0x80).unwrap_or(bytes.len());
        bytes.get(begin..).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// The same without its last so many bytes.
    pub(super) fn without(mut self, bytes: usize) -> Self {
        self.length = self.length.saturating_sub(bytes);
        self
    }

    /// Whether this holds of one of the words.
    pub(super) fn any(&self, holds: impl Fn(&str) -> bool) -> bool {
        let mut end = self.length;
        (0..self.length).rev().filter(|at| self.begins(*at)).any(|at| {
            let word = self.letters.get(at..std::mem::replace(&mut end, at)).unwrap_or_default();
            std::str::from_utf8(word).is_ok_and(&holds)
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Small,
    Capital,
    Digit,
    Other,
}

impl Class {
    fn of(byte: u8) -> Self {
        match byte {
            b'a'..=b'z' | 0x80.. => Self::Small,
            b'A'..=b'Z' => Self::Capital,
            b'0'..=b'9' => Self::Digit,
            _ => Self::Other,
        }
    }
}

/// Without accents where an alphabet has them beside its letters, capitals of other alphabets small.
fn plain(name: &str) -> String {
    let tail: Vec<char> = name.chars().rev().take(READ).collect();
    let mut plain = String::with_capacity(2 * tail.len());
    for char in tail.into_iter().rev() {
        match char {
            // ASCII keeps its case: it tells where words begin.
            '\0'..='\x7F' => plain.push(char),
            '\u{80}'..='\u{52F}' => decompose_canonical(char, |part| {
                if part.is_ascii() {
                    plain.push(part);
                } else if !is_combining_mark(part) {
                    plain.extend(part.to_lowercase());
                }
            }),
            other => plain.push(other),
        }
    }
    plain
}

fn last_bytes(text: &str) -> &[u8] {
    text.as_bytes().get(text.len().saturating_sub(READ)..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(name: &str) -> Vec<String> {
        let mut rest = Words::of(name);
        let mut words = Vec::new();
        while !rest.is_empty() {
            words.insert(0, rest.last().to_owned());
            rest = rest.without(rest.last().len());
        }
        words
    }

    #[test]
    fn every_style_has_words() {
        for (name, expected) in [
            ("dbPassword", "db password"),
            ("DB_PASSWORD", "db password"),
            ("DB-PASSWORD", "db password"),
            ("DBPassword", "db password"),
            ("spring.datasource.password", "spring datasource password"),
            ("api key", "api key"),
            ("APIKey2", "api key 2"),
            ("x-amz-security-token", "x amz security token"),
            ("PGPASSWORD", "pgpassword"),
            ("ContraseñaNueva", "contrasena nueva"),
            ("Пароль", "пароль"),
            ("", ""),
            ("__", ""),
        ] {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn only_the_end_of_a_long_name_is_read() {
        let name = format!("{}_password", "long_".repeat(40));
        assert_eq!(Words::of(&name).last(), "password");
        assert_eq!(Words::of(&"п".repeat(100)).joined().chars().next(), Some('п'));
    }
}

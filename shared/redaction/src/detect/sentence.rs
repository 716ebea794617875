//! Sentences that say a secret: `the password is S`, `password for the database: S`.

use super::link::{Link, after_blanks};

/// Behind `for orders` or `of alice`.
fn qualified(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let word = ["for ", "of ", "von ", "für "].into_iter().find_map(|of| rest.strip_prefix(of))?;
    let length = word
        .bytes()
        .take(48)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'@'))
        .count();
    Some(after_blanks(text, text.len() - word.len() + length))
}

/// A word that says what something is.
pub(super) fn sentence(text: &str, at: usize) -> Option<(Link, usize)> {
    let at = qualified(text, at).unwrap_or(at);
    const WORDS: [&str; 16] = [
        "is set to ",
        "set to ",
        "is now ",
        "is ",
        "was ",
        "to ",
        "ist ",
        "lautet ",
        "est ",
        "es ",
        "é ",
        "è ",
        "is: ",
        "是",
        "は",
        "为",
    ];
    let rest = text.get(at..)?;
    let near = WORDS.into_iter().find(|word| rest.starts_with(word));
    near.map(|word| (Link::Sentence, at + word.len())).or_else(|| far(text, at))
}

/// So many words may stand between a name and what says it.
const WORDS_BETWEEN: usize = 7;

/// Behind `for the database:`, `temporaire :`, `should be`, `lautet jetzt`.
fn far(text: &str, from: usize) -> Option<(Link, usize)> {
    const SAYS: [&str; 24] = [
        "is", "be", "was", "to", "now", "are", "ist", "lautet", "jetzt", "wäre", "sei", "est", "es", "será",
        "son", "é", "è", "sera", "=", "→", "->", "«", "again", "instead",
    ];
    let mut at = from;
    let mut said = false;
    for _ in 0..WORDS_BETWEEN {
        let rest = text.get(at..)?;
        let length = rest.bytes().take(32).take_while(|byte| !byte.is_ascii_whitespace()).count();
        let word = rest.get(..length)?;
        let next = after_blanks(text, at + length);
        let ends = next == at + length;
        let says = SAYS.contains(&word);
        let name = word.trim_matches(['\'', '"', '`', '@', '%']);
        let plain = !name.is_empty()
            && name.chars().all(|char| char.is_alphabetic() || matches!(char, '-' | '_' | '\'' | '@' | '%'));
        match word.strip_suffix(':') {
            Some(name) if !ends && name.chars().all(|char| char.is_alphabetic() || char == '-') => {
                return Some((Link::Far, next));
            }
            _ if ends => return said.then_some((Link::Far, at)),
            _ if says => said = true,
            _ if said => return Some((Link::Far, at)),
            _ if !plain => return None,
            _ => {}
        }
        at = next;
    }
    said.then_some((Link::Far, at))
}

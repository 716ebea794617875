//! Whether a value looks like a secret, where its name alone does not settle it. Only the beginning of a value is read.

/// So many bytes.
const READ: usize = 256;

/// A text that is not a secret but says where one is, or that it is hidden: a placeholder, an ARN, `${NAME}`, `{{
/// name }}`.
pub(super) fn is_reference(value: &str) -> bool {
    let value = value.trim();
    let between =
        |open: &str, close: &str| value.starts_with(open) && value.ends_with(close) && value.len() < 128;
    let one = |open: &str, close: &str, inner: char| {
        between(open, close)
            && !value.get(open.len()..value.len() - close.len()).is_some_and(|inside| inside.contains(inner))
    };
    value.starts_with("arn:aws")
        || (value.starts_with('‹') && value.find('›').is_some_and(|end| end + '›'.len_utf8() == value.len()))
        || (value.starts_with("%(") && value.ends_with(")s"))
        || matches!(value, "same-origin" | "(sensitive value)" | "(known after apply)" | "(sensitive)" | "@_")
        || is_release(value)
        || one("${", "}", '}')
        || one("{{", "}}", '}')
        || one("$(", ")", ')')
        || (value.starts_with('$')
            && value.len() < 64
            && value.bytes().skip(1).all(is_name)
            && !has_digit_and_letter(value))
        || (one("%", "%", '%') && value.len() > 2)
        || (one("<", ">", '>') && !value.bytes().any(|byte| byte.is_ascii_digit()))
        || (value.len() >= 3
            && value.bytes().all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.' | b'-' | b'_')))
}

/// `^9.0.0`, `~0.5`, `1.2.3`: packages for tokens and cookies are named like them.
fn is_release(value: &str) -> bool {
    let number = value.trim_start_matches(['^', '~']);
    let parts = || number.split('.');
    let plain =
        parts().all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()));
    plain && parts().count() >= if number.len() < value.len() { 1 } else { 3 } && value.len() <= 16
}

/// A page's address: no user, no parameters.
pub(super) fn is_page(value: &str) -> bool {
    let page = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
    page.is_some_and(|page| value.len() <= READ && !page.contains(['@', '?', '#', '=']) && is_path(page))
}

fn beginning(value: &str) -> &str {
    let end = value.char_indices().map(|(at, _)| at).find(|at| *at >= READ).unwrap_or(value.len());
    value.get(..end).unwrap_or_default()
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Digits of which there are few.
pub(super) fn is_small_number(value: &str) -> bool {
    value.len() < 6 && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// `prod/payments/db`, `/app/db_password`: words with slashes between them, as secrets are named.
pub(super) fn is_name_of_secret(value: &str) -> bool {
    value.len() <= READ
        && value.contains('/')
        && value.split('/').all(|part| part.split(['-', '_', '.']).all(is_plain))
}

/// Nothing, a word, or a number.
fn is_plain(part: &str) -> bool {
    let letters = part.bytes().all(|byte| byte.is_ascii_alphabetic()) && !mixed_case(part);
    letters || is_words(part) || part.bytes().all(|byte| byte.is_ascii_digit())
}

/// `Ec2InstanceMetadata`: capitalised words of four letters and more, most of it.
fn is_words(part: &str) -> bool {
    let letters = part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let words = part
        .split_inclusive(|char: char| !char.is_ascii_lowercase())
        .map(|word| word.bytes().filter(u8::is_ascii_lowercase).count());
    letters && 4 * words.filter(|length| *length >= 3).sum::<usize>() >= 3 * part.len()
}

/// `aB` inside: neither small nor capital nor capitalised.
fn mixed_case(word: &str) -> bool {
    let tail = word.bytes().skip(1);
    let small = tail.clone().any(|byte| byte.is_ascii_lowercase());
    let capital = tail.clone().any(|byte| byte.is_ascii_uppercase());
    small && capital
}

fn has_digit_and_letter(value: &str) -> bool {
    value.bytes().any(|byte| byte.is_ascii_digit()) && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Whether the text after the name of a secret in a sentence is one: not a word, a name, a date, a path or a call.
pub(crate) fn is_secret(value: &str) -> bool {
    let value = beginning(value).trim_matches(['.', ',', '!', '?', ':']);
    let shown = value.chars();
    let letters_and_digits = value
        .split(|char: char| !char.is_alphanumeric())
        .any(|part| part.len() >= 4 && has_digit_and_letter(part) && !is_numbered(part));
    let odd =
        shown.clone().any(|char| char.is_ascii_punctuation() && !"-_./:()[]{}<>=$%@'\"`,;\\".contains(char));
    let long = value.len() >= 20
        && !value.contains(['/', '.', '(', '[', '{'])
        && value.split(['-', '_']).any(|part| part.len() >= 16 && mixed_case(part));
    let call = value.contains(['(', '{', '[', '<']) || value.contains("::");
    shown.count() >= 6
        && !call
        && !is_reference(value)
        && !is_stamp(value)
        && (letters_and_digits || odd || long)
}

/// `v2`, `eu1`, `2nd`, `prod01`: a word or two letters with a number.
fn is_numbered(part: &str) -> bool {
    let word = part.trim_end_matches(|char: char| char.is_ascii_digit());
    let digits = part.len() - word.len();
    word.bytes().all(|byte| byte.is_ascii_alphabetic()) && !mixed_case(word) && digits <= 2 && part.len() <= 5
}

/// A date or a time.
fn is_stamp(value: &str) -> bool {
    let bytes = value.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    digits(0..4) && bytes.get(4) == Some(&b'-') && digits(5..7) && bytes.get(7) == Some(&b'-')
}

/// Whether a value looks random: long enough, with letters and digits mixed, without words.
pub(super) fn is_random(value: &str) -> bool {
    if !(16..=512).contains(&value.len()) || is_reference(value) || is_stamp(value) {
        return false;
    }
    let allowed = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-' | b'.' | b'~' | b'%' | b'$')
    };
    let mixed = value
        .split(|char: char| !char.is_ascii_alphanumeric())
        .any(|part| part.len() >= 10 && mixed_case(part));
    value.bytes().all(allowed) && (has_digit_and_letter(value) || mixed) && !is_path(value)
}

/// Parts that are words or numbers, most of them.
fn is_path(value: &str) -> bool {
    let parts = || value.split(['/', '.', '-', '_']).filter(|part| !part.is_empty());
    let plain: usize = parts().filter(|part| is_plain(part) || is_numbered(part)).map(str::len).sum();
    plain * 2 > value.len()
}

/// What takes the place of a value in a program or a schema: a call, a field, a type, nothing.
pub(super) fn is_code(value: &str) -> bool {
    if value.len() > READ {
        return false;
    }
    #[rustfmt::skip]
    const WORDS: [&str; 47] = [
        "await", "new", "async", "function", "lambda", "if", "match", "read", "write", "include", "omit", "same-origin", "var", "let", "const", "return",
        "string", "str", "&str", "text", "bool", "boolean", "int", "integer", "number", "bytes", "any",
        "object", "none", "null", "nil", "undefined", "true", "false", "required", "optional", "never",
        "void", "varchar", "impl", "dyn", "option", "input", "secretstring", "string?", "string[]", "self",
    ];
    let bare = value.trim_end_matches([';', ',', '.', '?', '!', ':']);
    let small = bare.to_ascii_lowercase();
    let call = bare.find(['(', '[', '!']).is_some_and(|at| {
        at > 0 && bare.as_bytes().iter().take(at).all(|byte| is_name(*byte) || *byte == b'.' || *byte == b':')
    });
    let field = bare.contains('.')
        && bare.split(['.', '[', ']']).all(|part| part.bytes().all(is_name) && !part.is_empty())
        && bare.split('.').all(is_identifier);
    WORDS.contains(&small.as_str())
        || call
        || field
        || bare.starts_with("process.env")
        || bare.starts_with("os.environ")
}

/// A word or several, as programs name things.
fn is_identifier(part: &str) -> bool {
    part.split('_').all(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic())) && part.len() < 32
}

/// Whether a word begins a sentence about a secret rather than being one.
pub(super) fn is_sentence(text: &str, value: &std::ops::Range<usize>) -> bool {
    #[rustfmt::skip]
    const WORDS: [&str; 40] = [
        "must", "needs", "need", "should", "shall", "is", "was", "has", "have", "not", "the", "a", "an",
        "for", "please", "see", "ask", "expired", "invalid", "incorrect", "wrong", "missing", "unknown",
        "yes", "no", "at", "by", "in", "of", "to", "will", "can", "may", "this", "that", "your", "use",
        "at least", "rotated", "when",
    ];
    let word = text.get(value.clone()).unwrap_or_default();
    let rest = text.get(value.end..).unwrap_or_default();
    let more = rest
        .strip_prefix([' ', ','])
        .is_some_and(|rest| rest.trim_start().starts_with(|char: char| char.is_ascii_alphanumeric()));
    WORDS.contains(&word.to_ascii_lowercase().as_str())
        && (more || rest.is_empty() || rest.starts_with(['.', '\n']))
}

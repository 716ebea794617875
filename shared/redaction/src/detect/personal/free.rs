//! What is written too freely for pictures: it tells only right behind its name.

/// Days and numbers of papers have no more bytes.
const MOST: usize = 32;
const MONTHS: &str = "jan feb mar apr may jun jul aug sep oct nov dec mai okt dez ene abr ago dic fev avr juin juil out set \
    gen mag giu lug ott mrt mei";

/// A day in one of the ways people write one: `1980-03-12`, `12.3.1980`, `3/12/80`, `12 March 1980`, `Mar 12, 1980`,
/// `19800312`.
pub(super) fn date(text: &str) -> Option<usize> {
    let mut parts: [&str; 3] = [""; 3];
    let mut end = 0;
    for (index, part) in parts.iter_mut().enumerate() {
        let rest = text.get(end..)?;
        // Between two parts: a mark, a comma and a space, or a full stop and a space.
        let gap = if index == 0 {
            0
        } else {
            rest.bytes().take(2).take_while(|byte| b"-./, ".contains(byte)).count()
        };
        let rest = rest.get(gap..)?;
        let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        if length == 0 || length > 10 {
            return None;
        }
        *part = rest.get(..length)?;
        end += gap + length;
        if index == 0 && length == 8 && part.bytes().all(|byte| byte.is_ascii_digit()) {
            return (compact(part) && end <= MOST).then_some(end);
        }
    }
    if !is_day(parts) {
        return None;
    }
    // A time may stand behind a day: `12T00:00:00Z`.
    if parts.iter().any(|part| part.contains('T')) {
        let time = |byte: &u8| byte.is_ascii_digit() || b":.+-Z".contains(byte);
        end += text.bytes().skip(end).take(MOST).take_while(time).count();
    }
    (end <= MOST).then_some(end)
}

fn compact(digits: &str) -> bool {
    let field = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    is_day([field(0, 4), field(4, 6), field(6, 8)]) || is_day([field(0, 2), field(2, 4), field(4, 8)])
}

fn is_day([first, second, third]: [&str; 3]) -> bool {
    let number = |part: &str| part.parse::<u32>().ok();
    let short = |part: &str| part.len() <= 2 && matches!(number(part), Some(1..=31));
    let short_or_timed = |part: &str| short(part.split('T').next().unwrap_or(part));
    let year = |part: &str| match part.len() {
        4 => matches!(number(part), Some(1850..=2100)),
        2 => number(part).is_some(),
        _ => false,
    };
    let month = |part: &str| {
        let head = part.get(..3).unwrap_or(part).to_ascii_lowercase();
        head.len() == 3 && MONTHS.split_whitespace().any(|month| month.starts_with(&head))
    };
    (year(first) && first.len() == 4 && (short(second) || month(second)) && short_or_timed(third))
        || (short(first) && (short(second) || month(second)) && year(third))
        || (month(first) && short(second) && year(third))
}

/// The code on a card: three or four digits.
pub(super) fn code(text: &str) -> Option<usize> {
    let length = text.bytes().take(5).take_while(u8::is_ascii_digit).count();
    matches!(length, 3 | 4).then_some(length)
}

/// A number of a paper or an account: at most twenty letters and digits, five digits and more, in groups of which those
/// behind a space are digits alone.
pub(super) fn document(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut count, mut digits, mut end) = (0, 0, 0);
    while end < bytes.len() {
        let mark = bytes.get(end).copied().unwrap_or(0);
        let from = end + usize::from(end > 0);
        let rest = bytes.get(from..).unwrap_or_default();
        let length = rest.iter().take(MOST).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let group = rest.get(..length).unwrap_or_default();
        let spaced = mark == b' ' && !group.iter().all(u8::is_ascii_digit);
        if end > 0 && (length == 0 || spaced || !b"-./ ".contains(&mark)) {
            break;
        }
        // What begins with a word is no number.
        if end == 0 && length > 3 && group.iter().all(u8::is_ascii_alphabetic) {
            return None;
        }
        count += length;
        digits += group.iter().filter(|byte| byte.is_ascii_digit()).count();
        end = from + length;
        if length == 0 || count > 20 {
            return None;
        }
    }
    let written = (5..=20).contains(&digits) && count >= 6 && end <= MOST;
    (written && date(text) != Some(end)).then_some(end)
}

//! Quotation marks, however deep they are escaped: which one opens, and where it closes.

use super::after_name::DEEPEST;

/// An opening quotation mark.
#[derive(Clone, Copy)]
pub(super) struct Quote {
    /// What closes it.
    close: &'static str,
    /// Backslashes in front of it.
    slashes: usize,
    /// Behind it.
    pub(super) inside: usize,
}

const QUOTES: [(&str, &str); 15] = [
    ("\"\"\"", "\"\"\""),
    ("'''", "'''"),
    ("```", "```"),
    ("\"", "\""),
    ("'", "'"),
    ("`", "`"),
    ("“", "”"),
    ("„", "“"),
    ("«", "»"),
    ("‘", "’"),
    ("&quot;", "&quot;"),
    ("&#34;", "&#34;"),
    ("&#39;", "&#39;"),
    ("&apos;", "&apos;"),
    ("%22", "%22"),
];

impl Quote {
    /// The mark that `rest`, the text from `at` on, begins with.
    pub(super) fn opening(rest: &str, at: usize) -> Option<Self> {
        let slashes = rest.bytes().take(DEEPEST).take_while(|byte| *byte == b'\\').count();
        let marks = rest.get(slashes..)?;
        let (open, close) = QUOTES.into_iter().find(|(open, _)| marks.starts_with(open))?;
        // An empty value, not the beginning of three.
        let (open, close) = match (open, marks.as_bytes().get(3)) {
            ("\"\"\"", Some(b',' | b'}' | b']') | None) => ("\"", "\""),
            _ => (open, close),
        };
        Some(Self { close, slashes, inside: at + slashes + open.len() })
    }
}

/// Whether one of these may still close something further on in a text. A search that failed is not repeated.
pub(super) struct ClosingMarks {
    double: bool,
    single: bool,
    back: bool,
}

impl ClosingMarks {
    pub(super) fn new() -> Self {
        Self { double: true, single: true, back: true }
    }

    /// Where the same mark stands as deep again.
    pub(super) fn close(&mut self, text: &str, quote: Quote, from: usize) -> Option<usize> {
        let open = self.flag(quote.close).is_none_or(|open| *open);
        let mut at = from;
        while open && let Some(found) = text.get(at..).and_then(|rest| rest.find(quote.close)) {
            let place = at + found;
            let slashes = text
                .as_bytes()
                .get(from..place)
                .unwrap_or_default()
                .iter()
                .rev()
                .take_while(|byte| **byte == b'\\')
                .count();
            let deeper = 2 * (quote.slashes + 1);
            let doubled = quote.slashes == 0
                && quote.close == "'"
                && place > from
                && text.as_bytes().get(place + 1) == Some(&b'\'');
            at = place + quote.close.len();
            match () {
                () if doubled => at += 1,
                () if slashes % deeper == quote.slashes || slashes < quote.slashes => {
                    return Some(place - slashes.min(quote.slashes));
                }
                () => {}
            }
        }
        if let Some(open) = self.flag(quote.close).filter(|_| open) {
            *open = false;
        }
        None
    }

    fn flag(&mut self, close: &str) -> Option<&mut bool> {
        match close {
            "\"" => Some(&mut self.double),
            "'" => Some(&mut self.single),
            "`" => Some(&mut self.back),
            _ => None,
        }
    }
}

//! Source files as text: UTF-8, with one kind of line end, whatever editor wrote them.

use std::fs;
use std::path::Path;

use policy::Diagnostic;

/// What some editors put in front of a text.
const MARK: char = '\u{feff}';

/// Reads a source file; `file` is what people call it. A byte-order mark in front and carriage returns at the ends of lines
/// are left out, so that the same text is the same bundle on every machine.
///
/// # Errors
/// What cannot be read, bytes that are no UTF-8, and a byte-order mark further on, each with its place.
pub(crate) fn read(path: &Path, file: &str) -> Result<String, Diagnostic> {
    let unreadable = |error: std::io::Error| Diagnostic::about(file, format!("cannot be read: {error}"));
    text(fs::read(path).map_err(unreadable)?, file)
}

fn text(bytes: Vec<u8>, file: &str) -> Result<String, Diagnostic> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Diagnostic::about(file, "the file is UTF-16").help("Save it as UTF-8"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(error.as_bytes().get(..valid).unwrap_or_default()).into_owned();
        Diagnostic::at(file, &before, valid, "a byte that is no UTF-8").help("Save the file as UTF-8")
    })?;
    let text = text.strip_prefix(MARK).unwrap_or(&text).replace("\r\n", "\n");
    if let Some(at) = text.find('\0') {
        let found = Diagnostic::at(file, &text, at, "a zero byte, which no text has");
        return Err(found.help("Save the file as UTF-8"));
    }
    match text.find(MARK) {
        None => Ok(text),
        Some(at) => {
            let found = Diagnostic::at(file, &text, at, "a byte-order mark in the middle of the text");
            Err(found.help("Remove it: it cannot be seen, and belongs to the front of a file if anywhere"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R1: what editors put around a text does not matter; what is no text is told with its place.
    #[test]
    fn texts() {
        for bytes in ["a: 1\nb: 2\n", "\u{feff}a: 1\nb: 2\n", "a: 1\r\nb: 2\r\n", "\u{feff}a: 1\r\nb: 2\n"] {
            assert_eq!(text(bytes.into(), "x.yaml").unwrap(), "a: 1\nb: 2\n");
        }
        for (bytes, line, column, said) in [
            (&b"\xff\xfea\0"[..], 1, 1, "UTF-16"),
            (b"\xfe\xff\0a", 1, 1, "UTF-16"),
            (b"a\0:\0", 1, 2, "zero byte"),
            (b"a: 1\nb: \xe4\n", 2, 4, "no UTF-8"),
            (b"\xef\xbb\xbf\xef\xbb\xbfa", 1, 1, "byte-order mark in the middle"),
            (b"a: 1\r\nb:\xef\xbb\xbf 2\n", 2, 3, "byte-order mark in the middle"),
        ] {
            let found = text(bytes.to_vec(), "x.yaml").unwrap_err();
            assert_eq!((found.line, found.column), (line, column), "{found}");
            assert!(found.message.contains(said), "{found}");
        }
    }
}

//! What is wrong, where to look, and what to write instead.

use std::fmt;

/// One thing that is wrong in a source file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The file, relative to the bundle's directory.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Byte offset in the file.
    pub offset: usize,
    /// How many bytes from there are meant; none where only the place is known.
    pub length: usize,
    /// The cause, lower-case, user's input in backticks.
    pub message: String,
    /// What to write instead, as a sentence without its full stop.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A finding at a byte offset of a file's text.
    #[must_use]
    pub fn at(file: &str, text: &str, offset: usize, message: impl Into<String>) -> Self {
        let (line, column) = locate(text, offset);
        let (file, message) = (file.to_owned(), message.into());
        Self { file, line, column, offset: offset.min(text.len()), length: 0, message, help: None }
    }

    /// A finding about a whole file or folder.
    #[must_use]
    pub fn about(file: &str, message: impl Into<String>) -> Self {
        Self::at(file, "", 0, message)
    }

    /// The same, meaning this many bytes.
    #[must_use]
    pub fn over(self, length: usize) -> Self {
        Self { length, ..self }
    }

    /// The same, with what to write instead.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// As a compiler prints it: the place, the line of `text` (the file's), what is meant in it, and what to write instead.
    #[must_use]
    pub fn render(&self, text: &str, color: bool) -> String {
        let paint = |code: &str, words: &str| {
            if color { format!("\u{1b}[{code}m{words}\u{1b}[0m") } else { words.to_owned() }
        };
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        let bar = paint("1;34", "|");
        let mut shown = format!("{}: {}\n", paint("1;31", "error"), paint("1", &printable(&self.message)));
        shown += &format!(
            "{margin}{} {}:{}:{}\n",
            paint("1;34", "-->"),
            printable(&self.file),
            self.line,
            self.column
        );
        if let Some(line) = text.lines().nth(self.line.saturating_sub(1)) {
            let before: String = line.chars().take(self.column.saturating_sub(1)).map(blank).collect();
            let meant = line.get(before_bytes(line, self.column)..).unwrap_or_default();
            let marks = meant.char_indices().take_while(|(at, _)| *at < self.length).count().max(1);
            let marks = paint("1;31", &"^".repeat(marks));
            shown += &format!("{margin} {bar}\n{} {bar} {}\n", paint("1;34", &number), printable(line));
            shown += &format!("{margin} {bar} {before}{marks}\n");
        }
        if let Some(help) = &self.help {
            shown +=
                &format!("{margin} {} {}: {}\n", paint("1;34", "="), paint("1", "help"), printable(help));
        }
        shown
    }
}

/// Keeps a tab, so that what stands below stands below.
fn blank(character: char) -> char {
    if character == '\t' { '\t' } else { ' ' }
}

/// Without what a terminal would obey, and on one line.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect()
}

fn before_bytes(line: &str, column: usize) -> usize {
    line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(at, _)| at)
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        self.help.iter().try_for_each(|help| write!(f, ": {help}"))
    }
}

/// Line and column, both from 1, of a byte offset; offsets past the end are the end.
#[must_use]
pub fn locate(text: &str, offset: usize) -> (usize, usize) {
    let mut line = 1;
    let mut column = 1;
    for (_, character) in text.char_indices().take_while(|(at, _)| *at < offset) {
        if character == '\n' {
            line += 1;
            column = 1;
        } else {
            column += 1;
        }
    }
    (line, column)
}

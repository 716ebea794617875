//! Lines: texts with a tone, escaped whatever they hold.

use std::fmt::Write as _;

/// How a text looks on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it is.
    Plain,
    /// A heading.
    Head,
    /// Good news.
    Good,
    /// Bad news.
    Bad,
    /// Somebody is asked.
    Asks,
}

/// One line: texts one after another, each with its tone. Whatever a text holds, it stays on this line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConsoleLine(Vec<(Tone, String)>);

impl ConsoleLine {
    /// The same with one more text.
    #[must_use]
    pub fn with(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.0.push((tone, text.into()));
        self
    }

    /// Escaped, and painted where `colours`; `hide` takes out what must not be shown.
    pub(super) fn render(&self, hide: impl Fn(&str) -> String, colours: bool) -> String {
        self.0.iter().map(|(tone, text)| painted(*tone, &escaped(&hide(text)), colours)).collect()
    }
}

impl<T: Into<String>> From<T> for ConsoleLine {
    fn from(text: T) -> Self {
        Self::default().with(Tone::Plain, text)
    }
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) tone: Tone,
}

pub(crate) fn cell(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), tone: Tone::Plain }
}

/// A table with a head, its columns aligned by what is shown; no lines when there are no rows.
pub(crate) fn table(head: &[&str], rows: &[Vec<Cell>]) -> Vec<ConsoleLine> {
    if rows.is_empty() {
        return Vec::new();
    }
    let head = head.iter().map(|text| Cell { text: (*text).to_owned(), tone: Tone::Head }).collect();
    let shown = |cell: &Cell| Cell { text: escaped(&cell.text), tone: cell.tone };
    let rows = rows.iter().map(|row| row.iter().map(shown).collect::<Vec<_>>());
    let all: Vec<Vec<Cell>> = std::iter::once(head).chain(rows).collect();
    let columns = all.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        all.iter().filter_map(|row| row.get(column)).map(|cell| cell.text.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    all.iter().map(|row| aligned(row, &widths)).collect()
}

/// Nothing stands behind the last text of a line.
fn aligned(row: &[Cell], widths: &[usize]) -> ConsoleLine {
    let last = row.iter().rposition(|cell| !cell.text.is_empty()).unwrap_or(0);
    let mut line = ConsoleLine::default();
    for (at, (cell, width)) in row.iter().zip(widths).enumerate().take(last + 1) {
        let room = if at == last { 0 } else { width.saturating_sub(cell.text.chars().count()) + 2 };
        line = line.with(cell.tone, cell.text.clone()).with(Tone::Plain, " ".repeat(room));
    }
    line
}

fn escaped(text: &str) -> String {
    redaction::escape_line(text).text
}

fn painted(tone: Tone, text: &str, colours: bool) -> String {
    let code = match tone {
        Tone::Plain => return text.to_owned(),
        Tone::Head => 1,
        Tone::Good => 32,
        Tone::Bad => 31,
        Tone::Asks => 33,
    };
    if colours { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// JSON as it was written, with `\u` escapes for whatever cannot be seen: outside of texts there is nothing of that kind.
pub(super) fn escaped_json(text: &str) -> String {
    let mut hidden = redaction::find_hidden(text).into_iter().peekable();
    let mut escaped = String::with_capacity(text.len());
    for (char, offset) in text.chars().zip(0..) {
        if hidden.next_if(|hidden| hidden.offset == offset).is_none() {
            escaped.push(char);
            continue;
        }
        for unit in char.encode_utf16(&mut [0; 2]) {
            // Writing into a string does not fail.
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(lines: &[ConsoleLine], colours: bool) -> Vec<String> {
        lines.iter().map(|line| line.render(str::to_owned, colours)).collect()
    }

    #[test]
    fn columns_stand_below_each_other() {
        let rows = vec![vec![cell("a"), Cell { text: "permit".to_owned(), tone: Tone::Good }, cell("")]];
        let lines = table(&["case", "was", "is"], &rows);
        assert_eq!(shown(&lines, false), ["case  was     is", "a     permit"]);
        assert_eq!(shown(&lines, true).last().unwrap(), "a     \u{1b}[32mpermit\u{1b}[0m");
        let rows = vec![vec![cell("a\u{1b}"), cell("b")], vec![cell("c"), cell("d")]];
        assert_eq!(
            shown(&table(&["x", "y"], &rows), false),
            ["x          y", "a⟨U+001B⟩  b", "c          d"]
        );
        assert_eq!(table(&["x"], &[]), []);
    }
}

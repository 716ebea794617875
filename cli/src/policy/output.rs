//! What is printed: aligned tables, JSON, problems; colours only to a terminal.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command prints")]

use std::io::IsTerminal;

use bundle::{Answer, Answered, Diagnostic, Sources};
use serde_json::{Value, json};

use super::PolicyError;

/// How to print.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Output {
    /// Answer with one JSON document.
    #[arg(long)]
    pub(super) json: bool,
}

/// How a cell looks on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Head,
    Good,
    Bad,
    Asks,
}

/// A text and how it looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) tone: Tone,
}

pub(super) fn cell(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), tone: Tone::Plain }
}

/// An answer in a few words: `ask data-owners`, `permit`, `forbid (no-permit)`.
pub(super) fn answer(answer: &Answer) -> Cell {
    let tone = match answer.outcome {
        Answered::Permit => Tone::Good,
        Answered::Forbid | Answered::Refused => Tone::Bad,
        Answered::RequireApproval => Tone::Asks,
    };
    Cell { text: brief(answer), tone }
}

fn brief(answer: &Answer) -> String {
    match answer.outcome {
        Answered::Permit => "permit".to_owned(),
        Answered::RequireApproval => format!("ask {}", listed(answer.requirements.iter())),
        Answered::Forbid => format!("forbid ({})", answer.code.as_deref().unwrap_or("forbidden")),
        Answered::Refused => "refused".to_owned(),
    }
}

pub(super) fn answer_json(answer: &Answer) -> Value {
    let reason = |reason: &policy::Reason| json!({ "policy": reason.policy, "message": reason.message, "instead": reason.instead });
    json!({
        "outcome": answer.outcome.to_string(), "code": answer.code, "requirements": answer.requirements,
        "reasons": answer.reasons.iter().map(reason).collect::<Vec<_>>(),
    })
}

pub(super) fn listed<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.cloned().collect::<Vec<_>>().join(", ")
}

/// `1 case`, `2 cases`.
pub(super) fn counted(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// A table with a head; nothing when there are no rows.
pub(super) fn table(head: &[&str], rows: &[Vec<Cell>]) {
    if !rows.is_empty() {
        print!("{}", lines(head, rows, colours(std::io::stdout().is_terminal())));
    }
}

fn lines(head: &[&str], rows: &[Vec<Cell>], colours: bool) -> String {
    let head: Vec<Cell> =
        head.iter().map(|text| Cell { text: (*text).to_owned(), tone: Tone::Head }).collect();
    let all: Vec<&Vec<Cell>> = std::iter::once(&head).chain(rows).collect();
    let width = |column: usize| {
        let cells = all.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.text.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let mut out = String::new();
    for row in all {
        let mut line = String::new();
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let last = at + 1 == row.len();
            let room = if last { 0 } else { width.saturating_sub(cell.text.chars().count()) + 2 };
            line += &painted(cell, colours);
            line += &" ".repeat(room);
        }
        out += line.trim_end();
        out.push('\n');
    }
    out
}

fn painted(cell: &Cell, colours: bool) -> String {
    let code = match cell.tone {
        Tone::Plain => return cell.text.clone(),
        Tone::Head => 1,
        Tone::Good => 32,
        Tone::Bad => 31,
        Tone::Asks => 33,
    };
    if colours { format!("\u{1b}[{code}m{}\u{1b}[0m", cell.text) } else { cell.text.clone() }
}

fn colours(terminal: bool) -> bool {
    terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

pub(super) fn line(text: &str) {
    println!("{text}");
}

pub(super) fn document(value: &Value) {
    println!("{value:#}");
}

/// Why there is no answer.
pub(super) fn problem(error: &PolicyError) {
    if let PolicyError::Mistakes(wrong, sources) = error {
        mistakes(wrong, sources.as_ref());
    }
    eprintln!("countersign: {error}");
}

/// Each mistake with its place, and the line where the text is known.
pub(super) fn mistakes(wrong: &[Diagnostic], sources: Option<&Sources>) {
    let colours = colours(std::io::stderr().is_terminal());
    for found in wrong {
        match sources.and_then(|sources| sources.0.get(&found.file)) {
            Some(text) => eprintln!("{}", found.render(text, colours)),
            None => eprintln!("{found}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other() {
        let rows = vec![vec![cell("a"), Cell { text: "permit".to_owned(), tone: Tone::Good }, cell("")]];
        assert_eq!(lines(&["case", "was", "is"], &rows, false), "case  was     is\na     permit\n");
        let coloured = lines(&["case", "was", "is"], &rows, true);
        assert_eq!(coloured.lines().last().unwrap(), "a     \u{1b}[32mpermit\u{1b}[0m");
    }
}

//! Prints each text masked, and a table of what was masked.

use redaction::{ExplainedMask, Known};
use serde_json::{Value, json};

use super::Redact;
use super::input::Input;
use crate::console::{Cell, Console, Tone, cell};

/// More rows are counted, not kept.
const ROWS: usize = 10_000;

pub(super) struct Report<'a> {
    pub(super) console: &'a Console,
    arguments: &'a Redact,
    /// Whether places name their file.
    several: bool,
    rows: Vec<Vec<Cell>>,
    found: usize,
    refused: bool,
}

/// A text as it would be shown.
pub(super) struct Shown<'a> {
    /// Null where it would be refused.
    pub(super) redacted: Value,
    pub(super) findings: &'a [ExplainedMask],
    /// Why it would be refused: a code, a pointer, and a message.
    pub(super) refused: Option<(&'static str, String, String)>,
}

impl<'a> Report<'a> {
    pub(super) fn new(console: &'a Console, arguments: &'a Redact, several: bool) -> Self {
        Self { console, arguments, several, rows: Vec::new(), found: 0, refused: false }
    }

    /// Redacts a text and prints it.
    pub(super) fn add(&mut self, input: &Input) {
        let findings = redaction::explain(&input.value, "");
        let redacted = redaction::redact_value(&input.value, "", &Known::nothing()).value;
        self.show(input, &Shown { redacted, findings: &findings, refused: None });
    }

    pub(super) fn show(&mut self, input: &Input, shown: &Shown<'_>) {
        if input.mended {
            let file = input.file.display();
            self.console.note(format!(
                "countersign: `{file}` is not UTF-8 everywhere: other bytes are read as U+FFFD"
            ));
        }
        if shown.findings.len() > 1 && is_one_placeholder(&shown.redacted) {
            let file = input.file.display();
            self.console.note(format!(
                "countersign: `{file}` holds more values than can be looked for elsewhere, so all of it is masked: try --lines"
            ));
        }
        let places = places(input, shown.findings);
        self.found += shown.findings.len();
        self.refused |= shown.refused.is_some();
        if self.arguments.json {
            return self.document(input, shown, &places);
        }
        if !self.arguments.check && shown.refused.is_none() {
            self.text(&shown.redacted);
        }
        if let Some((code, pointer, detail)) = &shown.refused {
            self.console.line(format!("refused ({code}) at {pointer}: {detail}"));
        }
        if self.arguments.quiet {
            return;
        }
        for (finding, place) in shown.findings.iter().zip(places) {
            if self.rows.len() < ROWS {
                let file = input.file.display();
                let place = if self.several { format!("{file}:{}", place.text) } else { place.text };
                self.rows.push(row(finding, place));
            }
        }
    }

    fn text(&self, redacted: &Value) {
        match redacted {
            Value::String(text) => text.lines().for_each(|line| self.console.line(line)),
            value if self.arguments.lines => self.console.json_line(value),
            value => self.console.document(value),
        }
    }

    fn document(&self, input: &Input, shown: &Shown<'_>, places: &[Place]) {
        let mask = |(finding, place): (&ExplainedMask, &Place)| {
            let ExplainedMask { pointer, start, end, kind, rule, in_parameter } = finding;
            json!({
                "pointer": pointer, "start": start, "end": end, "line": place.line, "column": place.column,
                "kind": kind, "rule": rule, "length": end.saturating_sub(*start), "in_parameter": parameter(*in_parameter),
            })
        };
        let masks: Vec<Value> = shown.findings.iter().zip(places).map(mask).collect();
        let mut document = json!({ "file": input.file.display().to_string(), "masks": masks });
        if let (Value::Object(fields), refused) = (&mut document, &shown.refused) {
            if let Some(line) = input.line {
                fields.insert("line".to_owned(), line.into());
            }
            if !self.arguments.check && refused.is_none() {
                fields.insert("redacted".to_owned(), shown.redacted.clone());
            }
            if let Some((code, pointer, detail)) = refused {
                fields.insert(
                    "refused".to_owned(),
                    json!({ "code": code, "pointer": pointer, "detail": detail }),
                );
            }
        }
        if self.several || input.line.is_some() {
            self.console.json_line(&document);
        } else {
            self.console.document(&document);
        }
    }

    /// The table, and how the command ends.
    pub(super) fn finish(self) -> u8 {
        if !self.arguments.json && !self.arguments.quiet {
            if !self.arguments.check && !self.rows.is_empty() {
                self.console.line("");
            }
            self.console.table(&["place", "kind", "rule", "length", "in a parameter"], &self.rows);
            let more = self.found.saturating_sub(self.rows.len());
            if more > 0 {
                self.console.line(format!("and {more} more"));
            }
            let found = match self.found {
                0 => "nothing would be masked".to_owned(),
                1 => "1 stretch would be masked".to_owned(),
                many => format!("{many} stretches would be masked"),
            };
            self.console.line(found);
        }
        if self.refused { crate::exit::FOUND } else { self.arguments.code(self.found > 0) }
    }
}

fn is_one_placeholder(redacted: &Value) -> bool {
    let text = redacted.as_str().unwrap_or_default();
    redaction::placeholders(text).first().is_some_and(|(range, _)| *range == (0..text.len()))
}

fn row(finding: &ExplainedMask, place: String) -> Vec<Cell> {
    let tone = if finding.in_parameter { Tone::Good } else { Tone::Bad };
    vec![
        cell(place),
        cell(&finding.kind),
        cell(finding.rule.as_ref()),
        cell(finding.end.saturating_sub(finding.start).to_string()),
        Cell { text: parameter(finding.in_parameter).to_owned(), tone },
    ]
}

fn parameter(masked: bool) -> &'static str {
    if masked { "masked" } else { "refused" }
}

/// Where something stands, as people look for it.
struct Place {
    text: String,
    line: Option<usize>,
    column: Option<usize>,
}

/// Places of findings that stand in their order.
fn places(input: &Input, findings: &[ExplainedMask]) -> Vec<Place> {
    let Value::String(text) = &input.value else {
        let pointer = |finding: &ExplainedMask| match (input.line, finding.pointer.as_str()) {
            (Some(line), pointer) => format!("{line} {pointer}"),
            (None, "") => "/".to_owned(),
            (None, pointer) => pointer.to_owned(),
        };
        let place = |finding| Place { text: pointer(finding), line: input.line, column: None };
        return findings.iter().map(place).collect();
    };
    let (mut chars, mut at, mut line, mut column) = (text.chars(), 0, input.line.unwrap_or(1), 1);
    let mut places = Vec::with_capacity(findings.len());
    for finding in findings {
        while at < finding.start
            && let Some(char) = chars.next()
        {
            at += 1;
            (line, column) = if char == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        places.push(Place { text: format!("{line}:{column}"), line: Some(line), column: Some(column) });
    }
    places
}

//! `policy test`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::output::{Output, answer, answer_json, counted};
use super::{FOUND, Found, PolicyError, cases, open};
use crate::cases::{TriedCase, tried};
use crate::console::{Cell, Console, Tone, cell};

/// Arguments of `policy test`.
#[derive(Debug, Args)]
#[command(after_help = super::help("test infra/policies --junit result.xml"))]
pub struct TestCases {
    /// The bundle: its folder, or what `bundle build` made of one.
    #[arg(default_value = "infra/policies")]
    bundle: PathBuf,
    /// Files of cases, instead of the folder's `cases/*.yaml`.
    #[arg(long, num_args = 1..)]
    cases: Vec<PathBuf>,
    /// Write the result as JUnit XML too.
    #[arg(long)]
    junit: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

impl TestCases {
    pub(super) fn run(self, console: &Console) -> Found {
        let bundle = open(&self.bundle)?;
        let cases = cases(&self.cases, &self.bundle)?;
        if cases.is_empty() {
            return Err(PolicyError::Usage(
                "there are no cases: write `cases/*.yaml`, or name files".to_owned(),
            ));
        }
        let tried = tried(&bundle, cases);
        if let Some(file) = &self.junit {
            std::fs::write(file, junit(&tried)).map_err(|error| PolicyError::File(file.clone(), error))?;
        }
        let failed = tried.iter().filter(|tried| !tried.passes()).count();
        if self.output.json {
            show_json(console, &tried, failed)
        } else {
            show(console, &tried, failed)
        }
        Ok(if failed > 0 { FOUND } else { 0 })
    }
}

fn show(console: &Console, tried: &[TriedCase], failed: usize) {
    let mut rows = Vec::new();
    for TriedCase { case, answer: given, differences } in tried {
        let result = match differences.is_empty() {
            true => Cell { text: "ok".to_owned(), tone: Tone::Good },
            false => Cell { text: "FAILED".to_owned(), tone: Tone::Bad },
        };
        rows.push(vec![result, cell(&case.name), answer(given), cell(&case.place)]);
        let told = |difference: &String| vec![cell(""), cell(format!("  {difference}"))];
        rows.extend(differences.iter().map(told));
    }
    console.table(&["result", "case", "answer", "at"], &rows);
    console.line(format!("{}, {failed} failed", counted(tried.len(), "case")));
}

fn show_json(console: &Console, tried: &[TriedCase], failed: usize) {
    let one = |tried: &TriedCase| {
        json!({
            "case": tried.case.name, "at": tried.case.place, "ok": tried.differences.is_empty(),
            "answer": answer_json(&tried.answer), "differences": tried.differences,
        })
    };
    let cases: Vec<_> = tried.iter().map(one).collect();
    console.document(
        &json!({ "result": if failed == 0 { "ok" } else { "failed" }, "failed": failed, "cases": cases }),
    );
}

/// The form that CI systems read; without times, so that the same cases give the same bytes.
fn junit(tried: &[TriedCase]) -> String {
    let failed = tried.iter().filter(|tried| !tried.passes()).count();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml += &format!(
        "<testsuites>\n<testsuite name=\"policy\" tests=\"{}\" failures=\"{failed}\">\n",
        tried.len()
    );
    for TriedCase { case, differences, .. } in tried {
        let file = case.place.rsplit_once(':').map_or(case.place.as_str(), |(file, _)| file);
        xml += &format!("<testcase classname=\"{}\" name=\"{}\"", escaped(file), escaped(&case.name));
        if differences.is_empty() {
            xml += "/>\n";
        } else {
            let said = escaped(&differences.join("; "));
            xml += &format!("><failure message=\"{said}\">{}</failure></testcase>\n", escaped(&case.place));
        }
    }
    xml + "</testsuite>\n</testsuites>\n"
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            // XML 1.0 has no way to write these.
            letter if letter.is_control() => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
    out
}

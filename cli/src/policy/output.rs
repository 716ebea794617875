//! What these commands print: answers, problems, mistakes with their place.

use bundle_build::{Answer, Answered, Diagnostic, Sources};
use serde_json::{Value, json};

use super::PolicyError;
use crate::console::{Cell, Console, ConsoleLine, Tone};

/// How to print.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Output {
    /// Answer with one JSON document.
    #[arg(long)]
    pub(super) json: bool,
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

/// Why there is no answer.
pub(super) fn problem(console: &Console, error: &PolicyError) {
    if let PolicyError::Mistakes(wrong, sources) = error {
        mistakes(console, wrong, sources.as_ref());
    }
    console.problem(error);
}

/// Each mistake with its place, and the line where the text is known.
pub(super) fn mistakes(console: &Console, wrong: &[Diagnostic], sources: Option<&Sources>) {
    for found in wrong {
        match sources.and_then(|sources| sources.0.get(&found.file)) {
            Some(text) => {
                // A tab is as wide as the marks below it take it to be.
                let shown = found.render(text, false).replace('\t', " ");
                shown.lines().for_each(|row| console.note(painted(row)));
                console.note("");
            }
            None => console.note(found.to_string()),
        }
    }
}

/// What does not keep a bundle from being sound.
pub(crate) fn warnings(console: &Console, warnings: &[Diagnostic]) {
    for found in warnings {
        let help = found.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        console.note(
            ConsoleLine::default().with(Tone::Asks, "warning: ").with(Tone::Plain, format!("{found}{help}")),
        );
    }
}

/// What is wrong, and the marks below it, stand out.
fn painted(row: &str) -> ConsoleLine {
    let marks = row.trim_start().trim_start_matches('|').trim_start();
    let bad = row.starts_with("error: ") || (!marks.is_empty() && marks.bytes().all(|byte| byte == b'^'));
    ConsoleLine::default().with(if bad { Tone::Bad } else { Tone::Plain }, row)
}

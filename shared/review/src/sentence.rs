//! The review document in a few words, for the console, the inbox, chat and buttons.

use domain::Requirement;
use wire::documents::{ReviewDocument, What};

/// What will run, as one line of plain text; values have their hidden characters spelled out already.
#[must_use]
pub fn sentence(what: &What) -> String {
    what.sentence.iter().map(|segment| segment.text.as_str()).collect()
}

/// What one needs in order to recognise the action in a list: `demo-agent · customer data leaves · cannot be undone`.
#[must_use]
pub fn summary(review: &ReviewDocument) -> String {
    let mut parts = vec![review.context.agent.as_str(), review.what.consequence.as_str()];
    if review.what.reversible.starts_with("No.") {
        parts.push("cannot be undone");
    }
    parts.join(" · ")
}

/// The text of the approve button: `Approve: customer data leaves`.
#[must_use]
pub fn approve_label(what: &What) -> String {
    format!("Approve: {}", what.consequence)
}

/// Who must agree, as a sentence: `One of data-owners and two of sre must agree.`
#[must_use]
pub fn who_must_agree(requirements: &[Requirement]) -> String {
    let wanted = requirements.iter().flat_map(|requirement| &requirement.groups);
    let wanted: Vec<String> =
        wanted.map(|group| format!("{} of {}", number(group.count), group.group)).collect();
    let text = match wanted.split_last() {
        None => return "Nobody has to agree.".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    };
    format!("{} must agree.", capital(&text))
}

/// Small numbers as words.
pub(crate) fn number(count: u32) -> String {
    const WORDS: [&str; 11] =
        ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let word = usize::try_from(count).ok().and_then(|count| WORDS.get(count));
    word.map_or_else(|| count.to_string(), ToString::to_string)
}

/// With a capital letter in front.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

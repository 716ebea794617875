//! A text as HTML, with its masks and spelled-out characters marked.

use std::ops::Range;

use maud::{Markup, html};
use redaction::{placeholders, spelled_out};

/// A text with its masks and spelled-out characters marked.
#[must_use]
pub fn text(text: &str) -> Markup {
    let part = |range: Range<usize>| text.get(range).unwrap_or_default();
    let mut rest = 0;
    let marks: Vec<(&str, &str, Option<String>)> = marked(text)
        .into_iter()
        .map(|(range, kind)| {
            let before = part(rest..range.start);
            rest = range.end;
            (before, part(range), kind)
        })
        .collect();
    html! {
        @for (before, stretch, kind) in &marks {
            (before)
            @match kind { Some(kind) => mark title=(masked_title(kind)) { (stretch) }, None => (mark(stretch)) }
        }
        (part(rest..text.len()))
    }
}

pub(crate) fn mark(spelled: &str) -> Markup {
    let space = spelled.starts_with("⟨U+0020") || spelled.starts_with("⟨U+3000");
    let title = if space { "White space" } else { "A character that cannot be seen" };
    html! { mark title=(title) { (spelled) } }
}

/// Where masks (with their kind) and spelled-out characters stand, in order.
fn marked(text: &str) -> Vec<(Range<usize>, Option<String>)> {
    let mut found: Vec<_> = placeholders(text).into_iter().map(|(range, kind)| (range, Some(kind))).collect();
    found.extend(spelled_out(text).into_iter().map(|range| (range, None)));
    found.sort_by_key(|(range, _)| range.start);
    found
}

fn masked_title(kind: &str) -> String {
    let noun = match kind {
        "email" => "An e-mail address",
        "phone" => "A telephone number",
        "card" => "A payment card's number",
        "iban" => "A bank account's number",
        "password" => "A password",
        "jwt" | "token" => "An access token",
        "aws-key" | "aws-secret" => "An AWS credential",
        "private-key" => "A private key",
        _ => "A value",
    };
    format!("{noun}, masked before anyone sees it")
}

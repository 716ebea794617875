//! Before and after as HTML: each thing under a heading of its own, its text line by line.

use maud::{Markup, html};
use wire::documents::{Difference, Differences};

use crate::marked::text;
use crate::sentence::capital;

/// Every difference. Where they cannot be shown whole this is said first.
#[must_use]
pub(crate) fn differences(all: &Differences) -> Markup {
    html! {
        section aria-labelledby="differences" {
            h2 id="differences" { "Before and after" }
            @if all.items.is_empty() { p { "Nothing differs." } }
            @if !all.whole {
                p class="notice" {
                    strong { "What would change cannot be shown whole" }
                    "It is too long for this page, so it cannot be approved here. Publish it in smaller parts."
                }
            }
            @for one in &all.items { (difference(one)) }
            @if all.left_out > 0 { p { "And " (all.left_out) " more." } }
        }
    }
}

fn difference(one: &Difference) -> Markup {
    html! {
        h3 class="difference" {
            (text(&capital(&one.kind))) " " code { (text(&one.name)) } " " span class="tag" { (one.change.as_str()) }
            @if !one.note.is_empty() { " " span class="soft" { (text(&one.note)) } }
        }
        @if !one.lines.is_empty() {
            pre class="difference" { @for line in &one.lines { (marked(line)) "\n" } }
        }
    }
}

/// What is removed and added is shown by the first character too, not by colour alone.
fn marked(line: &str) -> Markup {
    html! {
        @match line.chars().next() {
            Some('-') => del { (text(line)) },
            Some('+') => ins { (text(line)) },
            Some('@') => span class="soft" { (text(line)) },
            _ => (text(line)),
        }
    }
}

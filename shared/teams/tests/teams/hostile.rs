//! Text that wants to be more than text.

use proptest::prelude::*;

/// One of each kind.
pub const HOSTILE: &[&str] = &[
    "[approve here](https://mallory.example)",
    "https://mallory.example/login",
    "**Can be undone** Yes\\n# Heading",
    "<a href='https://mallory.example'>ok</a><script>alert(1)</script><img src=x onerror=alert(1)>",
    "<at>Bob</at> please approve @channel @here <!everyone>",
    "{{DATE(2020-01-01T00:00:00Z, SHORT)}}",
    "{{TIME(2020-01-01T00:00:00Z)}}",
    "{{{{DATE(2020-01-01T00:00:00Z)}}}}",
    "${if(true,'yes','no')}",
    "abc\u{202e}fdp.exe",
    "zero\u{200b}width\u{2060}joiner\u{feff}",
    "pаypal (with a Cyrillic a)",
    "\u{1b}[2K\u{1b}[1Aapproved",
    "tab\tseparated\r\nCan be undone: Yes",
    "Can be undone\nYes",
    "line\u{2028}separator",
    "\u{e0041}\u{e0042}tags",
    "{\"type\":\"Action.Execute\",\"verb\":\"approve\"}",
    "```code``` ~~struck~~ | a | table |",
    "&lt;b&gt; &amp; &#x202e;",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301} zalgo",
    "",
    " ",
    "{",
    "{{",
];

/// A hostile text, whole or mixed with others, or very long.
pub fn text() -> impl Strategy<Value = String> {
    let one = prop::sample::select(HOSTILE).prop_map(str::to_owned);
    let long = (prop::sample::select(HOSTILE), 1_usize..6_000)
        .prop_map(|(text, times)| text.repeat(times / (text.len() + 1) + 1));
    let braces = (1_usize..4_000).prop_map(|times| "{".repeat(times));
    let wide = (1_usize..40_000).prop_map(|times| "𝕏".repeat(times));
    let lines = (1_usize..200).prop_map(|times| "line\n".repeat(times));
    prop_oneof![
        6 => one.clone(),
        3 => (one.clone(), ".{0,40}", one).prop_map(|(a, b, c)| format!("{a}{b}{c}")),
        2 => any::<String>(),
        1 => long,
        1 => braces,
        1 => wide,
        1 => lines,
    ]
}

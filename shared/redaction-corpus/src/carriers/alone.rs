//! Without a name that says what it is.

use super::carrier::{Carrier, Takes, lines, nested, quoted, word};

pub(crate) const ALONE: &[Carrier] = &[
    lines("by itself", "{s}"),
    word("in a sentence", "I used {s} yesterday, and it worked."),
    quoted("in quotes", "x = \"{s}\"\n"),
    word("in a log line", "2026-11-21T14:47:31Z WARN request failed: {s} (attempt 2)\n"),
    lines("in a list", "{\"items\": [\"first\", \"{s}\"]}"),
    word("as an argument", "deploy eu-central-1 {s} now\n"),
];

/// Without a name and encoded.
pub(crate) const ENCODED: &[Carrier] = &[
    Carrier { name: "its base64", form: "{b}", takes: Takes::Lines, depth: 0 },
    Carrier {
        name: "its base64 in a sentence",
        form: "The file holds {b} and more.",
        takes: Takes::Lines,
        depth: 0,
    },
    Carrier { name: "its base64 for URLs", form: "state={u}", takes: Takes::Lines, depth: 0 },
    Carrier { name: "percent-encoded", form: "https://x.example/?q={p}&n=1", takes: Takes::Lines, depth: 0 },
    nested("in json in a string", "{\"note\": \"{s}\"}", 1),
];

/// For personal data with its name.
pub(crate) const PERSONAL: &[Carrier] = &[
    quoted("person, json", "{\"name\": \"Alice\", \"{_}\": \"{s}\"}"),
    quoted("person, json camel case", "{\"{c}\": \"{s}\", \"country\": \"x\"}"),
    quoted("person, label", "Name: Alice\n{w}: {s}\nCountry: x\n"),
    quoted("person, label in capitals", "{E}: {s}\n"),
    quoted("person, sentence", "Her {w} is {s}, please check."),
    quoted("person, parentheses", "Alice ({w} {s}) called."),
    quoted("person, log", "level=info user=7 {_}={s} ok\n"),
    quoted("person, xml", "<person><{c}>{s}</{c}></person>"),
    nested("person, json in a string", "{\"{_}\": \"{s}\"}", 1),
];

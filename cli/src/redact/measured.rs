//! `--corpus`: precision and recall on texts that are made for it. The secrets in them are made up, so they may be shown.

use std::collections::BTreeMap;

use redaction_corpus::{Class, Kind, Measured, Missed, Share, generate};
use serde_json::{Map, Value, json};

use crate::console::{Console, cell};
use crate::exit;

const CLASSES: [(Class, &str); 7] = [
    (Class::Alone, "secrets alone: found"),
    (Class::Named, "secrets with their name: found"),
    (Class::Foreign, "passwords named in other languages: found"),
    (Class::Encoded, "secrets alone and encoded: found"),
    (Class::PersonAlone, "personal data alone: found"),
    (Class::PersonNamed, "personal data with its name: found"),
    (Class::Ordinary, "ordinary texts: touched"),
];

/// Measures and prints.
pub(super) fn run(console: &Console, seed: u64, misses: usize, as_json: bool) -> u8 {
    let samples = generate(seed);
    let report = Measured::of(&samples);
    if as_json {
        console.document(&document(seed, &report, misses));
        return exit::DONE;
    }
    let kind = |(name, kind): (&&str, &Kind)| {
        let shares = [kind.precise, kind.alone, kind.named, kind.encoded].map(|share| cell(percent(share)));
        let samples = kind.alone.all + kind.named.all + kind.encoded.all;
        [vec![cell(*name), cell(samples.to_string())], shares.to_vec()].concat()
    };
    let head = ["kind", "samples", "precision", "recall alone", "with its name", "encoded"];
    console.table(&head, &report.kinds.iter().map(kind).collect::<Vec<_>>());
    console.line("");
    let mut ways: Vec<_> = report.ways.iter().collect();
    ways.sort_by_key(|((class, way), share)| (*class, share.of * 10_000 / share.all.max(1), *way));
    let way = |((class, way), share): (&(Class, &str), &Share)| {
        vec![cell(said(*class)), cell(*way), cell(share.all.to_string()), cell(percent(*share))]
    };
    console.table(
        &["class", "way of writing", "samples", "share"],
        &ways.into_iter().map(way).collect::<Vec<_>>(),
    );
    console.line("");
    let name = |(name, share): (&&str, &Share)| {
        vec![cell(*name), cell(share.all.to_string()), cell(percent(*share))]
    };
    console
        .table(&["way of naming", "samples", "recall"], &report.names.iter().map(name).collect::<Vec<_>>());
    for missed in chosen(&report, misses) {
        let sample = &missed.sample;
        let kind = sample.label.as_ref().map_or("nothing", |label| label.kind);
        console.line("");
        console.line(format!("{}, {}, {kind}", said(sample.class), sample.way));
        console.line(format!("  {}", sample.text));
        console.line(format!("  {}", missed.shown));
    }
    console.line("");
    let class = |(class, words): (Class, &str)| {
        let share = report.classes.get(&class).copied().unwrap_or_default();
        vec![cell(words), cell(share.all.to_string()), cell(percent(share))]
    };
    console.table(&["texts", "number", "share"], &CLASSES.map(class));
    exit::DONE
}

fn said(class: Class) -> &'static str {
    let words = CLASSES.iter().find(|(known, _)| *known == class).map_or("", |(_, words)| *words);
    words.split(':').next().unwrap_or_default()
}

fn percent(share: Share) -> String {
    share.percent().map_or(String::new(), |percent| format!("{percent:.1} %"))
}

/// At most so many of each way of writing.
fn chosen(report: &Measured, most: usize) -> Vec<&Missed> {
    let mut seen: BTreeMap<(Class, &str), usize> = BTreeMap::new();
    let first = |missed: &&Missed| {
        let count = seen.entry((missed.sample.class, missed.sample.way)).or_default();
        *count += 1;
        *count <= most
    };
    report.missed.iter().filter(first).collect()
}

fn share(share: Share) -> Value {
    json!({ "of": share.of, "all": share.all, "percent": share.percent() })
}

fn document(seed: u64, report: &Measured, misses: usize) -> Value {
    let kind = |(name, kind): (&&str, &Kind)| {
        let Kind { alone, named, encoded, precise } = *kind;
        let told = json!({
            "precision": share(precise), "alone": share(alone), "named": share(named), "encoded": share(encoded),
        });
        ((*name).to_owned(), told)
    };
    let way = |((class, way), found): (&(Class, &str), &Share)| json!({ "class": said(*class), "way": way, "share": share(*found) });
    let names = report.names.iter().map(|(name, found)| ((*name).to_owned(), share(*found)));
    let classes = CLASSES.map(|(class, words)| {
        let found = report.classes.get(&class).copied().unwrap_or_default();
        (words.to_owned(), share(found))
    });
    let missed = |missed: &Missed| {
        let sample = &missed.sample;
        let kind = sample.label.as_ref().map(|label| label.kind);
        json!({ "class": said(sample.class), "way": sample.way, "kind": kind, "text": sample.text, "shown": missed.shown })
    };
    json!({
        "seed": seed,
        "texts": Map::from_iter(classes),
        "kinds": Map::from_iter(report.kinds.iter().map(kind)),
        "ways": report.ways.iter().map(way).collect::<Vec<_>>(),
        "names": Map::from_iter(names),
        "misses": chosen(report, misses).into_iter().map(missed).collect::<Vec<_>>(),
    })
}

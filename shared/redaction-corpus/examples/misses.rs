//! t
use redaction_corpus::{Class, Report, generate};
use std::collections::BTreeMap;
fn main() {
    let seed = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(1);
    let samples = generate(seed);
    let t = std::time::Instant::now();
    let report = Report::of(&samples);
    eprintln!("{} samples in {:?}", samples.len(), t.elapsed());
    println!("== classes (Ordinary: touched)");
    for (class, share) in &report.classes {
        println!("{class:?} {}/{} {:.1} %", share.of, share.all, share.percent().unwrap_or(0.0));
    }
    println!("\n== ways of writing, worst first");
    let mut ways: Vec<_> = report
        .ways
        .iter()
        .filter(|((c, _), s)| if *c == Class::Ordinary { s.of > 0 } else { s.of < s.all })
        .collect();
    ways.sort_by(|a, b| {
        (a.0.0, a.1.percent().unwrap().total_cmp(&b.1.percent().unwrap()))
            .partial_cmp(&(b.0.0, std::cmp::Ordering::Equal))
            .unwrap()
    });
    for ((class, way), s) in ways {
        println!("{class:?} | {way}: {}/{}", s.of, s.all);
    }
    println!("\n== names");
    for (n, s) in &report.names {
        println!("{n}: {}/{}", s.of, s.all);
    }
    println!("\n== kinds: alone, named, encoded, precise");
    for (n, k) in &report.kinds {
        println!(
            "{n}: {}/{} {}/{} {}/{} {}/{}",
            k.alone.of,
            k.alone.all,
            k.named.of,
            k.named.all,
            k.encoded.of,
            k.encoded.all,
            k.precise.of,
            k.precise.all
        );
    }
    println!("\n== misses: three of each way");
    let mut seen: BTreeMap<(Class, &str), usize> = BTreeMap::new();
    for m in &report.missed {
        let n = seen.entry((m.sample.class, m.sample.way)).or_default();
        *n += 1;
        if *n > 3 {
            continue;
        }
        let kind = m.sample.label.as_ref().map_or("", |l| l.kind);
        println!(
            "{:?} | {} | {kind}\n   {:?}\n   {:?}",
            m.sample.class, m.sample.way, m.sample.text, m.shown
        );
    }
}

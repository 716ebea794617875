//! Redaction of 32 KiB: ordinary requests in megabytes a second, and how many ordinary ones the worst known costs.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a benchmark measures, prints, and fails loudly"
)]

use std::time::{Duration, Instant};

use redaction::{Known, Marks, redact, redact_text, redact_value};
use serde_json::{Value, json};

const SIZE: usize = 32 * 1024;

fn main() {
    let start = Instant::now();
    std::hint::black_box(redact_text("a first text, 12 digits 123456789012", "", &Known::nothing()));
    println!("the first text of a process: {:?}", start.elapsed());
    let start = Instant::now();
    std::hint::black_box(redact_text(
        "glpat-abcdefghij0123456789 of a@b.co, +49 30 901820",
        "",
        &Known::nothing(),
    ));
    println!("the first with a token, an address and a telephone number: {:?}", start.elapsed());
    let usual = json!({ "rows": ordinary() });
    let bytes = usual.to_string().len();
    let ordinary = taken(&usual, "Quarterly report for the partner programme", 200);
    let speed = bytes as f64 / ordinary.as_secs_f64() / 1e6;
    println!("ordinary JSON, {bytes} bytes: {ordinary:?}, {speed:.0} MB/s");
    beside(&usual, bytes, ordinary);
    // `cargo bench -p redaction --bench redact -- addresses` measures these alone.
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let wanted = |name: &str| wanted.as_ref().is_none_or(|word| name.contains(word.as_str()));
    for (name, parameters, reason) in hard().into_iter().filter(|(name, ..)| wanted(name)) {
        let taken = taken(&parameters, &reason, 100);
        let times = taken.as_secs_f64() / ordinary.as_secs_f64();
        println!("{name:<44} {taken:>12?} {times:>6.1} times");
    }
}

/// Something to measure.
type Way<'a> = Box<dyn Fn() + 'a>;

/// The same texts in other ways, as ratios in one run: without a parameter's checks, copied only, and asked for each secret's
/// pattern by a plain set of regular expressions, which knows neither names nor personal data nor encodings.
fn beside(value: &Value, bytes: usize, ordinary: Duration) {
    let set = regex::bytes::RegexSetBuilder::new(redaction::patterns())
        .unicode(false)
        .case_insensitive(true)
        .size_limit(1 << 30)
        .dfa_size_limit(1 << 28)
        .build()
        .unwrap();
    let mut texts = Vec::new();
    collect(value, &mut texts);
    let ways: [(&str, Way<'_>); 4] = [
        ("an answer", Box::new(|| drop(std::hint::black_box(redact_value(value, "", &Known::nothing()))))),
        ("a copy", Box::new(|| drop(std::hint::black_box(value.clone())))),
        (
            "every text by itself",
            Box::new(|| {
                for text in &texts {
                    std::hint::black_box(redact_text(text, "", &Known::nothing()));
                }
            }),
        ),
        (
            "a plain set of the same patterns",
            Box::new(|| {
                for text in &texts {
                    std::hint::black_box(set.matches(text.as_bytes()).matched_any());
                }
            }),
        ),
    ];
    for (name, way) in ways {
        let taken = median(20, way);
        let times = taken.as_secs_f64() / ordinary.as_secs_f64();
        let speed = bytes as f64 / taken.as_secs_f64() / 1e6;
        println!("{name:<44} {taken:>12?} {times:>6.1} times, {speed:.0} MB/s");
    }
}

fn collect<'v>(value: &'v Value, texts: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(values) => values.iter().for_each(|value| collect(value, texts)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            texts.push(name);
            collect(value, texts);
        }),
        _ => {}
    }
}

fn median(rounds: usize, call: impl Fn()) -> Duration {
    let round = || {
        let start = Instant::now();
        call();
        start.elapsed()
    };
    round();
    let mut times: Vec<Duration> = (0..rounds).map(|_| round()).collect();
    times.sort();
    times.get(rounds / 2).copied().unwrap_or_default()
}

fn taken(parameters: &Value, reason: &str, rounds: usize) -> Duration {
    let marks = Marks::new([("/value", "secret")], ["/target"]).unwrap();
    // What is refused has cost what it cost until then.
    median(rounds, || drop(std::hint::black_box(redact(parameters, reason, &marks))))
}

fn ordinary() -> Value {
    let row = |number: usize| {
        json!({
            "id": format!("9f2c41d0-b7e3-5a1c-6d8e-4f2a9b0c{number:04}"),
            "source": format!("s3://customers/2026/q3/part-{number:05}.csv"),
            "created_at": "2026-11-21T14:47:31.204Z",
            "rows": 12_408 + number,
            "owner": if number.is_multiple_of(20) { format!("owner{number}@example.com") } else { "data-platform".to_owned() },
            "note": "Quarterly report for the partner programme, as agreed with them in October",
            "ok": true,
        })
    };
    (0..SIZE / 260).map(row).collect()
}

/// All words of secrets by shape in turn.
fn tokens(between: &str) -> String {
    let words = redaction::shape_words().join(between);
    words.chars().cycle().take(SIZE).collect()
}

fn hard() -> Vec<(&'static str, Value, String)> {
    let different: String = (33..115_u8).map(char::from).collect();
    let nested: Vec<String> = (4..154).map(|length| "a".repeat(length)).collect();
    let passwords: String =
        (4..60).map(|length| format!("password: {} token=", "a".repeat(length))).collect();
    let note = |text: &str| json!({ "note": text });
    let fill = |unit: &str| unit.repeat(SIZE / unit.len());
    vec![
        (
            "82 different characters, and 31,000 a",
            note(&"a".repeat(31_000)),
            format!("password: {different} token="),
        ),
        ("passwords in one another, and 31,000 a", note(&"a".repeat(31_000)), passwords),
        (
            "150 values in one another, and 12,000 a",
            json!({ "value": nested, "note": "a".repeat(12_000) }),
            "x".to_owned(),
        ),
        ("addresses", note(&fill("a@b.co ")), "x".to_owned()),
        ("signs of addresses", note(&fill("a%40b.co")), "x".to_owned()),
        ("telephone numbers", note(&fill("+49 30 901820 ")), "x".to_owned()),
        ("digits", note(&fill("1")), "x".to_owned()),
        ("groups of digits", note(&fill("411 ")), "x".to_owned()),
        ("beginnings of keys", note(&fill("-----BEGIN PRIVATE KEY-----\u{2039}")), "x".to_owned()),
        ("beginnings of tokens", note(&tokens("")), "x".to_owned()),
        ("beginnings of tokens, joined", note(&tokens("-")), "x".to_owned()),
        ("beginnings of tokens, apart", note(&tokens(" ")), "x".to_owned()),
        ("a name and few digits", note(&fill("cedula 1 1 ")), "x".to_owned()),
        ("groups of few digits", note(&fill("001 ")), "x".to_owned()),
        ("days", note(&fill("dob 1.1.")), "x".to_owned()),
        ("one long name", json!({ "note": { fill("k"): vec!["a@b.co"; 1_000] } }), "x".to_owned()),
        ("what nobody sees", note(&fill("\u{200B}")), "x".to_owned()),
    ]
}

//! Redaction of 32 KiB: ordinary requests in megabytes a second, and how many ordinary ones the worst known costs.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a benchmark measures, prints, and fails loudly"
)]

use std::time::{Duration, Instant};

use redaction::{Marks, redact};
use serde_json::{Value, json};

const SIZE: usize = 32 * 1024;

fn main() {
    let usual = json!({ "rows": ordinary() });
    let bytes = usual.to_string().len();
    let ordinary = taken(&usual, "Quarterly report for the partner programme", 200);
    let speed = bytes as f64 / ordinary.as_secs_f64() / 1e6;
    println!("ordinary JSON, {bytes} bytes: {ordinary:?}, {speed:.0} MB/s");
    // `cargo bench -p redaction --bench redact -- addresses` measures these alone.
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let wanted = |name: &str| wanted.as_ref().is_none_or(|word| name.contains(word.as_str()));
    for (name, parameters, reason) in hard().into_iter().filter(|(name, ..)| wanted(name)) {
        let taken = taken(&parameters, &reason, 100);
        let times = taken.as_secs_f64() / ordinary.as_secs_f64();
        println!("{name:<44} {taken:>12?} {times:>6.1} times");
    }
}

fn taken(parameters: &Value, reason: &str, rounds: usize) -> Duration {
    let marks = Marks::new([("/value", "secret")], ["/target"]).unwrap();
    let round = || {
        let start = Instant::now();
        // What is refused has cost what it cost until then.
        let _ = std::hint::black_box(redact(parameters, reason, &marks));
        start.elapsed()
    };
    round();
    let mut times: Vec<Duration> = (0..rounds).map(|_| round()).collect();
    times.sort();
    times.get(rounds / 2).copied().unwrap_or_default()
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
        ("one long name", json!({ "note": { fill("k"): vec!["a@b.co"; 1_000] } }), "x".to_owned()),
        ("what nobody sees", note(&fill("\u{200B}")), "x".to_owned()),
    ]
}

//! Inputs that people who run such gates reported: of none of them may a piece of the secret stay readable, neither in a
//! text nor in a field of an answer.
#![expect(clippy::disallowed_methods, reason = "what is left is read as anybody would read it")]

use data_encoding::BASE64;
use redaction::{Known, Marks, known_values, redact_text, redact_value};
use serde_json::{Value, json};

/// One input and what of it is secret, written down by hand.
struct Case {
    input: Value,
    secrets: Vec<String>,
}

fn case(input: impl Into<Value>, secrets: &[&str]) -> Case {
    Case { input: input.into(), secrets: secrets.iter().map(|secret| (*secret).to_owned()).collect() }
}

/// Every run of so many characters of a secret must be gone; of a shorter secret the whole.
const PIECE: usize = 8;

/// The longest piece of a secret that can still be read.
fn readable(shown: &str, secret: &str) -> Option<String> {
    let chars: Vec<char> = secret.chars().collect();
    let pieces = chars.windows(PIECE.min(chars.len()).max(1)).map(|piece| piece.iter().collect::<String>());
    pieces.into_iter().find(|piece| shown.contains(piece.as_str()))
}

/// Everything in a value that can be read: its texts and names as they are, its numbers, and the texts of JSON inside them.
fn words(value: &Value, into: &mut String) {
    match value {
        Value::String(text) => {
            into.push_str(text);
            into.push('\n');
            if let Ok(inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
                words(&inner, into);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| words(value, into)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            into.push_str(key);
            into.push('\n');
            words(value, into);
        }),
        other => into.push_str(&format!("{other}\n")),
    }
}

/// What can still be read of the secrets: as a value, as the text of that value, and inside a longer text.
fn left(case: &Case, known: &Known) -> Vec<String> {
    let text = match &case.input {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut left = Vec::new();
    for (way, input) in [
        ("value", case.input.clone()),
        ("text", Value::String(text.clone())),
        ("field", json!({ "answer": [text] })),
        ("sentence", Value::String(format!("The call failed: {text}\nTry again later."))),
    ] {
        let mut shown = String::new();
        words(&redact_value(&input, "/result", known).value, &mut shown);
        for secret in &case.secrets {
            if let Some(piece) = readable(&shown, secret) {
                left.push(format!("{way}: {piece:?} of {secret:?} in {shown:?}"));
            }
        }
    }
    left
}

fn nothing_is_left(cases: &[Case], known: &Known) {
    let left: Vec<String> = cases.iter().flat_map(|case| left(case, known)).collect();
    assert!(left.is_empty(), "{} readable:\n{}", left.len(), left.join("\n"));
}

/// C4: a secret in JSON inside a JSON text, at any depth and with escapes in it.
#[test]
fn json_inside_a_text_is_no_hiding_place() {
    nothing_is_left(
        &[
            case(r#"{"body":"{\"password\":\"hunter2-hunter2\"}"}"#, &["hunter2-hunter2"]),
            case(
                r#"{"body":"{\"api_key\":\"8f14e45fceea167a5a36dedd4bea2543\"}"}"#,
                &["8f14e45fceea167a5a36dedd4bea2543"],
            ),
            case(
                r#"{"Records":[{"body":"{\"Message\":\"{\\\"password\\\":\\\"hunter2-hunter2\\\"}\"}"}]}"#,
                &["hunter2-hunter2"],
            ),
            case(r#"{"password":"foo\"bar-tail"}"#, &["foo", "bar-tail"]),
        ],
        &Known::nothing(),
    );
}

/// C5: the last word of a field's name decides, in any case style; headers with credentials are masked.
#[test]
fn the_last_word_of_a_name_decides() {
    let key = "8f14e45fceea167a5a36dedd4bea2543";
    nothing_is_left(
        &[
            case(json!({ "dbPassword": "hunter2" }), &["hunter2"]),
            case(
                json!({ "headers": { "authorization": "Basic ZGVtbzpkZW1vLXBhc3N3b3Jk" } }),
                &["ZGVtbzpkZW1vLXBhc3N3b3Jk"],
            ),
            case(json!({ "headers": { "x-api-key": key } }), &[key]),
            case(json!({ "headers": { "cookie": "session=8f14e45f" } }), &["8f14e45f"]),
            case(
                json!({ "dbPassword": "hunter2", "headers": { "authorization": "Basic ZGVtbzpkZW1vLXBhc3N3b3Jk",
                        "x-api-key": key, "cookie": "session=8f14e45f" } }),
                &["hunter2", "ZGVtbzpkZW1vLXBhc3N3b3Jk", key, "8f14e45f"],
            ),
        ],
        &Known::nothing(),
    );
}

/// C25: passwords and tokens in URLs, whatever stands in them, up to the last `@`.
#[test]
fn urls_are_masked_up_to_the_last_at_sign() {
    let azure = "a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2w3x4y5z6";
    nothing_is_left(
        &[
            case("postgres://app:pa/ss#1@db:5432/x", &["pa/ss#1", "ss#1"]),
            case("postgres://app:p?ss@localhost/x", &["p?ss", "?ss"]),
            case("postgres://app:pässwort@db/x", &["pässwort", "sswort"]),
            case(format!("https://{azure}@dev.azure.com/acme/_git/etl"), &[azure]),
        ],
        &Known::nothing(),
    );
}

/// C26: secrets by their shape alone, or by a name in a language other than English.
#[test]
fn shapes_are_known() {
    let bedrock = format!("ABSKQmVkcm9ja0FQSUtleS1{}==", "aB3d".repeat(26));
    let azure = format!("{}aB==", "aB3+".repeat(21));
    let atlassian = format!("ATATT3xFfGF0{}", "a1B2".repeat(40));
    nothing_is_left(
        &[
            case(bedrock.clone(), &[&bedrock]),
            case(
                format!(
                    "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={azure};EndpointSuffix=core.windows.net"
                ),
                &[&azure],
            ),
            case("curl -u admin:hunter2-hunter2 https://h.example", &["hunter2-hunter2"]),
            case("glrt-abcdefghij0123456789", &["abcdefghij0123456789"]),
            case("dapi0123456789abcdef0123456789abcdef", &["0123456789abcdef0123456789abcdef"]),
            case(atlassian.clone(), &[&atlassian]),
            case("Kennwort: hunter2-hunter2", &["hunter2-hunter2"]),
            case(format!("gsk_{}", "aB3d".repeat(13)), &["aB3daB3daB3d"]),
            case(format!("figd_{}", "aB3d".repeat(10)), &["aB3daB3daB3d"]),
            case("password hunter2-hunter2", &["hunter2-hunter2"]),
        ],
        &Known::nothing(),
    );
}

/// C27: what looks like a card or a telephone number is masked where people merely read it.
#[test]
fn numbers_in_keys_are_masked_in_prose() {
    for (input, secret) in [
        ("s3://customers/exports/4539578763621486.json", "4539578763621486"),
        ("s3://customers/phone=2125550123/x.csv", "2125550123"),
        ("s3://customers/orders/order-4111111111111111.csv", "4111111111111111"),
        ("s3://customers/2026/tel=2125550123.csv", "2125550123"),
    ] {
        nothing_is_left(&[case(input, &[secret])], &Known::nothing());
    }
}

/// N2: any white space may stand between a name and its value.
#[test]
fn white_space_between_name_and_value_hides_nothing() {
    let secret = "hunter2-hunter2";
    nothing_is_left(
        &[
            case("password:  hunter2-hunter2", &[secret]),
            case("password  = hunter2-hunter2", &[secret]),
            case("password:\thunter2-hunter2", &[secret]),
            case("password:\n  hunter2-hunter2", &[secret]),
            case("DB_PASSWORD\t=\thunter2-hunter2", &[secret]),
        ],
        &Known::nothing(),
    );
}

fn wide(text: &str) -> String {
    let wide =
        |char: char| char.is_ascii_graphic().then(|| char::from_u32(u32::from(char) + 0xFEE0)).flatten();
    text.chars().map(|char| wide(char).unwrap_or(char)).collect()
}

/// E11: the leaves and lines of a structured secret, and a known value in other letters and encodings.
#[test]
fn parts_and_other_writings_of_a_known_value_are_masked() {
    let marks = Marks::new([("/value", "secret")], []).unwrap();
    for (secret, parts) in [
        (r#"{"username":"app","password":"Xy7-quartz-42","port":5432}"#, vec!["Xy7-quartz-42"]),
        ("Server=db;User=app;Password=Xy7-quartz-42;", vec!["Xy7-quartz-42"]),
        ("postgres://app:Xy7-quartz-42@db.example:5432/x", vec!["Xy7-quartz-42"]),
        ("first-Line-0x1\nsecond-Line-0x2\nthird-Line-0x3", vec!["second-Line-0x2", "third-Line-0x3"]),
        ("API=Xy7-quartz-42\nOTHER=Zz8-granite-17", vec!["Xy7-quartz-42", "Zz8-granite-17"]),
        ("Xy7-quartz-42", vec!["Xy7-quartz-42"]),
    ] {
        let known = known_values(&json!({ "value": secret }), "rotate it", &marks);
        for part in parts {
            let hidden: String = part.chars().flat_map(|char| [char, '\u{200b}']).collect();
            let encoded: String = part.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let hex: String = part.bytes().map(|byte| format!("{byte:02x}")).collect();
            let base64 = BASE64.encode(part.as_bytes());
            let written = [
                part.to_owned(),
                part.to_uppercase(),
                part.to_lowercase(),
                wide(part),
                hidden,
                encoded,
                part.replace('-', "%2D"),
                base64.trim_end_matches('=').to_owned(),
                hex,
            ];
            for written in written {
                let text = format!("the target answers {written} and no more");
                let shown = redact_text(&text, "/error", &known).text;
                assert!(!shown.contains(&written), "{written:?} of {secret:?} is left in {shown:?}");
                let shown = redact_value(&json!({ "echo": [text] }), "/result", &known).value.to_string();
                assert!(!shown.contains(&written), "{written:?} of {secret:?} is left in {shown:?}");
            }
        }
    }
}

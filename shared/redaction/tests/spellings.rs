//! E11: a masked value is found in prose and results however it is spelled, and so are the parts of it that tell.
#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

use redaction::{Known, Marks, known_values, redact, redact_text, redact_value};
use serde_json::{Value, json};

fn known(value: &Value) -> Known {
    let marks = Marks::new([("/value", "secret")], []).unwrap();
    known_values(&json!({ "value": value }), "why", &marks)
}

fn hides(value: &Value, text: &str, secret: &str) {
    let known = known(value);
    let shown = redact_text(text, "/reason", &known).text;
    assert!(shown.contains("‹secret 1›") && !shown.contains(secret), "{text}: {shown}");
    let shown = redact_value(&json!({ "log": [text], text: 1 }), "/result", &known).value.to_string();
    assert!(!shown.contains(secret), "{text}: {shown}");
    let marks = Marks::new([("/value", "secret")], []).unwrap();
    let shown = redact(&json!({ "value": value }), text, &marks).unwrap().reason;
    assert!(!shown.contains(secret), "{text}: {shown}");
}

/// E11: upper case, wide letters, compositions, zero-width characters, escapes.
#[test]
fn a_value_is_found_folded() {
    let value = json!("Hunter2-Größe/x");
    for (text, secret) in [
        ("it is HUNTER2-GRÖßE/X", "HUNTER2"),
        ("it is hunter2-größe/x.", "hunter2"),
        ("it is Ｈｕｎｔｅｒ２－Größe/x", "Ｈｕｎｔｅｒ"),
        ("it is Hun\u{200b}ter2-Grö\u{ad}ße/x", "ter2"),
        ("it is Hunter2-Gro\u{308}ße/x", "Hunter2"),
        ("it is Hunter2%2DGr%C3%B6%c3%9fe%2Fx", "Hunter2"),
        ("it is Hunter2-Gr\\u00f6\\u00dfe\\/x", "Hunter2"),
        ("it is Hunter2&#45;Gr&#xF6;&#223;e&#x2F;x", "Hunter2"),
        ("it is Hunter2-Gr\\\\u00f6\\\\u00dfe\\\\/x", "Hunter2"),
        ("it is 𝐇𝐮𝐧𝐭𝐞𝐫2-Größe/x", "𝐇𝐮𝐧𝐭𝐞𝐫"),
    ] {
        hides(&value, text, secret);
    }
}

/// E11: base64 in both alphabets, with and without padding, at each alignment; hex.
#[test]
fn a_value_is_found_encoded() {
    let (secret, value) = ("hunter2>>hunter?~", json!("hunter2>>hunter?~"));
    let encode = |text: &str, url: bool, padded: bool| {
        let specification = match (url, padded) {
            (false, true) => data_encoding::BASE64,
            (false, false) => data_encoding::BASE64_NOPAD,
            (true, true) => data_encoding::BASE64URL,
            (true, false) => data_encoding::BASE64URL_NOPAD,
        };
        specification.encode(text.as_bytes())
    };
    for around in ["", "a", "ab", "user:", "abcd:"] {
        for (url, padded) in [(false, true), (false, false), (true, true), (true, false)] {
            for after in ["", "x", "\n", "more"] {
                let encoded = encode(&format!("{around}{secret}{after}"), url, padded);
                let core: String = encoded.chars().skip(8).take(8).collect();
                hides(&value, &format!("got {encoded} there"), &core);
            }
        }
    }
    let hex = data_encoding::HEXLOWER.encode(secret.as_bytes());
    hides(&value, &hex, &hex);
    hides(&value, &format!("x{}y", hex.to_uppercase()), &hex.to_uppercase());
    let base32 = data_encoding::BASE32.encode(secret.as_bytes());
    hides(&value, &base32, &base32[..24]);
    let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = data_encoding::BASE64.encode(&wide);
    hides(&value, &wide, &wide[..40]);
}

/// E11: what `base64`, `openssl` and mail programs break into lines is found, its lines and the whole.
#[test]
fn a_value_is_found_wrapped() {
    let secret = "correct-horse-battery-staple-correct-horse-battery-staple-and-so-on-until-it-is-long";
    let wrapped = |text: &str, width: usize, between: &str| {
        let lines: Vec<&str> = (0..text.len().div_ceil(width))
            .map(|line| &text[line * width..text.len().min((line + 1) * width)])
            .collect();
        lines.join(between)
    };
    let encoded = data_encoding::BASE64.encode(format!("user:{secret}").as_bytes());
    for between in ["\n", "\r\n", "\n    "] {
        for (text, width) in [(secret, 16), (secret, 7), (&encoded, 76), (&encoded, 20)] {
            let text = wrapped(text, width, between);
            hides(&json!(secret), &format!("it is {text} there"), text.get(10..14).unwrap());
            hides(
                &json!(secret),
                &format!("it is {} there", text.replace('\n', "\\n")),
                text.get(10..14).unwrap(),
            );
        }
    }
}

/// E11: the leaves and lines of a structured secret.
#[test]
fn parts_of_a_structured_secret_are_found() {
    let pem = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIObtL/abcdefghijklmnopqrstuvwxyz\nABCDEFGHijklmnop==\n-----END EC PRIVATE KEY-----";
    for (value, part) in [
        (json!({ "user": "payments", "password": "x7k2m" }), "x7k2m"),
        (json!("{\"user\":\"payments\",\"password\":\"x7k2m\"}"), "x7k2m"),
        (json!("{\"db\":{\"dbPassword\":\"x7k2m\"}}"), "x7k2m"),
        (json!("{\"url\":\"postgres://app:x7k2m9@db.example:5432/x\"}"), "x7k2m9"),
        (json!("Server=db.example;User Id=app;Password=x7k2m;Encrypt=true"), "x7k2m"),
        (json!("DB_HOST=localhost\nDB_PASSWORD=\"x7k2m\"\n"), "x7k2m"),
        (json!("API_TOKEN: x7k2m\nother: y"), "x7k2m"),
        (json!(pem), "ABCDEFGHijklmnop=="),
        (json!(pem), "MHcCAQEEIObtL/abcdefghijklmnopqrstuvwxyz"),
        (json!("one long line of it\r\nand a second one"), "and a second one"),
    ] {
        hides(&value, &format!("see {part} there"), part);
    }
    let encoded = data_encoding::BASE64.encode(b"app:x7k2m-long-one");
    hides(
        &json!("postgres://app:x7k2m-long-one@db.example/x"),
        &format!("Basic: {encoded}"),
        "eDdrMm0tbG9uZy1vbm",
    );
}

/// E11: a long value is found in part, wherever it was cut.
#[test]
fn a_long_value_is_found_in_part() {
    let long: String = (0..40).map(|number| format!("k{number:03}")).collect();
    let value = json!(long);
    hides(&value, &format!("begins {}", &long[..96]), &long[..32]);
    hides(&value, &long, &long[100..]);
}

/// E11: short values hit no ordinary words.
#[test]
fn short_values_hit_no_ordinary_words() {
    for (value, text) in [
        (json!("no1"), "no1 of them"),
        (json!("pass"), "the passenger passes by"),
        (json!("main"), "the domain remains"),
        (json!({ "user": "payments", "region": "eu-west-1" }), "payments in eu-west-1"),
        (json!("abcdefgh"), "YWJj and 6162"),
        (json!("--------------------------------------"), "--------------------------------------"),
    ] {
        assert_eq!(redact_text(text, "/reason", &known(&value)).text, text, "{value}");
    }
}

/// C4: a secret in JSON inside a text of an answer is masked by its name, and by what the request masked.
#[test]
fn json_inside_an_answer_is_opened() {
    let answer = json!({ "body": "{\"Records\":[{\"body\":\"{\\\"password\\\":\\\"hunter2-hunter2\\\"}\"}]}",
        "other": "{ \"a\" : 1 }", "odd": "{\"a\":1,\"a\":\"x\"}" });
    let shown = redact_value(&answer, "/result", &Known::nothing());
    assert_eq!(
        shown.value,
        json!({ "body": "{\"Records\":[{\"body\":\"{\\\"password\\\":\\\"‹password 1›\\\"}\"}]}",
            "other": "{ \"a\" : 1 }", "odd": "{\"a\":1,\"a\":\"x\"}" })
    );
    assert_eq!(shown.masked.len(), 1);
}

/// What is masked already stays as it is wherever a value may stand: redacting again changes nothing.
#[test]
fn placeholders_are_not_masked_again() {
    for text in [
        "curl -u admin:hunter2-hunter2 https://h.example",
        "curl -H \"X-Api-Key: 8f14e45fceea\" https://h.example",
        "deploy --token abcd1234efgh now",
        "postgres://app:hunter2-hunter2@db/x",
        "password = \"hunter2-hunter2\"; Cookie: session=8f14e45fceea",
        "{\"dbPassword\": \"password\", \"note\": \"password\"}",
    ] {
        let once = redaction::redact_text(text, "", &redaction::Known::nothing());
        assert!(!once.masked.is_empty(), "{text}");
        let twice = redaction::redact_text(&once.text, "", &redaction::Known::nothing());
        assert_eq!((twice.text, twice.masked), (once.text, vec![]), "{text}");
    }
    // In part, or several in one place.
    for value in ["‹password 2›‹password 1›‹password 3›", "^^‹password 1›^^", "‹token 4›"]
    {
        let value = serde_json::json!({ "api_key": value });
        assert_eq!(redaction::redact_value(&value, "", &redaction::Known::nothing()).value, value);
    }
}

/// E11: a value that begins with a character nobody sees is known as well as any other.
#[test]
fn no_first_character_makes_a_value_unknown() {
    for first in ["\0", "\0\0", "\u{1}", "\u{200B}", "\u{FEFF}", "\t"] {
        let value = format!("{first}hunter2-hunter2");
        let marks = redaction::Marks::new([("/value", "secret")], []).unwrap();
        let known = redaction::known_values(&serde_json::json!({ "value": value }), "", &marks);
        let shown = redaction::redact_text(&format!("it is {value}."), "/result", &known);
        assert!(!shown.text.contains("hunter2"), "{:?}", shown.text);
    }
}

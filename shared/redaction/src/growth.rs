//! E25: how the work grows, whatever the input: counted, not timed.

use serde_json::{Value, json};

use crate::{
    Known, Marks, detect, known_values, normalised, redact, redact_text, redact_value, refuse_typed, work,
};

/// The largest body that is read.
const BODY: usize = 32 * 1024;

fn marks() -> Marks {
    Marks::new([("/value", "secret")], ["/target"]).unwrap().with_json(["/payload"]).unwrap()
}

/// Everything that is done with a request and with an answer that says the same.
fn work_on(parameters: &Value, reason: &str) -> usize {
    let marks = marks();
    work::counted(|| {
        let _ = refuse_typed(parameters, reason, &marks);
        let _ = normalised(parameters, &marks);
        let _ = redact(parameters, reason, &marks);
        let known = known_values(parameters, reason, &marks);
        let _ = redact_value(parameters, "/result", &known);
        let _ = redact_text(reason, "/result", &Known::nothing());
    })
}

/// What requests usually look like, of about this size, without what is passed at a glance.
fn ordinary(size: usize) -> Value {
    let row = |number: usize| {
        json!({
            "id": format!("row 9f2c41d0-b7e3-5a1c-6d8e-4f2a9b0c{number:04}"),
            "source": format!("s3://customers/2026/q3/part-{number:05}.csv"),
            "created_at": "at 2026-11-21T14:47:31.204Z",
            "rows": 12_408 + number,
            "owner": if number.is_multiple_of(20) { format!("owner{number}@example.com") } else { "data-platform".to_owned() },
            // No text twice: what repeats is read once.
            "note": format!("Quarterly report {number} for the partner programme, as agreed"),
            "ok": true,
        })
    };
    Value::Array((0..size / 260).map(row).collect())
}

fn fill(unit: &str, size: usize) -> String {
    unit.repeat(size / unit.len())
}

/// Inputs that are hard for some way of looking, each of about this size.
fn families(size: usize) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for unit in [
        "a",
        "@",
        "a@",
        "a@b.co ",
        "%40",
        "a%40",
        "a%40b.co",
        "://",
        "a://b:",
        "a://b:c@",
        "a://b:c@d.co ",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\u{2039}",
        "-----END PRIVATE KEY-----",
        "-----BEGIN ",
        "+1 ",
        "+123456789 ",
        "001 ",
        "0011 1 ",
        "01 2",
        "0151 23456789 ",
        "1",
        "4 1 1 1 ",
        "411 ",
        "4111 1111 1111 1111 ",
        "AB12",
        "DE89 ",
        "DE89 3704 0044 0532 0130 00 ",
        "212-555-",
        "phone 1",
        "tel: 2125550123 ",
        "eyJ",
        "eyJhbGci.a",
        "key: ",
        "key: [",
        "key=\"",
        "<key>",
        "\"key\">",
        "sig=",
        "token is ",
        "token of the next of the ",
        "password for \"",
        "token { get",
        "token = {\"",
        "token{\"",
        "{token}",
        "(a, token, \"",
        "?key=",
        "auth=(\"",
        "token!=\"",
        "token: !",
        "zip -P ",
        "echo a | chpasswd ",
        "identified with ",
        "token, default",
        "gh_pat: ",
        "x_token,",
        "(\"token\", ",
        "cookie: ",
        "secret/",
        "token\\",
        "name: token\n  value: ",
        "密码",
        "x-api-key\t\t\t:",
        "a://b",
        "'a://b:",
        "mysql -u ",
        "curl -u a:",
        "QUtJQUlPU0ZPRE5ON0VYQU1QTEU=",
        "QUtJQUlPU0ZPRE5ON0VYQU1QTEU= ",
        "cGFzc3dvcmQ9",
        "414b4941494f53464f444e4e374558414d504c45",
        "%25",
        "%70assword%3D",
        "\\u0070assword=",
        "&#112;",
        "password=",
        "password=\"",
        "password: abcdefgh ",
        "--token ",
        "token='",
        "bearer ",
        "bearer A1b2C3d4 ",
        "sig=",
        "ghp_",
        "sk-",
        "x-amz-",
        "AKIA",
        "AKIAIOSFODNN7EXAMPLE ",
        "\u{2039}",
        "\u{2039}email 1\u{203a}",
        "<a 1",
        "'email ",
        "\\",
        "\\u",
        "\\ud83d",
        "%",
        "%C3",
        "\u{FDFA}",
        "e\u{301}",
        "\u{200B}",
        "\u{FF41}",
        "\u{430}a",
        "{",
        "[",
        "{\"a\":",
        "=",
        "=a",
        "a=b;",
        "a\n",
        "\n",
        " ",
        "../",
        "a/b+",
        "Ab1/",
        "1-1.1/1 ",
        "1 1 1 ",
        "A1-",
        "123-45-6789 ",
        "999 999 999 ",
        "11 111 111 111 ",
        "ssn ",
        "ssn 1 ",
        "ssn123-45-6789",
        "nif nie dni ",
        "cedula 1 1 ",
        "national id ",
        "identity card 1 ",
        "passport 1 2 3 4 ",
        "date of birth ",
        "dob 1.1.",
        "iccid 8",
        "<<",
        "P<UTOSPECIMEN<<ALICE<<<<<<<<<<<<<<<<<<<<<<<<\n",
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 ",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq ",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed ",
        "wallet 1a",
        "\u{418}\u{41d}\u{41d} 1 ",
    ] {
        all.push((format!("{unit:?}"), json!({ "value": fill(unit, size / 3), "note": fill(unit, size / 3), "target": fill(unit, size / 3) })));
    }
    // Every prefix of a secret by its shape, again and again, joined in ways that could make it part of a longer one.
    let words = detect::shape_words();
    for join in ["", " ", "-", "a"] {
        let turn: String = words.iter().map(|word| format!("{word}{join}")).collect();
        let turns: String = turn.chars().cycle().take(size).collect();
        all.push((format!("all prefixes joined by {join:?}"), json!({ "note": turns })));
    }
    // Values inside one another, and what holds all of them at every place.
    for most in [82, 200] {
        let nested: Vec<String> = (4..most).map(|length| "a".repeat(length)).collect();
        let rest = size.saturating_sub(most * most / 2);
        all.push((
            format!("{most} values inside one another"),
            json!({ "value": nested, "note": fill("a", rest) }),
        ));
        let passwords: String =
            (4..most).map(|length| format!("password: {} token=", "a".repeat(length))).collect();
        all.push((
            format!("{most} passwords inside one another"),
            json!({ "value": passwords, "note": fill("a", rest) }),
        ));
    }
    let different: String = (33..115_u8).map(char::from).collect();
    all.push((
        "82 different characters".to_owned(),
        json!({ "value": format!("password: {different} token="), "note": fill("a", size) }),
    ));
    let many = |make: fn(usize) -> String| -> Vec<String> { (0..size / 24).map(make).collect() };
    all.push(("addresses".to_owned(), json!({ "note": many(|n| format!("person{n:05}@example.com")) })));
    all.push(("secrets".to_owned(), json!({ "password": many(|n| format!("secret-number-{n:07}")) })));
    all.push((
        "short secrets".to_owned(),
        json!({ "password": (0..size / 8).map(|n| format!("{n:05}")).collect::<Vec<_>>() }),
    ));
    // Long names around many values, in the value and in a text that is JSON.
    let long = json!({ fill("k", size / 2): vec!["a@b.co"; size / 20] });
    all.push(("a long name".to_owned(), json!({ "note": long.clone() })));
    all.push(("a long name in JSON".to_owned(), json!({ "payload": long.to_string() })));
    let deep =
        (0..28).fold(json!(vec!["a@b.co"; size / 40]), |inner, _| json!({ fill("k", size / 64): inner }));
    all.push(("deep and long names".to_owned(), json!({ "note": deep.clone() })));
    all.push(("deep and long names in JSON".to_owned(), json!({ "payload": deep.to_string() })));
    let mut layers = json!({ "password": fill("s", size / 40) }).to_string();
    while layers.len() < size / 3 {
        layers = json!({ "a": layers }).to_string();
    }
    all.push(("JSON in JSON".to_owned(), json!({ "payload": layers.clone(), "note": layers })));
    all.push(("small texts".to_owned(), json!({ "note": vec!["{}"; size / 5] })));
    all.push((
        "many names".to_owned(),
        (0..size / 12).map(|n| (format!("k{n:05}"), json!(1))).collect::<Value>(),
    ));
    all
}

/// E25: no input of 32 KiB costs more than ten times what an ordinary one does.
#[test]
fn the_worst_input_costs_at_most_ten_ordinary_ones() {
    let usual = work_on(&json!({ "note": ordinary(BODY) }), "Quarterly report for the partner programme");
    let mut worst: Vec<(usize, String)> = Vec::new();
    for (name, parameters) in families(BODY) {
        let reason: String = parameters["note"].to_string().chars().take(2_000).collect();
        worst.push((work_on(&parameters, &reason), name));
    }
    worst.sort();
    let worst: Vec<String> = worst
        .iter()
        .rev()
        .take(8)
        .map(|(work, name)| format!("{:.1} {name}", *work as f64 / usual as f64))
        .collect();
    let first: f64 = worst[0].split(' ').next().unwrap().parse().unwrap();
    assert!(first <= 10.0, "{worst:#?}");
}

/// E25: twice the input, twice the work: none of them grows faster.
#[test]
fn work_grows_with_the_input() {
    let mut slow: Vec<String> = Vec::new();
    for ((name, small), (_, large)) in families(BODY / 16).into_iter().zip(families(BODY / 4)) {
        let (small, large) = (work_on(&small, "why"), work_on(&large, "why"));
        if large > small.saturating_mul(6) {
            slow.push(format!("{name}: {small} for a quarter, {large} for the whole"));
        }
    }
    assert_eq!(slow, Vec::<String>::new());
}

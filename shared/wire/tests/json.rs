//! O7: how foreign JSON is read; RFC 8785: how ours is written.
#![expect(clippy::unwrap_used, reason = "a check fails loudly")]
#![expect(clippy::disallowed_methods, reason = "the vectors hold numbers that our own reader refuses")]

use serde_json::{Value, json};
use wire::json::{canonical, is_container, parse, parse_value};

/// O7: what is refused, and why the caller is told so.
#[test]
fn refused() {
    let deep = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("nothing", b"".to_vec(), "EOF"),
        ("byte-order mark", b"\xEF\xBB\xBF{}".to_vec(), "byte-order mark"),
        ("trailing bytes", b"{} x".to_vec(), "trailing"),
        ("two values", b"{}{}".to_vec(), "trailing"),
        ("duplicate key", br#"{"a":1,"a":2}"#.to_vec(), "twice"),
        ("duplicate key below", br#"{"a":{"b":1,"b":1}}"#.to_vec(), "twice"),
        ("duplicate key, escaped", br#"{"a":1,"\u0061":2}"#.to_vec(), "twice"),
        ("lone surrogate", br#"{"a":"\ud800 then text"}"#.to_vec(), "hex escape"),
        ("not UTF-8", b"\"\xff\"".to_vec(), ""),
        ("NaN", b"NaN".to_vec(), ""),
        ("infinity", b"1e400".to_vec(), ""),
        ("integer beyond 2^53", b"9007199254740992".to_vec(), "2^53"),
        ("negative integer beyond 2^53", b"-9007199254740992".to_vec(), "2^53"),
        ("huge integer", b"123456789012345678901234567890".to_vec(), "2^53"),
        ("integer with an exponent", b"1e17".to_vec(), "2^53"),
        ("too deep", deep(32).into_bytes(), "too deep"),
        ("far too deep", deep(100_000).into_bytes(), ""),
    ];
    for (name, bytes, why) in cases {
        let error = parse_value(&bytes).expect_err(name).to_string();
        assert!(error.starts_with("malformed JSON") && error.contains(why), "{name}: {error}");
    }
}

/// E27: a number that would be read as another is refused, with its place.
#[test]
fn numbers_that_would_lose_their_value_are_refused() {
    for (text, column) in [
        ("[123.456e-789]", 2),
        ("[1e-400]", 2),
        ("{\"rate\":0.1000000000000000055}", 9),
        ("{\"a\\\"1e-999\":1, \"b\":-3.14159265358979323846}", 21),
        ("[1.00000000000000000001]", 2),
        ("[12345678901234567.5]", 0),
        ("[0.1e99999999999999999999]", 0),
        ("[1e-99999999999999999999]", 2),
    ] {
        let error = parse_value(text.as_bytes()).expect_err(text).to_string();
        assert!(column == 0 || error.ends_with(&format!("line 1 column {column}")), "{text}: {error}");
    }
    for text in [
        "[0.1, 1.10, 1E3, 1.5e-10, 5e-324, 0.30000000000000004, 2.2250738585072014e-308, -0.0, 0e99999999999999999999, 100.0]",
        "{\"1e-999\": \"123.456e-789\"}",
    ] {
        parse_value(text.as_bytes()).expect(text);
    }
}

/// E27: names are compared as they are shown, so two spellings of one are one key twice.
#[test]
fn two_spellings_of_a_name_are_one_key_twice() {
    for text in [
        "{\"caf\u{e9}\":1,\"cafe\u{301}\":2}",
        "{\"cafe\u{301}\":2,\"caf\u{e9}\":1}",
        "{\"a\":{\"\u{212b}\":1,\"\u{c5}\":2}}",
        "{\"\u{212a}\":1,\"K\":2}",
        "{\"o\u{31b}\u{323}\":1,\"o\u{323}\u{31b}\":2}",
        "{\"caf\\u00e9\":1,\"cafe\\u0301\":2}",
    ] {
        let error = parse_value(text.as_bytes()).expect_err(text).to_string();
        assert!(error.contains("twice"), "{text}: {error}");
    }
    parse_value("{\"caf\u{e9}\":1,\"cafe\":2,\"e\u{301}\":3}".as_bytes()).unwrap();
}

/// E1: what any reader would take for an object or array counts as one, however strict readers see it.
#[test]
fn containers_are_told_from_other_text() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for text in ["{}", " [1] \n", "{\"a\":1,\"a\":2}", "[1e400]", "[\"\\ud800\"]", &deep] {
        assert!(is_container(text), "{text}");
    }
    for text in ["", "1", "\"a\"", "{'a':1}", "[draft] notes [2]", "{a}", "[1,2", "{} {}", "[1],"] {
        assert!(!is_container(text), "{text}");
    }
}

#[test]
fn accepted() {
    for text in ["0", "-0.5", "9007199254740991", "{\"a\":[1,{\"b\":null}]}", " [ ] ", "\"\\ud83d\\ude00\""] {
        parse_value(text.as_bytes()).expect(text);
    }
    let levels = format!("{}1{}", "[".repeat(31), "]".repeat(31));
    parse_value(levels.as_bytes()).expect("31 levels and a number");
}

/// A key that some number types of the reader use internally is a key like any other.
#[test]
fn no_key_is_magic() {
    let text = br#"{"$serde_json::private::Number":"1"}"#;
    assert_eq!(parse::<Value>(text).unwrap(), json!({"$serde_json::private::Number": "1"}));
}

fn check(input: &str, expected: &str) {
    let value: Value = serde_json::from_str(input).unwrap();
    assert_eq!(canonical(&value).unwrap().into_string(), expected);
}

/// RFC 8785 §3.2.2 and §3.2.4.
#[test]
fn rfc_8785_example() {
    check(
        r#"{ "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
             "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false] }"#,
        "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
         \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}",
    );
}

/// RFC 8785 §3.2.3: by UTF-16 code units, not by code points.
#[test]
fn rfc_8785_sorting() {
    check(
        r#"{ "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
             "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis" }"#,
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\
         \"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}",
    );
}

/// The test data published with the RFC: arrays, french, structures, unicode, weird (values is the example above).
#[test]
fn rfc_8785_test_data() {
    check(r#"[ 56, { "d": true, "10": null, "1": [ ] } ]"#, r#"[56,{"1":[],"10":null,"d":true}]"#);
    check(
        r#"{ "peach": "This sorting order", "péché": "is wrong according to French", "pêche": "but canonicalization MUST",
             "sin": "ignore locale" }"#,
        r#"{"peach":"This sorting order","péché":"is wrong according to French","pêche":"but canonicalization MUST","sin":"ignore locale"}"#,
    );
    check(
        r#"{ "1": {"f": {"f": "hi","F": 5} ,"\n": 56.0}, "10": { }, "": "empty", "a": { }, "111": [ {"e": "yes","E": "no" } ], "A": { } }"#,
        r#"{"":"empty","1":{"\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{"E":"no","e":"yes"}],"A":{},"a":{}}"#,
    );
    check("{ \"Unnormalized Unicode\": \"A\\u030a\" }", "{\"Unnormalized Unicode\":\"A\u{30a}\"}");
    check(
        r#"{ "\u20ac": "Euro Sign", "\r": "Carriage Return", "\u000a": "Newline", "1": "One", "\u0080": "Control\u007f",
             "\ud83d\ude02": "Smiley", "\u00f6": "Latin Small Letter O With Diaeresis", "\ufb33": "Hebrew Letter Dalet With Dagesh",
             "</script>": "Browser Challenge" }"#,
        "{\"\\n\":\"Newline\",\"\\r\":\"Carriage Return\",\"1\":\"One\",\"</script>\":\"Browser Challenge\",\
         \"\u{80}\":\"Control\u{7f}\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😂\":\"Smiley\",\
         \"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}",
    );
}

/// RFC 8785 appendix B: IEEE 754 bits and the one way to write them.
#[test]
fn rfc_8785_numbers() {
    let table: &[(u64, &str)] = &[
        (0x0000_0000_0000_0000, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0xc340_0000_0000_0000, "-9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0x41b3_de43_5555_5554, "333333333.33333325"),
        (0x41b3_de43_5555_5555, "333333333.3333333"),
        (0x41b3_de43_5555_5556, "333333333.3333334"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ];
    for (bits, expected) in table {
        assert_eq!(canonical(&f64::from_bits(*bits)).unwrap().into_string(), *expected, "{bits:016x}");
    }
    for bits in [0x7fff_ffff_ffff_ffff_u64, 0x7ff0_0000_0000_0000] {
        assert!(canonical(&f64::from_bits(bits)).is_err(), "{bits:016x}");
    }
}

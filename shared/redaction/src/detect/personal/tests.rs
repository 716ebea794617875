//! Every row, by numbers made for it.

use proptest::prelude::*;
use serde_json::json;

use super::samples::{SAMPLES, made, spoilt};
use super::*;
use crate::{Known, Marks, redact, redact_text, redact_value};

/// Rules for numbers without a check digit, or whose last digit is none.
const UNCHECKED: [&str; 15] = [
    "au-medicare",
    "us-mbi",
    "uk-nino",
    "ar-dni",
    "dk-cpr",
    "mx-rfc",
    "us-ssn",
    "us-itin",
    "us-ein",
    "in-pan",
    "my-mykad",
    "kr-rrn",
    "pk-cnic",
    "id-nik",
    "is-kennitala",
];

fn shown(text: &str) -> String {
    redact_text(text, "", &Known::nothing()).text
}

fn alone(text: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    find(text, &mut found);
    found.iter().map(|found| found.rule).collect()
}

#[test]
fn the_tables_are_well_formed() {
    let rules: std::collections::BTreeSet<&str> = ROWS.iter().map(|row| row.rule).collect();
    assert!(rules.len() >= 100, "{}", rules.len());
    for row in ROWS.iter() {
        assert!(row.kind.is_personal(), "{}", row.rule);
        for picture in row.anywhere.iter().chain(row.named) {
            assert!(picture.len() <= row::LONGEST, "{picture}");
            assert!(picture.split(|char: char| !char.is_ascii_alphanumeric()).count() <= 8, "{picture}");
        }
        for picture in row.anywhere {
            assert!(!picture.bytes().all(|byte| byte == b'9'), "{}: a bare number would be found", row.rule);
        }
        for name in row.names {
            assert_eq!(*name, name.to_ascii_lowercase());
        }
    }
    assert!(words().all(|(word, row)| word.len() >= 3 && row < ROWS.len()));
}

/// Numbers that offices publish as examples, and numbers that another implementation made.
#[test]
fn numbers_from_elsewhere_are_theirs() {
    let mut wrong = Vec::new();
    for (rule, numbers) in SAMPLES {
        for number in numbers.split(", ") {
            let is = |number: &str| ROWS.iter().any(|row| row.rule == *rule && row.is(number));
            if !is(number) {
                wrong.push(format!("{rule}: {number}"));
            }
            if !UNCHECKED.contains(rule) && is(&spoilt(number)) {
                wrong.push(format!("{rule}: {}", spoilt(number)));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// One number for every picture of every row, alone, in a sentence and in JSON; and with a wrong check digit not.
#[test]
fn every_picture_is_found_wherever_it_may_stand() {
    for (seed, row) in (1..).zip(ROWS.iter()) {
        for picture in row.anywhere {
            let number = made(row, picture, seed);
            for text in [
                number.clone(),
                format!("see {number}, please"),
                format!("({number})"),
                number.to_lowercase(),
            ] {
                assert!(!shown(&text).contains(&number), "{}: {text}: {}", row.rule, shown(&text));
                assert!(
                    alone(&text).contains(&row.rule) || text.contains("gha"),
                    "{}: {text}: {:?}",
                    row.rule,
                    alone(&text)
                );
            }
            let value = json!({ "a": [number], "b": format!("{{\"c\": \"{number}\"}}") });
            let answer = redact_value(&value, "", &Known::nothing()).value.to_string();
            assert!(!answer.contains(&number), "{answer}");
            // It may be masked in what reaches a call too.
            let parameters = redact(&json!({ "note": format!("for {number}") }), "", &Marks::none()).unwrap();
            assert!(!parameters.parameters.to_string().contains(&number), "{number}");
            let wrong = spoilt(&number);
            let rows = ROWS
                .iter()
                .filter(|row| row.anywhere.iter().any(|picture| row.pictured(&wrong, 0, picture).is_some()));
            assert_eq!(
                alone(&wrong).len(),
                rows.map(|row| row
                    .anywhere
                    .iter()
                    .filter(|picture| row.pictured(&wrong, 0, picture).is_some())
                    .count())
                    .sum::<usize>(),
                "{wrong}"
            );
        }
    }
}

/// A number that tells nothing by itself is found beside each of its names, in a text and as the value of a field.
#[test]
fn every_name_is_known() {
    for (seed, row) in (1..).zip(ROWS.iter().filter(|row| !row.is_free())) {
        let picture = row.named.first().or(row.anywhere.first()).unwrap();
        let number = made(row, picture, seed);
        for name in row.names {
            let (snake, kebab) = (name.replace([' ', '\''], "_"), name.replace(' ', "-"));
            for text in [
                format!("{name}: {number}"),
                format!("{} {number}", name.to_ascii_uppercase()),
                format!("the customer's {kebab} is {number}."),
                format!("\"{snake}\": \"{number}\""),
                format!("{snake}={number};"),
            ] {
                let text = text.replace("driver_s", "driver's");
                assert!(!shown(&text).contains(&number), "{}: {text}: {}", row.rule, shown(&text));
            }
            // Names in other scripts are known in texts only.
            let ascii = name.bytes().filter(u8::is_ascii_alphabetic).count();
            if ascii < 3 {
                continue;
            }
            for field in [
                snake.clone(),
                kebab,
                format!("customer_{snake}"),
                format!("{snake}_number"),
                name.replace([' ', '\''], ""),
            ] {
                let value = json!({ &field: number });
                let answer = redact_value(&value, "", &Known::nothing()).value;
                assert!(!answer.to_string().contains(&number), "{}: {value}", row.rule);
                if let Some(number) = number.parse::<u64>().ok().filter(|plain| plain.to_string() == number) {
                    let value = json!({ &field: number });
                    let answer = redact_value(&value, "", &Known::nothing()).value;
                    assert!(!answer.to_string().contains(&number.to_string()), "{}: {value}", row.rule);
                }
            }
        }
    }
}

#[test]
fn what_is_written_freely_is_found_beside_its_name() {
    for (text, left) in [
        ("dob: 1980-03-12", "dob: ‹birth-date 1›"),
        ("Date of birth: March 12, 1980.", "Date of birth: ‹birth-date 1›."),
        ("born on 12.3.1980 in Bonn", "born on ‹birth-date 1› in Bonn"),
        ("Geburtsdatum 12. Mai 1980", "Geburtsdatum ‹birth-date 1›"),
        ("passport number X1234567B, please", "passport number ‹passport 1›, please"),
        ("Passport No. 533401372", "Passport No. ‹passport 1›"),
        ("driver's license D123-4567-8901", "driver's license ‹national-id 1›"),
        ("cvv: 123", "cvv: ‹card 1›"),
        ("cvv checks failed for 123 rows", "cvv checks failed for 123 rows"),
        ("bank account 12345678", "bank account ‹bank-account 1›"),
        ("wallet 0x52908400098527886e0f7030069857d2e4169ee7", "wallet ‹crypto-address 1›"),
        ("passport photos were uploaded to s3 12345678", "passport photos were uploaded to s3 12345678"),
        ("national id checks: 12 of 12408 failed", "national id checks: 12 of 12408 failed"),
        ("the tax number format changed on 2026-11-21", "the tax number format changed on 2026-11-21"),
    ] {
        assert_eq!(shown(text), left);
    }
    let value = json!({ "dateOfBirth": "12/03/1980", "birth_date": "1980-03-12T00:00:00Z", "passportNumber": "533401372",
        "tax_id": 123_456_789, "national_id": "none", "dob": "unknown" });
    let shown = redact_value(&value, "", &Known::nothing()).value;
    let masked: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .filter(|key| shown[*key] != value[*key])
        .map(String::as_str)
        .collect();
    assert_eq!(masked, ["dateOfBirth", "birth_date", "passportNumber", "tax_id"]);
}

#[test]
fn tables_and_names_with_hyphens() {
    for (text, left) in [
        ("1001,536-90-4399,12", "1001,‹national-id 1›,12"),
        ("7,12345678Z,9", "7,‹national-id 1›,9"),
        ("SSN-536904399 and SSN#536904399", "SSN-‹national-id 1› and SSN#‹national-id 1›"),
        ("ORD-536-90-4399 and 1-536-90-4399-7", "ORD-536-90-4399 and 1-536-90-4399-7"),
        ("nhs 943,476,5919", "nhs 943,476,5919"),
    ] {
        assert_eq!(shown(text), left);
    }
}

#[test]
fn lines_of_travel_documents_are_found() {
    for line in [
        "P<UTOSPECIMEN<<ALICE<<<<<<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
        "I<UTOD231458907<<<<<<<<<<<<<<<",
        "7408122F1204159UTO<<<<<<<<<<<6",
        "SPECIMEN<<ALICE<<<<<<<<<<<<<<<",
        "I<UTOSPECIMEN<<ALICE<<<<<<<<<<<<<<<<",
        "D231458907UTO7408122F1204159<<<<<<<6",
    ] {
        assert_eq!(alone(line), ["travel-document"], "{line}");
        assert_eq!(alone(&format!("scan:\n{line}\n")), ["travel-document"], "{line}");
    }
    assert_eq!(alone("L898902C46UTO7408122F1204159ZE184226B<<<<<10"), Vec::<&str>::new());
    assert_eq!(alone("cat <<EOF && std::cout << A << B"), Vec::<&str>::new());
}

#[test]
fn identifiers_stay_readable() {
    for text in [
        "arn:aws:iam::123456789012:role/x 123456789012 1234-5678-9012 1111-2222-3333",
        "2026-11-21T14:47:31.204Z 21.11.2026 01/02/2026 20261121 1763718000 1763718000000 1763718000000000",
        "550e8400-e29b-41d4-a716-446655440000 12345678-e29b-41d4-a716-446655440000",
        "10.0.0.1 192.168.100.200 fe80::1 v1.2.3 1.22.333-4 2026.11.21-1",
        "9f2c41d0b7e35a1c6d8e4f2a9b0c1d2e3f4a5b6c sha256:8d1f6a0b5c1e4e0b9a8c1f3b2d7e6a5940c3b2a1908f7e6d5c4b3a2918070605",
        "INV-2026-00012345 ORD-123-4567890-1234567 order 4812 12,408 rows 1,234,567.89 1 234 567 EUR 12.345.678,90",
        "i-0abcd1234ef567890 vol-049df61146c4d7901 subnet-9d4a7b6c ami-0c55b159cbfafe1f0 eni-1a2b3c4d",
        "backup_20261121-1430.tgz 20261121-1435 job_12345678Z run-12345678Z s3://b/part-00000-12345678.csv 111222333 44051401359 4405140135",
        "date 2026-11-21, update 20261121, a pan of 12 and a sin of 7",
    ] {
        assert_eq!(shown(text), text);
    }
}

#[test]
fn names_are_whole_words() {
    assert_eq!(shown("cousin 046454286, sinus 046454286"), "cousin 046454286, sinus 046454286");
    for name in [
        "cousin",
        "session",
        "raisin_count",
        "company",
        "user_id",
        "routing",
        "nextToken",
        "created_date",
        "id",
    ] {
        assert!(
            field(name)
                .is_none_or(|field| field.row("2026-11-21").is_none() && field.row("44051401359").is_none()),
            "{name}"
        );
    }
    for name in [
        "ssn",
        "userSSN",
        "user_ssn",
        "USER-SSN",
        "socialSecurityNumber",
        "socialsecuritynumber",
        "ssnNumber",
    ] {
        assert_eq!(
            field(name).and_then(|field| field.row("536-90-4399")).map(|row| row.rule),
            Some("us-ssn"),
            "{name}"
        );
    }
    assert_eq!(
        shown("assessing 536904399 and sessions 536904399"),
        "assessing 536904399 and sessions 536904399"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// No number of any kind is left, wherever its picture tells.
    #[test]
    fn nothing_of_a_number_is_left(row in 0_usize..500, picture in 0_usize..8, seed in 1_u64.., head in "[a-z ,:(]{0,12}", tail in "[a-z ,:)]{0,12}") {
        let row = ROWS[row % ROWS.len()];
        let pictures: Vec<&&str> = row.anywhere.iter().chain(row.named).collect();
        prop_assume!(!pictures.is_empty());
        let picture = pictures[picture % pictures.len()];
        let number = made(row, picture, seed);
        let name = if row.anywhere.contains(picture) { "" } else { row.names[seed as usize % row.names.len()] };
        let text = format!("{head} {name} {number} {tail}");
        prop_assert!(!shown(&text).contains(&number), "{}: {text}", row.rule);
    }

}

proptest! {
    /// Bare digits, days, times, hashes and what names things in a cloud are nobody's number.
    #[test]
    fn ordinary_numbers_stay(
        digits in "[0-9]{5,20}",
        hash in "[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{32}",
        uuid in "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
        time in 0_i64..4_000_000_000,
        account in "[0-9]{12}",
        day in "20[0-9]{2}-(0[1-9]|1[0-2])-[0-2][0-9]",
        ip in "(1?[0-9]{1,2}\\.){3}1?[0-9]{1,2}",
    ) {
        let grouped = format!("{}-{}-{}", &account[..4], &account[4..8], &account[8..]);
        let arn = format!("arn:aws:iam::{account}:role/etl");
        let stamp = format!("{day}T{:02}:{:02}:{:02}.{:03}Z", time % 24, time % 60, time % 59, time % 1000);
        let time = format!("{time} {time}000");
        for text in [digits, hash, uuid, time, account, grouped, arn, day, stamp, ip] {
            prop_assert_eq!(alone(&text), Vec::<&str>::new(), "{}", text);
        }
    }

    /// E1: whatever a value is called, only what looks like such a number may be masked for its name.
    #[test]
    fn a_name_hides_nothing_else(command in "[a-z ]{4,12}; [a-z]{3} [\\PC]{0,12}", row in 0_usize..500) {
        let row = ROWS[row % ROWS.len()];
        for name in row.names {
            let of = |name: &str| redact_value(&json!({ name: command }), "", &Known::nothing()).value[name].clone();
            prop_assert_eq!(of(name), of("note"));
        }
    }
}

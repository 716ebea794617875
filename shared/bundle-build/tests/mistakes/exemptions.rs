//! C27: which targets may show what a detector finds.

use serde_json::{Value, json};

use crate::sample::Sample;
use crate::{EXPORT, is_named};

fn exempting(exempt: Value) -> Vec<String> {
    Sample::new().set(EXPORT, "/redaction/exempt", exempt).mistakes()
}

fn one(target: &str, detector: &str, because: &str) -> Value {
    json!({ "target": target, "detector": detector, "because": because })
}

/// C27: an exemption of a target from a detector of personal data, with a reason, builds.
#[test]
fn an_exemption_builds() {
    for detector in ["card", "phone", "email", "iban"] {
        let exempt = json!([one("/destination", detector, "keys hold order numbers")]);
        assert_eq!(exempting(exempt), Vec::<String>::new(), "{detector}");
    }
}

/// C27: one that names no target, no detector, one of secrets, or no reason is refused with what is wrong.
#[test]
fn exemptions_that_say_nothing_or_too_much_are_refused() {
    let because = "keys hold order numbers";
    let card = |because: &str| one("/destination", "card", because);
    for (exempt, expected) in [
        (json!([one("/note", "card", because)]), "`/note` is no target"),
        (json!([one("/destination/key", "card", because)]), "`/destination/key` is no target"),
        (json!([one("/destination", "cards", because)]), "did you mean `card`?"),
        (json!([one("/destination", "anything", because)]), "`anything` is no detector"),
        (json!([one("/destination", "private-key", because)]), "nothing is exempt from `private-key`"),
        (json!([one("/destination", "aws-secret", because)]), "nothing is exempt from `aws-secret`"),
        (json!([one("/destination", "aws-key", because)]), "nothing is exempt from `aws-key`"),
        (json!([one("/destination", "jwt", because)]), "nothing is exempt from `jwt`"),
        (json!([one("/destination", "password", because)]), "nothing is exempt from `password`"),
        (json!([one("/destination", "token", because)]), "nothing is exempt from all of `token`"),
        (json!([card(" ")]), "`because` says in one line"),
        (json!([card("two\nlines")]), "`because` says in one line"),
        (json!([card(&"long ".repeat(60))]), "`because` says in one line"),
        (json!([{ "target": "/destination", "detector": "card" }]), "because"),
        (json!([card(because), card("y")]), "`/destination` is exempt from `card` twice"),
    ] {
        let what = exempt.to_string();
        is_named(&exempting(exempt), (EXPORT, &what), expected);
    }
}

//! C27: which targets may show what a detector finds.

use crate::{EXPORT, each_is_named, mistakes};

const TARGETS: &str = "targets: [/source, /destination]";

fn exempting(target: &str, detector: &str, because: &str) -> String {
    format!("{TARGETS}\n  exempt: [{{ target: {target}, detector: {detector}, because: {because} }}]")
}

/// C27: an exemption of a target from a detector of personal data, with a reason, builds.
#[test]
fn an_exemption_builds() {
    for detector in ["card", "phone", "email", "iban"] {
        let exempt = exempting("/destination", detector, "keys hold order numbers");
        assert_eq!(mistakes(EXPORT, TARGETS, &exempt), Vec::<String>::new(), "{detector}");
    }
}

/// C27: one that names no target, no detector, one of secrets, or no reason is refused with what is wrong.
#[test]
fn exemptions_that_say_nothing_or_too_much_are_refused() {
    let because = "keys hold order numbers";
    for (exempt, expected) in [
        (exempting("/note", "card", because), "`/note` is no target"),
        (exempting("/destination/key", "card", because), "`/destination/key` is no target"),
        (exempting("/destination", "cards", because), "did you mean `card`?"),
        (exempting("/destination", "anything", because), "`anything` is no detector"),
        (exempting("/destination", "private-key", because), "nothing is exempt from `private-key`"),
        (exempting("/destination", "aws-secret", because), "nothing is exempt from `aws-secret`"),
        (exempting("/destination", "aws-key", because), "nothing is exempt from `aws-key`"),
        (exempting("/destination", "jwt", because), "nothing is exempt from `jwt`"),
        (exempting("/destination", "password", because), "nothing is exempt from `password`"),
        (exempting("/destination", "token", because), "nothing is exempt from all of `token`"),
        (exempting("/destination", "card", "\" \""), "`because` says in one line"),
        (exempting("/destination", "card", "\"two\\nlines\""), "`because` says in one line"),
        (exempting("/destination", "card", &"long ".repeat(60)), "`because` says in one line"),
        (
            exempting("/destination", "card", because).replace(", because: keys hold order numbers", ""),
            "because",
        ),
        (
            exempting("/destination", "card", because)
                .replace(" }]", " }, { target: /destination, detector: card, because: y }]"),
            "`/destination` is exempt from `card` twice",
        ),
    ] {
        each_is_named(&[(EXPORT, TARGETS, &exempt, expected)]);
    }
}

//! From which detectors an author may exempt a target, where every proposal would otherwise be refused: keys of objects
//! that look like card numbers, for example (C27). An exemption shows what that detector finds there, and nothing else.

use crate::detect::{self, is_personal};

/// Why a target cannot be exempted from a detector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExemptionError {
    /// Nothing that finds anything is called so.
    #[error("`{name}` is no detector{}; `countersign redact` names the one that finds a text", hint(.near))]
    Unknown {
        /// What was written, at most 80 characters of it.
        name: String,
        /// The detector whose name is most alike, if one is.
        near: Option<&'static str>,
    },
    /// The detector finds secrets, not something that only looks like personal data.
    #[error("nothing is exempt from `{0}`: it finds secrets, and a target that holds one is refused")]
    Secret(&'static str),
    /// All tokens at once.
    #[error("nothing is exempt from all of `{0}`: name the one rule that finds a text, such as {example}", example = example(.0))]
    TooWide(&'static str),
}

/// The detector of this name, if a target can be exempted from it: a kind of personal data, one of its rules, or the rule of
/// one vendor's tokens. Never what finds private keys, AWS keys and secrets, JWTs and what a name calls secret.
///
/// # Errors
/// [`ExemptionError`].
pub fn exemptible(name: &str) -> Result<&'static str, ExemptionError> {
    among(name, &detect::rules())
}

fn among(name: &str, rules: &[(&'static str, &'static str)]) -> Result<&'static str, ExemptionError> {
    let names = rules.iter().flat_map(|(rule, kind)| [*rule, *kind]);
    let Some(known) = names.clone().find(|known| *known == name) else {
        let near = names.map(|known| (distance(known, name), known)).min();
        let near =
            near.filter(|(distance, known)| *distance <= 2.max(known.len() / 4)).map(|(_, known)| known);
        return Err(ExemptionError::Unknown { name: name.chars().take(80).collect(), near });
    };
    // A name can be both a rule's and a kind's: it then means everything of that kind.
    let kinds =
        || rules.iter().filter(|(rule, kind)| *rule == known || *kind == known).map(|(_, kind)| *kind);
    let whole_kind = kinds().any(|kind| kind == known);
    if kinds().all(is_personal) {
        Ok(known)
    } else if kinds().any(|kind| kind != "token") {
        Err(ExemptionError::Secret(known))
    } else if whole_kind {
        Err(ExemptionError::TooWide(known))
    } else {
        Ok(known)
    }
}

fn hint(near: &Option<&'static str>) -> String {
    near.map_or_else(String::new, |near| format!(": did you mean `{near}`?"))
}

fn example(kind: &str) -> String {
    let rules = detect::rules();
    let rule = rules.iter().find(|(rule, of)| *of == kind && rule != of);
    rule.map_or_else(|| "one that a refusal names".to_owned(), |(rule, _)| format!("`{rule}`"))
}

/// How many letters are put in, left out or changed between two names.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(80).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, char) in one.chars().enumerate() {
        let mut before = line;
        let mut last = line + 1;
        let mut next = vec![last];
        for (above, same) in row.iter().skip(1).zip(&other) {
            last = (before + usize::from(char != *same)).min(above + 1).min(last + 1);
            before = *above;
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: [(&str, &str); 7] = [
        ("card", "card"),
        ("us-ssn", "national-id"),
        ("email", "email"),
        ("slack-token", "token"),
        ("token", "token"),
        ("aws-access-key", "aws-key"),
        ("password", "password"),
    ];

    /// C27: personal data by kind or rule, a vendor's tokens by their rule alone, secrets never.
    #[test]
    fn secrets_have_no_exemption() {
        for (name, allowed) in [("card", true), ("email", true), ("slack-token", true)] {
            assert_eq!(among(name, &RULES).is_ok(), allowed, "{name}");
        }
        for name in ["aws-access-key", "aws-key", "password"] {
            assert_eq!(among(name, &RULES), Err(ExemptionError::Secret(name)), "{name}");
        }
        assert_eq!(among("token", &RULES), Err(ExemptionError::TooWide("token")));
        for name in ["private-key", "aws-secret", "aws-key", "jwt", "password", "token"] {
            assert!(exemptible(name).is_err(), "{name}");
        }
        for name in ["card", "iban", "email", "phone"] {
            assert_eq!(exemptible(name), Ok(name));
        }
    }

    /// C27: a name that is nearly a detector's is told so.
    #[test]
    fn a_mistyped_detector_is_told() {
        let near = |name: &str| match exemptible(name) {
            Err(ExemptionError::Unknown { near, .. }) => near,
            other => panic!("{other:?}"),
        };
        assert_eq!(near("cards"), Some("card"));
        assert_eq!(near("Phone"), Some("phone"));
        assert_eq!(near("credit-card-number"), None);
        assert_eq!(near(""), None);
        let text = exemptible("emial").unwrap_err().to_string();
        assert!(text.contains("did you mean `email`?"), "{text}");
        assert_eq!((distance("", "abc"), distance("abc", "abc"), distance("kitten", "sitting")), (3, 0, 3));
    }

    /// Whatever a detector says it is called can be looked up.
    #[test]
    fn every_finding_has_a_name_that_is_known() {
        let jwt = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";
        for text in
            ["alice@example.com", "4539578763621486", "AKIAIOSFODNN7EXAMPLE", "password=hunter2x", jwt]
        {
            for found in detect::find(text) {
                assert!(
                    detect::rules().contains(&(found.rule, found.kind.name())),
                    "{} {:?}",
                    found.rule,
                    found.kind
                );
            }
        }
    }
}

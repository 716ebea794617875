//! Who asks and where a request comes from: names, and facts that a token or an agent tells.

use wire::documents::Provenance;

use crate::detect::{self, is_personal};
use crate::fold::Folded;
use crate::known::Known;
use crate::redact_text;

/// Facts about where a request comes from, as they may be stored and shown: values redacted, names and order kept.
#[must_use]
pub fn redact_facts(facts: &[Provenance], known: &Known) -> Vec<Provenance> {
    let fact = |fact: &Provenance| {
        let pointer = format!("/provenance/{}", fact.name);
        Provenance { value: redact_text(&fact.value, &pointer, known).text, ..fact.clone() }
    };
    facts.iter().map(fact).collect()
}

/// The kind of secret that a name of a person, an agent or an account holds, if it holds one. Personal data is what names are
/// made of and stays; words such as `password:` are part of many names and tell nothing.
#[must_use]
pub fn secret_in_name(name: &str) -> Option<&'static str> {
    let found = detect::find(&Folded::of(name).text).into_iter();
    let mut kinds =
        found.map(|found| found.kind.name()).filter(|kind| !is_personal(kind) && *kind != "password");
    kinds.next()
}

/// A name as it may be stored and shown: as it is, unless it holds a secret.
#[must_use]
pub fn redact_name(name: &str) -> String {
    match secret_in_name(name) {
        Some(_) => redact_text(name, "", &Known::nothing()).text,
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "ghp_aB3daB3daB3daB3daB3daB3daB3daB3daB3d";

    #[test]
    fn names_keep_personal_data_and_lose_secrets() {
        for name in [
            "alice@example.com",
            "repo:acme/reset-password:ref:refs/heads/main",
            "arn:aws:sts::123456789012:assumed-role/etl-nightly/session",
            "auth0|5f7c8ec7c33c6c004bbafe82",
            "110169484474386276334",
        ] {
            assert_eq!((redact_name(name).as_str(), secret_in_name(name)), (name, None));
        }
        let name = format!("repo:acme/etl:ref:refs/heads/{TOKEN}");
        assert_eq!(secret_in_name(&name), Some("token"));
        assert!(!redact_name(&name).contains(TOKEN));
    }

    #[test]
    fn facts_are_redacted_in_place() {
        let fact = |value: String| Provenance { name: "branch".to_owned(), value, verified: true };
        let facts = [fact(format!("fix/{TOKEN}")), fact("main".to_owned())];
        let shown = redact_facts(&facts, &Known::nothing());
        assert_eq!(shown, [fact("fix/‹token 1›".to_owned()), fact("main".to_owned())]);
    }
}

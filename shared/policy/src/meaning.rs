//! What a rule's text says apart from how it is written.

use cedar_policy::Policy;
use serde_json::Value;

/// Annotations that only people read: they decide nothing.
const FOR_PEOPLE: [&str; 2] = ["reason", "instead"];

/// How far two texts of a rule differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rewording {
    /// Only comments or white space: both parse to the same policy.
    Layout,
    /// Only what the rule says to people: `@reason`, `@instead`, comments or white space.
    Words,
}

/// How far two texts of a rule differ, where they decide alike; none when they may decide differently, or when one of them
/// does not parse.
#[must_use]
pub fn rewording(before: &str, after: &str) -> Option<Rewording> {
    let parsed = |text: &str| Policy::parse(None, text).ok()?.to_json().ok();
    let (mut before, mut after) = (parsed(before)?, parsed(after)?);
    if before == after {
        return Some(Rewording::Layout);
    }
    for policy in [&mut before, &mut after] {
        let annotations = policy.get_mut("annotations").and_then(Value::as_object_mut);
        if let Some(annotations) = annotations {
            annotations.retain(|name, _| !FOR_PEOPLE.contains(&name.as_str()));
        }
    }
    (before == after).then_some(Rewording::Words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_decides_nothing_is_a_rewording() {
        let rule = "@id(\"a\") @reason(\"No\") @approval(\"x\")\nforbid (principal, action, resource)\nwhen { context.n >= 3 };";
        for (from, to, expected) in [
            ("forbid", "// a note\nforbid", Some(Rewording::Layout)),
            ("when { ", "when {\n  ", Some(Rewording::Layout)),
            ("@reason(\"No\") ", "@reason(\"Never\") ", Some(Rewording::Words)),
            ("@reason(\"No\") ", "", Some(Rewording::Words)),
            ("@reason(\"No\") ", "@instead(\"Ask\") ", Some(Rewording::Words)),
            ("@approval(\"x\")", "@approval(\"y\")", None),
            ("@approval(\"x\")", "@approval(\"x\") @mode(\"observe\")", None),
            (">= 3", ">= 3000", None),
            ("context.n >= 3", "true || context.n >= 3 // note", None),
            ("forbid", "permit", None),
            ("when {", "unless {", None),
            (";", "; )", None),
        ] {
            assert_eq!(rewording(rule, &rule.replace(from, to)), expected, "{from} -> {to}");
        }
        assert_eq!(rewording("no rule", "no rule"), None);
    }
}

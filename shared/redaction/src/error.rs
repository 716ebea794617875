//! Why a request cannot be shown, and so is refused.

use crate::exempt::exemptible;

/// A final no to a request. The text names the place and what to do; it repeats no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedactionError {
    /// What names a verb, target or destination looks secret: it cannot be masked, so it is refused.
    #[error("what is acted on must stay readable, and {}", in_target(.kind, .rule.as_deref()))]
    SecretInTarget {
        /// The field, e.g. `/parameters/destination`.
        pointer: String,
        /// What was found, e.g. `email`.
        kind: String,
        /// The rule that found it; none when it is masked in another parameter.
        rule: Option<String>,
    },
    /// Something in a parameter would have to be masked, and what a mask there hides could be more than a secret (E1).
    #[error(
        "this holds what looks like `{kind}`, and a mask there could hide more than that: give the value alone, in a \
         parameter that the catalogue marks as secret or under a name that says so (`password`, `token`), or leave it out"
    )]
    Unmaskable {
        /// The parameter.
        pointer: String,
        /// What was found.
        kind: String,
    },
    /// What is masked in one parameter stands readable in another, where nothing but that would mask it.
    #[error(
        "what is masked as `{kind}` elsewhere stands here too: leave it out, or mark this parameter in the catalogue"
    )]
    Repeated {
        /// The parameter.
        pointer: String,
        /// What the catalogue, a name or a detector calls it.
        kind: String,
    },
    /// So much would be masked that it cannot be looked for everywhere else.
    #[error("this holds more secrets and personal data than can be masked: send fewer at once")]
    TooMuch {
        /// The parameters.
        pointer: String,
    },
    /// A text that is JSON and not as it must be.
    #[error("{detail}")]
    Json {
        /// The parameter.
        pointer: String,
        /// What is wrong with it, and where in it.
        detail: String,
    },
    /// A character of a target that looks like another.
    #[error(
        "character {offset} is U+{codepoint:04X}, which looks like another or mixes scripts: what is acted on is named in \
         letters that nobody can take for others"
    )]
    LookAlike {
        /// The field.
        pointer: String,
        /// Its place, counted in characters from 0.
        offset: u32,
        /// The character.
        codepoint: u32,
    },
    /// A value that somebody typed to be shown would have to be masked.
    #[error("this looks like `{kind}`, which nobody else would be shown: it takes a proposal of its own")]
    SecretInChange {
        /// The field.
        pointer: String,
        /// What was found, or what the catalogue calls it.
        kind: String,
    },
    /// The name of a field looks secret.
    #[error("the name of a field in here looks like `{kind}`: put it into a value")]
    SecretInKey {
        /// The object that has the field; the name itself is not repeated.
        pointer: String,
        /// What was found.
        kind: String,
    },
    /// A character nobody can see.
    #[error("character {offset} is U+{codepoint:04X}, which cannot be seen: leave it out")]
    Hidden {
        /// The field; for a field's name the object that has it.
        pointer: String,
        /// Its place, counted in characters from 0.
        offset: u32,
        /// The character.
        codepoint: u32,
    },
    /// Text that looks like one of our masks.
    #[error("this looks like a masked value (`‹kind 1›`): send the value itself")]
    TypedPlaceholder {
        /// The field; for a field's name the object that has it.
        pointer: String,
    },
}

/// What stands in a target, and the ways out (C27).
fn in_target(kind: &str, rule: Option<&str>) -> String {
    let Some(rule) = rule else {
        return format!("what is masked as `{kind}` elsewhere stands here too: name it without");
    };
    let by = if rule == kind { String::new() } else { format!(" (rule `{rule}`)") };
    let exempt = match exemptible(rule) {
        Ok(name) => format!(", or ask the owner of the action type to exempt this target from `{name}`"),
        Err(_) => String::new(),
    };
    format!("this looks like `{kind}`{by}: name it without{exempt}")
}

impl RedactionError {
    /// The stable code of the HTTP contract: `secret-in-target`, `secret-in-parameter`, `invalid-parameters` or
    /// `hidden-characters`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::SecretInTarget { .. } | Self::SecretInChange { .. } | Self::SecretInKey { .. } => {
                "secret-in-target"
            }
            Self::Unmaskable { .. } | Self::Repeated { .. } | Self::TooMuch { .. } => "secret-in-parameter",
            Self::Json { .. } => "invalid-parameters",
            Self::Hidden { .. } | Self::TypedPlaceholder { .. } | Self::LookAlike { .. } => {
                "hidden-characters"
            }
        }
    }

    /// Where: a JSON pointer into the request's body.
    #[must_use]
    pub fn pointer(&self) -> &str {
        match self {
            Self::SecretInTarget { pointer, .. }
            | Self::SecretInChange { pointer, .. }
            | Self::SecretInKey { pointer, .. }
            | Self::Unmaskable { pointer, .. }
            | Self::Repeated { pointer, .. }
            | Self::TooMuch { pointer }
            | Self::Json { pointer, .. }
            | Self::LookAlike { pointer, .. }
            | Self::Hidden { pointer, .. }
            | Self::TypedPlaceholder { pointer } => pointer,
        }
    }
}

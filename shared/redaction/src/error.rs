//! Why a request cannot be shown, and so is refused.

/// A final no to a request. The text names the place and what to do; it repeats no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedactionError {
    /// What names a verb, target or destination looks secret: it cannot be masked, so it is refused.
    #[error("what is acted on must stay readable, and this looks like `{kind}`: name it without")]
    SecretInTarget {
        /// The field, e.g. `/parameters/destination`.
        pointer: String,
        /// What was found, e.g. `email`.
        kind: String,
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

impl RedactionError {
    /// The stable code of the HTTP contract: `secret-in-target` or `hidden-characters`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::SecretInTarget { .. } | Self::SecretInChange { .. } | Self::SecretInKey { .. } => {
                "secret-in-target"
            }
            Self::Hidden { .. } | Self::TypedPlaceholder { .. } => "hidden-characters",
        }
    }

    /// Where: a JSON pointer into the request's body.
    #[must_use]
    pub fn pointer(&self) -> &str {
        match self {
            Self::SecretInTarget { pointer, .. }
            | Self::SecretInChange { pointer, .. }
            | Self::SecretInKey { pointer, .. }
            | Self::Hidden { pointer, .. }
            | Self::TypedPlaceholder { pointer } => pointer,
        }
    }
}

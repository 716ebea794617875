//! What a catalogue entry says about its parameters: always masked, or never.

/// The marks of one catalogue entry. Pointers are relative to `parameters`, e.g. `/value`; a `*` segment stands for
/// every member of an object or array. A mark covers everything below it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    masked: Vec<(Pattern, String)>,
    targets: Vec<Pattern>,
}

/// Why marks do not build.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarksError {
    /// Not a JSON pointer.
    #[error("`{0}` is not a JSON pointer like `/value`")]
    Pointer(String),
    /// Not a word a placeholder can show.
    #[error("`{0}` is not a kind: lower-case letters and hyphens, at most 24")]
    Kind(String),
    /// What is acted on would be hidden.
    #[error("`{masked}` would mask `{target}`, which is acted on and must stay readable")]
    HidesTarget {
        /// The masked pointer.
        masked: String,
        /// The target's.
        target: String,
    },
}

/// What is said about one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark<'a> {
    None,
    /// Replaced whole by a placeholder of this kind.
    Masked(&'a str),
    /// Verb, target or destination: never masked.
    Target,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    text: String,
    segments: Vec<String>,
}

impl Marks {
    /// The marks: `(pointer, kind)` of what is always masked, and pointers of verb, target and destination.
    ///
    /// # Errors
    /// [`MarksError`]; W22: a mask above, at or below a target does not build.
    pub fn new<'a>(
        masked: impl IntoIterator<Item = (&'a str, &'a str)>,
        targets: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, MarksError> {
        let targets = targets.into_iter().map(Pattern::parse).collect::<Result<Vec<_>, _>>()?;
        let masked = masked
            .into_iter()
            .map(|(pointer, kind)| Ok((Pattern::parse(pointer)?, checked(kind)?)))
            .collect::<Result<Vec<_>, MarksError>>()?;
        for (mask, _) in &masked {
            if let Some(target) = targets.iter().find(|target| mask.meets(target)) {
                return Err(MarksError::HidesTarget {
                    masked: mask.text.clone(),
                    target: target.text.clone(),
                });
            }
        }
        Ok(Self { masked, targets })
    }

    /// No marks: detectors alone decide.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// What is said about the place with these segments.
    pub(crate) fn at(&self, path: &[String]) -> Mark<'_> {
        if self.targets.iter().any(|target| target.covers(path)) {
            return Mark::Target;
        }
        let mask = self.masked.iter().find(|(pattern, _)| pattern.covers(path));
        mask.map_or(Mark::None, |(_, kind)| Mark::Masked(kind))
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, MarksError> {
        let wrong = || MarksError::Pointer(text.chars().take(80).collect());
        let rest = text.strip_prefix('/').ok_or_else(wrong)?;
        let segments = rest.split('/').map(unescaped).collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
        Ok(Self { text: text.to_owned(), segments })
    }

    fn covers(&self, path: &[String]) -> bool {
        self.segments.len() <= path.len() && self.agrees(path)
    }

    fn meets(&self, other: &Self) -> bool {
        self.agrees(&other.segments)
    }

    fn agrees(&self, path: &[String]) -> bool {
        let same = |(mine, other): (&String, &String)| mine == "*" || other == "*" || mine == other;
        self.segments.iter().zip(path).all(same)
    }
}

/// A pointer's segment as the key it names (RFC 6901).
fn unescaped(segment: &str) -> Option<String> {
    let mut key = String::new();
    let mut chars = segment.chars();
    while let Some(char) = chars.next() {
        key.push(match char {
            '~' => match chars.next() {
                Some('0') => '~',
                Some('1') => '/',
                _ => return None,
            },
            other => other,
        });
    }
    Some(key)
}

/// A key as a pointer's segment.
pub(crate) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn checked(kind: &str) -> Result<String, MarksError> {
    let word = |b: u8| b.is_ascii_lowercase() || b == b'-';
    if (1..=24).contains(&kind.len()) && kind.bytes().all(word) && !kind.starts_with('-') {
        Ok(kind.to_owned())
    } else {
        Err(MarksError::Kind(kind.chars().take(80).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(pointer: &str) -> Vec<String> {
        Pattern::parse(pointer).unwrap().segments
    }

    #[test]
    fn a_mark_covers_what_is_below_it() {
        let marks =
            Marks::new([("/value", "secret"), ("/rows/*/note", "note")], ["/secret", "/a~1b"]).unwrap();
        assert_eq!(marks.at(&path("/value/deep/er")), Mark::Masked("secret"));
        assert_eq!(marks.at(&path("/rows/3/note")), Mark::Masked("note"));
        assert_eq!(marks.at(&path("/rows/3/name")), Mark::None);
        assert_eq!(marks.at(&path("/rows")), Mark::None);
        assert_eq!(marks.at(&path("/secret")), Mark::Target);
        assert_eq!(marks.at(&["a/b".to_owned()]), Mark::Target);
    }

    /// W22: what is acted on cannot be masked, however the marks are written.
    #[test]
    fn marks_that_would_hide_a_target_do_not_build() {
        for (masked, target) in [("/to", "/to"), ("/to", "/to/bucket"), ("/to/key", "/to"), ("/*", "/to")] {
            let marks = Marks::new([(masked, "secret")], [target]);
            assert!(matches!(marks, Err(MarksError::HidesTarget { .. })), "{masked} over {target}");
        }
    }

    #[test]
    fn marks_that_say_nothing_do_not_build() {
        for pointer in ["", "value", "/a~2", "/a~"] {
            assert!(matches!(Marks::new([(pointer, "x")], []), Err(MarksError::Pointer(_))), "{pointer}");
        }
        for kind in ["", "Secret", "a b", "-x", "‹x›"] {
            assert!(matches!(Marks::new([("/a", kind)], []), Err(MarksError::Kind(_))), "{kind}");
        }
    }
}

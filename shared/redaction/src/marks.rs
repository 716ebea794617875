//! What a catalogue entry says about its parameters: always masked, or never; and which of them are JSON.

use crate::exempt::{ExemptionError, exemptible};
use crate::place::{Place, Step};

/// The marks of one catalogue entry. Pointers are relative to `parameters`, e.g. `/value`; a `*` segment stands for
/// every member of an object or array. A mark covers everything below it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    masked: Vec<(Pattern, String)>,
    targets: Vec<Pattern>,
    json: Vec<Pattern>,
    /// Targets, and the detector whose findings stay readable there.
    exempt: Vec<(Pattern, &'static str)>,
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
    /// What is exempt from a detector is no target.
    #[error("`{0}` is no target: only a target can be exempt from a detector")]
    NoTarget(String),
    /// No target can be exempt from this.
    #[error(transparent)]
    Exemption(#[from] ExemptionError),
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
        Ok(Self { masked, targets, json: Vec::new(), exempt: Vec::new() })
    }

    /// The same, and the pointers of texts that are declared to be JSON. A mark may lead on into such a text.
    ///
    /// # Errors
    /// [`MarksError::Pointer`].
    pub fn with_json<'a>(self, json: impl IntoIterator<Item = &'a str>) -> Result<Self, MarksError> {
        let json = json.into_iter().map(Pattern::parse).collect::<Result<_, _>>()?;
        Ok(Self { json, ..self })
    }

    /// The same, and `(pointer, detector)` of targets that show what this detector finds in them (C27): they are refused for
    /// anything else that is found there, and nothing but they is exempt.
    ///
    /// # Errors
    /// [`MarksError::NoTarget`] for a pointer that is not written exactly like a target, [`MarksError::Exemption`] for a
    /// detector that does not exist or that finds secrets.
    pub fn with_exempt<'a>(
        self,
        exempt: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, MarksError> {
        let one = |(pointer, detector): (&str, &str)| {
            let target = self.targets.iter().find(|target| target.text == pointer);
            let target = target.ok_or_else(|| MarksError::NoTarget(pointer.chars().take(80).collect()))?;
            Ok((target.clone(), exemptible(detector)?))
        };
        let exempt = exempt.into_iter().map(one).collect::<Result<_, MarksError>>()?;
        Ok(Self { exempt, ..self })
    }

    /// No marks: detectors alone decide.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// What is said about a place.
    pub(crate) fn at(&self, place: &Place<'_>) -> Mark<'_> {
        if self.masked.is_empty() && self.targets.is_empty() {
            return Mark::None;
        }
        if self.targets.iter().any(|target| target.covers(place)) {
            return Mark::Target;
        }
        let mask = self.masked.iter().find(|(pattern, _)| pattern.covers(place));
        mask.map_or(Mark::None, |(_, kind)| Mark::Masked(kind))
    }

    /// The detectors whose findings stay readable in this target.
    pub(crate) fn exempt(&self, place: &Place<'_>) -> Vec<&'static str> {
        let here = self.exempt.iter().filter(|(target, _)| target.covers(place));
        here.map(|(_, detector)| *detector).collect()
    }

    /// Whether the text here is declared to be JSON.
    pub(crate) fn is_json(&self, place: &Place<'_>) -> bool {
        let here = |pattern: &Pattern| pattern.segments.len() == place.depth() && pattern.covers(place);
        self.json.iter().any(here)
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, MarksError> {
        let wrong = || MarksError::Pointer(text.chars().take(80).collect());
        let rest = text.strip_prefix('/').ok_or_else(wrong)?;
        let segments = rest.split('/').map(unescaped).collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
        Ok(Self { text: text.to_owned(), segments })
    }

    fn covers(&self, place: &Place<'_>) -> bool {
        let same = |(depth, step): (usize, Step<'_>)| {
            depth.checked_sub(1).and_then(|at| self.segments.get(at)).is_none_or(|segment| step.is(segment))
        };
        self.segments.len() <= place.depth() && place.steps().all(same)
    }

    fn meets(&self, other: &Self) -> bool {
        let same = |(mine, other): (&String, &String)| mine == "*" || other == "*" || mine == other;
        self.segments.iter().zip(&other.segments).all(same)
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

    fn at<'m>(marks: &'m Marks, path: &[Step<'_>]) -> Mark<'m> {
        fn below<'m>(marks: &'m Marks, place: &Place<'_>, path: &[Step<'_>]) -> Mark<'m> {
            match path.split_first() {
                None => marks.at(place),
                Some((step, rest)) => below(marks, &place.below(*step), rest),
            }
        }
        below(marks, &Place::root("/parameters"), path)
    }

    #[test]
    fn a_mark_covers_what_is_below_it() {
        let marks =
            Marks::new([("/value", "secret"), ("/rows/*/note", "note")], ["/secret", "/a~1b"]).unwrap();
        let name = Step::Name;
        assert_eq!(at(&marks, &[name("value"), name("deep"), name("er")]), Mark::Masked("secret"));
        assert_eq!(at(&marks, &[name("value"), Step::Text, name("er")]), Mark::Masked("secret"));
        assert_eq!(at(&marks, &[name("rows"), Step::Index(3), name("note")]), Mark::Masked("note"));
        assert_eq!(at(&marks, &[name("rows"), Step::Index(3), name("name")]), Mark::None);
        assert_eq!(at(&marks, &[name("rows")]), Mark::None);
        assert_eq!(at(&marks, &[name("secret")]), Mark::Target);
        assert_eq!(at(&marks, &[name("a/b")]), Mark::Target);
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

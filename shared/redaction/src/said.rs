//! Whose name says that a value is secret, and what a mask may hide for that in a parameter.

use crate::detect::Named;
use crate::key::is_one_of;

/// What says secret of a value.
#[derive(Clone, Copy)]
pub(crate) struct Said {
    pub(crate) named: Named,
    by: By,
}

/// Whose name that is.
#[derive(Clone, Copy)]
enum By {
    /// The value's own, or that of a list it stands in.
    Itself,
    /// That of what is around it or in front of it.
    Another,
    /// That of an object that has contents: of a file perhaps.
    Contents,
}

impl By {
    fn pair(key: &str) -> Self {
        if is_one_of(key, &["content", "data", "plaintext"]) { Self::Contents } else { Self::Itself }
    }
}

impl Said {
    pub(crate) fn by_itself(named: Named) -> Self {
        Self { named, by: By::Itself }
    }

    pub(crate) fn by_another(named: Named) -> Self {
        Self { named, by: By::Another }
    }

    /// Of the field of an object that says its name in another.
    pub(crate) fn by_pair(named: Named, key: &str) -> Self {
        Self { named, by: By::pair(key) }
    }

    /// Whether a mask may hide this in a parameter (E1): whatever has the name itself, and of the rest what no command is
    /// made of.
    pub(crate) fn may_hide(self, text: &str) -> bool {
        match self.by {
            // What else has a name has a closed form too.
            _ if !self.named.is_secret_or_key() => true,
            By::Itself => true,
            By::Another => {
                text.len() <= LONGEST_BY_ANOTHER
                    && text.chars().all(|char| !char.is_whitespace() && !"\"'`()[]{}<>;|&$".contains(char))
            }
            By::Contents => false,
        }
    }
}

/// No secret that has no name of its own is longer in a parameter.
const LONGEST_BY_ANOTHER: usize = 4096;

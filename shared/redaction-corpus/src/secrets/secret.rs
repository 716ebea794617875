//! One kind of secret, and how a sample of it is made.

use crate::random::SeededDraw;

/// How one is made.
#[derive(Clone, Copy)]
pub(crate) enum Make {
    /// Of this form ([`SeededDraw::text`]).
    Form(&'static str),
    /// By computation.
    By(fn(&mut SeededDraw) -> String),
}

/// One kind of secret.
#[derive(Clone, Copy)]
pub(crate) struct Secret {
    /// What the report calls it.
    pub(crate) name: &'static str,
    /// The words of the name it usually has, e.g. `github token`; the first is the vendor.
    pub(crate) called: &'static str,
    pub(crate) make: Make,
    /// Whether it can be told by itself.
    pub(crate) shaped: bool,
}

pub(super) const fn shaped(name: &'static str, called: &'static str, form: &'static str) -> Secret {
    Secret { name, called, make: Make::Form(form), shaped: true }
}

/// Letters and digits that could be anything: only the name tells.
pub(super) const fn bare(name: &'static str, called: &'static str, form: &'static str) -> Secret {
    Secret { name, called, make: Make::Form(form), shaped: false }
}

pub(super) const fn computed(
    name: &'static str,
    called: &'static str,
    make: fn(&mut SeededDraw) -> String,
) -> Secret {
    Secret { name, called, make: Make::By(make), shaped: true }
}

impl Secret {
    pub(crate) fn sample(&self, random: &mut SeededDraw) -> Made {
        match self.make {
            Make::Form(form) => Made::of(&random.text(form)),
            Make::By(make) => Made::of(&make(random)),
        }
    }
}

/// One that was made.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    /// All of what the vendor gives out, e.g. a URL.
    pub(crate) whole: String,
    /// What of it is secret; whatever else may stay readable.
    pub(crate) secret: String,
}

impl Made {
    /// Where only a part is secret, it stands between `«` and `»`.
    pub(crate) fn of(text: &str) -> Self {
        let marked = text.split_once('«').and_then(|(_, rest)| rest.split_once('»'));
        let secret = marked.map_or(text, |(secret, _)| secret).to_owned();
        Self { whole: text.replace(['«', '»'], ""), secret }
    }
}

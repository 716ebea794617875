//! Every detector, and when it is asked.

use super::found::{Found, Holds};
use super::glance::Glance;
use super::shape::Shape;
use super::{cloud, contact, links, payment, phone, shapes, tables, token};

/// When a detector is asked.
pub(super) enum When {
    /// Where one of these words stands (ASCII case ignored).
    Words(&'static [&'static str]),
    /// Where the text has the numbers for it.
    Shape(fn(&Shape) -> bool),
    /// Where the text is made of what it needs.
    Glance(fn(&Glance) -> bool),
}

/// One detector.
pub(super) struct Detector {
    pub(super) when: When,
    pub(super) find: fn(&str, &mut Vec<Found>),
    /// What its findings can hold, unless each says so itself.
    pub(super) holds: Option<Holds>,
}

impl Detector {
    /// What it finds may hold anything, unless it says otherwise.
    const fn new(when: When, find: fn(&str, &mut Vec<Found>)) -> Self {
        Self { when, find, holds: Some(Holds::Open) }
    }

    const fn closed(self, max: usize, marks: &'static str) -> Self {
        Self { holds: Some(Holds::ClosedGrammar { max, marks }), ..self }
    }

    /// Each finding says itself what it can hold.
    const fn own(self) -> Self {
        Self { holds: None, ..self }
    }
}

pub(super) const DETECTORS: [Detector; 14] = [
    Detector::new(When::Words(token::PRIVATE_KEY_WORDS), token::private_keys),
    Detector::new(When::Words(&["eyj"]), token::jwts).closed(4096, "-_."),
    Detector::new(When::Words(&["eyj"]), token::like_jwts),
    Detector::new(When::Words(&["bearer"]), token::bearers),
    Detector::new(When::Words(&["://"]), links::user_infos),
    Detector::new(When::Words(links::OPTION_WORDS), links::options),
    Detector::new(When::Words(tables::PASSWORD_FILE_WORDS), tables::password_files),
    Detector::new(When::Words(tables::MANIFEST_WORDS), tables::manifests),
    Detector::new(When::Glance(|glance| glance.at || glance.escapes), contact::emails).closed(254, "@._+-"),
    Detector::new(When::Words(phone::WORDS), phone::named).closed(40, " +-./()"),
    Detector::new(When::Shape(|shape| shape.phone), phone::phones).closed(40, " +-./()"),
    Detector::new(When::Shape(|shape| shape.card || shape.iban), payment::payments).closed(46, " -"),
    Detector::new(When::Glance(|glance| glance.plain >= 40), cloud::secret_keys).closed(40, "/+"),
    Detector::new(When::Glance(|glance| glance.secret >= 20 && glance.digits > 0), shapes::structures).own(),
];

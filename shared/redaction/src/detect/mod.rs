//! Detectors: what looks like a secret or like personal data. They err on the side of masking in prose and values, and
//! leave identifiers alone that are needed to see what is acted on (ARNs, account numbers, dates, hashes).

mod after_name;
mod beside;
mod calling;
mod cloud;
mod contact;
mod detectors;
mod encoded;
mod found;
mod glance;
mod kind;
mod likely;
mod link;
mod links;
mod markup;
#[cfg(test)]
mod name_tests;
mod names;
mod ordinary;
mod payment;
mod personal;
mod phone;
mod quotation;
mod reach;
mod scan;
mod sentence;
mod shape;
mod shapes;
mod tables;
mod token;
mod value;
#[cfg(test)]
mod ways;
mod words;
mod written;

pub(crate) use beside::{after, alphanumeric, before};
pub(crate) use found::{Found, Holds};
pub(crate) use kind::{DataKind, is_personal, rank};
pub(crate) use likely::is_secret as is_likely;
pub(crate) use names::{Named, by_name, is_about, is_secret_name};

use crate::work;
use detectors::{DETECTORS, When};
use glance::Glance;
use scan::Hits;
use shape::Shape;

/// The patterns of all secrets by shape.
pub(crate) fn patterns() -> Vec<&'static str> {
    shapes::patterns().collect()
}

/// The words of all secrets that are found by their shape.
pub(crate) fn shape_words() -> Vec<&'static str> {
    shapes::words().map(|(word, _)| word).collect()
}

/// Rules that say secret by a name or a place, with the kind that they mostly have.
const BY_PLACE: [(&str, DataKind); 6] = [
    ("name", DataKind::Password),
    ("column", DataKind::Password),
    ("command-option", DataKind::Password),
    ("kubernetes-secret", DataKind::Password),
    ("password-file", DataKind::Password),
    ("url-user-info", DataKind::Password),
];

/// Every rule, and the kind of its findings. A rule without a name of its own is named like its kind.
pub(crate) fn rules() -> Vec<(&'static str, &'static str)> {
    let kinds = DataKind::with_rule().map(|kind| (kind.name(), kind.name()));
    let named = |(rule, kind): (&'static str, DataKind)| (rule, kind.name());
    kinds.chain(BY_PLACE.into_iter().chain(shapes::rules()).chain(personal::rules()).map(named)).collect()
}

/// Everything found in a folded text, and what each can hold.
pub(crate) fn find(text: &str) -> Vec<Found> {
    find_at(text, 0)
}

/// The same in what was decoded so many times.
fn find_at(text: &str, depth: u8) -> Vec<Found> {
    work::steps(text.len());
    let mut findings = Vec::new();
    if nothing_fits(text) || ordinary::is(text) {
        return findings;
    }
    let glance = Glance::of(text);
    let shape = if glance.digits >= MANY_DIGITS { Shape::of(text) } else { Shape::default() };
    let hits = Hits::of(text, &glance);
    written::values(text, &hits.names, &mut findings);
    let mut found = Vec::new();
    for (detector, named) in DETECTORS.iter().zip(hits.detectors) {
        let fits = match detector.when {
            When::Words(_) => named,
            When::Shape(fits) => fits(&shape),
            When::Glance(fits) => fits(&glance),
        };
        if fits {
            work::steps(text.len());
            (detector.find)(text, &mut found);
            let found = found.drain(..);
            findings
                .extend(found.map(|found| Found { holds: detector.holds.unwrap_or(found.holds), ..found }));
        }
    }
    shapes::find(text, &hits.shapes, &mut findings);
    if depth < encoded::DEEPEST && glance.base64 >= encoded::SHORTEST {
        encoded::stretches(text, depth, find_at, &mut findings);
    }
    if depth < encoded::DEEPEST && glance.escapes {
        encoded::escapes(text, depth, find_at, &mut findings);
    }
    if glance.digits >= FEW_DIGITS {
        personal::find(text, &mut findings);
    }
    personal::find_named(text, &hits.personal, &mut findings);
    findings
}

/// A text with fewer digits holds no number that tells by itself.
const FEW_DIGITS: u32 = 4;
/// With fewer no telephone number, card or account.
const MANY_DIGITS: u32 = 7;

/// Whether a text is too short for every detector: of five characters, or a plain word of seventeen.
fn nothing_fits(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    text.len() < 6 || (text.len() < 18 && text.bytes().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each detector finds in a text, as `kind:text`.
    pub(super) fn shown(text: &str) -> Vec<String> {
        let mut found = find(text);
        found.sort_by_key(|found| (found.range.start, found.range.end));
        found.dedup();
        found.iter().map(|found| format!("{}:{}", found.kind.name(), &text[found.range.clone()])).collect()
    }

    #[test]
    fn prose_without_secrets_is_left_alone() {
        for text in [
            "Quarterly report for the partner programme, 12,408 rows in 3.1 MB since 2026-07-01",
            "Roll back to commit 9f2c41d0b7e35a1c6d8e4f2a9b0c1d2e3f4a5b6c",
            "sha256:8d1f6a0b5c1e4e0b9a8c1f3b2d7e6a5940c3b2a1908f7e6d5c4b3a2918070605",
            "s3://customers/2026/q3.csv to s3://partner-drop/q3.csv",
            "arn:aws:iam::004915112345:role/etl-nightly and arn:aws:lambda:eu-central-1:123456789012:function:x:1",
            "550e8400-e29b-41d4-a716-446655440000",
            "2026-11-21T14:47:31.204Z and 21.11.2026 14:47 and 01/02/2026 14:30 and 1763718000000",
            "role id AROAEXAMPLEID1234567, account 1111-2222-3333, account 0123-4567-8901",
            "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess to arn:aws:iam::000000000000:role/etl-nightly",
            "arn:aws:lambda:us-east-1:000000000000:function:demo-retrain:1",
            "arn:aws:secretsmanager:us-east-1:000000000000:secret:prod/payments/db-a1B2c3",
            "prod/payments/db",
        ] {
            assert_eq!(shown(text), Vec::<String>::new(), "{text}");
        }
    }
}

//! Personal data by its shape: numbers of people, their papers, accounts and devices, told from other numbers by how they
//! are written and by their check digits.
//!
//! A bare run of digits that passes a check digit by chance must stay readable, so it is one of these numbers only beside
//! its name. Letters in fixed places and groups with their country's separators tell by themselves. Adding a kind is adding
//! a row to a table.

mod americas;
mod asia;
mod checks;
mod crypto;
mod europe_north;
mod europe_south;
mod europe_west;
mod fields;
mod free;
mod groups;
mod mrz;
mod names;
mod other;
mod row;
mod rows;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub(crate) use fields::{Field, field};
pub(super) use names::{find_named, words};
pub(crate) use row::Row;

use super::{DataKind, Found};
use crate::work;
use rows::ROWS;

/// Each rule with its kind.
pub(super) fn rules() -> impl Iterator<Item = (&'static str, DataKind)> {
    let apart = [("crypto-address", row::CRYPTO), (mrz::RULE, mrz::KIND)];
    ROWS.iter().map(|row| (row.rule, row.kind)).chain(apart)
}

/// What tells by itself.
pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    work::steps(text.len());
    groups::find(text, found);
    if text.contains("<<") {
        mrz::find(text, found);
    }
}

//! Every kind of number, of every country.

use std::sync::LazyLock;

use super::row::Row;
use super::{americas, asia, europe_north, europe_south, europe_west, other};

/// Every row, in the order of the tables.
pub(super) static ROWS: LazyLock<Vec<&'static Row>> = LazyLock::new(|| {
    let tables =
        [americas::ROWS, europe_west::ROWS, europe_south::ROWS, europe_north::ROWS, asia::ROWS, other::ROWS];
    tables.into_iter().flatten().collect()
});

//! The shares of the CPythons in downloads from PyPI.
//!
//! Downloads of one popular package, attrs, in 2026-02-02 to 2026-08-01 by Python minor version (`pypistats
//! python_minor`, posted in python-attrs/attrs#1603 on 2026-08-02; 4,590,735,184 downloads, of which 3.05 % name no
//! Python). Installers in CI cause most downloads: a share is not a share of users.

use crate::floor::{Served, dotted};

/// What the shares are of, for people.
pub const SOURCE: &str = "those of attrs from PyPI, 2026-02-02 to 2026-08-01; most are made by CI";
const TABLE: &str = include_str!("shares.tsv");

/// The percentage of the downloads by CPython 3.`minor`; 0 for one that is not in the table.
fn of(minor: u8) -> f64 {
    let rows = TABLE.lines().filter_map(|line| line.strip_prefix("3.")?.split_once('\t'));
    let share = rows.filter(|(version, _)| version.parse() == Ok(minor)).find_map(|(_, share)| share.parse().ok());
    share.unwrap_or_default()
}

/// The CPythons `minors` and their share together.
pub(super) fn served(minors: impl IntoIterator<Item = u8>) -> Served {
    let minors: Vec<u8> = minors.into_iter().collect();
    let percent: f64 = minors.iter().map(|minor| of(*minor)).sum();
    Served { pythons: minors.iter().copied().map(dotted).collect(), percent: (percent * 100.0).round() / 100.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_python_that_pyo3_supports_has_a_share() {
        for minor in 8..=15 {
            assert!(of(minor) > 0.0, "3.{minor}");
        }
        assert_eq!(served([8, 9]).percent, 6.87);
        assert!(of(7).abs() < f64::EPSILON);
    }
}

//! The rule `record-malformed`.

use monowheel_wheel::record::{Digest, Record, Row};

use crate::facts::{Facts, WheelFacts};
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// RECORD is not in the format that installers read.
    ///
    /// # What it does
    /// Reads RECORD as Python's `csv` does and looks for blank rows, rows that do not have three columns, invalid sizes
    /// and hashes, bytes that are not UTF-8, a byte order mark, rows for directories, a path listed twice, and for
    /// RECORD's own row, which has to be there without hash and size.
    ///
    /// # Why it matters
    /// pip 26.3 fails with a traceback at a blank row. uv 0.13 refuses rows that do not have three columns and sizes
    /// that are not numbers. pip, uv and the index refuse bytes that are not UTF-8. The index compares names and treats
    /// a row for a directory as a missing file.
    ///
    /// # Example
    /// A RECORD that ends with an empty line.
    ///
    /// # Fix
    /// Let a tool write RECORD: the build backend, or `wheel pack`.
    pub(super) static RULE: "record-malformed", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(record) = &wheel.record else { return };
    let mut say = |severity, message: String, details: Vec<String>| {
        found.add(
            Finding::new(severity, wheel.info("RECORD"), message)
                .details(details)
                .fix("let the build backend or `wheel pack` write RECORD"),
        );
    };
    let refused = refused(record);
    if let Some(first) = refused.first() {
        say(Severity::Error, format!("installers refuse RECORD: {first}"), refused);
    }
    let rows = |is_odd: &dyn Fn(&Row) -> bool| -> Vec<String> {
        record.rows.iter().filter(|row| is_odd(row)).map(|row| row.path.clone()).collect()
    };
    let folders = rows(&|row| row.normal_path().ends_with('/'));
    if !folders.is_empty() {
        say(Severity::Warning, format!("RECORD has rows for directories: {}", some_of(&folders)), folders);
    }
    let repeated: Vec<String> =
        record.matched(&wheel.members).repeated.into_iter().map(|row| row.path.clone()).collect();
    if !repeated.is_empty() {
        say(Severity::Warning, format!("RECORD lists twice: {}", some_of(&repeated)), repeated);
    }
    if let Some(why) = own_row(record, wheel) {
        say(Severity::Warning, why.to_owned(), vec![]);
    }
}

/// Problems at which an installer or the index stops.
fn refused(record: &Record) -> Vec<String> {
    let mut why: Vec<String> = record
        .broken
        .iter()
        .map(|(row, why)| if *row == 0 { why.clone() } else { format!("row {row} has {why}") })
        .collect();
    for (number, row) in record.rows.iter().enumerate() {
        if !row.size.is_empty() && row.size.parse::<u64>().is_err() {
            why.push(format!("row {} has the size {:?}", number + 1, row.size));
        }
        if row.digest() == Digest::Malformed {
            why.push(format!("row {} has the hash {:?}", number + 1, row.hash));
        }
    }
    why
}

fn own_row(record: &Record, wheel: &WheelFacts) -> Option<&'static str> {
    let path = format!("{}/RECORD", wheel.dist_info()?);
    match record.rows.iter().find(|row| row.normal_path() == path) {
        None => Some("RECORD does not list itself"),
        Some(row) if !row.hash.is_empty() || !row.size.is_empty() => Some("RECORD lists a hash or a size for itself"),
        Some(_) => None,
    }
}

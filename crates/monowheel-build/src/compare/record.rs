//! RECORD, row by row.

use std::collections::{BTreeMap, BTreeSet};

use monowheel_error::text::count;
use monowheel_wheel::record::{Record, Row};

use crate::compare::Kind;
use crate::compare::found::Found;
use crate::compare::text;

/// Reports the rows that differ. A difference in the row of a member that differs itself follows from that.
pub(super) fn compare(a: &[u8], b: &[u8], found: &mut Found) {
    let (left, right) = (Record::parse(a), Record::parse(b));
    if left.not_utf8 || right.not_utf8 {
        return;
    }
    let (a_rows, b_rows) = (by_path(&left), by_path(&right));
    let paths: BTreeSet<&str> = a_rows.keys().chain(b_rows.keys()).copied().collect();
    for path in paths {
        match (a_rows.get(path), b_rows.get(path)) {
            (Some((number, _)), None) => {
                let follows = found.is_changed(path);
                let cause = format!("RECORD row {number} (`{path}`) is only in A");
                found.add_following(Kind::Record, &row(*number), follows, cause);
            }
            (None, Some((number, _))) => {
                let follows = found.is_changed(path);
                let cause = format!("RECORD row {number} (`{path}`) is only in B");
                found.add_following(Kind::Record, &row(*number), follows, cause);
            }
            (Some((number, a)), Some((_, b))) => row_of_both(*number, a, b, found),
            (None, None) => {}
        }
    }
    if found.is_empty() {
        let order = left.rows.iter().zip(&right.rows).position(|(a, b)| a.path != b.path);
        let cause = order.and_then(|at| {
            let (a, b) = (left.rows.get(at)?, right.rows.get(at)?);
            Some((
                at + 1,
                format!(
                    "RECORD row {} is `{}` in A and `{}` in B: its rows are in a different order",
                    at + 1,
                    a.path,
                    b.path
                ),
            ))
        });
        if let Some((number, cause)) = cause {
            found.add_in(Kind::Record, &row(number), cause);
        }
    }
    if found.is_empty() && left.rows == right.rows {
        let ends = |bytes: &[u8]| memchr::memmem::find(bytes, b"\r\n").is_some();
        let how = match (ends(a), ends(b)) {
            (true, false) => "its lines end in CR LF in A and in LF in B",
            (false, true) => "its lines end in LF in A and in CR LF in B",
            _ => "its quotes or its last line ending differ",
        };
        found.add(
            Kind::Record,
            format!("RECORD has the same {}, written differently: {how}", count(left.rows.len(), "row")),
        );
    }
}

fn row_of_both(number: usize, a: &Row, b: &Row, found: &mut Found) {
    let mut said = Vec::new();
    if a.hash != b.hash {
        said.push(format!("hash {} in A and {} in B", or_none(&a.hash), or_none(&b.hash)));
    }
    if a.size != b.size {
        said.push(format!("size {} in A and {} in B", or_none(&a.size), or_none(&b.size)));
    }
    if !said.is_empty() {
        let cause = format!("RECORD row {number} (`{}`): {}", a.path, said.join(", "));
        let follows = found.is_changed(&a.path);
        found.add_following(Kind::Record, &row(number), follows, cause);
    }
}

fn or_none(text: &str) -> String {
    if text.is_empty() { "none".to_owned() } else { text::shown(text, "").0 }
}

fn row(number: usize) -> String {
    format!("row {number}")
}

/// The first row of each path, with its number from 1.
fn by_path(record: &Record) -> BTreeMap<&str, (usize, &Row)> {
    let mut rows = BTreeMap::new();
    for (index, row) in record.rows.iter().enumerate() {
        rows.entry(row.path.as_str()).or_insert((index + 1, row));
    }
    rows
}

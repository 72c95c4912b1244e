//! What every form says in the same words.

use monowheel_error::text::count;
use monowheel_wheel::abi;

use crate::report::{Counts, Report};
use crate::set::Interpreter;

/// The outcome in one line: `2 errors, 1 note in 3 files, 1 could not be looked at (1 ignored)`.
#[must_use]
pub fn verdict(report: &Report) -> String {
    let Counts { errors, warnings, notes, ignored } = report.counts;
    let kinds: Vec<String> = [(errors, "error"), (warnings, "warning"), (notes, "note")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, thing)| count(number, thing))
        .collect();
    let found = if kinds.is_empty() { "nothing found".to_owned() } else { kinds.join(", ") };
    let ignored = if ignored == 0 { String::new() } else { format!(" ({ignored} ignored)") };
    let missed = match report.failures.len() {
        0 => String::new(),
        number => format!(", {number} could not be looked at"),
    };
    let thing = if report.is_of_sources() { "project" } else { "file" };
    format!("{found} in {}{missed}{ignored}", count(report.files.len(), thing))
}

/// `3.8`, `3.14t`.
#[must_use]
pub fn interpreter(python: &Interpreter) -> String {
    format!("{}{}", abi::dotted(python.version), if python.free_threaded { "t" } else { "" })
}

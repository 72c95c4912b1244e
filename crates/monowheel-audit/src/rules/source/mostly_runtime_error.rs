//! The rule `mostly-runtime-error`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, What};

rule! {
    /// Nearly all exceptions of a crate are `RuntimeError` or `Exception`.
    ///
    /// # What it does
    /// Counts the exceptions that the crate makes by type. Reports a crate that makes at least six of which four in five are
    /// `PyRuntimeError`, `PyException` or `PyBaseException`.
    ///
    /// # Why it matters
    /// A caller who wants to handle one mistake has to take all of them and to read messages, which change.
    ///
    /// # Example
    /// ```rust,ignore
    /// .map_err(|error| PyRuntimeError::new_err(error.to_string()))
    /// ```
    ///
    /// # Fix
    /// One `impl From<Error> for PyErr` that gives each variant its type: ValueError for what was given, KeyError and
    /// IndexError for what is not there, OSError for the system (std::io::Error becomes the fitting one by itself), an
    /// exception of the library's own (`create_exception!`) for the rest.
    pub(super) static RULE: "mostly-runtime-error", Source, Note, Source(check);
}

const FEWEST: usize = 6;

fn check(source: &Source, found: &mut Found<'_>) {
    let raised: Vec<_> = source
        .functions()
        .flat_map(|(file, function)| function.events.iter().map(move |event| (file, event)))
        .filter(|(_, event)| event.what == What::Raises)
        .collect();
    let is_plain = |name: &str| matches!(name, "PyRuntimeError" | "PyException" | "PyBaseException");
    let plain: Vec<_> = raised.iter().filter(|(_, event)| is_plain(&event.name)).collect();
    if raised.len() < FEWEST || plain.len() * 5 < raised.len() * 4 {
        return;
    }
    if let Some((file, event)) = plain.first() {
        let message = format!("{} of {} exceptions are of no particular type", plain.len(), raised.len());
        let places = plain.iter().map(|(file, event)| format!("{}:{}: {}", file.path, event.at.line, event.name));
        found.add(
            file.finding(Severity::Note, &event.at, message)
                .details(places)
                .fix("give each kind of error its exception, in one `impl From<Error> for PyErr`"),
        );
    }
}

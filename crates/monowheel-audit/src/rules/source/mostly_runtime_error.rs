//! The rule `mostly-runtime-error`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, What};

rule! {
    /// Nearly all exceptions of a crate are `RuntimeError` or `Exception`.
    ///
    /// # What it does
    /// Counts the exceptions that the crate raises by type. Reports a crate that raises at least six, four in five of
    /// which are `PyRuntimeError`, `PyException` or `PyBaseException`.
    ///
    /// # Why it matters
    /// A caller who wants to handle one error has to catch all of them and parse messages, which change.
    ///
    /// # Example
    /// ```rust,ignore
    /// .map_err(|error| PyRuntimeError::new_err(error.to_string()))
    /// ```
    ///
    /// # Fix
    /// One `impl From<Error> for PyErr` that maps each variant to a type: ValueError for invalid arguments, KeyError
    /// and IndexError for missing items, OSError for system errors (std::io::Error is converted automatically), and an
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
        let message = format!("{} of {} exceptions have no specific type", plain.len(), raised.len());
        let places = plain.iter().map(|(file, event)| format!("{}:{}: {}", file.path, event.at.line, event.name));
        found.add(
            file.finding(Severity::Note, &event.at, message)
                .details(places)
                .fix("map each kind of error to an exception type, in one `impl From<Error> for PyErr`"),
        );
    }
}

//! The rule `unsafe-send-of-class`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// A `#[pyclass]` has an `unsafe impl Send` or `Sync`.
    ///
    /// # What it does
    /// Reports these implementations for classes of the crate, one per class and file.
    ///
    /// # Why it matters
    /// PyO3 requires both, since Python threads share objects. A manual implementation often relies on the GIL, which
    /// guards nothing inside `py.detach`, and does not exist on a free-threaded build.
    ///
    /// # Example
    /// `unsafe impl Sync for Handle {}` beside `#[pyclass] struct Handle { raw: *mut c_void }`
    ///
    /// # Fix
    /// Put fields that are not safe to share into a `Mutex`; or ignore the finding with the reason why they are.
    pub(super) static RULE: "unsafe-send-of-class", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for file in &source.files {
        let mut told = Vec::new();
        for (class, at) in &file.promised {
            if source.class(file, class).is_some() && !told.contains(&class) {
                told.push(class);
                let message = format!("`{class}` is declared safe to share, which the compiler does not check");
                found.add(
                    file.finding(Severity::Note, at, message).fix("put fields that are not safe to share into a Mutex"),
                );
            }
        }
    }
}

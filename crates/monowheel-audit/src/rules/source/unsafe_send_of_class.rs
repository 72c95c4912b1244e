//! The rule `unsafe-send-of-class`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// `unsafe impl Send` or `Sync` stands for a `#[pyclass]`.
    ///
    /// # What it does
    /// Reports these for classes of the crate, once for each class.
    ///
    /// # Why it matters
    /// PyO3 asks a class to be both, as Python threads share objects. Who states it by hand often meant "the GIL guards it":
    /// it does not in `py.detach`, and on a free-threaded build never.
    ///
    /// # Example
    /// `unsafe impl Sync for Handle {}` beside `#[pyclass] struct Handle { raw: *mut c_void }`
    ///
    /// # Fix
    /// A `Mutex` around what is not safe to share; or a comment that says why it is, and an ignore with that reason.
    pub(super) static RULE: "unsafe-send-of-class", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for file in &source.files {
        let mut told = Vec::new();
        for (class, at) in &file.promised {
            if source.class(file, class).is_some() && !told.contains(&class) {
                told.push(class);
                let message = format!("`{class}` is said to be safe to share, and no compiler checks it");
                found.add(file.finding(Severity::Note, at, message).fix("put what is not safe to share into a Mutex"));
            }
        }
    }
}

//! The rule `unsendable-class`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// A class is `unsendable`: using its objects on another thread panics.
    ///
    /// # What it does
    /// Reports `#[pyclass(unsendable)]`.
    ///
    /// # Why it matters
    /// Python moves objects freely between threads. A method call on another thread raises `PanicException`; if another
    /// thread drops the last reference, or the garbage collector runs there, the value is never dropped.
    /// Also reported in pyo3#5067, pounce#477, discopt#932, datafusion-python#348.
    ///
    /// # Example
    /// `#[pyclass(unsendable)] struct Parser { inner: Rc<Tree> }`
    ///
    /// # Fix
    /// Use `Arc` instead of `Rc` and a `Mutex` instead of `RefCell`; or keep the value on a thread of its own, behind a
    /// channel.
    pub(super) static RULE: "unsendable-class", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, class) in source.classes().filter(|(_, class)| class.options.contains("unsendable")) {
        let message = format!("a `{}` panics on any thread other than its own", class.name);
        found.add(
            file.finding(Severity::Note, &class.at, message)
                .fix("use Arc and Mutex instead of Rc and RefCell, and remove `unsendable`"),
        );
    }
}

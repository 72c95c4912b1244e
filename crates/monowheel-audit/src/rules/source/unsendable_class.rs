//! The rule `unsendable-class`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// A class is `unsendable`: any other thread that touches an object of it panics.
    ///
    /// # What it does
    /// Reports `#[pyclass(unsendable)]`.
    ///
    /// # Why it matters
    /// Python moves objects between threads as it likes. A method on another thread ends in `PanicException`; where another
    /// thread drops the last reference, or the garbage collector runs there, the value is never dropped at all.
    ///
    /// # Example
    /// `#[pyclass(unsendable)] struct Parser { inner: Rc<Tree> }`
    ///
    /// # Fix
    /// `Arc` for `Rc`, a `Mutex` for `RefCell`; or a thread of its own that has the value, with a channel to it.
    pub(super) static RULE: "unsendable-class", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, class) in source.classes().filter(|(_, class)| class.options.contains("unsendable")) {
        let message = format!("a `{}` panics on any thread but its own", class.name);
        found.add(
            file.finding(Severity::Note, &class.at, message)
                .fix("use Arc and Mutex instead of Rc and RefCell, and leave `unsendable` out"),
        );
    }
}

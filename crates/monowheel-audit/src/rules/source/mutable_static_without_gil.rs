//! The rule `mutable-static-without-gil`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// A module says that it needs no GIL, and the crate has a `static mut`.
    ///
    /// # What it does
    /// Reports every `static mut` of a crate with `#[pymodule(gil_used = false)]`.
    ///
    /// # Why it matters
    /// On a free-threaded build two threads call the module at once; nothing guards the static any more: a data race.
    ///
    /// # Example
    /// `static mut COUNT: u64 = 0;`
    ///
    /// # Fix
    /// An atomic, a `Mutex`, or a `PyOnceLock`.
    pub(super) static RULE: "mutable-static-without-gil", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for file in &source.files {
        let mut same = source.files.iter().filter(|other| other.krate == file.krate);
        if !same.any(|other| other.modules.iter().any(|module| module.is_without_gil)) {
            continue;
        }
        for item in file.static_items.iter().filter(|item| item.is_mutable) {
            let message = format!("`{}` is a static mut, and the module says `gil_used = false`", item.name);
            found.add(file.finding(Severity::Warning, &item.at, message).fix("use an atomic, a Mutex or a PyOnceLock"));
        }
    }
}

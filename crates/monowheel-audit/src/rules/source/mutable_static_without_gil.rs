//! The rule `mutable-static-without-gil`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{File, Module, Role, Source, Static};

rule! {
    /// A module declares that it does not need the GIL, and the crate has a `static mut`.
    ///
    /// # What it does
    /// Reports every `static mut` of a crate with `#[pymodule(gil_used = false)]`, unless only the import of the module uses it,
    /// which one thread runs. Since PyO3 0.28 (pyo3#5564) that is the default: `gil_used = true` has to be stated.
    ///
    /// # Why it matters
    /// On a free-threaded build, several threads run the module at the same time. Nothing guards the static: a data race.
    ///
    /// # Example
    /// `static mut COUNT: u64 = 0;`
    ///
    /// # Fix
    /// Use an atomic, a `Mutex` or a `PyOnceLock`.
    pub(super) static RULE: "mutable-static-without-gil", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for file in &source.files {
        let mut same = source.files.iter().filter(|other| other.krate == file.krate);
        // Since PyO3 0.28 a module does so unless it says otherwise.
        let by_default = source.is_since_pyo3(file, (0, 28));
        let is_without_gil = |module: &Module| module.is_without_gil || by_default && !module.states_gil;
        if !same.any(|other| other.modules.iter().any(is_without_gil)) {
            continue;
        }
        for item in file.static_items.iter().filter(|item| item.is_mutable && !is_of_import(source, file, item)) {
            let message = format!("`{}` is a static mut, but the module does not use the GIL", item.name);
            found.add(file.finding(Severity::Warning, &item.at, message).fix("use an atomic, a Mutex or a PyOnceLock"));
        }
    }
}

/// Whether only `#[pymodule]` functions use a static.
fn is_of_import(source: &Source, file: &File, item: &Static) -> bool {
    let mut users = source
        .functions()
        .filter(|(other, function)| other.krate == file.krate && function.statics.contains(&item.name))
        .peekable();
    let in_macros = source.files.iter().any(|other| other.krate == file.krate && other.mentioned.contains(&item.name));
    !in_macros && users.peek().is_some() && users.all(|(_, function)| function.role == Role::Import)
}

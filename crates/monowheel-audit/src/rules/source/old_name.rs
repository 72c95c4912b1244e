//! The rule `old-name`.

use std::collections::BTreeMap;

use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::source::{File, Mention, Named, OldName, Source, old_name, unsure_name};

rule! {
    /// A deprecated PyO3 name is used, although the PyO3 version in use has its replacement.
    ///
    /// # What it does
    /// Looks for deprecated names of PyO3 0.20 to 0.28 (`with_gil`, `allow_threads`, `PyObject`, `GILOnceCell`,
    /// `IntoPy`, `downcast`, `…_bound`), with one finding per name and file. Methods of `Python` count only on a token.
    /// The version is taken from Cargo.lock, or else from the requirement. `--fix` replaces those that differ only in
    /// name, together with their imports: `PyDict::new_bound`, not `PyList::new_bound`, because `PyList::new` may fail; and
    /// `downcast::<PyDict>()`, because `downcast::<Mine>()` may be that of `Any`.
    ///
    /// # Why it matters
    /// Deprecated names disappear in a later version, and the new ones describe what happens: nobody "has the GIL" on a
    /// free-threaded build.
    ///
    /// # Example
    /// `Python::with_gil(|py| py.allow_threads(work))`
    ///
    /// # Fix
    /// `Python::attach(|py| py.detach(work))`; PyO3's migration guide lists all of them.
    pub(super) static RULE: "old-name", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    // `pyo3-upgrade` reports them otherwise.
    if source.upgrade.is_none() {
        findings(source, Severity::Note).into_iter().for_each(|finding| found.add(finding));
    }
}

/// One finding for each deprecated name in each file.
pub(super) fn findings(source: &Source, severity: Severity) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in &source.files {
        let mut by_name: BTreeMap<&str, (&OldName, Vec<&Mention>)> = BTreeMap::new();
        for mention in &file.names {
            let old = match mention.what {
                // When PyO3 is raised, rather too many.
                Named::Unsure => unsure_name(&mention.text).filter(|_| source.upgrade.is_some()),
                what => old_name(&mention.text, what),
            };
            let Some(old) = old.filter(|old| source.has_pyo3(file, old.since)) else { continue };
            if !is_their_own(source, file, old.old) {
                by_name.entry(old.old).or_insert((old, Vec::new())).1.push(mention);
            }
        }
        for (old, mentions) in by_name.values() {
            let Some(first) = mentions.first() else { continue };
            let times = if mentions.len() == 1 { String::new() } else { format!(", {} times", mentions.len()) };
            let (major, minor) = old.since;
            let message = format!("`{}`{times}: replaced in PyO3 {major}.{minor} by {}", old.old, old.new);
            let lines = mentions.iter().map(|mention| format!("line {}", mention.at.line));
            let mut finding = file.finding(severity, &first.at, message).details(lines);
            if source.upgrade.is_some() || !old.is_for_upgrade() {
                finding.edits = mentions.iter().filter_map(|mention| mention.edit.clone()).collect();
            }
            let fix = match finding.edits.len() {
                0 => format!("use {}", old.new),
                all if all == mentions.len() => format!("use {}, or let `monowheel lint --fix` replace it", old.new),
                some => format!("use {}; `monowheel lint --fix` replaces {some} of {}", old.new, mentions.len()),
            };
            finding = finding.fix(fix);
            found.push(finding);
        }
    }
    found
}

/// Whether the crate itself defines a type with that name.
fn is_their_own(source: &Source, file: &File, name: &str) -> bool {
    let same = source.files.iter().filter(|other| other.krate == file.krate);
    same.flat_map(|file| file.structs.iter().chain(&file.classes)).any(|other| other.name == name)
}

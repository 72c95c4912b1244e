//! The rule `unsafe-send-of-class`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{File, Source, Ty};

rule! {
    /// A `#[pyclass]` has an `unsafe impl Send` or `Sync`.
    ///
    /// # What it does
    /// Reports these implementations for classes of the crate, and for structs with a `Cell`, `RefCell`, `UnsafeCell` or `Rc`
    /// that are in a class or a static; one per type and file.
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
            let is_one = source.class(file, class).is_some() || is_shared_cell(source, file, class);
            if is_one && !told.contains(&class) {
                told.push(class);
                let message = format!("`{class}` is declared safe to share, which the compiler does not check");
                found.add(
                    file.finding(Severity::Note, at, message).fix("put fields that are not safe to share into a Mutex"),
                );
            }
        }
    }
}

/// Types that are not safe to share.
const CELLS: [&str; 5] = ["Cell", "OnceCell", "Rc", "RefCell", "UnsafeCell"];

/// Whether a struct of the crate has such a field, and is itself in a field of a class or in a static.
fn is_shared_cell(source: &Source, file: &File, name: &str) -> bool {
    let same = || source.files.iter().filter(|other| other.krate == file.krate);
    let is_cell = |ty: &Ty| CELLS.iter().any(|cell| ty.holds(cell));
    let mut structs = same().flat_map(|file| &file.structs).filter(|one| one.name == name);
    let in_classes =
        || same().flat_map(|file| &file.classes).flat_map(|class| &class.fields).any(|field| field.ty.holds(name));
    let in_statics = || same().flat_map(|file| &file.static_items).any(|item| item.ty.holds(name));
    structs.any(|one| one.fields.iter().any(|field| is_cell(&field.ty))) && (in_classes() || in_statics())
}

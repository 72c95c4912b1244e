//! The rule `exclusive-self-across-detach`.

use std::collections::HashSet;

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Event, File, Function, Guard, Receiver, Source, What};

rule! {
    /// A method with `&mut self` detaches from the interpreter while it borrows the object exclusively.
    ///
    /// # What it does
    /// Reports `py.detach` in methods of `#[pymethods]` that take `&mut self`, such methods that are `async`
    /// and await something, and `py.detach` in functions that hold a `PyRefMut` which they have not dropped before. It is a note
    /// for `py.detach` in the methods of iterators (with `__next__`) and of files (`read` or `write`, and `seek` or `fileno`): each has
    /// one position, so two threads that use one at the same time are wrong anyway, and a generator fails as well. It is also a note
    /// in a method that takes the value out of the object for good (`self.inner.take()`), which nobody can use any more, and
    /// if a helper with `&mut self` detaches (once for each).
    ///
    /// # Why it matters
    /// While it is detached, other threads run, and anything they do with the object fails with `RuntimeError: Already
    /// borrowed`: reading an attribute, printing it, `len()`. It looks like an error in the caller and depends on
    /// timing (pyo3#2525).
    /// Also reported in monarch#3862, pyo3#5412.
    ///
    /// # Example
    /// ```rust,ignore
    /// fn compute(&mut self, py: Python<'_>) {
    ///     py.detach(|| self.state.run());
    /// }
    /// ```
    ///
    /// # Fix
    /// `#[pyclass(frozen)]` with a `Mutex` or atomics inside and `&self`; or take the data out of `self`, detach, and
    /// put it back.
    pub(super) static RULE: "exclusive-self-across-detach", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    // Where helpers detach, each once for a class.
    let mut helpers: HashSet<(&str, &str)> = HashSet::new();
    for (file, function) in source.exported() {
        let awaits = || function.events.iter().any(|event| event.what == What::Awaits);
        if function.is_async && function.receiver == Receiver::Exclusive && awaits() {
            let message = format!(
                "{} holds `&mut self` until it is awaited: other access to the object fails meanwhile",
                function.title()
            );
            found.add(
                file.finding(Severity::Warning, &function.at, message)
                    .fix("take `&self`, and keep what changes in a Mutex or in atomics (`#[pyclass(frozen)]`)"),
            );
            continue;
        }
        let mut events = function.events.iter().enumerate();
        let across = events.find(|(at, event)| {
            let detaches = event.what == What::Detach || helper(source, file, function, event).is_some();
            detaches && (function.is_exclusive_at(*at) || borrows(function, event))
        });
        if let Some((_, event)) = across {
            let of_helper = helper(source, file, function, event);
            let class = function.class.as_deref().unwrap_or_default();
            if of_helper.is_some_and(|place| !helpers.insert((class, place))) {
                continue;
            }
            let is_self = function.receiver == Receiver::Exclusive;
            let how = if is_self { "`&mut self`" } else { "a PyRefMut" };
            let message =
                format!("{} holds {how} while other threads run: their access to the object fails", function.title());
            let is_mild = of_helper.is_some() || has_position(source, file, function) || ends_object(function);
            let severity = if is_mild { Severity::Note } else { Severity::Warning };
            found.add(
                file.finding(severity, &event.at, message)
                    .fix("take `&self` and keep mutable state in a Mutex or in atomics (`#[pyclass(frozen)]`)"),
            );
        }
    }
}

/// The place where a helper of the same class detaches, if an event calls one: `self.load(py)`. One that Python calls too has
/// its own finding.
fn helper<'a>(source: &Source, file: &File, function: &Function, event: &'a Event) -> Option<&'a str> {
    let name = event.name.strip_prefix("self::").filter(|_| event.is_here)?;
    let deed = event.does.as_ref()?.detaches.as_ref()?;
    let mut named = source.methods(file, function.class.as_deref()?).filter(|method| method.name == name);
    let is_exclusive = named.all(|method| !method.is_exported() && method.receiver == Receiver::Exclusive);
    is_exclusive.then_some(deed.place.as_str())
}

/// Whether an object is borrowed exclusively during an event: `let mut this = slf.borrow_mut();`.
fn borrows(function: &Function, event: &Event) -> bool {
    let mut guards = event.guards.iter().filter_map(|held| function.guards.get(usize::from(*held)));
    guards.any(Guard::is_of_object)
}

/// Whether the class of a method is an iterator or a file, whose position only one caller at a time can use.
fn has_position(source: &Source, file: &File, function: &Function) -> bool {
    let Some(class) = &function.class else { return false };
    let has = |names: &[&str]| {
        source.methods(file, class).any(|method| method.is_exported() && names.contains(&method.name.as_str()))
    };
    has(&["__next__", "__anext__"])
        || has(&["read", "readinto", "write"]) && has(&["fileno", "readable", "seek", "seekable", "writable"])
}

/// Whether a method takes the value out of the object, and puts none back.
fn ends_object(function: &Function) -> bool {
    let takes = |event: &Event| event.what == What::Calls && event.name.starts_with("self::take");
    (function.takes || function.events.iter().any(takes)) && function.stored.is_empty()
}

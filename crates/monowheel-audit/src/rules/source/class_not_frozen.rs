//! The rule `class-not-frozen`.

use std::collections::{BTreeSet, HashSet};

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Receiver, Role, Source, State, Ty, What};

rule! {
    /// A class that never changes from Rust is not declared `frozen`.
    ///
    /// # What it does
    /// Reports `#[pyclass]` structs without `frozen` if no method takes `&mut self`, no field has a setter, and no code
    /// takes a `PyRefMut` (`slf: PyRefMut<'_, Self>` included) or `&mut` of it. Crates that call `borrow_mut` are ignored.
    ///
    /// # Why it matters
    /// Every call on an object that is not frozen borrows and releases it with atomic operations, and may fail with
    /// `Already borrowed`. A frozen class has no such cost, and `Py::get` reads it without being attached.
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyclass]
    /// struct Point { #[pyo3(get)] x: f64 }
    /// ```
    ///
    /// # Fix
    /// `#[pyclass(frozen)]`. Put values that change into atomics or a `Mutex`.
    pub(super) static RULE: "class-not-frozen", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    // It is not known here which object a `borrow_mut` borrows.
    let borrows = |event: &crate::source::Event| event.what == What::Borrows && event.state == State::Attached;
    if source.functions().any(|(_, function)| function.events.iter().any(borrows)) {
        return;
    }
    let of_params = source.functions().flat_map(|(_, function)| {
        let parts = function.params.iter().flat_map(|param| param.ty.parts());
        let changing = parts.filter(|part| matches!(part.name.as_str(), "PyRefMut" | "&mut"));
        // `Self` is the class whose method it is.
        changing.flat_map(Ty::parts).map(move |part| match (part.name.as_str(), function.class.as_deref()) {
            ("Self", Some(class)) => class,
            (name, _) => name,
        })
    });
    let in_bodies = source.files.iter().flat_map(|file| &file.borrowed_mutably).map(String::as_str);
    let changing: HashSet<&str> = of_params.chain(in_bodies).collect();
    let says_otherwise = |options: &BTreeSet<String>| {
        ["frozen", "set_all", "extends", "subclass"].iter().any(|word| options.contains(*word))
    };
    for (file, class) in source.classes() {
        let changes = class.is_enum
            || says_otherwise(&class.options)
            || changing.contains(class.name.as_str())
            || class.fields.iter().any(|field| field.is_set)
            || source
                .methods(file, &class.name)
                .any(|method| method.receiver == Receiver::Exclusive || method.role == Role::Setter);
        if !changes {
            let message = format!("nothing changes a `{}`, but every call borrows it", class.name);
            found.add(file.finding(Severity::Note, &class.at, message).fix("declare it #[pyclass(frozen)]"));
        }
    }
}

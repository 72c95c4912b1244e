//! The rule `name-defined-twice`.

use std::collections::HashSet;

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Class, File, Function, Role, Source};

rule! {
    /// A class has an attribute twice: a method and a property, or a field with `get` and a getter.
    ///
    /// # What it does
    /// Compares the names in Python of the methods and getters of each `#[pyclass]`, and of its fields with `#[pyo3(get)]`. A
    /// getter beside `get_all` is meant to replace that of the field; what has a `#[cfg]` is ignored.
    ///
    /// # Why it matters
    /// It compiles, and one of the two is never used, without a warning. Which one, PyO3 does not promise (pyo3#6000,
    /// pyo3#5974).
    ///
    /// # Example
    /// ```rust,ignore
    /// #[getter]
    /// fn get_size(&self) -> u32 { self.size }
    /// fn size(&self) -> u32 { self.size }
    /// ```
    ///
    /// # Fix
    /// Remove one of the two, or give it another name in Python.
    pub(super) static RULE: "name-defined-twice", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, class) in source.classes().filter(|(_, class)| !class.is_conditional) {
        // Two classes of one name, in modules or under conditions, are not told apart.
        let has_one = source.classes_named(file, &class.name).nth(1).is_none();
        let methods = source.methods_of(file, &class.name);
        let methods = methods.filter(|(_, method)| method.is_exported() && !method.is_conditional);
        let methods: Vec<(&File, &Function)> = methods.filter(|_| has_one).collect();
        report(class, &methods, found);
    }
}

fn report(class: &Class, methods: &[(&File, &Function)], found: &mut Found<'_>) {
    let read = class.fields.iter().filter(|field| field.is_read);
    let read: HashSet<&str> = read.map(|field| field.python_name.as_deref().unwrap_or(&field.name)).collect();
    let getters = methods.iter().filter(|(_, method)| method.role == Role::Getter);
    let getters: HashSet<&str> = getters.map(|(_, getter)| getter.in_python()).collect();
    for (file, method) in methods {
        let name = method.in_python();
        let other = match method.role {
            Role::Getter | Role::Method if read.contains(name) => "a field with `get`",
            Role::Method if getters.contains(name) => "a getter",
            _ => continue,
        };
        let message = format!("`{}` has `{name}` twice in Python: as {} and as {other}", class.name, method.title());
        found.add(
            file.finding(Severity::Warning, &method.at, message)
                .fix("remove one of the two, or give it another name: #[pyo3(name = …)]"),
        );
    }
}

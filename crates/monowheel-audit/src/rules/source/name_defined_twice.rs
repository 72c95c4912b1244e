//! The rule `name-defined-twice`.

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
        // Two classes of one name, in modules of the file or under conditions, are not told apart.
        let has_one = file.classes.iter().filter(|other| other.name == class.name).count() == 1;
        let methods = source.methods(file, &class.name).filter(|method| method.is_exported() && !method.is_conditional);
        let methods: Vec<&Function> = methods.collect();
        if has_one {
            report(file, class, &methods, found);
        }
    }
}

fn report(file: &File, class: &Class, methods: &[&Function], found: &mut Found<'_>) {
    let is_read = |name: &str| {
        let in_python = |field: &crate::source::Field| {
            field.python_name.as_ref() == Some(&name.to_owned()) || field.python_name.is_none() && field.name == name
        };
        class.fields.iter().any(|field| field.is_read && in_python(field))
    };
    let named = |role: Role, name: &str| methods.iter().any(|other| other.role == role && other.in_python() == name);
    for method in methods {
        let name = method.in_python();
        let other = match method.role {
            Role::Getter if is_read(name) => "a field with `get`",
            Role::Method if is_read(name) => "a field with `get`",
            Role::Method if named(Role::Getter, name) => "a getter",
            _ => continue,
        };
        let message = format!("`{}` has `{name}` twice in Python: as {} and as {other}", class.name, method.title());
        found.add(
            file.finding(Severity::Warning, &method.at, message)
                .fix("remove one of the two, or give it another name: #[pyo3(name = …)]"),
        );
    }
}

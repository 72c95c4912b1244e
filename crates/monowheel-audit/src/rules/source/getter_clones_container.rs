//! The rule `getter-clones-container`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Role, Source, Ty, What};

rule! {
    /// Reading an attribute copies a container every time.
    ///
    /// # What it does
    /// Reports `#[pyo3(get)]` (and `get_all`) on fields that are a `Vec`, a map or a set, and `#[getter]` methods that
    /// clone such a field or make an array of numpy of it.
    ///
    /// # Why it matters
    /// `object.values[0]` in a loop copies all values on each iteration, converting them to Python objects one by one.
    /// Worse, Python gets a copy of the list: `object.values.append(1)` silently changes nothing. The same is true of arrays of
    /// numpy (rust-numpy#408).
    /// Also reported in pyo3#3231.
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyclass]
    /// struct Series { #[pyo3(get)] values: Vec<f64> }
    /// ```
    ///
    /// # Fix
    /// Provide `__getitem__`, `__len__` and `__iter__`, or a method whose name says that it copies (`to_list`); or keep
    /// a `Py<PyList>`; or return a tuple, which nobody expects to change.
    pub(super) static RULE: "getter-clones-container", Source, Note, Source(check);
}

const CONTAINERS: [&str; 8] = ["Vec", "VecDeque", "HashMap", "BTreeMap", "IndexMap", "HashSet", "BTreeSet", "IndexSet"];

fn is_container(ty: &Ty) -> bool {
    match ty.name.as_str() {
        "Option" | "PyResult" | "Result" => ty.args.first().is_some_and(is_container),
        name => CONTAINERS.contains(&name),
    }
}

/// Whether it is an array of numpy, which a getter makes of what it copies.
fn is_array(ty: &Ty) -> bool {
    ty.parts().iter().any(|part| part.name.starts_with("PyArray"))
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, class) in source.classes().filter(|(_, class)| !class.is_enum) {
        let all = class.options.contains("get_all");
        for field in class.fields.iter().filter(|field| (all || field.is_read) && is_container(&field.ty)) {
            let message =
                format!("reading `{}.{}` copies the container into a new Python object", class.name, field.name);
            found.add(
                file.finding(Severity::Note, &field.at, message)
                    .fix("provide __getitem__ and __len__, or a method whose name says that it copies"),
            );
        }
    }
    for (file, function) in source.exported().filter(|(_, function)| function.role == Role::Getter) {
        let Some(clone) = function.events.iter().find(|event| event.what == What::Clones) else { continue };
        if function.output.as_ref().is_some_and(|output| is_container(output) || is_array(output)) {
            let message = format!("{} clones `{}` each time the attribute is read", function.title(), clone.name);
            found.add(
                file.finding(Severity::Note, &clone.at, message)
                    .fix("provide __getitem__ and __len__, or a method whose name says that it copies"),
            );
        }
    }
}
